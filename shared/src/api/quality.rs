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
    /// What was answered about its figures, the last answer about each, by code.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub answers: Vec<QualityAnswer>,
}

/// What came of looking at a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It was looked into, and the answers are as they were given.
    Checked,
    /// There is a reason why it is unlike the others.
    Explained,
}

impl Said {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Said::Checked => "checked",
            Said::Explained => "explained",
        }
    }

    /// The answer of this word.
    pub fn read(word: &str) -> Option<Said> {
        [Said::Checked, Said::Explained].into_iter().find(|said| said.as_str() == word)
    }
}

/// `POST /api/v1/rounds/{id}/quality`: what a supervisor says about a figure as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewQualityAnswer {
    /// Made by the client; repeating the request changes nothing.
    pub id: String,
    /// Collector's id, or village unit id.
    pub subject: String,
    /// Code of the metric.
    pub code: String,
    /// The figure that was looked at.
    pub value: f64,
    /// What came of it.
    pub answer: Said,
    /// Why; 3 to 2000 characters.
    pub reason: String,
}

/// An answer beside the figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityAnswer {
    /// Code of the metric.
    pub code: String,
    /// What came of it.
    pub answer: Said,
    /// Why.
    pub reason: String,
    /// The figure it was about.
    pub value: f64,
    /// Whether the figure is still that one: if not, it has to be looked at again.
    pub stands: bool,
    /// Name of who answered.
    pub by: String,
    /// When.
    pub at: String,
}

impl QualityAnswer {
    /// True if a figure is the one that was answered about.
    pub fn same(value: f64, now: f64) -> bool {
        (value - now).abs() <= 1e-9 * value.abs().max(now.abs())
    }
}
