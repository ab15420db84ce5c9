//! Official values over the wire.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::measure::Measure;
use crate::criteria::ReportValue;
use crate::official::OfficialValue;

/// A value with its commune's code and name of the day asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficialRow {
    /// Official code.
    pub commune_code: String,
    /// Name.
    pub commune_name: String,
    /// The value.
    #[serde(flatten)]
    pub value: OfficialValue,
}

/// An official value beside an estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Official {
    /// What was issued.
    pub value: ReportValue,
    /// The day it speaks of.
    pub as_of: Date,
    /// Number of the document.
    pub document: String,
    /// When the document was issued.
    pub issued: Date,
    /// True when it lies outside the range the data leave, or is another answer than the commune's.
    pub differs: bool,
}

impl Official {
    /// `value` beside what the survey and the commune say.
    pub fn beside(value: &OfficialValue, figures: &Measure) -> Official {
        let differs = match (&value.value, &figures.answer) {
            (ReportValue::Number(text), _) => text.parse().is_ok_and(|v: f64| {
                let [low, high] = figures.interval;
                // Figures are issued with two decimals at most.
                figures.value.is_some()
                    && (low.is_some_and(|l| v < l - 0.005) || high.is_some_and(|h| v > h + 0.005))
            }),
            (said, Some(answer)) => *answer != ReportValue::Unknown && said != answer,
            _ => false,
        };
        Official {
            value: value.value.clone(),
            as_of: value.as_of,
            document: value.document.clone(),
            issued: value.issued,
            differs,
        }
    }
}
