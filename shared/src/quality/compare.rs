//! Collectors beside each other, held against what their communes let one expect.

use std::collections::BTreeMap;

use crate::estimate::normal::cdf;
use crate::estimate::special::beta_cdf;

/// One collector's share of something, beside what the places they went to let one expect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Funnel {
    /// Interviews.
    pub n: u64,
    /// Of these, with the property.
    pub x: u64,
    /// Σ over interviews of the share in the interview's commune.
    pub expected: f64,
    /// (x − expected)/√Σ p(1 − p).
    pub z: f64,
    /// Two-sided chance of a z as large.
    pub p: f64,
    /// The same with the false discovery rate over all collectors (Benjamini, Hochberg 1995).
    pub q: f64,
}

/// One interview: who held it, in which commune, and whether it has the property.
pub type ShareOf<'a> = (&'a str, &'a str, bool);

/// Every collector's funnel, by collector.
pub fn funnel<'a>(interviews: &[ShareOf<'a>]) -> BTreeMap<&'a str, Funnel> {
    let mut communes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (_, commune, has) in interviews {
        let sums = communes.entry(commune).or_default();
        sums.0 += f64::from(u8::from(*has));
        sums.1 += 1.0;
    }
    let mut sums: BTreeMap<&str, (u64, u64, f64, f64)> = BTreeMap::new();
    for (who, commune, has) in interviews {
        let (yes, all) = communes[commune];
        let (p, sum) = (yes / all, sums.entry(who).or_default());
        sum.0 += 1;
        sum.1 += u64::from(*has);
        sum.2 += p;
        sum.3 += p * (1.0 - p);
    }
    let found: Vec<(&str, Funnel)> = sums
        .into_iter()
        .map(|(who, (n, x, expected, variance))| {
            let z = if variance > 0.0 { (x as f64 - expected) / variance.sqrt() } else { 0.0 };
            (who, Funnel { n, x, expected, z, p: 2.0 * cdf(-z.abs()), q: 1.0 })
        })
        .collect();
    let qs = false_discovery(&found.iter().map(|(_, f)| f.p).collect::<Vec<_>>());
    found.into_iter().zip(qs).map(|((who, f), q)| (who, Funnel { q, ..f })).collect()
}

/// Benjamini and Hochberg's q of each p, in the same order.
pub fn false_discovery(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|a, b| ps[*b].total_cmp(&ps[*a]));
    let mut qs = vec![1.0; ps.len()];
    let mut least: f64 = 1.0;
    for (i, at) in order.into_iter().enumerate() {
        least = least.min(ps[at] * ps.len() as f64 / (ps.len() - i) as f64);
        qs[at] = least;
    }
    qs
}

/// How much of a figure's spread lies between collectors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enumerators {
    /// F of the one-way analysis of variance.
    pub f: f64,
    /// The chance of an F as large when collectors make no difference.
    pub p: f64,
    /// Intraclass correlation (F − 1)/(F − 1 + n₀); negative when they differ less than chance has it.
    pub icc: f64,
    /// Usual interviews per collector, n₀ = (N − Σn²/N)/(k − 1).
    pub n0: f64,
    /// 1 + (m̄ − 1)·icc, never below 1: by how much collectors widen a variance.
    pub deff: f64,
}

/// The effect of collectors on a figure: (collector, commune, value), each value held against the mean
/// of its commune, since who goes where is no matter of chance. `None` with fewer than two collectors,
/// or nothing to compare.
pub fn enumerator_effect(values: &[(&str, &str, f64)]) -> Option<Enumerators> {
    let mut communes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (_, commune, value) in values {
        let sums = communes.entry(commune).or_default();
        *sums = (sums.0 + value, sums.1 + 1.0);
    }
    let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (who, commune, value) in values {
        let (sum, n) = communes[commune];
        groups.entry(who).or_default().push(value - sum / n);
    }
    let (k, n) = (groups.len() as f64, groups.values().map(Vec::len).sum::<usize>() as f64);
    if k < 2.0 || n <= k {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let grand = groups.values().flatten().sum::<f64>() / n;
    let (mut between, mut within, mut squares) = (0.0, 0.0, 0.0);
    for group in groups.values() {
        let (size, own) = (group.len() as f64, mean(group));
        between += size * (own - grand).powi(2);
        within += group.iter().map(|v| (v - own).powi(2)).sum::<f64>();
        squares += size * size;
    }
    if within <= 0.0 {
        return None;
    }
    let f = between / (k - 1.0) / (within / (n - k));
    let n0 = (n - squares / n) / (k - 1.0);
    let icc = (f - 1.0) / (f - 1.0 + n0);
    let p = beta_cdf((n - k) / (n - k + (k - 1.0) * f), (n - k) / 2.0, (k - 1.0) / 2.0);
    Some(Enumerators { f, p, icc, n0, deff: (1.0 + (n / k - 1.0) * icc).max(1.0) })
}
