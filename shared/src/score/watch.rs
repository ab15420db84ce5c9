//! What an office should look at: sums that add up, communes that may lose their recognition, villages
//! nobody visited, indicators that a few households keep from their threshold, and what has changed
//! since the round before, counted in *lượt tiêu chí* (a criterion met by a commune is one).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::recognition::RiskLevel;
use super::result::{CommuneScore, IndicatorScore, Verdict, VillageRef};
use crate::criteria::{CriteriaSet, Unit};
use crate::text::Text;

/// Sums, and what to look at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Sums over the communes.
    pub totals: Totals,
    /// Communes where a rule for losing recognition fires, certain before possible, then by what is
    /// needed, the most first.
    pub at_risk: Vec<AtRisk>,
    /// Communes with villages without any completed interview.
    pub unvisited: Vec<Unvisited>,
    /// Indicators not met that few households or persons keep from their threshold, fewest first.
    pub within_reach: Vec<Reach>,
    /// What has changed since an earlier round; absent without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub change: Option<Change>,
}

/// Sums over the communes of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Communes.
    pub communes: u64,
    /// Criteria met, summed over communes (*lượt tiêu chí*).
    pub criteria_met: u64,
    /// Criteria not met.
    pub not_met: u64,
    /// Criteria undecided.
    pub undecided: u64,
    /// `criteria_met / communes`; absent without communes.
    pub average: Option<f64>,
    /// Communes that meet every criterion.
    pub complete: u64,
    /// Households in the frame.
    pub households: u64,
}

/// A commune that may lose its recognition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtRisk {
    /// Unit id.
    pub commune: String,
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// `possible` or `certain`.
    pub level: RiskLevel,
    /// The rule in words.
    pub rule: Text,
    /// Criteria met.
    pub criteria_met: u64,
    /// Critical criteria not met or undecided, by id.
    pub critical_open: Vec<String>,
    /// Fewest further criteria that must be met before no rule can fire.
    pub needed: u64,
}

/// Villages of a commune that nobody visited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unvisited {
    /// Unit id.
    pub commune: String,
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// The villages.
    pub villages: Vec<VillageRef>,
}

/// An indicator that little is lacking for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Unit id of the commune.
    pub commune: String,
    /// Official code.
    pub code: String,
    /// Name of the commune.
    pub name: String,
    /// Indicator id.
    pub indicator: String,
    /// Name of the indicator.
    pub title: Text,
    /// How many lack.
    pub short: u64,
    /// What is counted.
    pub unit: Unit,
    /// True when the number is an estimate from a sample.
    pub estimated: bool,
}

/// What has changed since an earlier round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Id of the earlier round.
    pub since: String,
    /// Its name.
    pub since_name: String,
    /// Criteria met now and not then, commune by commune.
    pub gained: Vec<Turn>,
    /// Criteria met then and not now.
    pub lost: Vec<Turn>,
    /// Criteria met then, in the communes that are in both rounds.
    pub before: u64,
    /// Criteria met now, in the same communes: `before + gained − lost`.
    pub now: u64,
    /// Communes in both.
    pub communes: u64,
}

/// A criterion of a commune that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Unit id of the commune.
    pub commune: String,
    /// Official code.
    pub code: String,
    /// Name of the commune.
    pub name: String,
    /// Criterion id.
    pub criterion: String,
    /// Its verdict in this round.
    pub verdict: Verdict,
}

/// What to look at in `scores`, and since the round `before`: its id, name and scores.
pub fn watch(
    set: &CriteriaSet,
    scores: &[CommuneScore],
    before: Option<(&str, &str, &[CommuneScore])>,
) -> Watch {
    let mut at_risk: Vec<AtRisk> = scores.iter().filter_map(risk).collect();
    at_risk.sort_by(|a, b| (b.level, b.needed, &a.code).cmp(&(a.level, a.needed, &b.code)));
    let mut within_reach: Vec<Reach> = scores.iter().flat_map(|s| reaches(set, s)).collect();
    within_reach.sort_by(|a, b| (a.short, &a.code).cmp(&(b.short, &b.code)));
    let unvisited = scores.iter().filter(|s| !s.villages_missing.is_empty());
    Watch {
        totals: totals(scores),
        at_risk,
        unvisited: unvisited
            .map(|s| Unvisited {
                commune: s.id.clone(),
                code: s.code.clone(),
                name: s.name.clone(),
                villages: s.villages_missing.clone(),
            })
            .collect(),
        within_reach,
        change: before.map(|(id, name, earlier)| change(scores, id, name, earlier)),
    }
}

