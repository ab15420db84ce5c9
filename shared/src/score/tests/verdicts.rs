use super::Verdict::{Met, NotMet, Undecided};
use super::*;

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn a_complete_census_is_decided_by_its_value() {
    // 9.2 needs 75 %: exactly at it is met.
    assert_eq!(outcome("9.2", &[village(20, 15, 5, 0), village(20, 15, 5, 0)]), is(Met, "census"));
    assert_eq!(
        outcome("9.2", &[village(20, 15, 5, 0), village(20, 14, 6, 0)]),
        is(NotMet, "census")
    );
    let m = judged("9.2", &[village(20, 15, 5, 0), village(20, 14, 6, 0)], false);
    assert_eq!((m.value, m.low, m.high, m.se), (Some(72.5), Some(72.5), Some(72.5), Some(0.0)));
    assert_eq!((m.numerator, m.denominator, m.n, m.frame), (Some(29.0), Some(40.0), 40, 40));
    assert_eq!((m.coverage, m.response, m.distance), (Some(1.0), Some(1.0), Some(-2.5)));
    assert_eq!(m.reason.text.vi, "Khảo sát đủ 40 hộ: 72,5 %, mức ≥ 75 %.");
    // 11.1 must be at most 13 %.
    assert_eq!(outcome("11.1", &[village(100, 13, 87, 0)]), is(Met, "census"));
    assert_eq!(outcome("11.1", &[village(100, 14, 86, 0)]), is(NotMet, "census"));
}

#[test]
fn missing_households_are_filled_both_ways() {
    // 80 yes, 15 no, 5 missing of 100: 80 to 85 %.
    assert_eq!(outcome("9.2", &[village(100, 80, 15, 0)]), is(Met, "filled"));
    // 72 to 77 %.
    let m = judged("9.2", &[village(100, 72, 23, 0)], false);
    assert_eq!((m.verdict, m.reason.code.as_str()), (Undecided, "households_missing"));
    assert_eq!((m.low, m.high), (Some(72.0), Some(77.0)));
    // 70 to 74 %.
    assert_eq!(outcome("9.2", &[village(100, 70, 26, 0)]), is(NotMet, "filled"));
    // At most 13 %: 10 to 15 %, then 14 to 19 %.
    assert_eq!(outcome("11.1", &[village(100, 10, 85, 0)]), is(Undecided, "households_missing"));
    assert_eq!(outcome("11.1", &[village(100, 14, 81, 0)]), is(NotMet, "filled"));
}

#[test]
fn a_village_nobody_visited_is_never_dropped() {
    let empty = village(10, 0, 0, 0);
    let m = judged("9.2", &[village(90, 70, 20, 0), empty.clone()], false);
    assert_eq!((m.verdict, m.reason.code.as_str()), (Undecided, "villages_missing"));
    assert_eq!((m.low, m.high, m.frame, m.n), (Some(70.0), Some(80.0), 100, 90));
    assert!(m.reason.text.vi.contains("thôn Bản 1"), "{}", m.reason.text.vi);
    assert_eq!(outcome("9.2", &[village(90, 80, 10, 0), empty.clone()]), is(Met, "filled"));
    assert_eq!(outcome("9.2", &[empty]), is(Undecided, "not_surveyed"));
}

#[test]
fn unknown_answers_are_left_out_until_there_are_too_many() {
    // 95 % known: 72 of 95 are 75.8 %.
    let m = judged("9.2", &[village(100, 72, 23, 5)], false);
    assert_eq!(
        (m.verdict, m.reason.code.as_str(), m.coverage, m.unknown),
        (Met, "census", Some(0.95), 5)
    );
    // 94 % known: 72 to 78 %.
    assert_eq!(outcome("9.2", &[village(100, 72, 22, 6)]), is(Undecided, "coverage_low"));
    assert_eq!(outcome("9.2", &[village(100, 76, 18, 6)]), is(Met, "filled"));
    assert_eq!(outcome("9.2", &[village(100, 60, 30, 10)]), is(NotMet, "filled"));
}

