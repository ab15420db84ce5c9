//! What a score says.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::planner::Plan;
use super::recognition::Risk;
use crate::criteria::{Confidence, Demand, Direction, Kind, ReportValue, Unit};
use crate::moment::Outcomes;
use crate::text::Text;

/// Met, not met, or not enough to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Met (*đạt*).
    Met,
    /// Not met (*chưa đạt*).
    NotMet,
    /// The data cannot tell (*chưa đủ căn cứ*).
    #[default]
    Undecided,
}

impl Verdict {
    /// Of things that must all be met: not met if any is not, met if all are (and there is one).
    pub fn all(parts: impl IntoIterator<Item = Verdict>) -> Verdict {
        let (mut any, mut open) = (false, false);
        for part in parts {
            any = true;
            match part {
                Verdict::NotMet => return Verdict::NotMet,
                Verdict::Undecided => open = true,
                Verdict::Met => {}
            }
        }
        if any && !open { Verdict::Met } else { Verdict::Undecided }
    }
}

/// Why a verdict is what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code in `snake_case`.
    pub code: String,
    /// The sentence for people.
    pub text: Text,
}

/// The threshold a value was held against.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdUsed {
    /// What it demands; `None` where it is not known.
    pub demand: Option<Demand>,
    /// Whether an officer compared it with the document.
    pub verified: bool,
    /// How well it is known.
    pub confidence: Confidence,
    /// Number of the document, e.g. `318/QĐ-TTg`.
    pub document: String,
    /// Remark.
    pub note: Option<Text>,
}

/// One measure of a commune. Values are in the unit shown: percent, million VND, houses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasureScore {
    /// Measure or report field id, e.g. `15.1/male`.
    pub id: String,
    /// Name of the part; absent on a headline.
    pub part: Option<Text>,
    /// Whether its verdict counts for the indicator's.
    pub decides: bool,
    /// The value over known answers; absent without any.
    pub value: Option<f64>,
    /// A yes-or-no answer of the self-report.
    pub answer: Option<ReportValue>,
    /// Weighted total of the numerator (million VND for money). For a census, the plain count.
    pub numerator: Option<f64>,
    /// Weighted total of the denominator.
    pub denominator: Option<f64>,
    /// Numerator of the households surveyed, unweighted.
    pub raw_numerator: Option<f64>,
    /// Denominator of the households surveyed, unweighted.
    pub raw_denominator: Option<f64>,
    /// Responding households.
    pub n: u64,
    /// Households that were to respond: the frame of a census, the draw of a sample.
    pub expected: u64,
    /// Households in the frame, N.
    pub frame: u64,
    /// Households or persons surveyed whose answer is unknown.
    pub unknown: u64,
    /// Share of the surveyed units whose answer is known, 0 to 1.
    pub coverage: Option<f64>,
    /// Share of the households that were to respond and did, 0 to 1.
    pub response: Option<f64>,
    /// Standard error; 0 for a census.
    pub se: Option<f64>,
    /// The range the data leave for the true value; an end is absent where there is none.
    pub low: Option<f64>,
    /// Upper end of the range.
    pub high: Option<f64>,
    /// The threshold in force.
    pub threshold: Option<ThresholdUsed>,
    /// How far on the good side of the threshold the value is; negative on the bad side.
    pub distance: Option<f64>,
    /// What `short` counts; for household measures.
    pub unit: Option<Unit>,
    /// Fewest households or persons whose answer would have to be the other one for the value to be
    /// at the threshold; absent where it is, for money, and without a threshold.
    pub short: Option<u64>,
    /// How probable it is that the true value reaches the threshold, 0 to 1; for samples.
    pub probability: Option<f64>,
    /// What would decide it, where more households of a sample do.
    pub plan: Option<Plan>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// One indicator of a commune.
#[derive(Clone, Debug, PartialEq)]
pub struct IndicatorScore {
    /// Number within the set.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Kind of value.
    pub kind: Kind,
    /// Which side of the threshold is good.
    pub direction: Direction,
    /// True when it comes from households, false when the commune reports it.
    pub household: bool,
    /// Met only if all deciding measures are.
    pub verdict: Verdict,
    /// Why: the reason of the measure that decided.
    pub reason: Reason,
    /// The measure shown first.
    pub headline: MeasureScore,
    /// Its parts (men, women; of which piped).
    pub parts: Vec<MeasureScore>,
}

/// One criterion of a commune.
#[derive(Clone, Debug, PartialEq)]
pub struct CriterionScore {
    /// Number within the set.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Met only if all indicators are.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// Its indicators.
    pub indicators: Vec<IndicatorScore>,
}

/// A village by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageRef {
    /// Village unit id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A commune's score. `criteria_met + not_met + undecided = total`, always.
#[derive(Clone, Debug, PartialEq)]
pub struct CommuneScore {
    /// Unit id.
    pub id: String,
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Id of the criteria set.
    pub set: String,
    /// The day thresholds were read for.
    pub at: Date,
    /// Criteria met for certain.
    pub criteria_met: u64,
    /// Criteria met at most: those met and those undecided.
    pub at_most: u64,
    /// Criteria not met.
    pub not_met: u64,
    /// Criteria undecided.
    pub undecided: u64,
    /// Criteria in the set.
    pub total: u64,
    /// Households in the frame.
    pub households: u64,
    /// Visits by outcome.
    pub outcomes: Outcomes,
    /// Villages of the frame without any completed interview.
    pub villages_missing: Vec<VillageRef>,
    /// Risk of losing recognition.
    pub risk: Risk,
    /// The criteria in official order.
    pub criteria: Vec<CriterionScore>,
}
