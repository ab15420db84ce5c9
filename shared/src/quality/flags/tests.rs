use super::*;
use crate::moment::{Contribution, Contributions};
use crate::quality::Seen;

/// Eight collectors with 12 interviews each in one commune, much alike; `change` spoils the last one's.
fn visits(change: impl Fn(usize, &mut Interview)) -> Vec<Interview> {
    let mut all = Vec::new();
    for collector in 0..8 {
        for n in 0..12 {
            let odd = (collector * 5 + n * 7) % 11;
            let given = |y| Some(Contribution { y, x: 1, unknown: 0 });
            let mut visit = Interview {
                collector: format!("c{collector}"),
                village: format!("v{}", n % 2),
                commune: "u1".into(),
                outcome: Outcome::Completed,
                read: Some(Contributions {
                    outcome: Outcome::Completed,
                    measures: vec![given(i128::from(n % 4 != 0)), given(1)],
                }),
                seen: Seen {
                    minutes: Some(20.0 + odd as f64),
                    ages: vec![23 + odd as i64, 41, 57, 34, 30 + n as i64],
                    figures: vec![vec![31.0 + (odd * (collector + 3)) as f64], vec![]],
                },
                findings: Vec::new(),
            };
            if collector == 7 {
                change(n, &mut visit);
            }
            all.push(visit);
        }
    }
    all
}

fn flagged(visits: &[Interview]) -> Vec<(String, String)> {
    let report = report(Rules::built_in().unwrap(), &["9.2", "17.8"], visits);
    assert_eq!(report.villages.len(), 2);
    let flags =
        |w: &Who| w.flags.iter().map(|f| (w.id.clone(), f.code.clone())).collect::<Vec<_>>();
    report.collectors.iter().flat_map(flags).collect()
}

fn last(code: &str) -> Vec<(String, String)> {
    vec![("c7".to_owned(), code.to_owned())]
}

#[test]
fn collectors_much_alike_have_no_flag() {
    assert_eq!(flagged(&visits(|_, _| ())), []);
}

#[test]
fn each_kind_of_oddity_is_flagged_and_no_other() {
    assert_eq!(flagged(&visits(|_, v| v.seen.minutes = Some(4.0))), last("minutes"));
    assert_eq!(flagged(&visits(|_, v| v.seen.ages = vec![25, 30, 35, 40, 45])), last("whipple"));
    assert_eq!(
        flagged(&visits(|n, v| v.findings = vec![if n < 2 { "photo_alike" } else { "x" }.into()])),
        last("duplicates")
    );
    assert_eq!(
        flagged(&visits(|n, v| v.findings = vec![if n < 2 { "photo_place" } else { "x" }.into()])),
        last("distance")
    );
    let none = |_, v: &mut Interview| {
        v.read.as_mut().unwrap().measures[0] = Some(Contribution { y: 0, x: 1, unknown: 0 })
    };
    assert_eq!(flagged(&visits(none)), last("9.2"));
}

#[test]
fn too_few_interviews_or_peers_say_nothing() {
    let odd = visits(|_, v| v.seen.minutes = Some(4.0));
    let few: Vec<Interview> = odd
        .iter()
        .enumerate()
        .filter(|(i, v)| v.collector != "c7" || i % 12 < 9)
        .map(|(_, v)| v.clone())
        .collect();
    assert_eq!(flagged(&few), []);
    let alone: Vec<Interview> =
        odd.into_iter().filter(|v| ["c5", "c6", "c7"].contains(&v.collector.as_str())).collect();
    assert_eq!(flagged(&alone), []);
}

#[test]
fn refusals_and_unknown_answers_are_counted() {
    let mixed = visits(|n, v| match n {
        0..=5 => (v.outcome, v.read) = (Outcome::Refused, None),
        _ => v.read.as_mut().unwrap().measures[1] = Some(Contribution { y: 0, x: 0, unknown: 1 }),
    });
    let report = report(Rules::built_in().unwrap(), &["9.2", "17.8"], &mixed);
    let c7 = &report.collectors[7];
    assert_eq!((c7.interviews, c7.attempts, c7.refused), (6, 6, 6));
    let value = |code: &str| c7.metrics.iter().find(|m| m.code == code).map(|m| m.value);
    assert_eq!(value("refused"), Some(0.5));
    assert_eq!(c7.flags, [Flag { code: "refused".into(), above: true }]);
    // Six interviews are too few for the share of unknown answers.
    assert_eq!((value("unknown"), value("minutes")), (None, None));
    let sums = report.collectors.iter().fold((0, 0), |s, w| (s.0 + w.interviews, s.1 + w.attempts));
    assert_eq!(sums.0 + sums.1, 96);
    let villages =
        report.villages.iter().fold((0, 0), |s, w| (s.0 + w.interviews, s.1 + w.attempts));
    assert_eq!(villages, sums);
}
