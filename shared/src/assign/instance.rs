//! What is to be assigned to what, under which weights; and what contradicts itself in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cost::Site;
use super::grid::within;
use crate::geo::Place;
use crate::team::Team;

/// The points that the parts of a plan cost; see the [module](super) for the model. Each is 0 to
/// 1,000,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Weights {
    /// Metres that cost one point, at least 1; part units are not counted.
    pub metres_per_point: i64,
    /// For an open criterion of the commune that the team is not strong in.
    pub missing: i64,
    /// Taken off for a pair that exists already.
    pub keep: i64,
    /// Times the square of a team's number of communes.
    pub load: i64,
    /// For a place left unfilled.
    pub unfilled: i64,
    /// For each commune a team has fewer than its least.
    pub below_min: i64,
    /// For a team that speaks none of the languages of the commune.
    pub language: i64,
    /// For every two of the hardest communes with one team.
    pub hardest: i64,
    /// For every unit of size above a team's room; see [`Instance::sizes`].
    pub over: i64,
    /// What a minute of travel is taken for in metres, where travel times are known: 500 is 30 km/h.
    pub metres_per_minute: i64,
}

impl Weights {
    /// The points of a team that speaks none of the commune's languages, if any are known.
    pub(super) fn foreign(&self, need: &Need, offer: &Offer) -> i64 {
        let foreign = !need.languages.is_empty() && need.languages.is_disjoint(&offer.languages);
        if foreign { self.language } else { 0 }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Weights {
            metres_per_point: 100,
            missing: 150,
            keep: 120,
            load: 10,
            unfilled: 100_000,
            below_min: 20_000,
            language: 60,
            hardest: 300,
            over: 1_000,
            metres_per_minute: 500,
        }
    }
}

/// What a commune needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// Unit id of the commune.
    pub id: String,
    /// Where it is.
    pub site: Site,
    /// How many teams it wants; 1 for the lead team.
    pub wanted: u32,
    /// Numbers of its open criteria.
    pub open: BTreeSet<u16>,
    /// Ids of the teams it has at present.
    pub present: BTreeSet<String>,
    /// Languages spoken there, as the teams' lists name them; empty if unknown.
    pub languages: BTreeSet<String>,
    /// Served first in a shortage: an unfilled place costs 1 + this many times as much (at most 9).
    /// That never leaves more places unfilled in all, since the sets of places that can be filled
    /// together are a matroid.
    pub priority: u8,
    /// One of the hardest communes, of which no team should have two.
    pub hard: bool,
}

/// What a team offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Id of the team.
    pub id: String,
    /// Where it sits.
    pub site: Site,
    /// The fewest communes it should have.
    pub min: u32,
    /// The most communes it can have.
    pub max: u32,
    /// Numbers of the criteria it is strong in.
    pub criteria: BTreeSet<u16>,
    /// Languages it speaks.
    pub languages: BTreeSet<String>,
}

/// A question for [`plan()`](super::plan()).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instance {
    /// The communes, in any order.
    pub needs: Vec<Need>,
    /// The teams, in any order.
    pub offers: Vec<Offer>,
    /// What things cost.
    pub weights: Weights,
    /// The largest distance in metres of a pair that is not required; `None` for any distance.
    pub max_distance_m: Option<i64>,
    /// Ways longer or shorter than the straight line, in metres, by (commune, team).
    pub ways: BTreeMap<(String, String), i64>,
    /// Pairs (commune, team) that must not be.
    pub forbidden: BTreeSet<(String, String)>,
    /// Pairs (commune, team) that must be.
    pub required: BTreeSet<(String, String)>,
    /// How large communes are, by id: households, or difficulty. Where there are any, a team's load is
    /// the sum of its communes' sizes in mean sizes, criteria count for every pair, and the plan is
    /// within [`Plan::bound`](super::Plan::bound). A commune without a size is a mean one.
    pub sizes: BTreeMap<String, u32>,
    /// The sum of sizes that teams have room for, by id; without limit where absent.
    pub room: BTreeMap<String, u32>,
}

