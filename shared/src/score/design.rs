//! How one measure was surveyed in a commune: which villages are strata, what nobody saw.

use super::input::{CommuneInput, Look, VillageInput};
use super::result::VillageRef;
use crate::criteria::{CriteriaSet, Measure, Unit};
use crate::estimate::Stratum;
use crate::moment::Moment;

/// The design of one measure in one commune, as it came about.
#[derive(Clone, Debug, Default)]
pub(super) struct Design {
    /// Villages with at least one responding household.
    pub strata: Vec<Stratum>,
    /// The same villages, by id and name.
    pub surveyed: Vec<VillageRef>,
    /// Which of several declared looks this is.
    pub look: Option<Look>,
    /// Whether any of them is a sample (or a census whose weights are adjusted).
    pub sampled: bool,
    /// Households of the frame that stand for nobody seen: missing in a census village, or in a
    /// village where nobody responded.
    pub missing_households: u64,
    /// The same in units of the measure; `None` when the roster cannot say.
    pub missing: Option<i128>,
    /// Names of villages where nobody responded.
    pub villages_missing: Vec<String>,
    /// A sample has fewer households than drawn, and nothing is adjusted for it.
    pub incomplete: bool,
    /// Weights were adjusted for households that did not answer.
    pub adjusted: bool,
    /// Plain sums over all villages.
    pub raw: Moment,
    /// Households in the frame.
    pub frame: u64,
    /// Households that were to respond.
    pub expected: u64,
}

impl Design {
    pub fn of(input: &CommuneInput, measure: &Measure, place: usize) -> Design {
        let mut design = Design { missing: Some(0), look: input.look, ..Design::default() };
        for village in &input.villages {
            let moment = village.moments.measures.get(place).copied().unwrap_or_default();
            if village.households > 0 || moment.n > 0 {
                design.village(village, measure, moment, input.adjust);
            }
        }
        design
    }

    /// What each one-sided bound leaves outside.
    pub fn tail(&self, set: &CriteriaSet) -> f64 {
        self.look.map_or(1.0 - set.confidence, |look| look.tail)
    }

    /// Responding households.
    pub fn n(&self) -> u64 {
        u64::try_from(self.raw.n).unwrap_or(0)
    }

    fn village(&mut self, village: &VillageInput, measure: &Measure, moment: Moment, adjust: bool) {
        let n = u64::try_from(moment.n).unwrap_or(0);
        // More answers than the frame has households: the frame is at least what answered.
        let frame = village.households.max(n);
        let drawn = village.samples.get(&measure.module).map(|d| (*d).max(n).min(frame));
        self.raw.merge(&moment);
        self.frame += frame;
        self.expected += drawn.unwrap_or(frame);
        if n == 0 {
            self.villages_missing.push(village.name.clone());
            let persons = if drawn.is_some() {
                village.persons
            } else {
                village.persons_missing.or(village.persons)
            };
            self.miss(measure, frame, persons);
            return;
        }
        let short = n < drawn.unwrap_or(frame);
        self.surveyed.push(VillageRef { id: village.id.clone(), name: village.name.clone() });
        match drawn {
            None if short && !adjust => {
                self.miss(measure, frame - n, village.persons_missing);
                self.strata.push(Stratum::census(moment));
            }
            _ => {
                self.incomplete |= short && !adjust;
                self.adjusted |= short && adjust;
                self.sampled |= n < frame;
                self.strata.push(Stratum::sampled(moment, frame as f64));
            }
        }
    }

    fn miss(&mut self, measure: &Measure, households: u64, persons: Option<u64>) {
        self.missing_households += households;
        let units = match measure.unit {
            Unit::Household => Some(households),
            // At least one person lives in a household.
            Unit::Person => persons.map(|p| p.max(households)),
        };
        self.missing = self.missing.zip(units).map(|(sum, more)| sum + i128::from(more));
    }
}
