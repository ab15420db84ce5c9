//! Who was visited when, and what came of it: the same every time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ntm_shared::unit::{Level, Units};
use sha2::{Digest, Sha256};

use crate::{Visit, photo};

/// Households of a village, on average.
pub const VILLAGE: usize = 147;
/// The day the office works by: the communes of today.
pub const DAY: Date = jiff::civil::date(2026, 1, 1);

/// A folder to be made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Rounds, one after the other, each of every household.
    pub rounds: Vec<String>,
    /// Communes: unit id and official code.
    pub communes: Vec<(String, String)>,
    /// Villages, in order of their communes.
    pub villages: usize,
    /// Households, in order of their villages.
    pub households: usize,
    /// Submissions with a photo of their own; those after them name none.
    pub photos: usize,
}

/// What came of visiting a household in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An interview.
    Completed,
    /// Nobody home, and nothing after it.
    Attempt,
    /// Nobody home; an interview came later.
    Superseded,
}

/// One submission.
#[derive(Clone, Debug)]
pub struct Visited {
    /// Which of the rounds.
    pub round: usize,
    /// Household, counted from 0.
    pub household: usize,
    /// What came of it.
    pub kind: Kind,
    /// Whether there is a photo.
    pub photo: bool,
    /// Counted from 0.
    pub number: usize,
}

/// All that the server's reading of a visit depends on.
pub type Like = (Kind, bool, usize, bool);

impl Plan {
    /// A folder of about so many submissions (exactly, for a multiple of 80).
    pub fn of(submissions: usize) -> Plan {
        let rounds = (1..=4).map(|n| format!("dot-{n}")).collect::<Vec<_>>();
        let households = (submissions / rounds.len()).max(80);
        let villages = (households / VILLAGE).clamp(4, 1700);
        let known = Units::built_in();
        let all = known.at_level(Level::Commune, DAY);
        let coded = all.filter_map(|unit| Some((unit.id.clone(), unit.code(DAY)?.to_owned())));
        let communes = coded.take((villages / 17).max(2)).collect();
        Plan { rounds, communes, villages, households, photos: submissions.min(20_000) }
    }

    /// The commune a village lies in, and the village's number there.
    pub fn village(&self, village: usize) -> (&(String, String), usize) {
        let commune = village * self.communes.len() / self.villages;
        let first = (commune * self.villages).div_ceil(self.communes.len());
        (&self.communes[commune], village - first + 1)
    }

    /// The village a household lies in, and the household's number there.
    pub fn household(&self, household: usize) -> (usize, usize) {
        let village = household * self.villages / self.households;
        let first = (village * self.households).div_ceil(self.villages);
        (village, household - first + 1)
    }

    /// Id of a village.
    pub fn village_id(&self, village: usize) -> String {
        let ((commune, _), number) = self.village(village);
        format!("{commune}.{number:02}")
    }

    /// Id of a household.
    pub fn household_id(&self, household: usize) -> String {
        let (village, number) = self.household(household);
        format!("{}.{number:03}", self.village_id(village))
    }

    /// Every submission, in the order of arrival. Of twenty households one is not reached, one is
    /// only found closed, and one is interviewed at the second try.
    pub fn visits(&self) -> impl Iterator<Item = Visited> {
        let households = self.households;
        let each = (0..self.rounds.len()).flat_map(move |r| (0..households).map(move |h| (r, h)));
        let kinds = each.flat_map(|(round, household)| {
            let kinds: &[Kind] = match household % 20 {
                19 => &[],
                0 => &[Kind::Superseded, Kind::Completed],
                7 => &[Kind::Attempt],
                _ => &[Kind::Completed],
            };
            kinds.iter().map(move |kind| (round, household, *kind))
        });
        let photos = self.photos;
        kinds.enumerate().map(move |(number, (round, household, kind))| {
            let photo = kind == Kind::Completed && number < photos;
            Visited { round, household, kind, photo, number }
        })
    }

    /// What the reading of a visit depends on. `drawn` are the households of the last round's sample.
    pub fn like(&self, visit: &Visited, drawn: &BTreeSet<String>) -> Like {
        let (_, number) = self.household(visit.household);
        // The last round asks only a sample about income.
        let asked = visit.round + 1 < self.rounds.len()
            || drawn.contains(&self.household_id(visit.household));
        (visit.kind, visit.photo, number % 5, asked)
    }

    /// The first visit of each kind, by number. A second try goes with the first one.
    pub fn first_of_each(&self, drawn: &BTreeSet<String>) -> BTreeMap<usize, (Visited, Like)> {
        let (mut seen, mut firsts) = (BTreeSet::new(), BTreeMap::new());
        let mut visits = self.visits();
        while let Some(visit) = visits.next() {
            let second = (visit.kind == Kind::Superseded).then(|| visits.next()).flatten();
            let tries = [Some(visit), second].into_iter().flatten();
            let tries: Vec<_> = tries.map(|v| (self.like(&v, drawn), v)).collect();
            if tries.iter().any(|(like, _)| !seen.contains(like)) {
                for (like, visit) in tries {
                    seen.insert(like);
                    firsts.insert(visit.number, (visit, like));
                }
            }
        }
        firsts
    }

    /// The submission as a phone fills it.
    pub fn filled(&self, visited: &Visited) -> Visit {
        let household = self.household_id(visited.household);
        let (_, number) = self.household(visited.household);
        let mut visit = match visited.kind {
            Kind::Completed => Visit::completed(&household),
            Kind::Attempt | Kind::Superseded => Visit::attempt(&household, "absent"),
        };
        let hash = hex::encode(Sha256::digest(visited.number.to_be_bytes()));
        visit.instance = format!(
            "uuid:{}-{}-4{}-9{}-{}",
            &hash[..8],
            &hash[8..12],
            &hash[12..15],
            &hash[15..18],
            &hash[18..30]
        );
        visit.round.clone_from(&self.rounds[visited.round]);
        visit.poverty = POVERTY[number % 5].into();
        if visited.photo { visit.photos(&[PHOTO]) } else { visit }
    }

    /// Its photo.
    pub fn photo(&self, visited: &Visited) -> Option<Vec<u8>> {
        visited.photo.then(|| photo::jpeg(visited.number as u64 + 1))
    }
}

/// Name of the photo.
pub const PHOTO: &str = "front.jpg";

/// What a household answers, by its number.
const POVERTY: [&str; 5] = ["none", "poor", "near_poor", "none", "none"];
