//! Totals, means, ratios and proportions: what is estimated, and its score for each row.

use foldhash::HashSet;

use super::super::Estimate;
use super::{Design, Domains};

impl Design {
    /// By domain, Σwy / Σwx; a mean with x = 1, a proportion with y of 0 and 1 besides. A row whose
    /// y or x is not a number is in no domain. `None` where nothing has a denominator.
    ///
    /// The score is w(y − R̂x)/Σwx (Woodruff 1971).
    pub fn ratio(
        &self,
        y: &[f64],
        x: impl Fn(usize) -> f64,
        domains: &Domains,
    ) -> Vec<Option<Estimate>> {
        if self.is_direct() {
            self.direct_ratio(y, x, domains)
        } else {
            self.scored_ratio(y, x, domains)
        }
    }

    /// The same from each row's score, whatever the design.
    pub(super) fn scored_ratio(
        &self,
        y: &[f64],
        x: impl Fn(usize) -> f64,
        domains: &Domains,
    ) -> Vec<Option<Estimate>> {
        let (sums, scores) = self.ratio_scores(y, &x, domains);
        let known = |row: usize| !y[row].is_nan() && !x(row).is_nan();
        let found = self.estimates(&scores, domains, known);
        let value = |(found, (top, bottom)): (Estimate, (f64, f64))| {
            let found =
                Estimate { value: top / bottom, numerator: top, denominator: bottom, ..found };
            Some(found).filter(|_| bottom != 0.0)
        };
        found.into_iter().zip(sums).map(value).collect()
    }

    /// By domain Σwy and Σwx, and every row's score.
    pub(super) fn ratio_scores(
        &self,
        y: &[f64],
        x: &impl Fn(usize) -> f64,
        domains: &Domains,
    ) -> (Vec<(f64, f64)>, Vec<f64>) {
        let known = |row: usize| Some((y[row], x(row))).filter(|(y, x)| !y.is_nan() && !x.is_nan());
        let mut sums = vec![(0.0, 0.0); domains.count()];
        for (row, w) in self.weights.iter().enumerate() {
            if let Some((y, x)) = known(row) {
                let sum = &mut sums[domains.at(row)];
                *sum = (sum.0 + w * y, sum.1 + w * x);
            }
        }
        let score = |row: usize| {
            let (top, bottom) = sums[domains.at(row)];
            let u = |(y, x)| self.weights[row] * (y - top / bottom * x) / bottom;
            known(row).filter(|_| bottom != 0.0).map_or(0.0, u)
        };
        let scores = (0..self.rows()).map(score).collect();
        (sums, scores)
    }

    /// By domain, Σwy; a row whose y is not a number is in no domain. The score is wy.
    pub fn total(&self, y: &[f64], domains: &Domains) -> Vec<Estimate> {
        let (sums, scores) = self.total_scores(y, domains);
        let found = self.estimates(&scores, domains, |row| !y[row].is_nan());
        let value =
            |(found, sum): (Estimate, f64)| Estimate { value: sum, numerator: sum, ..found };
        found.into_iter().zip(sums).map(value).collect()
    }

    /// By domain Σwy, and every row's score.
    pub(super) fn total_scores(&self, y: &[f64], domains: &Domains) -> (Vec<f64>, Vec<f64>) {
        let known = |row: usize| Some(y[row]).filter(|y| !y.is_nan());
        let scores: Vec<f64> =
            (0..self.rows()).map(|row| known(row).map_or(0.0, |y| self.weights[row] * y)).collect();
        let mut sums = vec![0.0; domains.count()];
        scores.iter().enumerate().for_each(|(row, u)| sums[domains.at(row)] += u);
        (sums, scores)
    }

    /// By domain, the variance of Σu with what an interval rests on; values are the caller's.
    pub(super) fn estimates(
        &self,
        scores: &[f64],
        domains: &Domains,
        known: impl Fn(usize) -> bool,
    ) -> Vec<Estimate> {
        let variance = match &self.projection {
            None => self.variance(scores, domains),
            // What calibration takes out of a domain's scores lies in all rows.
            Some(projection) => (0..domains.count())
                .map(|domain| {
                    let own =
                        |row: usize| if domains.at(row) == domain { scores[row] } else { 0.0 };
                    let residuals = projection.residuals(&self.weights, own);
                    self.variance(&residuals, &Domains::all())[0]
                })
                .collect(),
        };
        let mut n = vec![0.0; domains.count()];
        (0..self.rows()).filter(|row| known(*row)).for_each(|row| n[domains.at(row)] += 1.0);
        let bases = self.bases(domains);
        let of = |((variance, n), base): ((f64, f64), &Base)| Estimate {
            value: 0.0,
            variance: variance.max(0.0),
            df: base.df,
            n,
            numerator: 0.0,
            denominator: 0.0,
            open: base.open,
        };
        variance.into_iter().zip(n).zip(&bases).map(of).collect()
    }

    /// By domain: units minus strata of the first stage that have a row of it, and the share of these
    /// strata's units that was not drawn.
    fn bases(&self, domains: &Domains) -> Vec<Base> {
        let stage = &self.stages[0];
        let mut bases = vec![Base { df: 0.0, open: 1.0 }; domains.count()];
        let mut seen = Seen::default();
        let mut frames = vec![(0.0, 0.0); domains.count()];
        // Rows of one stratum mostly stand together.
        let mut last = None;
        for row in 0..self.rows() {
            let (domain, group) = (domains.at(row), stage.group(row));
            let new_unit = stage.units.is_none() || seen.units.insert((domain, stage.unit(row)));
            if new_unit {
                bases[domain].df += 1.0;
            }
            if last.replace((domain, group)) != Some((domain, group))
                && seen.groups.insert((domain, group))
            {
                let drawn = stage.drawn[group];
                bases[domain].df -= 1.0;
                frames[domain].0 += drawn.n;
                frames[domain].1 += drawn.population;
            }
        }
        // A last stage with all units taken is certain only when those before it were.
        let later = self.stages.iter().skip(1).any(|s| s.drawn.iter().any(|d| d.open() > 0.0));
        for (base, (drawn, there)) in bases.iter_mut().zip(frames) {
            base.open = if there.is_infinite() { 1.0 } else { (1.0 - drawn / there).max(0.0) };
            if later && base.open == 0.0 {
                base.open = f64::MIN_POSITIVE;
            }
        }
        bases
    }
}

#[derive(Clone)]
struct Base {
    df: f64,
    open: f64,
}

#[derive(Default)]
struct Seen {
    units: HashSet<(usize, usize)>,
    groups: HashSet<(usize, usize)>,
}
