//! Ratios where rows are the units of the only stage, as households of villages are: twice over the
//! rows, and no score is kept. The mean of a stratum's scores follows from its sums:
//! Σu = (Σwy − R̂Σwx)/Σwx of the domain, the sums in the numerator being the stratum's.

use std::ops::Range;

use super::super::Estimate;
use super::variance::{Cells, Sum};
use super::{Design, Domains};

/// Sums over the rows of one domain in one stratum.
#[derive(Clone, Copy, Default)]
struct Part {
    rows: f64,
    /// Rows whose y and x are numbers.
    known: f64,
    /// Σwy of these.
    top: f64,
    /// Σwx of these.
    bottom: f64,
}

impl Design {
    /// Whether [`Design::direct_ratio`] gives what scores would.
    pub(super) fn is_direct(&self) -> bool {
        self.projection.is_none() && self.stages.len() == 1 && self.stages[0].units.is_none()
    }

    /// See [`Design::ratio`].
    pub(super) fn direct_ratio(
        &self,
        y: &[f64],
        x: impl Fn(usize) -> f64,
        domains: &Domains,
    ) -> Vec<Option<Estimate>> {
        let stage = &self.stages[0];
        let rows = self.weights.len();
        let of = |row: usize| (domains.at(row), stage.group(row));
        let mut cells = Cells::new(stage.drawn.len(), domains.count());
        let mut parts: Vec<Part> = Vec::new();
        for run in runs(rows, of) {
            let (domain, group) = of(run.start);
            let place = cells.place(domain, group);
            parts.resize(parts.len().max(place + 1), Part::default());
            let part = &mut parts[place];
            part.rows += run.len() as f64;
            let [known, top, bottom] = sums(run, |row| {
                let (w, y, x) = (self.weights[row], y[row], x(row));
                if y.is_nan() || x.is_nan() { [0.0; 3] } else { [1.0, w * y, w * x] }
            });
            part.known += known;
            part.top += top;
            part.bottom += bottom;
        }

        let blank = Estimate {
            value: 0.0,
            variance: 0.0,
            df: 0.0,
            n: 0.0,
            numerator: 0.0,
            denominator: 0.0,
            open: 1.0,
        };
        let mut found = vec![blank; domains.count()];
        let mut frames = vec![(0.0, 0.0); domains.count()];
        for ((domain, group), part) in cells.keys.iter().zip(&parts) {
            let (of, frame, drawn) =
                (&mut found[*domain], &mut frames[*domain], stage.drawn[*group]);
            of.numerator += part.top;
            of.denominator += part.bottom;
            of.n += part.known;
            of.df += part.rows - 1.0;
            *frame = (frame.0 + drawn.n, frame.1 + drawn.population);
        }
        for (of, (drawn, there)) in found.iter_mut().zip(frames) {
            of.value = of.numerator / of.denominator;
            of.open = if there == f64::INFINITY { 1.0 } else { (1.0 - drawn / there).max(0.0) };
        }
        for (((domain, group), part), sum) in cells.keys.iter().zip(&parts).zip(&mut cells.sums) {
            let of = &found[*domain];
            let total = (part.top - of.value * part.bottom) / of.denominator;
            let mean = total / stage.drawn[*group].n;
            *sum = Sum { units: part.known, total, mean, squares: 0.0 };
        }

        for run in runs(rows, of) {
            let (domain, group) = of(run.start);
            let place = cells.place(domain, group);
            let (sum, of) = (&mut cells.sums[place], &found[domain]);
            let (ratio, mean, per) = (of.value, sum.mean, 1.0 / of.denominator);
            let [squares] = sums(run, |row| {
                let (w, y, x) = (self.weights[row], y[row], x(row));
                let apart = w * (y - ratio * x) * per - mean;
                if y.is_nan() || x.is_nan() { [0.0] } else { [apart * apart] }
            });
            sum.squares += squares;
        }
        let variance = cells.variance(&stage.drawn, self.lonely, domains.count());
        let done = |(of, variance): (Estimate, f64)| {
            let of = Estimate { variance: variance.max(0.0), ..of };
            Some(of).filter(|of| of.denominator != 0.0)
        };
        found.into_iter().zip(variance).map(done).collect()
    }
}

