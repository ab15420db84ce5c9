//! The verdict of an indicator the commune reports itself.

use std::cmp::Ordering;

use super::input::CommuneInput;
use super::judge::{distance, used};
use super::reason;
use super::result::{MeasureScore, Verdict};
use crate::criteria::{
    CriteriaSet, Decimal, Demand, Direction, Indicator, ReportField, ReportValue, threshold_at,
};

pub(super) fn field(
    set: &CriteriaSet,
    input: &CommuneInput,
    indicator: &Indicator,
    field: &ReportField,
) -> MeasureScore {
    let threshold = threshold_at(&field.thresholds, &set.region, input.at);
    let demand = threshold.and_then(|t| t.demand);
    let answer = input.report.as_ref().and_then(|r| r.values.get(&field.id)).cloned();
    let number = match &answer {
        Some(ReportValue::Number(text)) => Decimal::read(text),
        _ => None,
    };
    let value = number.map(Decimal::to_f64);
    let (verdict, code) = match (demand, &answer) {
        (None, _) => (Verdict::Undecided, "threshold_unknown"),
        (_, None) => (Verdict::Undecided, "report_missing"),
        (Some(Demand::Yes), Some(ReportValue::Yes)) => (Verdict::Met, "reported"),
        (Some(Demand::Yes), Some(ReportValue::No)) => (Verdict::NotMet, "reported"),
        (Some(Demand::Number(t)), Some(ReportValue::Number(_))) => match number {
            Some(n) => (compare(indicator.direction, n, t), "reported"),
            None => (Verdict::Undecided, "report_unknown"),
        },
        _ => (Verdict::Undecided, "report_unknown"),
    };
    MeasureScore {
        id: field.id.clone(),
        part: field.part.clone(),
        decides: true,
        value,
        threshold: threshold.map(|t| used(set, t)),
        distance: distance(indicator.direction, value, demand),
        verdict,
        reason: reason::reported(code, indicator, answer.as_ref(), value, demand),
        answer,
        ..MeasureScore::default()
    }
}

fn compare(direction: Direction, value: Decimal, threshold: Decimal) -> Verdict {
    let order = threshold.compare_fraction(value.digits, 10_i128.pow(value.places));
    let good = match direction {
        Direction::Ge => order != Ordering::Less,
        Direction::Le => order != Ordering::Greater,
        Direction::Eq => order == Ordering::Equal,
    };
    if good { Verdict::Met } else { Verdict::NotMet }
}
