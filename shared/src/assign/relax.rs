//! Which single change of the question would close a shortage. Each is tried by solving again.

use std::collections::BTreeSet;

use super::instance::Instance;
use super::plan::{Kind, Plan, plan_as};
use super::shortage::{Change, Relaxation, Shortage};

/// Teams tried one by one before all of a set's teams are asked for more alike.
const TRIED: usize = 60;

/// What closes the shortage, cheapest plan first.
pub(super) fn relaxations(instance: &Instance, plan: &Plan, of: &Shortage) -> Vec<Relaxation> {
    let now = empty(plan);
    let enough = now.saturating_sub(u64::from(of.short));
    let solve = |changed: &Instance| -> Option<i64> {
        let plan = plan_as(changed, Kind::Pairwise).ok()?;
        (empty(&plan) <= enough).then(|| plan.objective - lacking(changed, &plan))
    };
    let mut found = Vec::new();
    let mut add = |change: Change, points: Option<i64>| {
        found.extend(points.map(|points| Relaxation { change, points }));
    };
    let (change, points) = distance(instance, of, &solve);
    add(change, points);
    for (change, points) in forbidden(instance, of, &solve) {
        add(change, points);
    }
    for (change, points) in capacity(instance, of, &solve) {
        add(change, points);
    }
    let (change, points) = fewer(instance, of, &solve);
    add(change, points);
    found.sort_by_key(|relaxation| relaxation.points);
    found
}

type Solve<'s> = &'s dyn Fn(&Instance) -> Option<i64>;

fn empty(plan: &Plan) -> u64 {
    plan.unfilled.iter().map(|u| u64::from(u.missing)).sum()
}

fn lacking(instance: &Instance, plan: &Plan) -> i64 {
    let of = |id: &str| instance.needs.iter().find(|n| n.id == id);
    let cost =
        |u: &super::Unfilled| of(&u.commune).map(|n| instance.unfilled(n) * i64::from(u.missing));
    plan.unfilled.iter().filter_map(cost).sum()
}

/// The least distance that is enough, found by halving among the distances there are.
fn distance(instance: &Instance, of: &Shortage, solve: Solve) -> (Change, Option<i64>) {
    let Some(limit) = instance.max_distance_m else {
        return (Change::Distance { metres: 0 }, None);
    };
    let needs = instance.needs.iter().filter(|n| of.communes.binary_search(&n.id).is_ok());
    let ways: BTreeSet<i64> = needs
        .flat_map(|n| instance.offers.iter().filter_map(|o| instance.distance(n, o)))
        // Distances drop part metres: what is farther than 5.4 m is within 6 m.
        .map(|metres| metres + 1)
        .filter(|metres| *metres > limit)
        .collect();
    let ways: Vec<i64> = ways.into_iter().collect();
    let try_at =
        |metres: i64| solve(&Instance { max_distance_m: Some(metres), ..instance.clone() });
    let (mut low, mut high) = (0, ways.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if try_at(ways[middle]).is_some() { high = middle } else { low = middle + 1 }
    }
    match ways.get(low) {
        Some(metres) => (Change::Distance { metres: *metres }, try_at(*metres)),
        None => (Change::Distance { metres: limit }, None),
    }
}

/// One pair, or if none is enough all of the set's.
fn forbidden(instance: &Instance, of: &Shortage, solve: Solve) -> Vec<(Change, Option<i64>)> {
    let mine: Vec<&(String, String)> =
        instance.forbidden.iter().filter(|(c, _)| of.communes.binary_search(c).is_ok()).collect();
    let without = |pairs: &[&(String, String)]| {
        let mut changed = instance.clone();
        pairs.iter().for_each(|pair| {
            changed.forbidden.remove(*pair);
        });
        let change = Change::Forbidden { pairs: pairs.iter().map(|p| (*p).clone()).collect() };
        let points = solve(&changed);
        (change, points)
    };
    let single = mine.iter().take(TRIED).map(|pair| without(&[*pair]));
    let best = single.filter(|(_, points)| points.is_some()).min_by_key(|(_, points)| *points);
    match best {
        Some(best) => vec![best],
        None if mine.len() > 1 => vec![without(&mine)],
        None => Vec::new(),
    }
}

/// One team, or if none is enough all of the set's alike.
fn capacity(instance: &Instance, of: &Shortage, solve: Solve) -> Vec<(Change, Option<i64>)> {
    let with = |teams: &[String], more: u32| {
        let mut changed = instance.clone();
        for offer in changed.offers.iter_mut().filter(|o| teams.contains(&o.id)) {
            offer.max = offer.max.saturating_add(more);
        }
        solve(&changed)
    };
    let one = |team: &String| {
        let teams = vec![team.clone()];
        let points = with(&teams, of.short);
        (Change::Capacity { teams, more: of.short }, points)
    };
    let single = of.teams.iter().take(TRIED).map(one);
    let best = single.filter(|(_, points)| points.is_some()).min_by_key(|(_, points)| *points);
    if let Some(best) = best {
        return vec![best];
    }
    let (mut low, mut high) = (1, of.short);
    if of.teams.is_empty() || with(&of.teams, high).is_none() {
        return Vec::new();
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if with(&of.teams, middle).is_some() { high = middle } else { low = middle + 1 }
    }
    vec![(Change::Capacity { teams: of.teams.clone(), more: high }, with(&of.teams, high))]
}

/// Communes that want several teams give up one each, those with the least priority first.
fn fewer(instance: &Instance, of: &Shortage, solve: Solve) -> (Change, Option<i64>) {
    let required = |id: &str| instance.required.iter().filter(|(c, _)| c == id).count() as u32;
    let mut several: Vec<&super::Need> = instance
        .needs
        .iter()
        .filter(|n| of.communes.binary_search(&n.id).is_ok())
        .filter(|n| n.wanted > required(&n.id).max(1))
        .collect();
    several.sort_by_key(|n| (n.priority, n.open.len()));
    let communes: Vec<String> =
        several.iter().take(of.short as usize).map(|n| n.id.clone()).collect();
    let mut changed = instance.clone();
    for need in changed.needs.iter_mut().filter(|n| communes.contains(&n.id)) {
        need.wanted -= 1;
    }
    let enough = communes.len() == of.short as usize;
    let points = if enough { solve(&changed) } else { None };
    (Change::Fewer { communes }, points)
}
