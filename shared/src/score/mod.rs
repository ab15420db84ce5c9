//! Scores: from a commune's moments and its self-report to a verdict per indicator and criterion,
//! the number of criteria met, and the risk of losing recognition.
//!
//! One idea carries every household verdict: the data leave a *range* in which the true value lies.
//! A complete census leaves a point; households and villages nobody reached widen it by their worst
//! and best filling; a sample widens it by its one-sided bounds. Met when the whole range reaches
//! the threshold, not met when none of it does, undecided otherwise. Unknown is never no.

mod design;
mod failing;
mod input;
mod judge;
mod lapse;
mod number;
mod planner;
mod range;
mod reason;
mod recognition;
mod reported;
mod result;
mod standing;
#[cfg(test)]
mod tests;
mod watch;

pub use failing::{OpenIndicator, failing};
pub use input::{CommuneInput, Look, VillageInput};
pub use lapse::{Ahead, Lapse, Lapses, Lost, lapses};
pub use number::{figure, print_number};
pub use planner::{Plan, Step, VillageShare};
pub use recognition::{Risk, RiskLevel};
pub use result::{
    CommuneScore, CriterionScore, IndicatorScore, MeasureScore, Reason, ThresholdUsed, Verdict,
    VillageRef,
};
pub use standing::Standing;
pub use watch::{AtRisk, Change, Reach, Totals, Turn, Unvisited, Watch, watch};

use crate::criteria::{CriteriaSet, Criterion, Indicator, Source};
use crate::moment::Outcomes;

/// Scores a commune by a criteria set. Pure: the same input gives the same score.
pub fn score_commune(set: &CriteriaSet, input: &CommuneInput) -> CommuneScore {
    let criteria: Vec<CriterionScore> =
        set.criteria.iter().map(|c| criterion(set, input, c)).collect();
    let count = |v: Verdict| criteria.iter().filter(|c| c.verdict == v).count() as u64;
    let (met, not_met, undecided) =
        (count(Verdict::Met), count(Verdict::NotMet), count(Verdict::Undecided));
    let mut outcomes = Outcomes::default();
    let mut villages_missing = Vec::new();
    for village in &input.villages {
        outcomes.merge(&village.moments.outcomes);
        if village.households > 0 && village.moments.outcomes.completed <= 0 {
            villages_missing
                .push(VillageRef { id: village.id.clone(), name: village.name.clone() });
        }
    }
    CommuneScore {
        id: input.id.clone(),
        code: input.code.clone(),
        name: input.name.clone(),
        set: set.id.clone(),
        at: input.at,
        criteria_met: met,
        at_most: met + undecided,
        not_met,
        undecided,
        total: met + not_met + undecided,
        households: input.villages.iter().map(|v| v.households).sum(),
        outcomes,
        villages_missing,
        risk: recognition::risk(set, &criteria),
        criteria,
    }
}

fn criterion(set: &CriteriaSet, input: &CommuneInput, criterion: &Criterion) -> CriterionScore {
    let indicators: Vec<IndicatorScore> =
        criterion.indicators.iter().map(|i| indicator(set, input, i)).collect();
    let verdict = Verdict::all(indicators.iter().map(|i| i.verdict));
    let open: Vec<&str> =
        indicators.iter().filter(|i| i.verdict == verdict).map(|i| i.id.as_str()).collect();
    CriterionScore {
        id: criterion.id.clone(),
        name: criterion.name.clone(),
        verdict,
        reason: reason::criterion(verdict, &open),
        indicators,
    }
}

fn indicator(set: &CriteriaSet, input: &CommuneInput, indicator: &Indicator) -> IndicatorScore {
    let scores: Vec<MeasureScore> = match &indicator.source {
        Source::Household(places) => {
            places.iter().map(|m| judge::measure(set, input, *m)).collect()
        }
        Source::Report(fields) => {
            fields.iter().map(|f| reported::field(set, input, indicator, f)).collect()
        }
    };
    let verdict = Verdict::all(scores.iter().filter(|s| s.decides).map(|s| s.verdict));
    let reason = scores
        .iter()
        .find(|s| s.decides && s.verdict == verdict)
        .map_or_else(reason::none, |s| reason::of_part(s.part.as_ref(), &s.reason));
    // The headline is the measure without a part; among parts alone, the one that decided.
    let headline = scores
        .iter()
        .find(|s| s.part.is_none())
        .or_else(|| scores.iter().find(|s| s.verdict == verdict))
        .cloned()
        .unwrap_or_default();
    IndicatorScore {
        id: indicator.id.clone(),
        name: indicator.name.clone(),
        kind: indicator.kind,
        direction: indicator.direction,
        household: matches!(indicator.source, Source::Household(_)),
        verdict,
        reason,
        headline,
        parts: scores.into_iter().filter(|s| s.part.is_some()).collect(),
    }
}
