//! Stratified simple random sampling, estimated from the moments of each stratum.
//!
//! Särndal, Swensson, Wretman (1992), 3.7 and 5.6; numerically held to R `survey`. With
//! u = w(y − R̂x)/X̂ the variance is Σ (1 − f) n/(n − 1) Σ(u − ū)². The inner sum comes from exact
//! integers, n·Σy² − (Σy)² and its fellows, so no precision is lost to large money sums.
//!
//! A *lonely* stratum (one responding household of several) has no variance of its own. It is given
//! (1 − f)·u², the distance from the commune's ratio instead of its own mean: R's `adjust`, the
//! conservative choice, and it adds no degree of freedom.

use super::Estimate;
use crate::moment::Moment;

/// One stratum of the design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum {
    /// Sums over its responding households.
    pub moment: Moment,
    /// Households in the frame, N.
    pub population: f64,
    /// Weight of each responding household.
    pub weight: f64,
}

impl Stratum {
    /// A simple random sample of `moment.n` of `population` households: weight N/n, never below 1.
    pub fn sampled(moment: Moment, population: f64) -> Stratum {
        let n = moment.n as f64;
        let population = population.max(n);
        let weight = if n > 0.0 { population / n } else { 0.0 };
        Stratum { moment, population, weight }
    }

    /// Every household responded: weight 1, no uncertainty.
    pub fn census(moment: Moment) -> Stratum {
        Stratum::sampled(moment, moment.n as f64)
    }

    fn n(&self) -> f64 {
        self.moment.n as f64
    }

    /// 1 − f.
    fn open(&self) -> f64 {
        if self.population > self.n() { 1.0 - self.n() / self.population } else { 0.0 }
    }

    /// (1 − f) n/(n − 1) Σ(v − v̄)² of v = y − r·x, without the weight.
    fn spread(&self, r: f64) -> f64 {
        let (m, n, open) = (&self.moment, self.n(), self.open());
        if open == 0.0 || m.n < 1 {
            return 0.0;
        }
        if m.n == 1 {
            let v = m.y as f64 - r * m.x as f64;
            return open * v * v;
        }
        let count = i128::from(m.n);
        let yy = (count * m.yy - m.y * m.y) as f64;
        let xy = (count * m.xy - m.x * m.y) as f64;
        let xx = (count * m.xx - m.x * m.x) as f64;
        // Rounding may leave a trace below zero where every household has the same ratio.
        let squares = (yy - 2.0 * r * xy + r * r * xx).max(0.0);
        open * squares / (n - 1.0)
    }
}

fn assemble(strata: &[Stratum], r: f64, domain: impl Fn(&Moment) -> i64) -> Estimate {
    let (mut numerator, mut denominator, mut variance) = (0.0, 0.0, 0.0);
    let (mut n, mut df, mut all, mut population) = (0, 0, 0.0, 0.0);
    for s in strata {
        numerator += s.weight * s.moment.y as f64;
        denominator += s.weight * s.moment.x as f64;
        variance += s.weight * s.weight * s.spread(r);
        let here = domain(&s.moment);
        n += here;
        all += s.n();
        population += s.population;
        if s.open() > 0.0 {
            df += (here - 1).max(0);
        }
    }
    let open = if strata.iter().all(|s| s.open() == 0.0) { 0.0 } else { 1.0 - all / population };
    Estimate { value: 0.0, variance, df: df as f64, n: n as f64, numerator, denominator, open }
}

/// The ratio Σwy / Σwx; a mean with x = 1, a proportion with y ≤ x. `None` when nothing in the
/// strata has a denominator.
pub fn ratio(strata: &[Stratum]) -> Option<Estimate> {
    let (y, x) = strata.iter().fold((0.0, 0.0), |(y, x), s| {
        (y + s.weight * s.moment.y as f64, x + s.weight * s.moment.x as f64)
    });
    if x <= 0.0 {
        return None;
    }
    let value = y / x;
    let e = assemble(strata, value, |m| m.in_domain);
    Some(Estimate { value, variance: e.variance / (x * x), ..e })
}

/// The total Σwy.
pub fn total(strata: &[Stratum]) -> Estimate {
    let e = assemble(strata, 0.0, |m| m.n);
    Estimate { value: e.numerator, ..e }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Contribution;

    fn moment(households: &[(i128, i128)]) -> Moment {
        let mut m = Moment::default();
        households.iter().for_each(|(y, x)| m.add(&Contribution { y: *y, x: *x, unknown: 0 }));
        m
    }

    #[test]
    fn a_hand_computed_ratio() {
        // Village 1: 2 of 4 households, (1,2) and (3,3); village 2: all of its 2, (2,2) and (0,1).
        let strata = [
            Stratum::sampled(moment(&[(1, 2), (3, 3)]), 4.0),
            Stratum::census(moment(&[(2, 2), (0, 1)])),
        ];
        let e = ratio(&strata).unwrap();
        assert_eq!((e.numerator, e.denominator, e.n, e.df), (10.0, 13.0, 4.0, 1.0));
        assert_eq!(e.value, 10.0 / 13.0);
        // v = y − 10/13·x: −7/13 and 9/13; Σ(v − v̄)² = ½(16/13)²; ·2·(1 − ½)·weight² / 13².
        let by_hand = 4.0 * 0.5 * 2.0 * (0.5 * (16.0_f64 / 13.0).powi(2)) / 169.0;
        assert!((e.variance - by_hand).abs() < 1e-15);
        assert!((e.open - (1.0 - 4.0 / 6.0)).abs() < 1e-15);
    }

    #[test]
    fn a_census_is_certain_and_a_lonely_household_is_not() {
        let e = ratio(&[Stratum::census(moment(&[(1, 1), (0, 1), (1, 1)]))]).unwrap();
        assert_eq!((e.variance, e.open, e.df), (0.0, 0.0, 0.0));
        let lonely = [Stratum::sampled(moment(&[(1, 1)]), 5.0), Stratum::census(moment(&[(0, 1)]))];
        let e = ratio(&lonely).unwrap();
        assert!(e.variance > 0.0);
        assert_eq!(e.df, 0.0);
        assert_eq!(ratio(&[Stratum::sampled(Moment::default(), 9.0)]), None);
    }
}
