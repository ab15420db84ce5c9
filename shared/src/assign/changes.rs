//! What a plan changes against the present one, and why; and what else could be chosen.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::explain::explain;
use super::instance::Instance;
use super::plan::{Plan, plan_as};

/// A commune whose teams change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Unit id of the commune.
    pub commune: String,
    /// Teams that go, each with why it cannot stay or what is gained.
    pub before: Vec<(String, Why)>,
    /// Teams that come.
    pub after: Vec<String>,
}

/// Why a present team does not stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// There is no such team any more.
    Gone,
    /// The pair is forbidden.
    Forbidden,
    /// It is farther away than the largest distance.
    TooFar,
    /// With the pair in it the whole plan would cost this many points more.
    Dearer {
        /// Points, 0 or more.
        points: i64,
        /// Whether that is by a second solution; else at least so many, by the prices.
        exact: bool,
    },
    /// With the pair in it the plan contradicts what is required.
    Impossible,
}

/// Communes beyond which plans are not solved again for every change.
const SOLVED_AGAIN: usize = 400;

/// The communes that have other teams in the plan than in the pairs (commune, team) of `present`, by
/// id. A team that is continued by another counts here as itself, unlike in
/// [`Need::present`](super::Need).
pub fn changes(
    instance: &Instance,
    plan: &Plan,
    present: &BTreeSet<(String, String)>,
) -> Vec<Changed> {
    let teams: BTreeSet<&str> = instance.offers.iter().map(|o| o.id.as_str()).collect();
    let mut found: Vec<Changed> = Vec::new();
    for need in &instance.needs {
        let own = plan.pairs.iter().filter(|pair| pair.commune == need.id);
        let now: BTreeSet<&String> = own.map(|pair| &pair.team).collect();
        let first = (need.id.clone(), String::new());
        let then = present.range(first..).take_while(|(commune, _)| *commune == need.id);
        let then: BTreeSet<&String> = then.map(|(_, team)| team).collect();
        let gone: Vec<&String> = then.difference(&now).copied().collect();
        let after: Vec<String> = now.difference(&then).map(|team| (*team).clone()).collect();
        if gone.is_empty() && after.is_empty() {
            continue;
        }
        let why = |team: &String| {
            let pair = (need.id.clone(), team.clone());
            let offer = instance.offers.iter().find(|o| o.id == *team);
            let why = if !teams.contains(team.as_str()) {
                Why::Gone
            } else if instance.forbidden.contains(&pair) {
                Why::Forbidden
            } else if offer.is_some_and(|offer| instance.reach(need, offer).is_none()) {
                Why::TooFar
            } else {
                let exact = instance.needs.len() <= SOLVED_AGAIN;
                let points = match exact {
                    true => extra(instance, plan, &need.id, team),
                    false => explain(instance, plan, &need.id).and_then(|told| {
                        told.choices.into_iter().find(|c| c.team == *team)?.extra_at_least
                    }),
                };
                points.map_or(Why::Impossible, |points| Why::Dearer { points, exact })
            };
            (team.clone(), why)
        };
        let before = gone.into_iter().map(why).collect();
        found.push(Changed { commune: need.id.clone(), before, after });
    }
    found.sort_by(|a, b| a.commune.cmp(&b.commune));
    found
}

/// By how many points the whole plan would be dearer with the pair in it, by a second solution;
/// `None` if that contradicts what is required, or the pair is forbidden or without a distance.
pub fn extra(instance: &Instance, plan: &Plan, commune: &str, team: &str) -> Option<i64> {
    let pair = (commune.to_owned(), team.to_owned());
    let need = instance.needs.iter().find(|n| n.id == commune)?;
    let offer = instance.offers.iter().find(|o| o.id == team)?;
    instance.distance(need, offer)?;
    let mut forced = instance.clone();
    forced.required.insert(pair);
    let other = plan_as(&forced, plan.kind).ok()?;
    Some((other.objective - plan.objective).max(0))
}

/// The best plan in which a commune does without one of its teams: who comes instead, and by how
/// many points the whole plan is dearer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instead {
    /// The team it does without.
    pub of: String,
    /// The teams that come to the commune.
    pub teams: Vec<String>,
    /// Points, 0 or more.
    pub points: i64,
    /// Other communes whose teams change with it.
    pub others: Vec<String>,
}

/// For each team of a commune that is not required: the best without it.
pub fn without(instance: &Instance, plan: &Plan, commune: &str) -> Vec<Instead> {
    let pairs = |plan: &Plan| -> BTreeSet<(String, String)> {
        plan.pairs.iter().map(|p| (p.commune.clone(), p.team.clone())).collect()
    };
    let before = pairs(plan);
    let mine = plan.pairs.iter().filter(|pair| pair.commune == commune && !pair.required);
    let instead = |pair: &super::Pair| {
        let mut without = instance.clone();
        without.forbidden.insert((commune.to_owned(), pair.team.clone()));
        let other = plan_as(&without, plan.kind).ok()?;
        let after = pairs(&other);
        let new = after.difference(&before);
        let moved = before.symmetric_difference(&after).filter(|(c, _)| c != commune);
        let others: BTreeSet<String> = moved.map(|(c, _)| c.clone()).collect();
        Some(Instead {
            of: pair.team.clone(),
            teams: new.filter(|(c, _)| c == commune).map(|(_, team)| team.clone()).collect(),
            points: (other.objective - plan.objective).max(0),
            others: others.into_iter().collect(),
        })
    };
    mine.filter_map(instead).collect()
}
