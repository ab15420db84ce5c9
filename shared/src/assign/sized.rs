//! Loads counted by size, households or difficulty, instead of by communes. That is hard to solve
//! exactly (a generalised assignment problem), so the flow's plan and others are improved by moving and
//! exchanging communes, and a Lagrangian bound says how far the result may be from the best.
//!
//! With sizes wᵢ of mean m, a team whose communes' sizes add up to W costs `load` · (W/m)² points, which
//! is `load` · n² where all sizes are equal, and `over` for every unit of W above its room. All sums are
//! kept in 1/m² of a point, so that they stay whole numbers.

use super::cost::CostParts;
use super::grid::Grid;
use super::instance::{Instance, Need, Offer, Weights};
use super::plan::{Plan, pairwise};

mod bound;
mod draft;

use bound::bound;
use draft::Draft;

/// Pairs of a commune that exchanges are tried with, the cheapest ones.
const NEAR: usize = 24;

/// The question in numbers.
struct Question<'g> {
    grid: &'g Grid<'g>,
    /// Size of each commune.
    size: Vec<i128>,
    /// The sum of sizes each team has room for, if that is limited.
    room: Vec<Option<i128>>,
    /// How many parts a point has: the square of the mean size.
    parts: i128,
    /// What required pairs are: sum of sizes of each team.
    held: Vec<i128>,
    /// The cheapest pairs of each commune.
    near: Vec<Vec<usize>>,
    /// What the required pairs cost, loads apart.
    fixed: i128,
}

impl<'g> Question<'g> {
    fn new(grid: &'g Grid<'g>) -> Self {
        let instance = grid.instance;
        let mean = mean_size(instance);
        let size: Vec<i128> =
            instance.needs.iter().map(|need| size_of(instance, need, mean)).collect();
        let room = instance.offers.iter().map(|offer| instance.room.get(&offer.id));
        let mut held = vec![0; instance.offers.len()];
        let mut fixed = 0;
        for (need, offer) in &grid.fixed {
            held[*offer as usize] += size[*need as usize];
            let (need, offer) =
                (&instance.needs[*need as usize], &instance.offers[*offer as usize]);
            fixed += CostParts::of(instance, need, offer, 0).map_or(0, |cost| cost.total().into());
        }
        let near = (0..instance.needs.len()).map(|commune| {
            let mut row: Vec<usize> = grid.row(commune).collect();
            row.sort_by_key(|pair| (grid.cost[*pair], *pair));
            row.truncate(NEAR);
            row
        });
        Question {
            room: room.map(|room| room.map(|room| i128::from(*room))).collect(),
            parts: mean * mean,
            near: near.collect(),
            grid,
            size,
            held,
            fixed: fixed * mean * mean,
        }
    }

    /// What a load costs a team, in parts: the sum of sizes and what lies above its room.
    fn load(&self, team: usize, sum: i128) -> i128 {
        price(&self.grid.instance.weights, self.parts, self.room[team], sum)
    }

    /// What numbers of communes cost a team, in parts: too few, and too many hard ones.
    fn counts(&self, team: usize, count: u32, hard: u32) -> i128 {
        let (weights, offer) = (&self.grid.instance.weights, &self.grid.instance.offers[team]);
        let (low, hard) = (i128::from(offer.min.saturating_sub(count)), i128::from(hard));
        let pairs = hard * (hard - 1) / 2;
        self.parts * (i128::from(weights.below_min) * low + i128::from(weights.hardest) * pairs)
    }

    /// What a pair costs, its load apart, in parts.
    fn cost(&self, pair: usize) -> i128 {
        self.parts * i128::from(self.grid.cost[pair])
    }

    /// What an empty place of a commune costs, in parts.
    fn empty(&self, commune: usize) -> i128 {
        self.parts * i128::from(self.grid.unfilled(commune))
    }
}

fn mean_size(instance: &Instance) -> i128 {
    let known: i128 = instance.sizes.values().map(|size| i128::from(*size)).sum();
    let many = i128::try_from(instance.sizes.len()).unwrap_or(1).max(1);
    (known / many).max(1)
}

/// A commune whose size nobody knows is an ordinary one; nothing weighs nothing.
fn size_of(instance: &Instance, need: &Need, mean: i128) -> i128 {
    instance.sizes.get(&need.id).map_or(mean, |size| i128::from(*size).max(1))
}

/// What a sum of sizes costs a team, in parts: for itself, and for what lies above the room.
fn price(weights: &Weights, parts: i128, room: Option<i128>, sum: i128) -> i128 {
    let above = room.map_or(0, |room| (sum - room).max(0));
    i128::from(weights.load) * sum * sum + parts * i128::from(weights.over) * above
}

/// What a commune adds to the cost of a team's load, in points, part points dropped: to a `sum` of
/// sizes, or `inside` it.
pub(super) fn adds(instance: &Instance, need: &Need, offer: &Offer, sum: u64, inside: bool) -> i64 {
    let mean = mean_size(instance);
    let size = size_of(instance, need, mean);
    let with = i128::from(sum) + if inside { 0 } else { size };
    let room = instance.room.get(&offer.id).map(|room| i128::from(*room));
    let cost = |sum: i128| price(&instance.weights, mean * mean, room, sum);
    let more = cost(with) - cost((with - size).max(0));
    i64::try_from(more.div_euclid(mean * mean)).unwrap_or(i64::MAX)
}

/// The plan of an instance in order whose loads are counted by size, and a bound that no plan beats.
pub(super) fn sized(sorted: &Instance) -> Plan {
    let (grid, solution) = pairwise(sorted);
    let question = Question::new(&grid);
    let mut best = Draft::of(&question, &solution.chosen);
    best.improve();
    let mut greedy = Draft::of(&question, &[]);
    greedy.improve();
    best = best.min(greedy);
    let (lowest, hint) = bound(&question, &best);
    let mut hinted = Draft::of(&question, &hint);
    hinted.improve();
    best = best.min(hinted);
    let chosen = best.pairs();
    let mut plan = Plan::of(&grid, &chosen, &solution);
    let points = |parts: i128| i64::try_from(parts.div_euclid(question.parts)).unwrap_or(i64::MAX);
    // Part points go on to the next pair, so that the pairs add up to what the plan says.
    let (mut before, mut rest) = (vec![0_i128; sorted.offers.len()], 0_i128);
    for pair in &mut plan.pairs {
        let need = sorted.needs.binary_search_by(|need| need.id.cmp(&pair.commune));
        let offer = sorted.offers.binary_search_by(|offer| offer.id.cmp(&pair.team));
        let (Ok(need), Ok(offer)) = (need, offer) else { continue };
        let load = question.load(offer, best.sum[offer]);
        let share = |size: i128| load * size / best.sum[offer].max(1);
        let from = before[offer];
        before[offer] += question.size[need];
        rest += share(before[offer]) - share(from);
        pair.cost.load = points(rest);
        rest = rest.rem_euclid(question.parts);
    }
    for (at, load) in plan.loads.iter_mut().enumerate() {
        load.size = u64::try_from(best.sum[at]).ok();
    }
    plan.objective = points(best.total());
    plan.bound = points(lowest.min(best.total()));
    plan
}
