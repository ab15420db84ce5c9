//! A measure: one numerator over one denominator, taken from households.

use serde::{Deserialize, Serialize};

use super::{Direction, Kind, Threshold};
use crate::text::Text;

/// What a denominator counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Households.
    Household,
    /// Persons.
    Person,
}

/// One measure of a criteria set.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Indicator id, with the part after a slash: `15.1`, `15.1/male`, `17.1/piped`.
    pub id: String,
    /// Indicator id.
    pub indicator: String,
    /// Name of the part; absent on the headline measure.
    pub part: Option<Text>,
    /// Whether its verdict counts for the indicator's. The rate of both sexes together is shown but
    /// does not decide where each must reach the threshold.
    pub decides: bool,
    /// Module of the questionnaire it is asked in; a round gives each module a design.
    pub module: String,
    /// Kind of value.
    pub kind: Kind,
    /// Which side of the threshold is good.
    pub direction: Direction,
    /// What the denominator counts.
    pub unit: Unit,
    /// Fixed decimals of the numerator in contributions and moments; 0 to 6.
    pub decimals: u32,
    /// Its thresholds: the indicator's, unless the part has its own.
    pub thresholds: Vec<Threshold>,
}

impl Measure {
    /// One unit of the numerator at its fixed scale.
    pub fn one(&self) -> i128 {
        10_i128.pow(self.decimals)
    }

    /// `(up, down)`: the shown value is `up · y / (down · x)` with `y`, `x` at their fixed scale.
    pub fn scale(&self) -> (i128, i128) {
        match self.kind {
            Kind::Percent => (100, self.one()),
            Kind::MoneyMillion => (1, 1000 * self.one()),
            Kind::Boolean | Kind::Count | Kind::Number => (1, self.one()),
        }
    }

    /// True where the numerator is a part of the denominator, so that the rate lies in 0 to 1.
    pub fn is_share(&self) -> bool {
        self.kind == Kind::Percent
    }
}

/// The modules that measures belong to, each once, in order.
pub(super) fn modules(measures: &[Measure]) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for measure in measures {
        if !modules.contains(&measure.module) {
            modules.push(measure.module.clone());
        }
    }
    modules
}
