//! What sums cost without a server around them: adding one household's contributions to its village's
//! moments as they are stored, and scoring every commune from them.

use std::time::{Duration, Instant};

use jiff::civil::date;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::data::CRITERIA_SETS;
use ntm_shared::moment::{Contribution, Contributions, Outcome, VillageMoments};
use ntm_shared::score::{CommuneInput, VillageInput, score_commune};

use super::line;

/// Communes of a province, with twelve villages each.
const COMMUNES: usize = 130;
const VILLAGES: usize = 12;
/// Milliseconds the scores of a province may take, and a household's moments.
const SCORES: f64 = 50.0;
const ADDED: f64 = 0.05;

/// Adds `households` to a province's villages, and scores it.
pub fn measure(households: usize) {
    let set = CriteriaSet::read(CRITERIA_SETS[0]).expect("the shipped set");
    let width = set.measures().len();
    let kinds: Vec<Contributions> = (0..97).map(|n| contributions(n, width)).collect();
    let villages = COMMUNES * VILLAGES;
    let mut stored = vec![VillageMoments::empty(width).pack(); villages];
    let mut times: Vec<Duration> = Vec::new();
    let mut fold = vec![VillageMoments::empty(width); villages];
    for n in 0..households {
        let village = n % villages;
        let given = &kinds[n % kinds.len()];
        // As a submission does it: read what is stored, add, write it. The rest is added in memory.
        if n < 20_000 {
            let start = Instant::now();
            let mut moments = VillageMoments::unpack(&stored[village]).expect("moments");
            moments.add(given);
            stored[village] = moments.pack();
            times.push(start.elapsed());
        }
        fold[village].add(given);
    }
    line("one household's moments read, added, packed", times, None, Some(ADDED));
    let stored: Vec<Vec<u8>> = fold.iter().map(VillageMoments::pack).collect();
    let each = (households / villages) as u64;
    let times = (0..20).map(|_| {
        let start = Instant::now();
        let met: u64 = (0..COMMUNES)
            .map(|commune| {
                let moments = &stored[commune * VILLAGES..(commune + 1) * VILLAGES];
                score_commune(&set, &input(commune, moments, each)).criteria_met
            })
            .sum();
        assert!(met <= (19 * COMMUNES) as u64);
        start.elapsed()
    });
    let what = format!("scores of {COMMUNES} communes from moments of {households}");
    line(&what, times.collect(), None, Some(SCORES));
}

/// What a household may give: shares, counts, unknowns.
fn contributions(n: usize, width: usize) -> Contributions {
    let one = |place: usize| {
        let x = 1 + (n + place) as i128 % 6;
        let unknown = u64::from((n + place).is_multiple_of(31));
        Some(Contribution { y: x.min((n * 7 + place) as i128 % 7), x, unknown })
    };
    Contributions { outcome: Outcome::Completed, measures: (0..width).map(one).collect() }
}

fn input(commune: usize, moments: &[Vec<u8>], households: u64) -> CommuneInput {
    let village = |(place, bytes): (usize, &Vec<u8>)| VillageInput {
        id: format!("{commune}.{place}"),
        name: String::new(),
        households: households + 1,
        samples: std::collections::BTreeMap::new(),
        persons: None,
        persons_missing: Some(4),
        moments: VillageMoments::unpack(bytes).expect("moments"),
    };
    CommuneInput {
        id: commune.to_string(),
        code: commune.to_string(),
        name: String::new(),
        at: date(2024, 10, 31),
        villages: moments.iter().enumerate().map(village).collect(),
        report: None,
        adjust: false,
        look: None,
    }
}
