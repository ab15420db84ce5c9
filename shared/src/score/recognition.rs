//! Whether a recognised commune is at risk of losing its recognition.
//!
//! The rules are bounds on the share of unmet criteria, some only with a critical criterion among
//! them. Undecided criteria may turn out either way; every way is looked at.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::result::{CriterionScore, Verdict};
use crate::criteria::{CriteriaSet, LossRule};
use crate::text::Text;

/// How likely a rule is to fire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// No rule fires, however the undecided criteria turn out.
    #[default]
    None,
    /// A rule fires in some cases.
    Possible,
    /// A rule fires in every case.
    Certain,
}

/// The risk of losing recognition. Says what the rules give; whether the commune is recognised at
/// all is for the reader to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Risk {
    /// How likely.
    pub level: RiskLevel,
    /// Id of the rule that fires in the best case, or, when only some cases fire, in the mildest of
    /// them; absent when none fires.
    pub rule: Option<String>,
    /// That rule in words.
    pub name: Option<Text>,
    /// Fewest criteria that may be unmet.
    pub unmet_low: u64,
    /// Most criteria that may be unmet.
    pub unmet_high: u64,
    /// Fewest further criteria that must be met, of those not met or undecided and the critical ones
    /// among them first, before no rule fires however the rest turns out.
    pub needed: u64,
    /// Critical criteria that are not met or undecided, by id.
    pub critical_open: Vec<String>,
}

pub(super) fn risk(set: &CriteriaSet, criteria: &[CriterionScore]) -> Risk {
    let is = |c: &CriterionScore, v: Verdict, critical: bool| {
        c.verdict == v && set.recognition.critical.contains(&c.id) == critical
    };
    let count = |v, critical| criteria.iter().filter(|c| is(c, v, critical)).count() as u64;
    let (lost, lost_critical) = (count(Verdict::NotMet, false), count(Verdict::NotMet, true));
    let (open, open_critical) = (count(Verdict::Undecided, false), count(Verdict::Undecided, true));
    let total = criteria.len() as u64;

    // From the mildest case on: by number unmet, without a critical one first.
    let mut cases: Vec<(u64, bool)> = Vec::new();
    for critical in 0..=open_critical {
        for plain in 0..=open {
            cases.push((lost + lost_critical + critical + plain, lost_critical + critical > 0));
        }
    }
    cases.sort_unstable();
    let fired: Vec<Option<&LossRule>> = cases
        .iter()
        .map(|(unmet, critical)| {
            set.recognition.rules.iter().find(|r| fires(r, *unmet, total, *critical))
        })
        .collect();
    let rule = fired.iter().flatten().next();
    let level = match rule {
        None => RiskLevel::None,
        Some(_) if fired.iter().all(Option::is_some) => RiskLevel::Certain,
        Some(_) => RiskLevel::Possible,
    };
    Risk {
        level,
        rule: rule.map(|r| r.id.clone()),
        name: rule.map(|r| r.name.clone()),
        unmet_low: lost + lost_critical,
        unmet_high: lost + lost_critical + open + open_critical,
        needed: needed(set, lost + open, lost_critical + open_critical, total),
        critical_open: criteria
            .iter()
            .filter(|c| c.verdict != Verdict::Met && set.recognition.critical.contains(&c.id))
            .map(|c| c.id.clone())
            .collect(),
    }
}

/// Fewest criteria to meet: of `plain` and `critical` ones not met for certain.
fn needed(set: &CriteriaSet, plain: u64, critical: u64, total: u64) -> u64 {
    let quiet = |plain: u64, critical: u64| {
        let mut cases = (0..=plain).flat_map(|p| (0..=critical).map(move |c| (p + c, c > 0)));
        cases.all(|(unmet, any)| {
            !set.recognition.rules.iter().any(|rule| fires(rule, unmet, total, any))
        })
    };
    let ways = (0..=critical).flat_map(|c| (0..=plain).map(move |p| (c, p)));
    let enough = ways.filter(|(c, p)| quiet(plain - p, critical - c));
    enough.map(|(c, p)| c + p).min().unwrap_or(plain + critical)
}

fn fires(rule: &LossRule, unmet: u64, total: u64, critical: bool) -> bool {
    if total == 0 || rule.critical && !critical {
        return false;
    }
    let share = |bound: crate::criteria::Decimal| {
        bound.compare_fraction(100 * i128::from(unmet), total.into())
    };
    share(rule.unmet_from) != Ordering::Less
        && rule.unmet_below.is_none_or(|below| share(below) == Ordering::Less)
}
