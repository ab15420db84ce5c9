//! What contradicts itself in an instance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::instance::{Instance, Weights};
use crate::text::Text;

/// The most teams a commune may want, and the largest least load of a team; with the bounds of the
/// weights they keep every sum of points within 64 bits.
const MAX_WANTED: u32 = 10_000;
const MAX_LEAST: u32 = 100_000;
const MAX_PRIORITY: u8 = 9;

impl Instance {
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
        for need in self.needs.iter().filter(|n| n.wanted > MAX_WANTED || n.priority > MAX_PRIORITY)
        {
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
        let Weights {
            missing,
            keep,
            load,
            unfilled,
            below_min,
            language,
            hardest,
            over,
            metres_per_minute,
            ..
        } = self;
        let all =
            [missing, keep, load, unfilled, below_min, language, hardest, over, metres_per_minute];
        let fits = |weight: &i64| (0..=1_000_000_000).contains(weight);
        if all.into_iter().all(fits) && fits(&self.metres_per_point) && self.metres_per_point >= 1 {
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

    /// More different criteria than can be told apart.
    pub(super) fn too_many_criteria(most: usize) -> Self {
        let vi = format!("Có quá {most} tiêu chí khác nhau.");
        let en = format!("There are more than {most} different criteria.");
        Contradiction::of("too_many_criteria", None, None, &vi, &en)
    }

    /// A team that is not in the instance.
    pub fn unknown_team(team: &str) -> Self {
        let (vi, en) = ("Không có tổ này.", "There is no such team.");
        Contradiction::of("unknown_team", None, Some(team), vi, en)
    }

    /// A commune that is not in the instance.
    pub fn unknown_commune(commune: &str) -> Self {
        let (vi, en) = ("Không có xã này.", "There is no such commune.");
        Contradiction::of("unknown_commune", Some(commune), None, vi, en)
    }
}
