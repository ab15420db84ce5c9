//! Verdicts a second time: what the missing and the unknown could still change, and how indicators
//! make criteria and criteria make a score.

use std::collections::BTreeMap;

use ntm_shared::api::measure::Measure;
use ntm_shared::api::score::{CommuneScore, Criterion, Indicator};
use ntm_shared::criteria::Direction;
use ntm_shared::score::Verdict;

use super::{Sums, Village};

/// Below this share of known answers the unknown are filled both ways (the set's proposal).
const COVERAGE: f64 = 0.95;

/// Measures whose denominator is persons.
fn persons(id: &str) -> bool {
    id.starts_with("12.") || id.starts_with("15.1") || id == "10.1"
}

/// Checks every verdict of a score.
#[track_caller]
pub fn check_verdicts(
    score: &CommuneScore,
    expected: &BTreeMap<&'static str, Vec<(Village, Sums)>>,
) {
    for indicator in score.criteria.iter().flat_map(|criterion| &criterion.indicators) {
        if indicator.source == "household" {
            household(&score.name, indicator, expected);
        }
    }
    let (mut met, mut not_met) = (0, 0);
    for criterion in &score.criteria {
        let verdict = all_of(criterion.indicators.iter().map(|i| i.figures.verdict));
        assert_eq!(criterion.verdict, verdict, "{}, criterion {}", score.name, criterion.id);
        met += u64::from(verdict == Verdict::Met);
        not_met += u64::from(verdict == Verdict::NotMet);
    }
    let total = score.criteria.len() as u64;
    assert_eq!(
        (score.criteria_met, score.not_met, score.total),
        (met, not_met, total),
        "{}",
        score.name
    );
    assert_eq!(
        (score.at_most, score.undecided),
        (total - not_met, total - met - not_met),
        "{}",
        score.name
    );
    risk(score, met, not_met);
}

fn all_of(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let verdicts: Vec<Verdict> = verdicts.collect();
    if verdicts.contains(&Verdict::NotMet) {
        Verdict::NotMet
    } else if verdicts.contains(&Verdict::Undecided) {
        Verdict::Undecided
    } else {
        Verdict::Met
    }
}

#[track_caller]
fn household(
    commune: &str,
    indicator: &Indicator,
    expected: &BTreeMap<&'static str, Vec<(Village, Sums)>>,
) {
    let by_sex = indicator.parts.iter().any(|part| part.figures.id.ends_with("/male"));
    let mut deciding = Vec::new();
    if !by_sex {
        let verdict = measure(
            &indicator.figures,
            indicator.direction,
            &expected[indicator.figures.id.as_str()],
        );
        deciding.push(verdict);
    }
    for part in &indicator.parts {
        let id = part.figures.id.as_str();
        let verdict = measure(&part.figures, indicator.direction, &expected[id]);
        assert_eq!(part.figures.verdict, verdict, "{commune}, {id}");
        deciding.push(verdict);
    }
    assert_eq!(
        indicator.figures.verdict,
        all_of(deciding.into_iter()),
        "{commune}, {}",
        indicator.figures.id
    );
}

/// The verdict of a measure. A sample's bounds are taken as shown; everything else is counted here.
fn measure(shown: &Measure, direction: Direction, villages: &[(Village, Sums)]) -> Verdict {
    let Some(threshold) = shown.threshold.as_ref().and_then(|t| t.value) else {
        return Verdict::Undecided;
    };
    let sum = |of: fn(&Sums) -> i64| villages.iter().map(|(_, sums)| of(sums)).sum::<i64>();
    if sum(|s| s.n) == 0 {
        return Verdict::Undecided;
    }
    let frame: i64 = villages.iter().map(|(village, _)| village.households.len() as i64).sum();
    let (y, x, unknown, unseen) =
        (sum(|s| s.given.y), sum(|s| s.given.x), sum(|s| s.given.unknown), frame - sum(|s| s.n));
    let adjusted = villages.iter().any(|(village, sums)| {
        village.adjusted && sums.n > 0 && (sums.n as usize) < village.households.len()
    });
    let as_shown = (shown.interval[0].unwrap_or(0.0), shown.interval[1].unwrap_or(f64::INFINITY));
    let (low, high) = match shown.id.as_str() {
        "9.1" => (y as f64, (y + unseen + unknown) as f64),
        "10.1" => {
            let short = villages.iter().any(|(village, sums)| {
                let drawn =
                    village.income.as_ref().map_or(village.households.len(), |drawn| drawn.len());
                let asked = village.income.is_some() && !village.adjusted;
                asked && sums.n > 0 && (sums.n as usize) < drawn
            });
            if short {
                return Verdict::Undecided;
            }
            as_shown
        }
        _ if adjusted => as_shown,
        id => {
            let open = if (x as f64) < COVERAGE * (x + unknown) as f64 { unknown } else { 0 };
            // At least one person lives in a household.
            let missing = |(village, sums): &(Village, Sums)| {
                let unseen = village.households.len() as i64 - sums.n;
                if persons(id) { sums.missing_persons.max(unseen) } else { unseen }
            };
            let missing: i64 = villages.iter().map(missing).sum();
            let all = x + open + missing;
            if all == 0 {
                return Verdict::Undecided;
            }
            (100.0 * y as f64 / all as f64, 100.0 * (y + open + missing) as f64 / all as f64)
        }
    };
    let (good, bad) = match direction {
        Direction::Ge => (low >= threshold, high < threshold),
        Direction::Le | Direction::Eq => (high <= threshold, low > threshold),
    };
    match (good, bad) {
        (true, _) => Verdict::Met,
        (_, true) => Verdict::NotMet,
        _ => Verdict::Undecided,
    }
}

/// Recognition is lost at half of the criteria unmet, or at 30 % with a critical one among them.
fn risk(score: &CommuneScore, met: u64, not_met: u64) {
    let total = score.total;
    assert_eq!(
        (score.risk.unmet_low, score.risk.unmet_high),
        (not_met, total - met),
        "{}",
        score.name
    );
    let critical = |of: &[Verdict]| {
        let fits =
            |c: &&Criterion| matches!(c.id.as_str(), "10" | "17" | "19") && of.contains(&c.verdict);
        score.criteria.iter().filter(fits).count() as u64
    };
    let lost = |unmet: u64, critical: bool| {
        let share = 100.0 * unmet as f64 / total as f64;
        share >= 50.0 || (share >= 30.0 && critical)
    };
    let certain = lost(not_met, critical(&[Verdict::NotMet]) > 0);
    let possible = (not_met..=total - met).any(|unmet| {
        lost(
            unmet,
            critical(&[Verdict::NotMet]) > 0
                || (unmet > not_met && critical(&[Verdict::Undecided]) > 0),
        )
    });
    let level = serde_json::to_value(score.risk.level).expect("JSON");
    let expected = if certain {
        "certain"
    } else if possible {
        "possible"
    } else {
        "none"
    };
    assert_eq!(level, expected, "{}: risk", score.name);
}
