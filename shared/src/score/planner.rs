//! What more households would decide a sample that cannot.

use serde::{Deserialize, Serialize};

use super::design::Design;
use super::range::Range;
use crate::criteria::{CriteriaSet, Demand, Direction};
use crate::estimate::decision::{Seen, at_or_above, spread};
use crate::estimate::normal;

/// The chances of a decision a plan is made for.
const CHANCES: [f64; 2] = [0.5, 0.8];

/// What would decide an undecided sample. Households are drawn at random in every village named;
/// only visiting those that failed would say nothing about the commune.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// For a chance of 50 % and of 80 %.
    pub steps: Vec<Step>,
    /// True when the last step asks for so much of the frame that a census is advised.
    pub census: bool,
}

/// More households, and the chance that they decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Chance of a decision, 0 to 1.
    pub chance: f64,
    /// Households beyond those surveyed.
    pub households: u64,
    /// Days of one collector.
    pub collector_days: f64,
    /// Where: `households` in all, those without any left out.
    pub villages: Vec<VillageShare>,
}

/// How many households to draw in a village.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageShare {
    /// Village unit id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Households to draw at random among those not surveyed.
    pub households: u64,
}

/// A sample's value seen against its threshold.
pub(super) struct Outlook {
    seen: Seen,
    threshold: f64,
    tail: f64,
}

impl Outlook {
    /// The standard error is the one that the interval in use amounts to on the threshold's side, so
    /// that chance and verdict never disagree; it is not 0 where a sample shows no variance. `None`
    /// without a threshold, a sample, or bounds, and where some of what widens the range is not the
    /// sample's doing.
    pub fn of(
        set: &CriteriaSet,
        design: &Design,
        range: &Range,
        demand: Option<Demand>,
    ) -> Option<Outlook> {
        let Some(Demand::Number(threshold)) = demand else { return None };
        let whole = design.missing_households == 0 && !range.filled && !design.incomplete;
        let (value, threshold) = (range.value?, threshold.to_f64());
        if !design.sampled || !whole {
            return None;
        }
        let reach = if value >= threshold {
            value - range.low.value()?
        } else {
            range.high.value()? - value
        };
        let tail = design.tail(set);
        let se = reach / normal::quantile(1.0 - tail);
        let seen = Seen { value, se, n: design.n(), population: design.frame };
        (se.is_finite() && se > 0.0).then_some(Outlook { seen, threshold, tail })
    }

    /// The chance that the true value is on the good side.
    pub fn probability(&self, direction: Direction) -> f64 {
        let above = at_or_above(self.seen.value, self.seen.se, self.threshold);
        if direction == Direction::Ge { above } else { 1.0 - above }
    }

    /// How many more households decide, in which villages, in how many days.
    pub fn plan(&self, set: &CriteriaSet, design: &Design) -> Plan {
        let frame: Vec<(u64, u64)> = design
            .strata
            .iter()
            .map(|s| (u64::try_from(s.moment.n).unwrap_or(0), s.population as u64))
            .collect();
        let step = |chance: f64| {
            let households = self.seen.more(self.threshold, self.tail, chance);
            let villages = spread(households, &frame)
                .into_iter()
                .zip(&design.surveyed)
                .filter(|(more, _)| *more > 0)
                .map(|(households, v)| VillageShare {
                    id: v.id.clone(),
                    name: v.name.clone(),
                    households,
                })
                .collect();
            let per_day = f64::from(set.planning.households_per_day);
            Step { chance, households, collector_days: households as f64 / per_day, villages }
        };
        let steps: Vec<Step> = CHANCES.map(step).into();
        let most = set.planning.census_from * design.frame as f64;
        let census = steps.last().is_some_and(|s| (design.n() + s.households) as f64 > most);
        Plan { steps, census }
    }
}
