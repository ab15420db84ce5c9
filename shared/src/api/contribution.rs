//! Where one number of a score comes from: the rule, what every village adds to it, and how every
//! household stands.

use serde::{Deserialize, Serialize};

use super::household::HouseholdRow;
use crate::criteria::{Measure, Read, RuleLine, Unit};
use crate::moment::{Contribution, Moment};
use crate::score::Standing;
use crate::text::Text;

/// `GET /api/v1/rounds/{id}/contributions/villages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// Indicator id.
    pub indicator: String,
    /// How its value is taken, as the criteria file says it.
    pub rule: Vec<RuleLine>,
    /// What its denominator counts; absent for what communes report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<Unit>,
    /// True when the round's answers were erased after their time: sums are left, no households.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub erased: bool,
    /// What the villages of the area add, measure by measure; empty for what communes report.
    pub villages: Vec<VillageContribution>,
}

/// What one village adds to one measure, as surveyed: nothing is weighted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VillageContribution {
    /// Measure id, e.g. `15.1/male`.
    pub measure: String,
    /// Name of the part; absent for the indicator itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub part: Option<Text>,
    /// Village unit id.
    pub village: String,
    /// Village name.
    pub village_name: String,
    /// Commune code.
    pub commune_code: String,
    /// Households of the village in the round's frame.
    #[serde(rename = "N")]
    pub frame: u64,
    /// Households that were to be asked: of the sample, where there is one.
    pub expected: u64,
    /// Households whose interview counts and was asked this.
    pub n: u64,
    /// Numerator of these.
    pub numerator: f64,
    /// Denominator of these.
    pub denominator: f64,
    /// Units (households, persons) with an unknown answer.
    pub unknown: u64,
}

impl VillageContribution {
    /// Fills in what a village's moment says; ids and sizes are the caller's.
    pub fn of(measure: &Measure, moment: &Moment) -> VillageContribution {
        VillageContribution {
            measure: measure.id.clone(),
            part: measure.part.clone(),
            village: String::new(),
            village_name: String::new(),
            commune_code: String::new(),
            frame: 0,
            expected: 0,
            n: u64::try_from(moment.n).unwrap_or(0),
            numerator: scaled(measure, moment.y),
            denominator: moment.x as f64,
            unknown: u64::try_from(moment.u).unwrap_or(0),
        }
    }
}

/// How a household of the frame stands, `GET /api/v1/rounds/{id}/contributions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HouseholdContribution {
    /// The household.
    #[serde(flatten)]
    pub household: HouseholdRow,
    /// Number of the submission that counts for it, if any.
    pub submission: Option<i64>,
    /// For, against, unknown, or left out and why.
    pub standing: Standing,
    /// What it gives the indicator; absent where it gives nothing.
    #[serde(flatten)]
    pub given: Option<Given>,
    /// What it gives the indicator's parts.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parts: Vec<PartGiven>,
    /// Where something is unknown: the answers the rule looks at (personal data).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub answers: Vec<Read>,
}

/// What a household gives a measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// Numerator.
    pub numerator: f64,
    /// Denominator.
    pub denominator: f64,
    /// Units with an unknown answer.
    pub unknown: u64,
}

impl Given {
    /// From the household's contribution, at the measure's scale.
    pub fn of(measure: &Measure, given: &Contribution) -> Given {
        let (numerator, denominator) = (scaled(measure, given.y), given.x as f64);
        Given { numerator, denominator, unknown: given.unknown }
    }
}

/// What a household gives a part of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartGiven {
    /// Measure id.
    pub measure: String,
    /// What it gives.
    #[serde(flatten)]
    pub given: Given,
}

fn scaled(measure: &Measure, y: i128) -> f64 {
    y as f64 / measure.one() as f64
}