/// Rows that stand together and have the same key, run by run.
#[inline]
fn runs<K: PartialEq>(rows: usize, key: impl Fn(usize) -> K) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let first = (start < rows).then(|| key(start))?;
        let end = (start + 1..rows).find(|row| key(*row) != first).unwrap_or(rows);
        Some(std::mem::replace(&mut start, end)..end)
    })
}

/// Sums of what rows give, in four chains of additions that do not wait for each other.
#[inline]
fn sums<const N: usize>(rows: Range<usize>, of: impl Fn(usize) -> [f64; N]) -> [f64; N] {
    const CHAINS: usize = 4;
    let mut sums = [[0.0; N]; CHAINS];
    let mut add = |chain: usize, row: usize| {
        for (sum, value) in sums[chain].iter_mut().zip(of(row)) {
            *sum += value;
        }
    };
    let whole = rows.end - rows.len() % CHAINS;
    for row in (rows.start..whole).step_by(CHAINS) {
        (0..CHAINS).for_each(|chain| add(chain, row + chain));
    }
    (whole..rows.end).for_each(|row| add(0, row));
    std::array::from_fn(|n| (sums[0][n] + sums[1][n]) + (sums[2][n] + sums[3][n]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Columns, Lonely};
    use super::*;

    /// A row: domain, stratum, weight, y, x; some of the numbers missing.
    type Row = (u32, u32, f64, f64, f64);

    fn row() -> impl Strategy<Value = Row> {
        let number = || prop_oneof![9 => (0_i32..5).prop_map(f64::from), 1 => Just(f64::NAN)];
        (0_u32..4, 0_u32..6, 1.0_f64..9.0, number(), number())
    }

    proptest! {
        #[test]
        fn it_is_what_scores_give(
            rows in proptest::collection::vec(row(), 1..60),
            rule in 0_usize..5,
            finite in any::<bool>(),
        ) {
            let rules =
                [Lonely::Adjust, Lonely::Average, Lonely::Certainty, Lonely::Remove, Lonely::Collapse];
            let drawn = |stratum: u32| rows.iter().filter(|r| r.1 == stratum).count() as f64;
            let columns = Columns {
                weights: rows.iter().map(|r| r.2).collect(),
                strata: Some(rows.iter().map(|r| r.1).collect()),
                // Of some strata all units were drawn.
                fpc: if finite {
                    vec![rows.iter().map(|r| drawn(r.1) + 3.0 * f64::from(r.1 % 3)).collect()]
                } else {
                    Vec::new()
                },
                lonely: rules[rule],
                ..Columns::default()
            };
            let design = Design::new(columns).unwrap();
            prop_assert!(design.is_direct());
            let domains = Domains::of(rows.iter().map(|r| r.0).collect());
            let (y, x): (Vec<f64>, Vec<f64>) = rows.iter().map(|r| (r.3, r.4)).unzip();
            let direct = design.direct_ratio(&y, |row| x[row], &domains);
            let scored = design.scored_ratio(&y, |row| x[row], &domains);
            prop_assert_eq!(direct.len(), scored.len());
            for (one, other) in direct.iter().zip(&scored) {
                let (Some(one), Some(other)) = (one, other) else {
                    prop_assert!(one.is_none() && other.is_none());
                    continue;
                };
                let told = |e: &Estimate| [e.value, e.se(), e.df, e.n, e.numerator, e.denominator, e.open];
                for (a, b) in told(one).into_iter().zip(told(other)) {
                    let same = (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-7 + 1e-9 * a.abs();
                    prop_assert!(same, "{one:?} {other:?}");
                }
            }
        }
    }
}