#[test]
fn a_sample_is_not_a_census() {
    // 88 of 100 of 1,000: bounds about 81 to 93 %.
    let m = judged("9.2", &[sample(500, 50, 44, 6), sample(500, 50, 44, 6)], false);
    assert_eq!((m.verdict, m.reason.code.as_str()), (Met, "sample"));
    assert_eq!(
        (m.numerator, m.denominator, m.raw_numerator),
        (Some(880.0), Some(1000.0), Some(88.0))
    );
    assert!(m.low.unwrap() > 80.0 && m.low.unwrap() < 84.0 && m.high.unwrap() > 91.0, "{m:?}");
    assert_eq!(
        outcome("9.2", &[sample(500, 50, 39, 11), sample(500, 50, 39, 11)]),
        is(Undecided, "sample_uncertain")
    );
    assert_eq!(
        outcome("9.2", &[sample(500, 50, 30, 20), sample(500, 50, 30, 20)]),
        is(NotMet, "sample")
    );
    // A sample that took everyone is a census.
    assert_eq!(outcome("9.2", &[sample(20, 20, 15, 5)]), is(Met, "census"));
    // All yes in a sample is not certainty: 10 of 10 of 1,000 leave 74.5 to 100 %.
    assert_eq!(outcome("9.2", &[sample(1000, 10, 10, 0)]), is(Undecided, "sample_uncertain"));
}

#[test]
fn an_incomplete_sample_decides_nothing_unless_adjustment_is_switched_on() {
    let villages = [sample(500, 50, 44, 2), sample(500, 50, 44, 6)];
    assert_eq!(outcome("9.2", &villages), is(Undecided, "sample_incomplete"));
    let m = judged("9.2", &villages, true);
    assert_eq!((m.verdict, m.reason.code.as_str()), (Met, "sample"));
    assert!(m.reason.text.vi.contains("điều chỉnh trọng số"));
    // 500·44/46 + 500·44/50.
    assert!((m.numerator.unwrap() - (500.0 * 44.0 / 46.0 + 440.0)).abs() < 1e-9);
    // Nothing can be adjusted where nobody answered.
    let gone = [sample(500, 50, 44, 6), sample(300, 50, 0, 0)];
    assert_eq!(judged("9.2", &gone, true).reason.code, "villages_missing");
    let small = [sample(5000, 200, 190, 10), sample(10, 5, 0, 0)];
    assert_eq!(outcome("9.2", &small), is(Met, "filled"));
    // An incomplete census may be adjusted too, and then carries uncertainty.
    let m = judged("9.2", &[village(100, 72, 23, 0)], true);
    assert!(m.se.unwrap() > 0.0 && m.low.unwrap() < m.value.unwrap());
}

#[test]
fn counts_that_must_be_zero() {
    assert_eq!(outcome("9.1", &[village(10, 0, 10, 0)]), is(Met, "count_none"));
    assert_eq!(outcome("9.1", &[village(10, 1, 9, 0)]), is(NotMet, "count_seen"));
    assert_eq!(outcome("9.1", &[village(10, 0, 9, 0)]), is(Undecided, "count_unseen"));
    assert_eq!(outcome("9.1", &[village(10, 0, 9, 1)]), is(Undecided, "count_unseen"));
    assert_eq!(
        outcome("9.1", &[village(10, 0, 10, 0), village(5, 0, 0, 0)]),
        is(Undecided, "count_unseen")
    );
    // Zero in a sample is not zero; one seen in an incomplete sample is enough.
    assert_eq!(outcome("9.1", &[sample(100, 20, 0, 20)]), is(Undecided, "count_unseen"));
    assert_eq!(outcome("9.1", &[sample(100, 20, 1, 5)]), is(NotMet, "count_seen"));
    let m = judged("9.1", &[sample(100, 20, 1, 19)], false);
    assert_eq!(
        (m.value, m.raw_numerator, m.low, m.high),
        (Some(5.0), Some(1.0), Some(1.0), Some(81.0))
    );
}

