//! The range the data leave for a measure's true value.

use std::cmp::Ordering;

use super::design::Design;
use crate::criteria::{CriteriaSet, Decimal, Kind, Measure, Unit};
use crate::estimate::interval::{korn_graubard, student};
use crate::estimate::{Estimate, Interval, Stratum, ratio, total};

/// One end of a range, in the unit shown. Fractions of exact counts are compared exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    Fraction { top: i128, bottom: i128 },
    Real(f64),
}

impl Bound {
    pub fn compare(self, threshold: Decimal) -> Ordering {
        match self {
            Bound::Fraction { top, bottom } => threshold.compare_fraction(top, bottom),
            Bound::Real(v) => v.partial_cmp(&threshold.to_f64()).unwrap_or(Ordering::Less),
        }
    }

    /// The end as a number; none when it is infinite.
    pub fn value(self) -> Option<f64> {
        match self {
            Bound::Fraction { top, bottom } => Some(top as f64 / bottom as f64),
            Bound::Real(v) => Some(v).filter(|v| v.is_finite()),
        }
    }
}

/// A measure's value, its error and its range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub value: Option<f64>,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub se: Option<f64>,
    pub low: Bound,
    pub high: Bound,
    /// Share of surveyed units with a known answer.
    pub coverage: Option<f64>,
    /// Unknown answers were filled both ways, because too few are known.
    pub filled: bool,
}

pub(super) fn range(set: &CriteriaSet, measure: &Measure, design: &Design) -> Range {
    let (x, u) = (design.raw.x, design.raw.u);
    let coverage = if x + u > 0 { Some(x as f64 / (x + u) as f64) } else { None };
    if measure.kind == Kind::Count {
        return count(measure, design, coverage);
    }
    let (up, down) = measure.scale();
    let scale = up as f64 / down as f64;
    let filled = coverage.is_some_and(|c| c < set.minimum_coverage);
    let known = ratio(&design.strata);
    let shown = |e: &Estimate| up as f64 * e.numerator / (down as f64 * e.denominator);
    let (low, high) = if design.sampled {
        sampled(measure, design, filled, design.tail(set))
    } else {
        census(measure, design, filled)
    };
    Range {
        value: known.as_ref().map(shown),
        numerator: known.map(|e| e.numerator / down as f64),
        denominator: known.map(|e| e.denominator),
        se: known.map(|e| e.se() * scale),
        low,
        high,
        coverage,
        filled,
    }
}

/// What remains when nothing is known: a share is between none and all, money at least nothing.
fn anything(measure: &Measure) -> (Bound, Bound) {
    let high = if measure.is_share() { 100.0 } else { f64::INFINITY };
    (Bound::Real(0.0), Bound::Real(high))
}

/// Exact: every stratum is complete, what nobody saw is filled with no and with yes.
fn census(measure: &Measure, design: &Design, filled: bool) -> (Bound, Bound) {
    let raw = &design.raw;
    let open = if filled { raw.u } else { 0 };
    let Some(missing) = design.missing else { return anything(measure) };
    let bottom = raw.x + open + missing;
    if bottom <= 0 {
        return anything(measure);
    }
    let (up, down) = measure.scale();
    let fraction = |y: i128| Bound::Fraction { top: up * y, bottom: down * bottom };
    let high = if measure.is_share() {
        fraction(raw.y + open + missing)
    } else if open + missing > 0 {
        Bound::Real(f64::INFINITY)
    } else {
        fraction(raw.y)
    };
    (fraction(raw.y), high)
}

/// One-sided bounds of the sample, then what nobody saw filled with no and with yes.
fn sampled(measure: &Measure, design: &Design, filled: bool, tail: f64) -> (Bound, Bound) {
    let Some(missing) = design.missing else { return anything(measure) };
    let (up, down) = measure.scale();
    let fill = |yes: bool| -> Vec<Stratum> {
        let one = measure.one();
        let change = |s: &Stratum| {
            let moment = if filled { s.moment.filled(yes, one) } else { s.moment };
            Stratum { moment, ..*s }
        };
        design.strata.iter().map(change).collect()
    };
    let bounds = |yes: bool| -> Option<(Interval, f64)> {
        let strata = fill(yes);
        let e = ratio(&strata)?;
        let units: i128 = strata.iter().map(|s| s.moment.x).sum();
        let interval = if measure.is_share() {
            korn_graubard(&e, units as f64, tail)
        } else {
            student(&e, tail)
        };
        Some((interval, e.denominator))
    };
    let Some((worst, x)) = bounds(false) else { return anything(measure) };
    let best = if filled { bounds(true).map_or(worst, |(best, _)| best) } else { worst };
    let (missing, scale) = (missing as f64, up as f64 / down as f64);
    let low = worst.low * x / (x + missing) * scale;
    let high = if measure.is_share() {
        (best.high * x + missing) / (x + missing) * scale
    } else if filled || missing > 0.0 {
        f64::INFINITY
    } else {
        best.high * scale
    };
    (Bound::Real(low), Bound::Real(high))
}

/// A count is at least what was seen, and at most that and everything nobody saw.
fn count(measure: &Measure, design: &Design, coverage: Option<f64>) -> Range {
    let raw = &design.raw;
    let (up, down) = measure.scale();
    let unseen_households = i128::from(design.frame.saturating_sub(design.n()));
    let seen = Bound::Fraction { top: up * raw.y, bottom: down };
    let high = match measure.unit {
        _ if unseen_households == 0 && raw.u == 0 => seen,
        Unit::Household => {
            let unseen = (unseen_households + raw.u) * measure.one();
            Bound::Fraction { top: up * (raw.y + unseen), bottom: down }
        }
        Unit::Person => Bound::Real(f64::INFINITY),
    };
    let e = total(&design.strata);
    let some = |v: f64| if raw.x > 0 { Some(v) } else { None };
    Range {
        value: some(e.value / down as f64),
        numerator: some(e.numerator / down as f64),
        denominator: some(e.denominator),
        se: some(e.se() / down as f64),
        low: seen,
        high,
        coverage,
        filled: raw.u > 0,
    }
}
