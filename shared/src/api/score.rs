//! Scores over the wire: `ntm compile --json` prints exactly this.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::criteria::{Confidence, Demand, Direction, Kind, ReportValue, Unit};
use crate::moment::Outcomes;
use crate::official::OfficialValue;
use crate::score::{self, Lapses, Plan, Reason, RiskLevel, Verdict, VillageRef, Watch};
use crate::text::Text;

/// `GET /api/v1/rounds/{id}/scores`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreReport {
    /// Round id.
    pub round: String,
    /// Round name.
    pub round_name: String,
    /// Id of the criteria set.
    pub criteria_set: String,
    /// True for made-up data: outputs then bear "DỮ LIỆU MẪU".
    pub made_up: bool,
    /// The day thresholds were read for.
    pub at: Date,
    /// Which of the looks that the round declared this is, and how many it declared; absent for one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub look: Option<[u32; 2]>,
    /// The day on which answers that hold to a day (insurance cards) are judged; absent for the day of
    /// each interview.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub as_of: Option<Date>,
    /// What lapses after that day; only with one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lapses: Option<Lapses>,
    /// What reading every original anew came to; only where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rebuilt: Option<Rebuilt>,
    /// The communes, by code.
    pub communes: Vec<CommuneScore>,
    /// Sums over them, and what to look at.
    #[serde(default)]
    pub watch: Watch,
}

/// Sums made anew from the originals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    /// Interviews read that count.
    pub submissions: u64,
    /// Interviews whose XML no longer reads.
    pub unreadable: u64,
    /// Villages whose kept sums are not what their interviews say: always 0, or the data folder has to
    /// be checked.
    pub villages_differing: u64,
    /// Interviews, those as well that may count one day, of which something else is kept than they
    /// say: always 0, likewise.
    #[serde(default)]
    pub readings_differing: u64,
}

/// One commune's score. `criteria_met + not_met + undecided = total`; `at_most = criteria_met +
/// undecided`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Criteria met at most.
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
    /// Villages without any completed interview.
    pub villages_missing: Vec<VillageRef>,
    /// Risk of losing recognition.
    pub risk: Risk,
    /// The criteria in official order.
    pub criteria: Vec<Criterion>,
}

/// Risk of losing recognition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    /// `none`, `possible` or `certain`.
    pub level: RiskLevel,
    /// Id of the rule that fires.
    pub rule: Option<String>,
    /// The rule in words.
    pub name: Option<Text>,
    /// Fewest criteria that may be unmet.
    pub unmet_low: u64,
    /// Most criteria that may be unmet.
    pub unmet_high: u64,
    /// Fewest further criteria that must be met before no rule can fire.
    #[serde(default)]
    pub needed: u64,
    /// Critical criteria not met or undecided.
    pub critical_open: Vec<String>,
}

/// One criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Number within the set.
    pub id: String,
    /// Name.
    pub name: Text,
    /// `met`, `not_met` or `undecided`.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// Its indicators.
    pub indicators: Vec<Indicator>,
}

/// One indicator, with its headline measure's figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Name.
    pub name: Text,
    /// Kind of value.
    pub kind: Kind,
    /// Which side of the threshold is good.
    pub direction: Direction,
    /// `household` or `report`.
    pub source: String,
    /// What an office issued, the latest that speaks of the day thresholds are read for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub official: Option<Official>,
    /// The value in the round before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<f64>,
    /// The headline figures; `id` is the indicator's, `verdict` and `reason` are the indicator's.
    #[serde(flatten)]
    pub figures: Measure,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parts: Vec<Part>,
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

impl CommuneScore {
    /// Puts official values and those of the round before beside the commune's own.
    pub fn beside(&mut self, official: &[OfficialValue], before: Option<&score::CommuneScore>) {
        let last = |id: &str| {
            let mut all = before?.criteria.iter().flat_map(|c| &c.indicators);
            all.find(|i| i.id == id)?.headline.value
        };
        for indicator in self.criteria.iter_mut().flat_map(|c| &mut c.indicators) {
            let id = indicator.figures.id.clone();
            let newest = official.iter().rfind(|v| v.commune == self.id && v.indicator == id);
            indicator.official = newest.map(|v| Official::beside(v, &indicator.figures));
            indicator.last = last(&id);
        }
    }
}

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

impl From<&score::CommuneScore> for CommuneScore {
    fn from(s: &score::CommuneScore) -> Self {
        CommuneScore {
            id: s.id.clone(),
            code: s.code.clone(),
            name: s.name.clone(),
            set: s.set.clone(),
            at: s.at,
            criteria_met: s.criteria_met,
            at_most: s.at_most,
            not_met: s.not_met,
            undecided: s.undecided,
            total: s.total,
            households: s.households,
            outcomes: s.outcomes,
            villages_missing: s.villages_missing.clone(),
            risk: Risk {
                level: s.risk.level,
                rule: s.risk.rule.clone(),
                name: s.risk.name.clone(),
                unmet_low: s.risk.unmet_low,
                unmet_high: s.risk.unmet_high,
                needed: s.risk.needed,
                critical_open: s.risk.critical_open.clone(),
            },
            criteria: s.criteria.iter().map(Criterion::from).collect(),
        }
    }
}

impl From<&score::CriterionScore> for Criterion {
    fn from(c: &score::CriterionScore) -> Self {
        Criterion {
            id: c.id.clone(),
            name: c.name.clone(),
            verdict: c.verdict,
            reason: c.reason.clone(),
            indicators: c.indicators.iter().map(Indicator::from).collect(),
        }
    }
}

impl From<&score::IndicatorScore> for Indicator {
    fn from(i: &score::IndicatorScore) -> Self {
        let figures = Measure {
            id: i.id.clone(),
            verdict: i.verdict,
            reason: i.reason.clone(),
            ..Measure::from(&i.headline)
        };
        Indicator {
            name: i.name.clone(),
            kind: i.kind,
            direction: i.direction,
            source: if i.household { "household" } else { "report" }.to_owned(),
            official: None,
            last: None,
            figures,
            parts: i
                .parts
                .iter()
                .map(|p| Part {
                    name: p.part.clone().unwrap_or_default(),
                    figures: Measure::from(p),
                })
                .collect(),
        }
    }
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
