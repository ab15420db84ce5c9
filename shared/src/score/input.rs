//! What a score is made from: everything a server can read from its tables.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::criteria::SelfReport;
use crate::estimate::looks;
use crate::moment::VillageMoments;

/// A commune in a round.
#[derive(Clone, Debug, PartialEq)]
pub struct CommuneInput {
    /// Unit id.
    pub id: String,
    /// Official code as of `at`.
    pub code: String,
    /// Name as of `at`.
    pub name: String,
    /// The day thresholds are read for.
    pub at: Date,
    /// Its villages, those nobody visited included, in a fixed order.
    pub villages: Vec<VillageInput>,
    /// The commune's self-report that counts, if any.
    pub report: Option<SelfReport>,
    /// Whether the round says that weights are adjusted within villages for households that did not
    /// answer.
    pub adjust: bool,
    /// Which of several declared looks at the sample this is; `None` when it is judged once.
    pub look: Option<Look>,
}

/// One of several looks at a growing sample that were declared before it was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Which one, from 1.
    pub number: u32,
    /// How many were declared.
    pub planned: u32,
    /// What each one-sided bound leaves outside at this look.
    pub tail: f64,
}

impl Look {
    /// Look `number` of `planned`, for a set whose single look has `confidence`; `None` for a single
    /// one.
    pub fn of(confidence: f64, number: u32, planned: u32) -> Option<Look> {
        let tail = looks::tail_at(1.0 - confidence, number, planned);
        (planned > 1).then_some(Look { number, planned, tail })
    }
}

/// A village in a round.
#[derive(Clone, Debug, PartialEq)]
pub struct VillageInput {
    /// Village unit id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Households in the frozen frame, N_h.
    pub households: u64,
    /// Households drawn, n_h, for each module whose design is a sample (replacements in place of
    /// those they replace). A module not named is a census.
    pub samples: BTreeMap<String, u64>,
    /// Persons the roster lists in the village; `None` unless known for every household.
    pub persons: Option<u64>,
    /// Persons the roster lists in the households of the frame without a completed interview that
    /// counts; `None` unless known for each of them. Bounds what per-person rates may still become.
    pub persons_missing: Option<u64>,
    /// Sums of the submissions that count.
    pub moments: VillageMoments,
}