#[test]
fn persons_of_missing_households_are_filled_from_the_roster() {
    // 15.1/male needs 90 %: 97 of 100 men insured, one household missing.
    let mut v = Village { households: 21, given: vec![(4, 5, 0); 3], ..Village::default() };
    v.given.extend(vec![(5, 5, 0); 17]);
    v.persons_missing = Some(4);
    // 97/104 = 93.3 %.
    assert_eq!(outcome("15.1/male", &[v.clone()]), is(Met, "filled"));
    v.persons_missing = Some(9);
    assert_eq!(outcome("15.1/male", &[v.clone()]), is(Undecided, "households_missing"));
    v.persons_missing = None;
    let m = judged("15.1/male", &[v], false);
    assert_eq!((m.verdict, m.low, m.high), (Undecided, Some(0.0), Some(100.0)));
}

#[test]
fn money_missing_counts_as_nothing_at_worst_and_has_no_best() {
    // 45 million in 2024. Complete: 2 × (4 persons, 190 million) = 47.5.
    let rich = |n| vec![(190_000, 4, 0); n];
    let complete = Village { households: 2, given: rich(2), ..Village::default() };
    let m = judged("10.1", &[complete], false);
    assert_eq!(
        (m.verdict, m.value, m.numerator, m.denominator),
        (Met, Some(47.5), Some(380.0), Some(8.0))
    );
    // 20 households, one missing with 4 persons: 45.125 at worst.
    let mut v =
        Village { households: 20, given: rich(19), persons_missing: Some(4), ..Village::default() };
    assert_eq!(outcome("10.1", &[v.clone()]), is(Met, "filled"));
    v.given = rich(18);
    v.persons_missing = Some(8);
    let m = judged("10.1", &[v], false);
    assert_eq!((m.verdict, m.low, m.high), (Undecided, Some(42.75), None));
    // A sample of equal incomes has no spread; of different ones it has.
    let mut given = vec![(150_000, 4, 0); 10];
    given.extend(rich(10));
    let s = Village { households: 200, drawn: Some(20), given, ..Village::default() };
    let m = judged("10.1", &[s], false);
    assert_eq!((m.value, m.verdict, m.reason.code.as_str()), (Some(42.5), NotMet, "sample"));
    // Students's t with 19 df: 42.5 + 1.729·√(0.9·Σ(y − ȳ)²/19/20)/4/1000.
    let se = (0.9 * (20.0 * 20_000.0_f64.powi(2)) / 19.0 / 20.0).sqrt() / 4000.0;
    assert!((m.se.unwrap() - se).abs() < 1e-12);
    assert!((m.high.unwrap() - (42.5 + 1.729_132_811_521_37 * se)).abs() < 1e-9);
}

#[test]
fn both_sexes_must_reach_it_and_the_total_only_informs() {
    let set = lao_cai();
    let mut i = input(&set, "15.1", &[village(10, 10, 0, 0)], false);
    for (id, y) in [("15.1/male", 85), ("15.1/female", 99), ("15.1", 184)] {
        let place = set.measures().iter().position(|m| m.id == id).unwrap();
        let x = if id == "15.1" { 200 } else { 100 };
        let mut m = crate::moment::Moment::default();
        (0..9).for_each(|_| m.add(&Contribution::default()));
        m.add(&Contribution { y, x, unknown: 0 });
        i.villages[0].moments.measures[place] = m;
    }
    let score = score_commune(&set, &i);
    let health = score.criteria.iter().find(|c| c.id == "15").unwrap();
    let insured = &health.indicators[0];
    assert_eq!(
        (insured.verdict, insured.headline.value, insured.headline.verdict),
        (NotMet, Some(92.0), Met)
    );
    assert_eq!(insured.reason.text.vi, "Nam: Khảo sát đủ 10 hộ: 85 %, mức ≥ 90 %.");
    assert_eq!(insured.parts.len(), 2);
    assert_eq!((health.verdict, health.reason.code.as_str()), (NotMet, "indicator_not_met"));
}

