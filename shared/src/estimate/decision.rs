//! What more data would decide: how probable it is that a value reaches its threshold, and how many
//! more households, drawn at random, give a wanted chance of a decision.
//!
//! A sample of n of N households found a value p with standard error se. With S² = se²/(1/n − 1/N) a
//! sample of m has SE(m) = √(S²(1/m − 1/N)), and its value will lie around p with τ = √(se² − SE(m)²).
//! It decides when it is z·SE(m) away from the threshold, on either side. For a sample that is not
//! decided the chance grows with every household, up to certainty at a census. Normal
//! approximation, flat prior (predictive power: Spiegelhalter, Freedman 1986).

use super::normal::{cdf, quantile};

/// What a sample has found, in the unit of the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Its value.
    pub value: f64,
    /// Standard error of the value, above 0.
    pub se: f64,
    /// Households that responded, at least 1.
    pub n: u64,
    /// Households in the frame, at least n.
    pub population: u64,
}

/// The chance that the true value is at or above `threshold`, 0 to 1.
pub fn at_or_above(value: f64, se: f64, threshold: f64) -> f64 {
    cdf((value - threshold) / se)
}

impl Seen {
    /// True when the value is closer to the threshold than its one-sided bounds reach; each bound
    /// leaves `tail` outside.
    pub fn undecided(&self, threshold: f64, tail: f64) -> bool {
        (self.value - threshold).abs() < quantile(1.0 - tail) * self.se
    }

    /// The chance that a sample of `m` households in all, n ≤ m ≤ N, decides.
    pub fn chance(&self, threshold: f64, tail: f64, m: u64) -> f64 {
        let z = quantile(1.0 - tail);
        let away = self.value - threshold;
        let share = |m: u64| 1.0 / m as f64 - 1.0 / self.population as f64;
        if m <= self.n || self.population <= self.n {
            return if away.abs() < z * self.se { 0.0 } else { 1.0 };
        }
        if m >= self.population {
            return 1.0;
        }
        let se = self.se * (share(m) / share(self.n)).sqrt();
        let spread = (self.se * self.se - se * se).sqrt();
        cdf((away - z * se) / spread) + cdf((-away - z * se) / spread)
    }

    /// The fewest households beyond n that decide with at least the chance `wanted`; 0 when it is
    /// decided already, N − n when only a census does.
    pub fn more(&self, threshold: f64, tail: f64, wanted: f64) -> u64 {
        if !self.undecided(threshold, tail) {
            return 0;
        }
        let (mut low, mut high) = (self.n, self.population.max(self.n));
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if self.chance(threshold, tail, middle) >= wanted {
                high = middle
            } else {
                low = middle
            }
        }
        high - self.n
    }
}

/// Spreads `more` households over villages so that all of them end up with about the same share of
/// their households in the sample: an extra draw at random in every village, never more than it has
/// left. `villages` are (responding, in the frame). The parts add up to `more`, or to everything
/// left; what does not divide goes to the largest remainders, the first of equals.
pub fn spread(more: u64, villages: &[(u64, u64)]) -> Vec<u64> {
    let left = |(n, all): (u64, u64)| all.saturating_sub(n);
    let room: u64 = villages.iter().copied().map(left).sum();
    let more = more.min(room);
    let part = |(n, all): (u64, u64), share: f64| (share * all as f64 - n as f64).max(0.0);
    let sum = |share: f64| villages.iter().map(|v| part(*v, share)).sum::<f64>();
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if sum(middle) < more as f64 { low = middle } else { high = middle }
    }
    let exact: Vec<f64> = villages.iter().map(|v| part(*v, high)).collect();
    let mut parts: Vec<u64> =
        exact.iter().zip(villages).map(|(e, v)| (*e as u64).min(left(*v))).collect();
    let mut rest = more.saturating_sub(parts.iter().sum());
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()).then(a.cmp(b)));
    while rest > 0 {
        for i in &order {
            if rest > 0 && parts[*i] < left(villages[*i]) {
                parts[*i] += 1;
                rest -= 1;
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// `tests/reference/survey/decision_expected.json`: computed in Python, see README there.
    #[test]
    fn the_planner_agrees_with_its_reference() {
        let text = include_str!("../../../tests/reference/survey/decision_expected.json");
        let expected: Value = serde_json::from_str(text).unwrap();
        let cases = expected["cases"].as_array().unwrap();
        for case in cases {
            let number = |key: &str| case[key].as_f64().unwrap();
            let count = |key: &str| case[key].as_u64().unwrap();
            let seen = Seen {
                value: number("p"),
                se: number("se"),
                n: count("n"),
                population: count("N"),
            };
            let (t, tail) = (number("T"), number("alpha"));
            let z = quantile(1.0 - tail);
            let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-12, "{case}: {got}");
            near(seen.value - z * seen.se, number("lower"));
            near(seen.value + z * seen.se, number("upper"));
            near(at_or_above(seen.value, seen.se, t), number("prob_at_or_above"));
            assert_eq!(seen.undecided(t, tail), case["status"] == "uncertain", "{case}");
            for (wanted, key) in [(0.5, "more_50"), (0.8, "more_80"), (0.95, "more_95")] {
                assert_eq!(seen.more(t, tail, wanted), count(key), "{case} {key}");
            }
        }
        assert_eq!(cases.len(), 10);
    }

    proptest! {
        #[test]
        fn the_chance_grows_and_the_fewest_are_the_fewest(
            away in 0.0..0.99f64, side: bool, n in 2..400u64, more in 1..900u64, wanted in 0.05..0.99f64,
        ) {
            let (tail, se) = (0.05, 2.0);
            let value = 85.0 + if side { 1.0 } else { -1.0 } * away * quantile(0.95) * se;
            let seen = Seen { value, se, n, population: n + more };
            let chances: Vec<f64> = (n..=n + more).map(|m| seen.chance(85.0, tail, m)).collect();
            prop_assert!(chances.is_sorted_by(|a, b| *a <= *b + 1e-12));
            let first = chances.iter().position(|c| *c >= wanted).unwrap() as u64;
            prop_assert_eq!(seen.more(85.0, tail, wanted), first);
        }

        #[test]
        fn parts_add_up_and_no_village_is_asked_for_more_than_it_has(
            villages in prop::collection::vec((0..40u64, 0..200u64), 1..12), more in 0..900u64,
        ) {
            let villages: Vec<(u64, u64)> = villages.into_iter().map(|(n, left)| (n, n + left)).collect();
            let parts = spread(more, &villages);
            let room: u64 = villages.iter().map(|(n, all)| all - n).sum();
            prop_assert_eq!(parts.iter().sum::<u64>(), more.min(room));
            for (part, (n, all)) in parts.iter().zip(&villages) {
                prop_assert!(n + part <= *all);
            }
        }
    }

    #[test]
    fn an_extra_draw_evens_out_the_shares() {
        // 5 of 50, 5 of 100, 20 of 40: 25 more make 10 % and 20 % of the first two alike first.
        assert_eq!(spread(25, &[(5, 50), (5, 100), (20, 40)]), [7, 18, 0]);
        assert_eq!(spread(3, &[(1, 10), (1, 10)]), [2, 1]);
        assert_eq!(spread(99, &[(1, 3), (2, 2)]), [2, 0]);
    }
}
