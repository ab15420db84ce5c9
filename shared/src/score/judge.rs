//! The verdict of one household measure in one commune.

use std::cmp::Ordering;

use super::design::Design;
use super::input::CommuneInput;
use super::planner::Outlook;
use super::range::{Range, range};
use super::reason::{Case, Facts};
use super::result::{MeasureScore, ThresholdUsed, Verdict};
use crate::criteria::{
    CriteriaSet, Decimal, Demand, Direction, Kind, Measure, Threshold, threshold_at,
};

pub(super) fn measure(set: &CriteriaSet, input: &CommuneInput, place: usize) -> MeasureScore {
    let measure = &set.measures()[place];
    let design = Design::of(input, measure, place);
    let range = range(set, measure, &design);
    let threshold = threshold_at(&measure.thresholds, &set.region, input.at);
    let demand = threshold.and_then(|t| t.demand);
    let (verdict, case) = verdict(measure, &design, &range, demand);
    let facts =
        Facts { measure, design: &design, range: &range, demand, minimum: set.minimum_coverage };
    let (_, down) = measure.scale();
    let expected = design.expected;
    let outlook = Outlook::of(set, &design, &range, demand);
    MeasureScore {
        id: measure.id.clone(),
        part: measure.part.clone(),
        decides: measure.decides,
        value: range.value,
        answer: None,
        numerator: range.numerator,
        denominator: range.denominator,
        raw_numerator: range.value.map(|_| design.raw.y as f64 / down as f64),
        raw_denominator: range.value.map(|_| design.raw.x as f64),
        n: design.n(),
        expected,
        frame: design.frame,
        unknown: u64::try_from(design.raw.u).unwrap_or(0),
        coverage: range.coverage,
        response: if expected > 0 { Some(design.n() as f64 / expected as f64) } else { None },
        se: range.se,
        low: range.low.value(),
        high: range.high.value(),
        threshold: threshold.map(|t| used(set, t)),
        distance: distance(measure.direction, range.value, demand),
        unit: Some(measure.unit),
        short: short(measure, &range, demand),
        probability: outlook.as_ref().map(|o| o.probability(measure.direction)),
        plan: outlook.filter(|_| case == Case::SampleUncertain).map(|o| o.plan(set, &design)),
        verdict,
        reason: facts.reason(verdict, case),
    }
}

fn verdict(
    measure: &Measure,
    design: &Design,
    range: &Range,
    demand: Option<Demand>,
) -> (Verdict, Case) {
    let Some(Demand::Number(threshold)) = demand else {
        return (Verdict::Undecided, Case::ThresholdUnknown);
    };
    if design.n() == 0 {
        return (Verdict::Undecided, Case::NotSurveyed);
    }
    let count = measure.kind == Kind::Count;
    if design.incomplete && !count {
        return (Verdict::Undecided, Case::SampleIncomplete);
    }
    let verdict = compare(measure.direction, range, threshold);
    let case = match verdict {
        Verdict::Undecided if count => Case::CountUnseen,
        Verdict::Undecided if !design.villages_missing.is_empty() => Case::VillagesMissing,
        Verdict::Undecided if design.missing_households > 0 => Case::HouseholdsMissing,
        Verdict::Undecided if range.filled => Case::CoverageLow,
        Verdict::Undecided if design.sampled => Case::SampleUncertain,
        // A complete census without a denominator: nobody is of the domain.
        Verdict::Undecided => Case::NotSurveyed,
        _ if count => Case::Count,
        _ if design.missing_households > 0 || range.filled => Case::Filled,
        _ if design.sampled => Case::Sample,
        _ => Case::Census,
    };
    (verdict, case)
}

/// Met when the whole range is on the good side, not met when all of it is on the bad side.
fn compare(direction: Direction, range: &Range, threshold: Decimal) -> Verdict {
    let (low, high) = (range.low.compare(threshold), range.high.compare(threshold));
    match direction {
        Direction::Ge if low != Ordering::Less => Verdict::Met,
        Direction::Ge if high == Ordering::Less => Verdict::NotMet,
        Direction::Le | Direction::Eq if high != Ordering::Greater => Verdict::Met,
        Direction::Le | Direction::Eq if low == Ordering::Greater => Verdict::NotMet,
        _ => Verdict::Undecided,
    }
}

/// How far a value is on the good side of its threshold.
pub(super) fn distance(
    direction: Direction,
    value: Option<f64>,
    demand: Option<Demand>,
) -> Option<f64> {
    let Some(Demand::Number(threshold)) = demand else { return None };
    let away = value? - threshold.to_f64();
    Some(if direction == Direction::Ge { away } else { -away + 0.0 })
}

/// Fewest units whose answer would have to change for the value to be at the threshold.
fn short(measure: &Measure, range: &Range, demand: Option<Demand>) -> Option<u64> {
    let Some(Demand::Number(threshold)) = demand else { return None };
    let (top, bottom) = range.numerator.zip(range.denominator)?;
    let wanted = match measure.kind {
        Kind::Percent => threshold.to_f64() / 100.0 * bottom,
        Kind::Count => threshold.to_f64(),
        Kind::Boolean | Kind::MoneyMillion | Kind::Number => return None,
    };
    let away = if measure.direction == Direction::Ge { wanted - top } else { top - wanted };
    // A total that is a whole number may be off by a rounding.
    let units = (away - 1e-6).ceil();
    (units > 0.0).then_some(units as u64)
}

/// A threshold as shown beside a score.
pub(super) fn used(set: &CriteriaSet, t: &Threshold) -> ThresholdUsed {
    ThresholdUsed {
        demand: t.demand,
        verified: t.verified,
        confidence: t.confidence,
        document: set
            .document(&t.document)
            .map_or_else(|| t.document.clone(), |d| d.number.clone()),
        note: t.note.clone(),
    }
}
