//! Looking more than once: who judges a sample at several declared moments must ask for more at each,
//! or the chance of a wrong verdict adds up (5 % becomes 8, 10 and 12 % at 2, 3 and 4 looks).
//!
//! O'Brien and Fleming (1979): of K looks after equal parts of the sample, the k-th asks for
//! z_k = c·√(K/k), with the one c that leaves `tail` outside over all K. The chance of crossing is
//! integrated look by look (Armitage, McPherson, Rowe 1969; Jennison, Turnbull 2000, ch. 19).

use super::normal::{cdf, density, quantile};

/// Most looks that can be declared.
pub const MOST: u32 = 10;
/// Steps of Simpson's rule per look; even.
const STEPS: usize = 200;
/// Below this, in standard errors, nothing worth counting is left.
const FAR: f64 = 8.0;

/// The one-sided tail that look `number` of `planned` leaves outside, where a single look would
/// leave `tail`. One look, or a number out of range, leaves `tail` itself.
pub fn tail_at(tail: f64, number: u32, planned: u32) -> f64 {
    if !(2..=MOST).contains(&planned) || !(1..=planned).contains(&number) {
        return tail;
    }
    let c = constant(tail, planned);
    cdf(-c * (f64::from(planned) / f64::from(number)).sqrt())
}

/// The c of O'Brien and Fleming for one side.
fn constant(tail: f64, planned: u32) -> f64 {
    let (mut low, mut high) = (quantile(1.0 - tail), quantile(1.0 - tail) + 2.0);
    for _ in 0..45 {
        let middle = 0.5 * (low + high);
        if crossed(middle, planned) > tail { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The chance that a walk of independent standard steps ever reaches c·√K within K steps: in sums
/// of steps, the bound c·√(K/k)·√k is the same at every look.
fn crossed(c: f64, planned: u32) -> f64 {
    let looks = f64::from(planned);
    let bound = c * looks.sqrt();
    let mut chance = cdf(-bound);
    // The density of the sum where the walk has stayed below, on a grid that widens with it.
    let grid = |look: f64| {
        let low = -FAR * look.sqrt();
        let step = (bound - low) / STEPS as f64;
        (0..=STEPS).map(move |i| (low + step * i as f64, simpson(i) * step)).collect::<Vec<_>>()
    };
    let mut points = grid(1.0);
    let mut stayed: Vec<f64> = points.iter().map(|(s, _)| density(*s)).collect();
    for look in 2..=planned {
        let mass: Vec<f64> = points.iter().zip(&stayed).map(|((_, w), d)| w * d).collect();
        chance += points.iter().zip(&mass).map(|((s, _), m)| m * cdf(s - bound)).sum::<f64>();
        let next = grid(f64::from(look));
        let at = |to: f64| points.iter().zip(&mass).map(|((s, _), m)| m * density(to - s)).sum();
        stayed = next.iter().map(|(to, _)| at(*to)).collect();
        points = next;
    }
    chance
}

fn simpson(i: usize) -> f64 {
    match i {
        0 | STEPS => 1.0 / 3.0,
        _ if i % 2 == 1 => 4.0 / 3.0,
        _ => 2.0 / 3.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tests/reference/survey/looks.R` with R's `mvtnorm`; two and three looks also stand in
    /// Jennison and Turnbull (2000), table 2.3, to three digits.
    #[test]
    fn bounds_are_those_of_the_multivariate_normal() {
        let text = include_str!("../../../tests/reference/survey/looks.json");
        let cases: Vec<(f64, u32, Vec<f64>)> = serde_json::from_str(text).unwrap();
        assert!(cases.len() >= 6);
        for (tail, planned, bounds) in cases {
            for (number, want) in (1..=planned).zip(bounds) {
                let z = -quantile(tail_at(tail, number, planned));
                assert!((z - want).abs() < 2e-5, "{tail} {number}/{planned}: {z} is not {want}");
            }
        }
    }

    #[test]
    fn one_look_asks_for_nothing_more() {
        assert_eq!(tail_at(0.05, 1, 1), 0.05);
        assert_eq!(tail_at(0.05, 3, 2), 0.05);
        assert!(tail_at(0.05, 2, 2) < 0.05 && tail_at(0.05, 1, 2) < tail_at(0.05, 2, 2));
    }
}
