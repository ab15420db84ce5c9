//! Quantiles: the smallest value at or below which the given share of the weight lies, with
//! Woodruff's interval (1952): the bounds of that share, turned back into values.

use super::super::interval::student;
use super::{Design, Domains};

/// A quantile of one domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// The quantile.
    pub value: f64,
    /// Half the interval over Student's t.
    pub se: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Rows with a value.
    pub n: f64,
}

impl Design {
    /// By domain, the `p`-quantile of y, `tail` left outside on each side; `None` where there is no
    /// value. A bound beyond the values is the outermost one.
    pub fn quantile(
        &self,
        y: &[f64],
        p: f64,
        tail: f64,
        domains: &Domains,
    ) -> Vec<Option<Quantile>> {
        let mut order: Vec<u32> =
            (0..self.rows() as u32).filter(|r| !y[*r as usize].is_nan()).collect();
        order.sort_by(|a, b| y[*a as usize].total_cmp(&y[*b as usize]));
        let mut values: Vec<Vec<(f64, f64)>> = vec![Vec::new(); domains.count()];
        for row in order.into_iter().map(|row| row as usize) {
            let of = &mut values[domains.at(row)];
            let before = of.last().map_or(0.0, |(_, sum)| *sum);
            of.push((y[row], before + self.weights()[row]));
        }
        let points: Vec<f64> = values.iter().map(|of| at(of, p).unwrap_or(f64::NAN)).collect();
        let below: Vec<f64> = y
            .iter()
            .enumerate()
            .map(|(row, y)| {
                if y.is_nan() {
                    f64::NAN
                } else {
                    f64::from(u8::from(*y <= points[domains.at(row)]))
                }
            })
            .collect();
        let shares = self.ratio(&below, |_| 1.0, domains);
        let found = |((of, point), share): ((&Vec<(f64, f64)>, &f64), _)| {
            let share: super::super::Estimate = share?;
            let bounds = student(&share, tail);
            let (low, high) = (at(of, bounds.low)?, at(of, bounds.high)?);
            let reach = super::super::special::t_quantile(1.0 - tail, share.df);
            let se = (high - low) / (2.0 * reach);
            Some(Quantile { value: *point, se, low, high, df: share.df, n: share.n })
        };
        values.iter().zip(&points).zip(shares).map(found).collect()
    }
}

/// The smallest value whose share of the weight, with all below it, reaches p.
fn at(values: &[(f64, f64)], p: f64) -> Option<f64> {
    let all = values.last()?.1;
    // A share that was reached exactly, but for rounding, is reached.
    let reached = values.partition_point(|(_, sum)| *sum < p * all * (1.0 - 1e-14));
    Some(values[reached.min(values.len() - 1)].0)
}
