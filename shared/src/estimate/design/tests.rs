use proptest::prelude::*;

use super::*;
use crate::estimate::proportion::hypergeometric;

fn design(columns: Columns) -> Design {
    Design::new(columns).unwrap()
}

/// Two strata of 2 and 1 rows, of 4 and 3 units.
fn lonely(rule: Lonely) -> Columns {
    Columns {
        weights: vec![2.0, 2.0, 3.0],
        strata: Some(vec![0, 0, 1]),
        fpc: vec![vec![4.0, 4.0, 3.0]],
        lonely: rule,
        ..Columns::default()
    }
}

#[test]
fn strata_with_one_unit_by_hand() {
    let variance = |rule| design(lonely(rule)).total(&[1.0, 2.0, 4.0], &Domains::all())[0].variance;
    // Stratum 1: (1 − 2/4) · 2/1 · ((2 − 3)² + (4 − 3)²) = 2.
    assert_eq!(variance(Lonely::Certainty), 2.0);
    assert_eq!(variance(Lonely::Remove), 2.0);
    assert_eq!(variance(Lonely::Average), 4.0);
    // Stratum 2: (1 − 1/3) · 12².
    assert!((variance(Lonely::Adjust) - 98.0).abs() < 1e-12);
    // Together 3 of 7: (1 − 3/7) · 3/2 · Σ(z − 6)² of 2, 4, 12.
    assert!((variance(Lonely::Collapse) - 4.0 / 7.0 * 1.5 * 56.0).abs() < 1e-12);
    assert_eq!(Design::new(lonely(Lonely::Fail)).unwrap_err(), DesignFault::Lonely(0, 2));
    assert_eq!(design(lonely(Lonely::Collapse)).collapsed(), 1);
}

#[test]
fn what_cannot_be_a_design_is_named() {
    let refused = |change: fn(&mut Columns)| {
        let mut columns = lonely(Lonely::Adjust);
        change(&mut columns);
        Design::new(columns).unwrap_err()
    };
    assert_eq!(refused(|c| c.weights[1] = 0.0), DesignFault::Weight(1));
    assert_eq!(refused(|c| c.weights.clear()), DesignFault::Empty);
    assert_eq!(refused(|c| c.fpc[0][1] = 5.0), DesignFault::Unequal(0, 1));
    assert_eq!(refused(|c| c.fpc[0][2] = f64::NAN), DesignFault::Population(0, 2));
    assert_eq!(refused(|c| c.fpc[0] = vec![1.5, 1.5, 3.0]), DesignFault::TooFew(0, 0));
}

#[test]
fn the_exact_interval_of_a_small_population_is_counted_out() {
    // 2 of 3 drawn from 6: P(X ≥ 2 | K) is 0 for K = 1, 4/20 for 2; P(X ≤ 2 | K) is 10/20 for 5.
    let i = hypergeometric(2, 3, 6, 0.1);
    assert_eq!((i.low, i.high), (2.0 / 6.0, 5.0 / 6.0));
    // Everybody was asked.
    let i = hypergeometric(2, 6, 6, 0.025);
    assert_eq!((i.low, i.high), (2.0 / 6.0, 2.0 / 6.0));
    let i = hypergeometric(0, 10, 1000, 0.025);
    assert!(i.low == 0.0 && i.high > 0.3 && i.high < 0.31, "{i:?}");
}

#[test]
fn totals_that_contradict_each_other_are_refused() {
    let calibration = |totals| Calibration {
        variables: vec![vec![1.0, 1.0, 0.0], vec![0.0, 0.0, 1.0], vec![1.0; 3]],
        totals,
        raking: true,
    };
    let good = design(lonely(Lonely::Adjust)).calibrate(calibration(vec![6.0, 2.0, 8.0])).unwrap();
    assert!(good.weights().iter().zip([3.0, 3.0, 2.0]).all(|(w, want)| (w - want).abs() < 1e-9));
    // What is known is known: no variance is left.
    assert!(good.total(&[1.0; 3], &Domains::all())[0].variance < 1e-18);
    let bad = design(lonely(Lonely::Adjust)).calibrate(calibration(vec![6.0, 2.0, 9.0]));
    assert!(matches!(bad, Err(CalibrationFault::Impossible(_))));
}

proptest! {
    /// The parts of a total are the total, and so are the variances of strata.
    #[test]
    fn parts_add_up(rows in prop::collection::vec((0u32..4, 0u32..3, -50i32..50), 2..60)) {
        let strata: Vec<u32> = rows.iter().map(|r| r.0).collect();
        let count = |s: u32| strata.iter().filter(|o| **o == s).count() as f64;
        let columns = Columns {
            weights: strata.iter().map(|s| (count(*s) + 5.0) / count(*s)).collect(),
            strata: Some(strata.clone()),
            fpc: vec![strata.iter().map(|s| count(*s) + 5.0).collect()],
            ..Columns::default()
        };
        let y: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
        let design = Design::new(columns).unwrap();
        let all = design.total(&y, &Domains::all())[0];
        let parts = design.total(&y, &Domains::of(rows.iter().map(|r| r.1).collect()));
        let sum: f64 = parts.iter().map(|p| p.value).sum();
        prop_assert!((sum - all.value).abs() < 1e-6);
        let by_stratum = design.total(&y, &Domains::of(strata));
        let variance: f64 = by_stratum.iter().map(|p| p.variance).sum();
        prop_assert!((variance - all.variance).abs() <= 1e-9 * all.variance.max(1.0));
    }

    /// A cluster of one row each is no cluster.
    #[test]
    fn rows_as_clusters_change_nothing(rows in prop::collection::vec((0u32..3, -50i32..50), 4..40)) {
        let strata: Vec<u32> = rows.iter().map(|r| r.0).collect();
        let y: Vec<f64> = rows.iter().map(|r| f64::from(r.1)).collect();
        let plain = Columns { weights: vec![2.0; rows.len()], strata: Some(strata), ..Columns::default() };
        let clustered = Columns { clusters: vec![(0..rows.len() as u32).collect()], ..plain.clone() };
        let of = |columns| Design::new(columns).unwrap().ratio(&y, |_| 1.0, &Domains::all())[0].unwrap();
        let (a, b) = (of(plain), of(clustered));
        prop_assert_eq!((a.value, a.df, a.n), (b.value, b.df, b.n));
        prop_assert!((a.variance - b.variance).abs() <= 1e-12 * a.variance.max(1.0));
    }
}