fn totals(scores: &[CommuneScore]) -> Totals {
    let sum = |of: fn(&CommuneScore) -> u64| scores.iter().map(of).sum::<u64>();
    let (communes, criteria_met) = (scores.len() as u64, sum(|s| s.criteria_met));
    Totals {
        communes,
        criteria_met,
        not_met: sum(|s| s.not_met),
        undecided: sum(|s| s.undecided),
        average: (communes > 0).then(|| criteria_met as f64 / communes as f64),
        complete: scores.iter().filter(|s| s.criteria_met == s.total).count() as u64,
        households: sum(|s| s.households),
    }
}

fn risk(score: &CommuneScore) -> Option<AtRisk> {
    if score.risk.level == RiskLevel::None {
        return None;
    }
    Some(AtRisk {
        commune: score.id.clone(),
        code: score.code.clone(),
        name: score.name.clone(),
        level: score.risk.level,
        rule: score.risk.name.clone().unwrap_or_default(),
        criteria_met: score.criteria_met,
        critical_open: score.risk.critical_open.clone(),
        needed: score.risk.needed,
    })
}

/// The indicators of a commune that few households or persons keep from their threshold: every
/// deciding measure that is not met says how many lack, and together they are few.
fn reaches(set: &CriteriaSet, score: &CommuneScore) -> Vec<Reach> {
    let open = |i: &&IndicatorScore| i.household && i.verdict != Verdict::Met;
    let indicators = score.criteria.iter().flat_map(|c| &c.indicators).filter(open);
    let reach = |indicator: &IndicatorScore| {
        let all = std::iter::once(&indicator.headline).chain(&indicator.parts);
        let mut ids = std::collections::BTreeSet::new();
        let (mut short, mut unit, mut estimated) = (0, None, false);
        for m in all.filter(|m| m.decides && m.verdict != Verdict::Met && ids.insert(&m.id)) {
            short += m.short?;
            unit = m.unit;
            estimated |= m.se.is_some_and(|se| se > 0.0);
        }
        (1..=set.planning.within_reach).contains(&short).then_some(Reach {
            commune: score.id.clone(),
            code: score.code.clone(),
            name: score.name.clone(),
            indicator: indicator.id.clone(),
            title: indicator.name.clone(),
            short,
            unit: unit?,
            estimated,
        })
    };
    indicators.filter_map(reach).collect()
}

fn change(scores: &[CommuneScore], id: &str, name: &str, earlier: &[CommuneScore]) -> Change {
    let then: BTreeMap<&str, &CommuneScore> = earlier.iter().map(|s| (s.id.as_str(), s)).collect();
    let mut change = Change {
        since: id.to_owned(),
        since_name: name.to_owned(),
        gained: Vec::new(),
        lost: Vec::new(),
        before: 0,
        now: 0,
        communes: 0,
    };
    for score in scores {
        let Some(was) = then.get(score.id.as_str()) else { continue };
        change.communes += 1;
        change.before += was.criteria_met;
        change.now += score.criteria_met;
        for criterion in &score.criteria {
            let met = |s: &CommuneScore| {
                s.criteria.iter().any(|c| c.id == criterion.id && c.verdict == Verdict::Met)
            };
            let turn = || Turn {
                commune: score.id.clone(),
                code: score.code.clone(),
                name: score.name.clone(),
                criterion: criterion.id.clone(),
                verdict: criterion.verdict,
            };
            match (met(was), met(score)) {
                (false, true) => change.gained.push(turn()),
                (true, false) => change.lost.push(turn()),
                _ => {}
            }
        }
    }
    change
}
