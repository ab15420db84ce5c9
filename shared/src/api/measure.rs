//! The figures of a measure over the wire, and the threshold they are held against.

use serde::{Deserialize, Serialize};

use crate::criteria::{Confidence, Demand, ReportValue, Unit};
use crate::score::{self, Plan, Reason, Verdict};
use crate::text::Text;

/// One part of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Name of the part.
    pub name: Text,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Measure,
}

/// The figures of a measure, in the unit shown (percent, million VND, houses).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Measure id, e.g. `15.1/male`.
    pub id: String,
    /// Value over known answers.
    pub value: Option<f64>,
    /// A yes-or-no answer of the self-report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub answer: Option<ReportValue>,
    /// Weighted numerator.
    pub numerator: Option<f64>,
    /// Weighted denominator.
    pub denominator: Option<f64>,
    /// Numerator of the households surveyed.
    pub raw_numerator: Option<f64>,
    /// Denominator of the households surveyed.
    pub raw_denominator: Option<f64>,
    /// Responding households.
    pub n: u64,
    /// Households that were to respond.
    pub expected: u64,
    /// Households in the frame.
    #[serde(rename = "N")]
    pub frame: u64,
    /// Units with an unknown answer.
    pub unknown: u64,
    /// Share of surveyed units with a known answer, 0 to 1.
    pub coverage: Option<f64>,
    /// Share of expected households that responded, 0 to 1.
    pub response: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
    /// Lower and upper end of the range the data leave; `null` where there is none.
    pub interval: [Option<f64>; 2],
    /// The threshold in force.
    pub threshold: Option<Threshold>,
    /// Distance on the good side of the threshold.
    pub distance: Option<f64>,
    /// What `short` counts: `household` or `person`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<Unit>,
    /// Fewest of these whose answer would have to change for the value to be at the threshold.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub short: Option<u64>,
    /// How probable it is that the true value reaches the threshold, 0 to 1; for samples.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub probability: Option<f64>,
    /// What would decide it, where more households of a sample do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plan: Option<Plan>,
    /// `met`, `not_met` or `undecided`.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// A threshold and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The number demanded; absent for yes-or-no and where it is not known.
    pub value: Option<f64>,
    /// False where the province sets it, or it was not found.
    pub known: bool,
    /// Whether an officer compared it with the document.
    pub verified: bool,
    /// `F` found, `R` remembered, `U` uncertain.
    pub confidence: Confidence,
    /// Document number.
    pub document: String,
    /// Remark.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<Text>,
}

impl From<&score::MeasureScore> for Measure {
    fn from(m: &score::MeasureScore) -> Self {
        Measure {
            id: m.id.clone(),
            value: m.value,
            answer: m.answer.clone(),
            numerator: m.numerator,
            denominator: m.denominator,
            raw_numerator: m.raw_numerator,
            raw_denominator: m.raw_denominator,
            n: m.n,
            expected: m.expected,
            frame: m.frame,
            unknown: m.unknown,
            coverage: m.coverage,
            response: m.response,
            se: m.se,
            interval: [m.low, m.high],
            threshold: m.threshold.as_ref().map(|t| Threshold {
                value: match t.demand {
                    Some(Demand::Number(n)) => Some(n.to_f64()),
                    _ => None,
                },
                known: t.demand.is_some(),
                verified: t.verified,
                confidence: t.confidence,
                document: t.document.clone(),
                note: t.note.clone(),
            }),
            distance: m.distance,
            unit: m.unit,
            short: m.short,
            probability: m.probability,
            plan: m.plan.clone(),
            verdict: m.verdict,
            reason: m.reason.clone(),
        }
    }
}