#[test]
fn reports_and_thresholds_that_are_not_known() {
    let set = lao_cai();
    let mut i = input(&set, "9.2", &[village(20, 15, 5, 0)], false);
    let verdict = |i: &CommuneInput, id: &str| {
        let score = score_commune(&set, i);
        let found = score.criteria.iter().flat_map(|c| &c.indicators).find(|x| x.id == id).unwrap();
        (found.verdict, found.reason.code.clone())
    };
    assert_eq!(verdict(&i, "1.1"), is(Undecided, "report_missing"));
    let number = |s: &str| ReportValue::Number(s.into());
    i.report = Some(SelfReport {
        values: BTreeMap::from([
            ("1.1".into(), ReportValue::Yes),
            ("1.2".into(), ReportValue::No),
            ("2.1".into(), number("100")),
            ("3.1".into(), number("80")),
            ("5.1".into(), number("69.9")),
            ("7.1".into(), ReportValue::Unknown),
            ("14.2/male".into(), number("71")),
        ]),
    });
    assert_eq!(verdict(&i, "1.1"), is(Met, "reported"));
    assert_eq!(verdict(&i, "1.2"), is(NotMet, "reported"));
    assert_eq!(verdict(&i, "2.1"), is(Undecided, "threshold_unknown"));
    assert_eq!(verdict(&i, "3.1"), is(Met, "reported"));
    assert_eq!(verdict(&i, "5.1"), is(NotMet, "reported"));
    assert_eq!(verdict(&i, "7.1"), is(Undecided, "report_unknown"));
    assert_eq!(verdict(&i, "14.2"), is(Undecided, "report_missing"));
    // The day decides which threshold holds: none after the set has ended.
    i.at = date(2026, 1, 1);
    assert_eq!(verdict(&i, "9.2"), is(Undecided, "threshold_unknown"));
}

#[test]
fn an_undecided_sample_says_what_would_decide_it() {
    // Computed in R 4.2.2 for two villages of 500, 39 of 50 each: the Korn–Graubard bound by qbeta and
    // qt, its standard error (p − low)/qnorm(0.95), then the formula of `estimate::decision`, m by m.
    let m = judged("9.2", &[sample(500, 50, 39, 11), sample(500, 50, 39, 11)], false);
    assert!((m.low.unwrap() - 70.469_627_988_2).abs() < 1e-9);
    assert!((m.probability.unwrap() - 0.743_858_8).abs() < 1e-7);
    let plan = m.plan.unwrap();
    let asked: Vec<(f64, u64, f64)> =
        plan.steps.iter().map(|s| (s.chance, s.households, s.collector_days)).collect();
    assert_eq!(asked, [(0.5, 235, 235.0 / 8.0), (0.8, 658, 658.0 / 8.0)]);
    let villages: Vec<u64> = plan.steps[0].villages.iter().map(|v| v.households).collect();
    assert_eq!(villages, [118, 117]);
    assert!(plan.census, "758 of 1,000 are more than 60 %");
    // What is decided needs no plan, and what a sample cannot decide has none.
    let decided = judged("9.2", &[sample(500, 50, 44, 6), sample(500, 50, 44, 6)], false);
    assert!(decided.plan.is_none() && decided.probability.unwrap() > 0.95);
    let census = judged("9.2", &[village(100, 72, 23, 0)], false);
    assert!(census.plan.is_none() && census.probability.is_none());
    // All yes in a sample is no certainty, and the plan is not to survey nobody.
    let all = judged("9.2", &[sample(1000, 10, 10, 0)], false);
    assert!(all.probability.unwrap() < 0.95 && all.plan.unwrap().steps[0].households > 0);
}

#[test]
fn declared_looks_ask_for_more() {
    let set = lao_cai();
    let place = set.measures().iter().position(|m| m.id == "9.2").unwrap();
    let villages = [sample(500, 50, 42, 8), sample(500, 50, 42, 8)];
    let at = |look: Option<Look>| {
        let input = CommuneInput { look, ..input(&set, "9.2", &villages, false) };
        judge::measure(&set, &input, place)
    };
    let (once, first, last) = (at(None), at(Look::of(0.95, 1, 3)), at(Look::of(0.95, 3, 3)));
    assert_eq!((once.verdict, first.verdict), (Met, Undecided));
    assert!(first.low < last.low && last.low < once.low);
    assert!(first.reason.text.vi.contains("Lần xem thứ 1 trong 3"), "{}", first.reason.text.vi);
    assert_eq!(at(Look::of(0.95, 1, 1)), once);
}
