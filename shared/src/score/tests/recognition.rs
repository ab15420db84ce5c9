use super::*;
use crate::text::Text;

/// 19 criteria: those named are not met or undecided, the rest met.
fn risk_of(not_met: &[u32], undecided: &[u32]) -> Risk {
    let set = lao_cai();
    let criteria: Vec<CriterionScore> = (1..=19)
        .map(|i| CriterionScore {
            id: i.to_string(),
            name: Text::default(),
            verdict: if not_met.contains(&i) {
                Verdict::NotMet
            } else if undecided.contains(&i) {
                Verdict::Undecided
            } else {
                Verdict::Met
            },
            reason: Reason::default(),
            indicators: Vec::new(),
        })
        .collect();
    super::super::recognition::risk(&set, &criteria)
}

fn level(not_met: &[u32], undecided: &[u32]) -> (RiskLevel, Option<String>) {
    let r = risk_of(not_met, undecided);
    (r.level, r.rule)
}

#[test]
fn the_bounds_for_nineteen_criteria() {
    use RiskLevel::{Certain, None as Safe, Possible};
    let half = Some("half_unmet".to_owned());
    let critical = Some("critical_unmet".to_owned());
    assert_eq!(level(&[], &[]), (Safe, None));
    // Ten unmet of 19 are more than half; nine are not.
    assert_eq!(level(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 11], &[]), (Certain, half.clone()));
    assert_eq!(level(&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[]), (Safe, None));
    // Six unmet with a critical one; five are below 30 %.
    assert_eq!(level(&[1, 2, 3, 4, 5, 10], &[]), (Certain, critical.clone()));
    assert_eq!(level(&[1, 2, 3, 4, 17], &[]), (Safe, None));
    // Undecided criteria leave it open…
    assert_eq!(level(&[1, 2, 3, 4, 17], &[5]), (Possible, critical.clone()));
    assert_eq!(level(&[1, 2, 3, 4, 5], &[19]), (Possible, critical.clone()));
    assert_eq!(level(&[1, 2, 3, 4, 5], &[6]), (Safe, None));
    assert_eq!(level(&[1, 2, 3, 4, 5, 10], &[6, 7]), (Certain, critical));
    assert_eq!(level(&[], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11]), (Possible, half));
    let r = risk_of(&[1, 10], &[17, 18]);
    assert_eq!(
        (r.unmet_low, r.unmet_high, r.critical_open),
        (2, 4, vec!["10".to_owned(), "17".to_owned()])
    );
}
