//! Which single change of the question would close a shortage. Whether it does is told by counting the
//! places that can be filled; what the plan would then cost, by solving again, for the few of each kind
//! that promise most.

use super::cost::CostParts;
use super::filling::Filling;
use super::grid::Grid;
use super::instance::Instance;
use super::plan::{Kind, Plan, plan_as};
use super::shortage::{Change, Relaxation, Shortage};

/// Teams or pairs counted one by one before all of a set's are asked for more alike.
const COUNTED: usize = 60;

/// A shortage and what is tried on it.
struct Trial<'t> {
    instance: &'t Instance,
    plan: &'t Plan,
    of: &'t Shortage,
    /// Places that may stay empty elsewhere.
    enough: u64,
    /// How many of a kind are solved again.
    solved: usize,
}

/// What closes the shortage, cheapest plan first. Of single teams and single pairs only `solved` are
/// solved again: those with the dearest places, and the cheapest.
pub(super) fn relaxations(
    instance: &Instance,
    plan: &Plan,
    of: &Shortage,
    solved: usize,
) -> Vec<Relaxation> {
    let enough = empty(plan).saturating_sub(u64::from(of.short));
    let trial = Trial { instance, plan, of, enough, solved };
    let mut found = Vec::new();
    found.extend(trial.distance());
    found.extend(trial.forbidden());
    found.extend(trial.capacity());
    found.extend(trial.fewer());
    found.sort_by_key(|relaxation| relaxation.points);
    found
}

fn empty(plan: &Plan) -> u64 {
    plan.unfilled.iter().map(|u| u64::from(u.missing)).sum()
}

fn lacking(instance: &Instance, plan: &Plan) -> i64 {
    let of = |id: &str| instance.needs.iter().find(|n| n.id == id);
    let cost =
        |u: &super::Unfilled| of(&u.commune).map(|n| instance.unfilled(n) * i64::from(u.missing));
    plan.unfilled.iter().filter_map(cost).sum()
}

