//! Data quality over the wire, for those who supervise.

use serde::{Deserialize, Serialize};

use crate::quality::Who;

/// `GET /api/v1/rounds/{id}/quality`. A flag says "please check", never what was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// Round id.
    pub round: String,
    /// True for made-up data.
    pub made_up: bool,
    /// Visits looked at: those that count.
    pub visits: u64,
    /// Collectors, those with flags first.
    pub collectors: Vec<QualityRow>,
    /// Villages, those with flags first.
    pub villages: Vec<QualityRow>,
}

/// A collector or a village.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityRow {
    /// Name of the collector, or of village and commune.
    pub name: String,
    /// Its figures and flags.
    #[serde(flatten)]
    pub who: Who,
}
