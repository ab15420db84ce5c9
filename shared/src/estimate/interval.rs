//! Intervals from an estimate and its variance.
//!
//! Every function takes `tail`, the probability left outside on *each* side: 0.05 gives the two
//! one-sided 95 % bounds a verdict uses, 0.025 the usual two-sided 95 % interval.

use super::Estimate;
use super::special::{beta_quantile, t_quantile};

/// A lower and an upper bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower bound, −∞ when there is none.
    pub low: f64,
    /// Upper bound, ∞ when there is none.
    pub high: f64,
}

impl Interval {
    /// A value known exactly.
    pub fn point(value: f64) -> Interval {
        Interval { low: value, high: value }
    }
}

/// Student's t around a ratio, mean or total. Without degrees of freedom nothing is excluded; with
/// everything observed (`open` 0) nothing is left open.
pub fn student(estimate: &Estimate, tail: f64) -> Interval {
    if estimate.open == 0.0 {
        return Interval::point(estimate.value);
    }
    if estimate.df <= 0.0 {
        return Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    }
    let reach = t_quantile(1.0 - tail, estimate.df) * estimate.se();
    Interval { low: estimate.value - reach, high: estimate.value + reach }
}

/// Exact binomial bounds (Clopper, Pearson 1934) for `x` of `n`, which need not be whole numbers.
pub fn clopper_pearson(x: f64, n: f64, tail: f64) -> Interval {
    let low = if x <= 0.0 { 0.0 } else { beta_quantile(tail, x, n - x + 1.0) };
    let high = if x >= n { 1.0 } else { beta_quantile(1.0 - tail, x + 1.0, n - x) };
    Interval { low, high }
}

/// Korn and Graubard (1998) for a proportion under a complex design: Clopper–Pearson with the
/// effective sample size p(1 − p)/variance · (t_{n−1}/t_df)².
///
/// `units` is how many units (households, persons) were observed: the effective size is never taken
/// above `units / open`. Where the sample shows no variance at all (everyone yes, or no) it is the
/// number of households, as if persons of one household were one observation.
pub fn korn_graubard(estimate: &Estimate, units: f64, tail: f64) -> Interval {
    let p = estimate.value.clamp(0.0, 1.0);
    if estimate.open == 0.0 {
        return Interval::point(p);
    }
    let size = if estimate.variance > 0.0 {
        if estimate.df <= 0.0 || estimate.n < 2.0 {
            return Interval { low: 0.0, high: 1.0 };
        }
        let t = t_quantile(1.0 - tail, estimate.n - 1.0) / t_quantile(1.0 - tail, estimate.df);
        (p * (1.0 - p) / estimate.variance * t * t).min(units / estimate.open)
    } else {
        estimate.n / estimate.open
    };
    if size > 0.0 {
        clopper_pearson(p * size, size, tail)
    } else {
        Interval { low: 0.0, high: 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, variance: f64, df: f64, n: f64, open: f64) -> Estimate {
        Estimate { value, variance, df, n, numerator: 0.0, denominator: 0.0, open }
    }

    #[test]
    fn all_yes_in_a_sample_is_not_certainty() {
        // n* = 10/0.8 = 12.5; lower bound tail^(1/n*).
        let i = korn_graubard(&estimate(1.0, 0.0, 9.0, 10.0, 0.8), 10.0, 0.05);
        assert!((i.low - 0.05_f64.powf(1.0 / 12.5)).abs() < 1e-12);
        assert_eq!(i.high, 1.0);
    }

    #[test]
    fn a_census_has_a_point_and_no_freedom_has_everything() {
        assert_eq!(
            korn_graubard(&estimate(0.4, 0.0, 0.0, 5.0, 0.0), 5.0, 0.05),
            Interval::point(0.4)
        );
        let i = korn_graubard(&estimate(0.5, 0.1, 0.0, 2.0, 0.5), 2.0, 0.05);
        assert_eq!((i.low, i.high), (0.0, 1.0));
        let i = student(&estimate(40.0, 1.0, 0.0, 1.0, 0.5), 0.05);
        assert_eq!((i.low, i.high), (f64::NEG_INFINITY, f64::INFINITY));
    }

    #[test]
    fn the_effective_size_is_capped() {
        let tiny = estimate(0.5, 1e-12, 98.0, 100.0, 0.5);
        let i = korn_graubard(&tiny, 100.0, 0.05);
        assert_eq!(i, clopper_pearson(100.0, 200.0, 0.05));
    }
}