impl Instance {
    /// The instance of one lead team for each commune: `communes` are (unit id, place, open
    /// criteria); what the teams say they lead at present is the present plan.
    pub fn lead_teams(
        communes: Vec<(String, Place, BTreeSet<u16>)>,
        teams: &[Team],
        weights: Weights,
    ) -> Self {
        let mut present: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for team in teams {
            for commune in &team.present {
                present.entry(commune).or_default().insert(team.id.clone());
            }
        }
        let need = |(id, place, open): (String, Place, BTreeSet<u16>)| {
            let present = present.get(id.as_str()).cloned().unwrap_or_default();
            Need { present, ..Need::new(id, Site::Earth(place), 1, open) }
        };
        let offer = |team: &Team| Offer {
            id: team.id.clone(),
            site: Site::Earth(team.seat),
            min: team.capacity_min,
            max: team.capacity_max,
            criteria: team.criteria.clone(),
            languages: team.languages.clone(),
        };
        Instance {
            needs: communes.into_iter().map(need).collect(),
            offers: teams.iter().map(offer).collect(),
            weights,
            ..Instance::default()
        }
    }

    /// The way between a commune and a team in metres; `None` if it is longer than the largest
    /// distance, or unknown.
    pub(super) fn reach(&self, need: &Need, offer: &Offer) -> Option<i64> {
        let limit = self.max_distance_m;
        match self.way(need, offer) {
            Some(metres) => limit.is_none_or(|limit| metres <= limit).then_some(metres),
            None => within(need.site, offer.site, limit),
        }
    }

    /// The way between a commune and a team in metres, however long; `None` if unknown.
    pub(super) fn distance(&self, need: &Need, offer: &Offer) -> Option<i64> {
        self.way(need, offer).or_else(|| within(need.site, offer.site, None))
    }

    fn way(&self, need: &Need, offer: &Offer) -> Option<i64> {
        if self.ways.is_empty() {
            return None;
        }
        self.ways.get(&(need.id.clone(), offer.id.clone())).copied()
    }

    /// Requires every present pair that can stay: the team is there, the pair is allowed, and there
    /// is room beside what is required already.
    pub fn keep_present(&mut self) {
        let mut room: BTreeMap<&str, u32> =
            self.offers.iter().map(|o| (o.id.as_str(), o.max)).collect();
        let mut wanted: BTreeMap<&str, u32> =
            self.needs.iter().map(|n| (n.id.as_str(), n.wanted)).collect();
        let mut take = |commune: &str, team: &str| {
            let (Some(room), Some(wanted)) = (room.get_mut(team), wanted.get_mut(commune)) else {
                return false;
            };
            let fits = *room > 0 && *wanted > 0;
            *room -= u32::from(fits);
            *wanted -= u32::from(fits);
            fits
        };
        let mut required = self.required.clone();
        required.iter().for_each(|(commune, team)| {
            take(commune, team);
        });
        for need in &self.needs {
            for team in &need.present {
                let pair = (need.id.clone(), team.clone());
                let offer = self.offers.iter().find(|o| o.id == *team);
                let near = offer.is_some_and(|offer| self.reach(need, offer).is_some());
                let allowed = near && !self.forbidden.contains(&pair) && !required.contains(&pair);
                if allowed && take(&need.id, team) {
                    required.insert(pair);
                }
            }
        }
        self.required = required;
    }

    /// What a place left unfilled in a commune costs.
    pub(super) fn unfilled(&self, need: &Need) -> i64 {
        self.weights.unfilled * (1 + i64::from(need.priority))
    }

    /// The same with both lists sorted by id, so that nothing depends on the order of input.
    pub(super) fn sorted(&self) -> Instance {
        let mut sorted = self.clone();
        sorted.needs.sort_by(|a, b| a.id.cmp(&b.id));
        sorted.offers.sort_by(|a, b| a.id.cmp(&b.id));
        sorted
    }
}

impl Need {
    /// A commune without teams, of unknown languages, no priority, and not hard.
    pub fn new(id: String, site: Site, wanted: u32, open: BTreeSet<u16>) -> Self {
        let (present, languages) = (BTreeSet::new(), BTreeSet::new());
        Need { id, site, wanted, open, present, languages, priority: 0, hard: false }
    }
}
