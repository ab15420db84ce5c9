//! Scores over the wire: `ntm compile --json` prints exactly this.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::measure::{Measure, Part};
use super::official::Official;
use crate::criteria::{Direction, Kind};
use crate::moment::Outcomes;
use crate::official::OfficialValue;
use crate::score::{self, Lapses, Reason, RiskLevel, Verdict, VillageRef, Watch};
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