impl Trial<'_> {
    /// The relaxation with what the plan then costs; `None` if that is not enough.
    fn solve(&self, change: Change, changed: &Instance) -> Option<Relaxation> {
        let plan = plan_as(changed, Kind::Pairwise).ok()?;
        let points = plan.objective - lacking(changed, &plan);
        (empty(&plan) <= self.enough).then_some(Relaxation { change, points })
    }

    fn is_in(&self, commune: &str) -> bool {
        self.of.communes.binary_search_by(|id| id.as_str().cmp(commune)).is_ok()
    }

    /// The least distance that is enough, found by halving among the distances there are.
    fn distance(&self) -> Option<Relaxation> {
        let limit = self.instance.max_distance_m?;
        let needs = self.instance.needs.iter().filter(|need| self.is_in(&need.id));
        let mut ways: Vec<i64> = needs
            .flat_map(|n| self.instance.offers.iter().filter_map(|o| self.instance.distance(n, o)))
            // Distances drop part metres: what is farther than 5.4 m is within 6 m.
            .map(|metres| metres + 1)
            .filter(|metres| *metres > limit)
            .collect();
        ways.sort_unstable();
        ways.dedup();
        let wide = |metres: i64| Instance { max_distance_m: Some(metres), ..self.instance.clone() };
        let widest = wide(*ways.last()?);
        let grid = Grid::new(&widest, false);
        let (needs, offers) = (&widest.needs, &widest.offers);
        let metres: Vec<i64> = (0..needs.len())
            .flat_map(|at| grid.row(at).map(move |pair| (at, pair)))
            .map(|(at, pair)| {
                let offer = &offers[grid.team[pair] as usize];
                widest.distance(&needs[at], offer).unwrap_or(i64::MAX)
            })
            .collect();
        let filling = Filling::new(&grid, self.plan);
        let most: Vec<u32> = offers.iter().map(|offer| offer.max).collect();
        let fills = |limit: i64| {
            filling.empty(&most, &|pair| metres[pair] <= limit, self.enough) <= self.enough
        };
        let (mut low, mut high) = (0, ways.len() - 1);
        if !fills(ways[high]) {
            return None;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if fills(ways[middle]) { high = middle } else { low = middle + 1 }
        }
        let metres = ways[high];
        self.solve(Change::Distance { metres }, &wide(metres))
    }

    /// One pair, or if none is enough all of the set's.
    fn forbidden(&self) -> Option<Relaxation> {
        let pairs = self.instance.forbidden.iter().filter(|(commune, _)| self.is_in(commune));
        let mut mine: Vec<(String, String)> = pairs.cloned().collect();
        if mine.is_empty() {
            return None;
        }
        let without = |pairs: &[(String, String)]| {
            let mut changed = self.instance.clone();
            changed.forbidden.retain(|pair| !pairs.contains(pair));
            changed
        };
        let allowed = without(&mine);
        let grid = Grid::new(&allowed, false);
        let filling = Filling::new(&grid, self.plan);
        let most: Vec<u32> = allowed.offers.iter().map(|offer| offer.max).collect();
        let fills = |open: &[(String, String)]| {
            let shut = |pair: usize| {
                let commune = &allowed.needs[grid.commune_of(pair)].id;
                let team = &allowed.offers[grid.team[pair] as usize].id;
                let is = |(c, t): &(String, String)| c == commune && t == team;
                mine.iter().any(is) && !open.iter().any(is)
            };
            filling.empty(&most, &|pair| !shut(pair), self.enough) <= self.enough
        };
        let single: Vec<&(String, String)> =
            mine.iter().take(COUNTED).filter(|pair| fills(std::slice::from_ref(*pair))).collect();
        let mut single: Vec<(String, String)> = single.into_iter().cloned().collect();
        single.sort_by_key(|pair| self.bare_cost(pair));
        let solved = single.into_iter().take(self.solved).filter_map(|pair| {
            let changed = without(std::slice::from_ref(&pair));
            self.solve(Change::Forbidden { pairs: vec![pair] }, &changed)
        });
        let best = solved.min_by_key(|relaxation| relaxation.points);
        if best.is_some() || mine.len() < 2 {
            return best;
        }
        mine.sort();
        self.solve(Change::Forbidden { pairs: mine }, &allowed)
    }

    fn bare_cost(&self, (commune, team): &(String, String)) -> i64 {
        let need = self.instance.needs.iter().find(|need| need.id == *commune);
        let offer = self.instance.offers.iter().find(|offer| offer.id == *team);
        let cost = need.zip(offer).and_then(|(n, o)| CostParts::of(self.instance, n, o, 0));
        cost.map_or(i64::MAX, |cost| cost.total())
    }

    /// One team, or if none is enough all of the set's alike.
    fn capacity(&self) -> Option<Relaxation> {
        let (teams, short) = (&self.of.teams, self.of.short);
        let with = |teams: &[String], more: u32| {
            let mut changed = self.instance.clone();
            for offer in changed.offers.iter_mut().filter(|o| teams.contains(&o.id)) {
                offer.max = offer.max.saturating_add(more);
            }
            changed
        };
        if teams.is_empty() {
            return None;
        }
        let largest = with(teams, short);
        let grid = Grid::new(&largest, false);
        let filling = Filling::new(&grid, self.plan);
        let fills = |teams: &[String], more: u32| {
            let most = self
                .instance
                .offers
                .iter()
                .map(|offer| offer.max + if teams.contains(&offer.id) { more } else { 0 });
            let most: Vec<u32> = most.collect();
            filling.empty(&most, &|_| true, self.enough) <= self.enough
        };
        let price = |team: &String| {
            let load = self.plan.loads.iter().find(|load| load.team == *team);
            load.and_then(|load| load.price).unwrap_or(i64::MAX)
        };
        let mut single: Vec<&String> = teams.iter().collect();
        single.sort_by_key(|team| (-price(team).min(i64::MAX - 1), *team));
        let fit = single
            .into_iter()
            .take(COUNTED)
            .filter(|team| fills(std::slice::from_ref(*team), short))
            .take(self.solved);
        let solved = fit.filter_map(|team| {
            let change = Change::Capacity { teams: vec![team.clone()], more: short };
            self.solve(change, &with(std::slice::from_ref(team), short))
        });
        let best = solved.min_by_key(|relaxation| relaxation.points);
        if best.is_some() || !fills(teams, short) {
            return best;
        }
        let (mut low, mut high) = (1, short);
        while low < high {
            let middle = low + (high - low) / 2;
            if fills(teams, middle) { high = middle } else { low = middle + 1 }
        }
        let change = Change::Capacity { teams: teams.clone(), more: high };
        self.solve(change, &with(teams, high))
    }

    /// Communes that want several teams give up one each, those with the least priority first.
    fn fewer(&self) -> Option<Relaxation> {
        let instance = self.instance;
        let required = |id: &str| instance.required.iter().filter(|(c, _)| c == id).count() as u32;
        let mut several: Vec<&super::Need> = instance
            .needs
            .iter()
            .filter(|need| self.is_in(&need.id))
            .filter(|n| n.wanted > required(&n.id).max(1))
            .collect();
        several.sort_by_key(|n| (n.priority, n.open.len()));
        let short = self.of.short as usize;
        let communes: Vec<String> = several.iter().take(short).map(|n| n.id.clone()).collect();
        if communes.len() < short {
            return None;
        }
        let mut changed = instance.clone();
        for need in changed.needs.iter_mut().filter(|n| communes.contains(&n.id)) {
            need.wanted -= 1;
        }
        self.solve(Change::Fewer { communes }, &changed)
    }
}
