//! What a score is made from: everything a server can read from its tables.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::criteria::SelfReport;
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
