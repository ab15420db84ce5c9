//! How a household stands in a measure: for or against, unknown, or left out, and why.

use serde::{Deserialize, Serialize};

use crate::criteria::{Direction, Kind, Measure};
use crate::moment::{Contribution, Outcome};

/// How a household of a round's frame stands in a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// All that is known of it is on the good side.
    For,
    /// Nothing that is known of it is on the good side.
    Against,
    /// Some of its persons are on the good side.
    Partly,
    /// It adds a number that is neither good nor bad for itself, such as income.
    Adds,
    /// Whether it is on the good side, nobody knows.
    Unknown,
    /// It was asked, and the measure is about nobody in it.
    Apart,
    /// The section was not asked: the household is not in its sample.
    NotDrawn,
    /// Its interview waits to be approved, in a round where only what is approved counts.
    Waiting,
    /// Its submissions were rejected.
    Rejected,
    /// Nobody was at home.
    Absent,
    /// It declined.
    Refused,
    /// It has moved away.
    Moved,
    /// It could not be found.
    NotFound,
    /// The submission names no outcome this version knows.
    Unclear,
    /// Nothing came in about it.
    NotVisited,
}

impl Standing {
    /// How a household stands by what it gives a measure.
    pub fn of(measure: &Measure, given: &Contribution) -> Standing {
        let (y, x) = (given.y, given.x * measure.one());
        match (measure.kind, measure.direction) {
            _ if x == 0 && given.unknown > 0 => Standing::Unknown,
            _ if x == 0 => Standing::Apart,
            (Kind::Percent, direction) => {
                let good = if direction == Direction::Ge { y } else { x - y };
                match good {
                    0 => Standing::Against,
                    all if all == x => Standing::For,
                    _ => Standing::Partly,
                }
            }
            (Kind::Count, _) if y == 0 => Standing::For,
            (Kind::Count, _) => Standing::Against,
            _ => Standing::Adds,
        }
    }

    /// How a household stands of which no interview counts, by the outcome of the visit that does.
    pub fn without(outcome: Outcome) -> Standing {
        match outcome {
            // An interview that counts was read; one that was not is as good as none.
            Outcome::Completed | Outcome::Unclear => Standing::Unclear,
            Outcome::Absent => Standing::Absent,
            Outcome::Refused => Standing::Refused,
            Outcome::Moved => Standing::Moved,
            Outcome::NotFound => Standing::NotFound,
        }
    }

    /// Whether it is in the numerator and denominator of those surveyed.
    pub fn counts(self) -> bool {
        matches!(self, Standing::For | Standing::Against | Standing::Partly | Standing::Adds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criteria::CriteriaSet;

    #[test]
    fn a_household_stands_on_one_side_is_unknown_or_apart() {
        let set = CriteriaSet::read(crate::data::CRITERIA_SETS[0]).unwrap();
        let measure = |id: &str| set.measures().iter().find(|m| m.id == id).unwrap();
        let of = |id: &str, y: i128, x: i128, unknown: u64| {
            let measure = measure(id);
            Standing::of(measure, &Contribution { y: y * measure.one(), x, unknown })
        };
        let (solid, temporary, insured) = ("9.2", "9.1", "15.1");
        assert_eq!(of(solid, 1, 1, 0), Standing::For);
        assert_eq!(of(solid, 0, 1, 0), Standing::Against);
        assert_eq!(of(solid, 0, 0, 1), Standing::Unknown);
        assert_eq!(of(solid, 0, 0, 0), Standing::Apart);
        // Temporary houses are counted: one is one too many.
        assert_eq!(of(temporary, 1, 1, 0), Standing::Against);
        assert_eq!(of(temporary, 0, 1, 0), Standing::For);
        assert_eq!(of(insured, 3, 4, 1), Standing::Partly);
        assert_eq!(of(insured, 4, 4, 2), Standing::For);
        assert_eq!(of("10.1", 7, 2, 0), Standing::Adds);
        assert_eq!(Standing::without(Outcome::Refused), Standing::Refused);
    }
}
