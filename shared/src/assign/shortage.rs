//! Why places stay empty: sets of communes that together need more than all the teams they can have
//! (Hall sets, by the cut of least capacity), and the cheapest single relaxation that closes each.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::grid::Grid;
use super::instance::Instance;
use super::plan::{Kind, Plan, plan_as};
use super::relax::relaxations;

/// Communes that cannot all be served, and the teams they compete for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// Unit ids of the communes.
    pub communes: Vec<String>,
    /// Ids of the teams whose places they take up whole.
    pub teams: Vec<String>,
    /// Places the communes need.
    pub needed: u32,
    /// Places of these teams, but for those required for other communes.
    pub capacity: u32,
    /// Pairs with other teams; each is used, and a pair serves once.
    pub links: u32,
    /// `needed − capacity − links`: as many places stay empty whatever the plan.
    pub short: u32,
    /// What would close it, one thing at a time, cheapest plan first.
    pub relaxations: Vec<Relaxation>,
}

/// One thing that would close a shortage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxation {
    /// What to change.
    #[serde(flatten)]
    pub change: Change,
    /// Points of the whole plan then, less what unfilled places cost: what to compare.
    pub points: i64,
}

/// A change of the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The largest distance must be at least this many metres.
    Distance {
        /// Metres.
        metres: i64,
    },
    /// These forbidden pairs (commune, team) must be allowed.
    Forbidden {
        /// Pairs of ids.
        pairs: Vec<(String, String)>,
    },
    /// One team, or each of the set's teams, must take so many more communes.
    Capacity {
        /// Ids of the teams.
        teams: Vec<String>,
        /// Communes more for each.
        more: u32,
    },
    /// These communes must do with one team less.
    Fewer {
        /// Unit ids.
        communes: Vec<String>,
    },
}

/// Communes beyond which few plans are solved again.
const SOLVED_AGAIN: usize = 400;
/// Teams, and pairs, of a shortage that are then solved again, in all shortages together.
const BUDGET: usize = 12;
/// Before that, of each shortage.
const SEVERAL: usize = 60;
/// Shortages, the largest first, for which it is then said what would close them.
const MOST: usize = 8;

/// The shortages of a plan made from `instance`. Empty also when places stay empty only because
/// filling them would cost more points than they are worth.
pub fn shortages(instance: &Instance, plan: &Plan) -> Vec<Shortage> {
    if plan.unfilled.is_empty() {
        return Vec::new();
    }
    // Which places can be filled does not depend on sizes.
    let mut sorted = instance.sorted();
    sorted.sizes.clear();
    let grid = Grid::new(&sorted, false);
    let mut found = sets(&grid, plan);
    let large = sorted.needs.len() > SOLVED_AGAIN;
    let solved = if large { (BUDGET / found.len().max(1)).clamp(1, 3) } else { SEVERAL };
    let told = if large { MOST } else { usize::MAX };
    found.sort_by(|a, b| b.short.cmp(&a.short).then_with(|| a.communes.cmp(&b.communes)));
    for shortage in found.iter_mut().take(told) {
        shortage.relaxations = relaxations(&sorted, plan, shortage, solved);
    }
    found.sort_by(|a, b| a.communes.cmp(&b.communes));
    found
}

/// What an unfilled commune reaches by trading places: all of it is taken.
fn sets(grid: &Grid, plan: &Plan) -> Vec<Shortage> {
    let (needs, offers) = (&grid.instance.needs, &grid.instance.offers);
    let place = |id: &str| needs.binary_search_by(|n| n.id.as_str().cmp(id)).ok();
    let team = |id: &str| offers.binary_search_by(|o| o.id.as_str().cmp(id)).ok();
    let mut used: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut users: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for pair in plan.pairs.iter().filter(|pair| !pair.required) {
        let Some(both) = place(&pair.commune).zip(team(&pair.team)) else { continue };
        used.insert(both);
        users.entry(both.1).or_default().push(both.0);
    }
    let reachable = |commune: usize| {
        let row = grid.row(commune);
        row.map(|pair| grid.team[pair] as usize).collect::<Vec<usize>>()
    };
    let mut communes: BTreeSet<usize> = BTreeSet::new();
    let mut teams: BTreeSet<usize> = BTreeSet::new();
    let mut todo: Vec<usize> = plan.unfilled.iter().filter_map(|u| place(&u.commune)).collect();
    while let Some(commune) = todo.pop() {
        if !communes.insert(commune) {
            continue;
        }
        for team in reachable(commune) {
            if !used.contains(&(commune, team)) && teams.insert(team) {
                todo.extend(users.get(&team).into_iter().flatten());
            }
        }
    }
    // What hangs together.
    let mut left = communes.clone();
    let mut found = Vec::new();
    while let Some(first) = left.pop_first() {
        let (mut members, mut theirs) = (BTreeSet::from([first]), BTreeSet::new());
        let mut todo = vec![first];
        while let Some(commune) = todo.pop() {
            for team in reachable(commune).into_iter().filter(|team| teams.contains(team)) {
                if theirs.insert(team) {
                    let near = left.iter().filter(|c| reachable(**c).contains(&team));
                    let near: Vec<usize> = near.copied().collect();
                    near.iter().for_each(|c| {
                        left.remove(c);
                    });
                    members.extend(&near);
                    todo.extend(near);
                }
            }
        }
        let needed: u32 = members.iter().map(|c| needs[*c].wanted).sum();
        let fixed = |inside: bool| {
            let pairs =
                grid.fixed.iter().filter(|(_, t)| theirs.contains(&(*t as usize)) == inside);
            pairs.filter(|(c, _)| members.contains(&(*c as usize)) != inside).count() as u32
        };
        let capacity = theirs.iter().map(|t| offers[*t].max).sum::<u32>() - fixed(true);
        let outside = |c: &usize| reachable(*c).iter().filter(|t| !theirs.contains(*t)).count();
        let links = members.iter().map(outside).sum::<usize>() as u32 + fixed(false);
        // A team with room, or a link not used: the place is not worth its points.
        let Some(short) = needed.checked_sub(capacity + links).filter(|short| *short > 0) else {
            continue;
        };
        found.push(Shortage {
            communes: members.iter().map(|c| needs[*c].id.clone()).collect(),
            teams: theirs.iter().map(|t| offers[*t].id.clone()).collect(),
            needed,
            capacity,
            links,
            short,
            relaxations: Vec::new(),
        });
    }
    found
}

/// The least number of communes that the busiest team can have without more places staying empty
/// than must; for plans that share the load as evenly as can be.
pub fn fairest_load(instance: &Instance) -> u32 {
    let empty = |most: u32| -> u64 {
        let capped = instance.capped(most);
        let plan = plan_as(&capped, Kind::Pairwise);
        plan.map_or(u64::MAX, |p| p.unfilled.iter().map(|u| u64::from(u.missing)).sum())
    };
    let (mut low, mut high) = (1, instance.offers.iter().map(|o| o.max).max().unwrap_or(1).max(1));
    let least = empty(high);
    while low < high {
        let middle = low + (high - low) / 2;
        if empty(middle) == least { high = middle } else { low = middle + 1 }
    }
    high
}

impl Instance {
    /// The same with no team taking more than `most` communes, but for those required of it.
    pub fn capped(&self, most: u32) -> Instance {
        let mut capped = self.clone();
        for offer in &mut capped.offers {
            let required = self.required.iter().filter(|(_, team)| *team == offer.id).count();
            let least = most.max(u32::try_from(required).unwrap_or(u32::MAX));
            offer.max = offer.max.min(least);
            offer.min = offer.min.min(offer.max);
        }
        capped
    }
}
