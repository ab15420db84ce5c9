//! What is to be assigned to what, under which weights; and what contradicts itself in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cost::Site;
use crate::geo::Place;
use crate::team::Team;
use crate::text::Text;

/// The most teams a commune may want, and the largest least load of a team; with the bounds of the
/// weights they keep every sum of points within 64 bits.
const MAX_WANTED: u32 = 10_000;
const MAX_LEAST: u32 = 100_000;

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
    /// Pairs (commune, team) that must not be.
    pub forbidden: BTreeSet<(String, String)>,
    /// Pairs (commune, team) that must be.
    pub required: BTreeSet<(String, String)>,
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
            Need { id, site: Site::Earth(place), wanted: 1, open, present }
        };
        let offer = |team: &Team| Offer {
            id: team.id.clone(),
            site: Site::Earth(team.seat),
            min: team.capacity_min,
            max: team.capacity_max,
            criteria: team.criteria.clone(),
        };
        Instance {
            needs: communes.into_iter().map(need).collect(),
            offers: teams.iter().map(offer).collect(),
            weights,
            ..Instance::default()
        }
    }

    /// What no plan can satisfy, or nothing can mean; empty for a consistent instance.
    ///
    /// Codes: `duplicate_commune`, `duplicate_team`, `min_above_max`, `unknown_commune`,
    /// `unknown_team`, `required_and_forbidden`, `required_beyond_wanted`,
    /// `required_beyond_capacity`, `too_large`, `bad_weight`. A commune's present teams need not be in the
    /// instance: a team may have been dissolved.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = self.weights.contradictions();
        let mut communes: BTreeMap<&str, i64> = BTreeMap::new();
        for need in &self.needs {
            if communes.insert(&need.id, i64::from(need.wanted)).is_some() {
                let (vi, en) = ("Xã được ghi hai lần.", "The commune is listed twice.");
                found.push(Contradiction::of("duplicate_commune", Some(&need.id), None, vi, en));
            }
        }
        let (vi, en) =
            ("Số tổ cần hoặc số xã tối thiểu quá lớn.", "A number of places is too large.");
        for need in self.needs.iter().filter(|n| n.wanted > MAX_WANTED) {
            found.push(Contradiction::of("too_large", Some(&need.id), None, vi, en));
        }
        for offer in self.offers.iter().filter(|o| o.min > MAX_LEAST) {
            found.push(Contradiction::of("too_large", None, Some(&offer.id), vi, en));
        }
        let mut teams: BTreeMap<&str, i64> = BTreeMap::new();
        for offer in &self.offers {
            if teams.insert(&offer.id, i64::from(offer.max)).is_some() {
                let (vi, en) = ("Tổ được ghi hai lần.", "The team is listed twice.");
                found.push(Contradiction::of("duplicate_team", None, Some(&offer.id), vi, en));
            }
            if offer.min > offer.max {
                let vi = "Số xã tối thiểu của tổ lớn hơn số xã tối đa.";
                let en = "The team's least number of communes is above its most.";
                found.push(Contradiction::of("min_above_max", None, Some(&offer.id), vi, en));
            }
        }
        for (commune, team) in self.forbidden.iter().chain(&self.required) {
            let mut told = |code, vi, en| {
                found.push(Contradiction::of(code, Some(commune), Some(team), vi, en));
            };
            if !communes.contains_key(commune.as_str()) {
                told("unknown_commune", "Không có xã này.", "There is no such commune.");
            }
            if !teams.contains_key(team.as_str()) {
                told("unknown_team", "Không có tổ này.", "There is no such team.");
            }
        }
        for (commune, team) in &self.required {
            let mut told = |code, vi, en| {
                found.push(Contradiction::of(code, Some(commune), Some(team), vi, en));
            };
            if self.forbidden.contains(&(commune.clone(), team.clone())) {
                let vi = "Cặp xã – tổ vừa bị ghim vừa bị cấm.";
                told("required_and_forbidden", vi, "The pair is both required and forbidden.");
            }
            if let Some(left) = communes.get_mut(commune.as_str()) {
                *left -= 1;
                if *left == -1 {
                    let vi = "Xã bị ghim nhiều tổ hơn số tổ cần.";
                    told(
                        "required_beyond_wanted",
                        vi,
                        "More teams are required than the commune wants.",
                    );
                }
            }
            if let Some(left) = teams.get_mut(team.as_str()) {
                *left -= 1;
                if *left == -1 {
                    let vi = "Tổ bị ghim nhiều xã hơn số xã tối đa.";
                    told(
                        "required_beyond_capacity",
                        vi,
                        "More communes are required than the team can have.",
                    );
                }
            }
        }
        found
    }
}

impl Weights {
    fn contradictions(&self) -> Vec<Contradiction> {
        let all = [self.missing, self.keep, self.load, self.unfilled, self.below_min];
        let fits = |weight: &i64| (0..=1_000_000_000).contains(weight);
        if all.iter().all(fits) && fits(&self.metres_per_point) && self.metres_per_point >= 1 {
            return Vec::new();
        }
        let vi = "Trọng số phải từ 0 đến 1.000.000.000, số mét mỗi điểm ít nhất là 1.";
        let en = "Weights are 0 to 1,000,000,000, metres per point at least 1.";
        vec![Contradiction::of("bad_weight", None, None, vi, en)]
    }
}

/// Why an instance has no meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// Stable code in `snake_case`; part of the API.
    pub code: String,
    /// The commune concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// The team concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The sentence for people.
    pub message: Text,
}

impl Contradiction {
    fn of(code: &str, commune: Option<&str>, team: Option<&str>, vi: &str, en: &str) -> Self {
        Contradiction {
            code: code.into(),
            commune: commune.map(str::to_owned),
            team: team.map(str::to_owned),
            message: Text::new(vi, en),
        }
    }
}
