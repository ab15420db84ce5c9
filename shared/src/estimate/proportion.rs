//! Intervals of proportions that take the design into account, as R `survey` has them, and the exact
//! one of a simple random sample. `tail` is left outside on each side.

use super::Estimate;
use super::interval::{Interval, clopper_pearson};
use super::special::{ln_gamma, t_quantile};

/// Nothing is excluded.
const UNKNOWN: Interval = Interval { low: 0.0, high: 1.0 };

/// The interval of a census, or of a design without degrees of freedom, if it is one of these.
fn settled(estimate: &Estimate) -> Option<Interval> {
    if estimate.open == 0.0 {
        return Some(Interval::point(estimate.value));
    }
    (estimate.df <= 0.0).then_some(UNKNOWN)
}

/// Korn and Graubard (1998), not capped: Clopper–Pearson with the effective size
/// p(1 − p)/variance · (t_{n−1}/t_df)². Where the sample has no variance the size is n/(1 − f).
pub fn korn_graubard(estimate: &Estimate, tail: f64) -> Interval {
    let Estimate { value: p, variance, df, n, open, .. } = *estimate;
    if let Some(interval) = settled(estimate) {
        return interval;
    }
    let size = if variance > 0.0 {
        let t = t_quantile(1.0 - tail, n - 1.0) / t_quantile(1.0 - tail, df);
        p * (1.0 - p) / variance * t * t
    } else {
        n / open
    };
    if size.is_finite() && size > 0.0 { clopper_pearson(p * size, size, tail) } else { UNKNOWN }
}

/// Wilson (1927) with the effective size p(1 − p)/variance and Student's t in place of z (R `survey`
/// 4.5). Without a variance as [`korn_graubard`].
pub fn wilson(estimate: &Estimate, tail: f64) -> Interval {
    let Estimate { value: p, variance, df, n, open, .. } = *estimate;
    if let Some(interval) = settled(estimate) {
        return interval;
    }
    let size = if variance > 0.0 { p * (1.0 - p) / variance } else { n / open };
    let t = t_quantile(1.0 - tail, df);
    let stretch = 1.0 + t * t / size;
    let middle = (p + t * t / (2.0 * size)) / stretch;
    let reach = t / stretch * (p * (1.0 - p) / size + t * t / (4.0 * size * size)).sqrt();
    Interval { low: (middle - reach).max(0.0), high: (middle + reach).min(1.0) }
}

/// Student's t around ln(p/(1 − p)), turned back; nothing is excluded at 0 and 1.
pub fn logit(estimate: &Estimate, tail: f64) -> Interval {
    let (p, df) = (estimate.value, estimate.df);
    if let Some(interval) = settled(estimate) {
        return interval;
    }
    if p <= 0.0 || p >= 1.0 {
        return UNKNOWN;
    }
    let reach = t_quantile(1.0 - tail, df) * estimate.se() / (p * (1.0 - p));
    let back = |logit: f64| 1.0 / (1.0 + (-logit).exp());
    let middle = (p / (1.0 - p)).ln();
    Interval { low: back(middle - reach), high: back(middle + reach) }
}

/// Exact bounds of a proportion of `population` units of which `n` were drawn at random without
/// replacement and `x` have the property: the numbers of the population for which seeing so few, or so
/// many, is not rarer than `tail` (Buonaccorsi 1987).
pub fn hypergeometric(x: u64, n: u64, population: u64, tail: f64) -> Interval {
    // With more of them in the population, few are rarer and many are commoner: bisect.
    let least = first(x, population - (n - x), |all| upper(x, n, all, population) > tail);
    let most = first(x, population - (n - x) + 1, |all| {
        all > population - (n - x) || lower(x, n, all, population) <= tail
    }) - 1;
    let share = |all: u64| all as f64 / population as f64;
    Interval { low: share(least), high: share(most.max(least)) }
}

/// The first of a range for which something holds from then on; its end when for none.
fn first(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (from, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

fn ln_choose(n: u64, k: u64) -> f64 {
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

/// The chance of exactly k of n, when `all` of `population` have the property.
fn chance(k: u64, n: u64, all: u64, population: u64) -> f64 {
    if k > all || n - k > population - all {
        return 0.0;
    }
    (ln_choose(all, k) + ln_choose(population - all, n - k) - ln_choose(population, n)).exp()
}

/// The chance of at least x.
fn upper(x: u64, n: u64, all: u64, population: u64) -> f64 {
    (x..=n.min(all)).map(|k| chance(k, n, all, population)).sum()
}

/// The chance of at most x.
fn lower(x: u64, n: u64, all: u64, population: u64) -> f64 {
    (0..=x).map(|k| chance(k, n, all, population)).sum()
}
