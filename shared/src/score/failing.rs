//! Which measures a household still fails, for whoever goes to help it.

use serde::{Deserialize, Serialize};

use crate::criteria::{CriteriaSet, Direction, Kind, Unit};
use crate::moment::Contributions;

/// An indicator a household does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIndicator {
    /// Indicator id.
    pub indicator: String,
    /// What `count` counts.
    pub unit: Unit,
    /// The household itself (1), or those of its persons who do not pass.
    pub count: u64,
}

/// The indicators a household does not pass, by what the set read from it: shares whose good side it
/// is not on, and counts it adds to. The headline of each indicator only; unknown is not failing, and
/// money has no household to point at.
pub fn failing(set: &CriteriaSet, given: &Contributions) -> Vec<OpenIndicator> {
    let open = |(measure, given): (&crate::criteria::Measure, &Option<_>)| {
        let given: crate::moment::Contribution = (*given)?;
        let one = measure.one();
        let units = match (measure.kind, measure.direction) {
            _ if measure.part.is_some() => return None,
            (Kind::Percent, Direction::Ge) => given.x - given.y / one,
            (Kind::Percent, _) | (Kind::Count, _) => given.y / one,
            _ => return None,
        };
        let count = u64::try_from(units).ok().filter(|units| *units > 0)?;
        Some(OpenIndicator { indicator: measure.indicator.clone(), unit: measure.unit, count })
    };
    set.measures().iter().zip(&given.measures).filter_map(open).collect()
}
