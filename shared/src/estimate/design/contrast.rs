//! Contrasts: the difference of two domains' estimates. Units and strata that both domains share make
//! their errors move together, so the difference has scores of its own (those of the one domain less
//! those of the other, Särndal, Swensson, Wretman 1992, 5.6) and not the sum of two variances.

use super::super::Estimate;
use super::{Design, Domains};

impl Design {
    /// The ratio of domain `a` less that of `b`; a mean with x = 1. `None` where one of them has no
    /// denominator. `n` counts the rows of both, `df` the units less strata that have a row of either.
    pub fn ratio_contrast(
        &self,
        y: &[f64],
        x: impl Fn(usize) -> f64,
        domains: &Domains,
        (a, b): (usize, usize),
    ) -> Option<Estimate> {
        let (sums, scores) = self.ratio_scores(y, &x, domains);
        let ratio = |domain: usize| {
            let (top, bottom) = sums[domain];
            Some(top / bottom).filter(|_| bottom != 0.0)
        };
        let value = ratio(a)? - ratio(b)?;
        let known = |row: usize| !y[row].is_nan() && !x(row).is_nan();
        self.apart(value, &scores, domains, (a, b), known)
    }

    /// The total of domain `a` less that of `b`.
    pub fn total_contrast(
        &self,
        y: &[f64],
        domains: &Domains,
        (a, b): (usize, usize),
    ) -> Option<Estimate> {
        let (sums, scores) = self.total_scores(y, domains);
        self.apart(sums[a] - sums[b], &scores, domains, (a, b), |row| !y[row].is_nan())
    }

    fn apart(
        &self,
        value: f64,
        scores: &[f64],
        domains: &Domains,
        (a, b): (usize, usize),
        known: impl Fn(usize) -> bool,
    ) -> Option<Estimate> {
        let here = |row: usize| match domains.at(row) {
            domain if domain == a => scores[row],
            domain if domain == b => -scores[row],
            _ => 0.0,
        };
        let apart: Vec<f64> = (0..self.rows()).map(here).collect();
        let either = |row: usize| u32::from(domains.at(row) != a && domains.at(row) != b);
        let both = Domains::of((0..self.rows()).map(either).collect());
        let found = self.estimates(&apart, &both, known).into_iter().next();
        found.map(|found| Estimate { value, ..found })
    }
}
