use proptest::prelude::*;

use super::*;
use crate::criteria::{Demand, Direction, threshold_at};

fn any_village() -> impl Strategy<Value = Village> {
    (
        0..30u64,
        0..25usize,
        0..25usize,
        0..6usize,
        prop::option::of(1..40u64),
        prop::option::of(0..90u64),
    )
        .prop_map(|(more, yes, no, unknown, drawn, persons)| Village {
            households: (yes + no + unknown) as u64 + more,
            drawn,
            persons,
            persons_missing: persons,
            ..village(0, yes, no, unknown)
        })
}

fn villages() -> impl Strategy<Value = Vec<Village>> {
    prop::collection::vec(any_village(), 1..6)
}

const MEASURES: [&str; 5] = ["9.1", "9.2", "11.1", "10.1", "15.1/male"];

fn threshold(id: &str) -> (f64, Direction) {
    let set = lao_cai();
    let m = set.measures().iter().find(|m| m.id == id).unwrap();
    let Some(Demand::Number(t)) =
        threshold_at(&m.thresholds, "tdmn", date(2024, 10, 15)).unwrap().demand
    else {
        panic!("{id} has a threshold")
    };
    (t.to_f64(), m.direction)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_verdict_never_contradicts_its_interval(villages in villages(), adjust: bool, which in 0..5usize) {
        let id = MEASURES[which];
        let (t, direction) = threshold(id);
        let m = judged(id, &villages, adjust);
        let (low, high) = (m.low.unwrap_or(f64::NEG_INFINITY), m.high.unwrap_or(f64::INFINITY));
        prop_assert!(low <= high + 1e-9, "{m:?}");
        let good = direction == Direction::Ge;
        match m.verdict {
            Verdict::Met => prop_assert!(if good { low >= t } else { high <= t }, "{m:?}"),
            Verdict::NotMet => prop_assert!(if good { high < t } else { low > t }, "{m:?}"),
            Verdict::Undecided => {}
        }
        // The known answers alone say the same as a decided verdict: no unknown was taken for a no.
        if let (Some(value), Verdict::Met | Verdict::NotMet) = (m.value, m.verdict) {
            let fine = if good { value >= t } else { value <= t };
            prop_assert_eq!(fine, m.verdict == Verdict::Met, "{:?}", m);
        }
        // The numbers agree with each other.
        if let (Some(v), Some(y), Some(x)) = (m.value, m.numerator, m.denominator) {
            let up = if id == "10.1" || id == "9.1" { 1.0 } else { 100.0 };
            let rate = if id == "9.1" { y } else { up * y / x };
            prop_assert!((v - rate).abs() <= 1e-9 * rate.abs().max(1.0));
            prop_assert!(id == "9.1" || (low <= v + 1e-9 && v <= high + 1e-9), "{m:?}");
        }
        prop_assert!(m.n <= m.expected && m.expected <= m.frame);
        // Chance and verdict say the same, and only what is open has a plan.
        if let Some(p) = m.probability {
            prop_assert!((0.0..=1.0).contains(&p));
            match m.verdict {
                Verdict::Met => prop_assert!(p >= 0.95 - 1e-9, "{m:?}"),
                Verdict::NotMet => prop_assert!(p <= 0.05 + 1e-9, "{m:?}"),
                Verdict::Undecided => {}
            }
        }
        if let Some(plan) = &m.plan {
            prop_assert_eq!(m.verdict, Verdict::Undecided);
            for step in &plan.steps {
                prop_assert!(step.households > 0 && m.n + step.households <= m.frame);
                let parts: u64 = step.villages.iter().map(|v| v.households).sum();
                prop_assert_eq!(parts, step.households);
            }
        }
    }

    #[test]
    fn more_unknown_answers_never_make_a_failure(
        villages in villages(), extra in 1..8usize, which in 0..3usize,
    ) {
        let id = MEASURES[which];
        let census = |v: &Village| Village { drawn: None, ..v.clone() };
        let before: Vec<Village> = villages.iter().map(census).collect();
        let mut after = before.clone();
        after[0].given.extend(vec![(0, 0, 1); extra]);
        after[0].households += extra as u64;
        let (before, after) = (judged(id, &before, false), judged(id, &after, false));
        if after.verdict == Verdict::NotMet {
            prop_assert_eq!(before.verdict, Verdict::NotMet);
        }
    }

    #[test]
    fn answering_well_never_hurts(villages in villages(), place in 0..6usize) {
        // A missing household answers yes: the range narrows from below only.
        let before: Vec<Village> = villages.iter().map(|v| Village { drawn: None, ..v.clone() }).collect();
        let place = place % before.len();
        prop_assume!(before[place].households > before[place].given.len() as u64);
        let mut after = before.clone();
        after[place].given.push((1, 1, 0));
        let (was, is) = (judged("9.2", &before, false), judged("9.2", &after, false));
        if was.verdict == Verdict::Met {
            prop_assert_eq!(is.verdict, Verdict::Met);
        }
        if let (Some(a), Some(b)) = (was.low, is.low) {
            prop_assert!(b >= a - 1e-9);
        }
    }

    #[test]
    fn totals_of_parts_are_the_total_of_the_whole(villages in villages(), cut in 0..6usize) {
        let cut = cut.min(villages.len());
        let whole = judged("9.2", &villages, true);
        let parts = [judged("9.2", &villages[..cut], true), judged("9.2", &villages[cut..], true)];
        let sum = |f: fn(&MeasureScore) -> f64| parts.iter().map(f).sum::<f64>();
        prop_assert_eq!(sum(|m| m.n as f64), whole.n as f64);
        prop_assert_eq!(sum(|m| m.frame as f64), whole.frame as f64);
        prop_assert_eq!(sum(|m| m.raw_numerator.unwrap_or(0.0)), whole.raw_numerator.unwrap_or(0.0));
        let weighted = sum(|m| m.numerator.unwrap_or(0.0));
        prop_assert!((weighted - whole.numerator.unwrap_or(0.0)).abs() < 1e-6);
    }

    #[test]
    fn a_score_adds_up_and_repeats(villages in villages(), adjust: bool) {
        let set = lao_cai();
        let i = input(&set, "9.2", &villages, adjust);
        let score = score_commune(&set, &i);
        prop_assert_eq!(score.total, 19);
        prop_assert_eq!(score.criteria_met + score.not_met + score.undecided, score.total);
        prop_assert_eq!(score.at_most, score.criteria_met + score.undecided);
        prop_assert_eq!((score.risk.unmet_low, score.risk.unmet_high), (score.not_met, 19 - score.criteria_met));
        let wire = crate::api::score::CommuneScore::from(&score);
        let json = serde_json::to_string(&wire).unwrap();
        prop_assert_eq!(&json, &serde_json::to_string(&crate::api::score::CommuneScore::from(&score_commune(&set, &i))).unwrap());
        let back: crate::api::score::CommuneScore = serde_json::from_str(&json).unwrap();
        // JSON readers may be off in the last digit of a fraction; everything else is the same.
        prop_assert_eq!(back.criteria.len(), wire.criteria.len());
        prop_assert_eq!((back.criteria_met, back.risk), (wire.criteria_met, wire.risk));
    }
}
