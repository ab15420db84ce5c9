use super::*;

/// A score with these verdicts, by the rules of the set.
fn scored(set: &CriteriaSet, code: &str, verdicts: &[(&str, Verdict)]) -> CommuneScore {
    let empty = CommuneInput {
        id: format!("u{code}"),
        code: code.into(),
        name: format!("Xã {code}"),
        ..input(set, "9.2", &[], false)
    };
    let mut score = score_commune(set, &empty);
    for criterion in &mut score.criteria {
        let given = verdicts.iter().find(|(id, _)| *id == criterion.id);
        criterion.verdict = given.map_or(Verdict::NotMet, |(_, v)| *v);
    }
    let count = |v| score.criteria.iter().filter(|c| c.verdict == v).count() as u64;
    (score.criteria_met, score.not_met, score.undecided) =
        (count(Verdict::Met), count(Verdict::NotMet), count(Verdict::Undecided));
    score.risk = crate::score::recognition::risk(set, &score.criteria);
    score
}

fn ids(n: usize) -> Vec<(&'static str, Verdict)> {
    const ALL: [&str; 19] = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
        "17", "18", "19",
    ];
    ALL.iter().take(n).map(|id| (*id, Verdict::Met)).collect()
}

#[test]
fn the_sums_of_muong_khuong_are_8_13_and_not_7_46() {
    // 15 communes, 122 criteria met: what the district's printed review of the first quarter of 2024
    // counts, with an average of 7,46 that 112 would give.
    let set = lao_cai();
    let met = [19, 14, 12, 11, 10, 9, 8, 7, 6, 6, 5, 4, 4, 4, 3];
    assert_eq!(met.iter().sum::<usize>(), 122);
    let scores: Vec<CommuneScore> = met
        .iter()
        .enumerate()
        .map(|(i, n)| scored(&set, &format!("{:05}", 2760 + i), &ids(*n)))
        .collect();
    let totals = watch(&set, &scores, None).totals;
    assert_eq!((totals.communes, totals.criteria_met, totals.complete), (15, 122, 1));
    assert_eq!(totals.criteria_met + totals.not_met + totals.undecided, 15 * 19);
    assert_eq!(print_number(totals.average.unwrap(), 2, Lang::Vi), "8,13");
}

#[test]
fn a_commune_at_risk_says_which_rule_and_what_would_save_it() {
    let set = lao_cai();
    let all_but = |open: &[&str]| {
        let met: Vec<_> = ids(19).into_iter().filter(|(id, _)| !open.contains(id)).collect();
        scored(&set, "02760", &met)
    };
    // 12 met, 7 not, income among them: meeting income alone leaves 6 unmet without a critical one.
    let score = all_but(&["10", "1", "2", "3", "4", "5", "6"]);
    let at_risk = watch(&set, &[score], None).at_risk;
    assert_eq!(at_risk.len(), 1);
    assert_eq!((at_risk[0].level, at_risk[0].needed), (RiskLevel::Certain, 1));
    assert_eq!(at_risk[0].critical_open, ["10"]);
    assert!(at_risk[0].rule.vi.contains("30 %"));
    // All three critical ones and three more: 6 unmet; one less is 5, below 30 %.
    assert_eq!(all_but(&["10", "17", "19", "1", "2", "3"]).risk.needed, 1);
    // 9 met: the half must be left behind, and income with it, or five more met.
    let half = all_but(&["10", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!((half.risk.level, half.risk.needed), (RiskLevel::Certain, 1));
    let worse = all_but(&["10", "17", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(worse.risk.needed, 2);
    let safe = all_but(&["10", "1"]);
    assert_eq!((safe.risk.level, safe.risk.needed), (RiskLevel::None, 0));
}

#[test]
fn criteria_gained_and_lost_add_up() {
    let set = lao_cai();
    let then = [scored(&set, "02760", &ids(10)), scored(&set, "02763", &ids(3))];
    let mut verdicts = ids(12);
    verdicts[0].1 = Verdict::Undecided;
    let now = [scored(&set, "02760", &verdicts), scored(&set, "02766", &ids(5))];
    let change = watch(&set, &now, Some(("dot-1", "Đợt 1", &then))).change.unwrap();
    let of = |turns: &[Turn]| turns.iter().map(|t| t.criterion.clone()).collect::<Vec<_>>();
    assert_eq!(
        (of(&change.gained), of(&change.lost)),
        (vec!["11".into(), "12".into()], vec!["1".into()])
    );
    assert_eq!(change.lost[0].verdict, Verdict::Undecided);
    // The commune that is in one round only is in neither sum.
    assert_eq!((change.before, change.now, change.communes), (10, 11, 1));
}

#[test]
fn an_indicator_within_reach_says_how_many_lack() {
    let set = lao_cai();
    // 9.2 needs 75 %: 72 of 100 lack three households.
    let short = |villages: &[Village], measure: &str| {
        let score = score_commune(&set, &input(&set, measure, villages, false));
        let reach = watch(&set, &[score], None).within_reach;
        reach.into_iter().map(|r| (r.indicator, r.short, r.unit, r.estimated)).collect::<Vec<_>>()
    };
    use crate::criteria::Unit;
    assert_eq!(
        short(&[village(100, 72, 28, 0)], "9.2"),
        [("9.2".to_owned(), 3, Unit::Household, false)]
    );
    // At most 13 % poor: 15 of 100 are two too many. Temporary houses must be none.
    assert_eq!(short(&[village(100, 15, 85, 0)], "11.1")[0].1, 2);
    assert_eq!(short(&[village(50, 4, 46, 0)], "9.1")[0].1, 4);
    assert_eq!(short(&[village(100, 60, 40, 0)], "9.2"), []);
    assert_eq!(short(&[village(100, 80, 20, 0)], "9.2"), []);
    // 70 of 100 of 1,000: an estimate of 50, too many; 74 of 100: about 10.
    let sampled = short(&[sample(1000, 100, 74, 26)], "9.2");
    assert_eq!(sampled, [("9.2".to_owned(), 10, Unit::Household, true)]);
}
