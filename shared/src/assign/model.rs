//! The pairwise model as a network: commune → team → sink, with one unit arc of rising cost for each
//! place a team has, one overflow arc per commune, and, between hard communes and a team, a node
//! whose unit arcs cost more for every further hard commune.
//!
//! Only promising pairs are in the network. After each solution every other pair is held against the
//! prices, and those that would save points are added, until there are none.

use super::grid::Grid;
use super::network::{Arc, Network};
use super::places::Places;
use super::start::Start;

/// Pairs per commune to begin with, beyond those it wants.
const FIRST: usize = 4;
/// Pairs per commune added at a time.
const MORE: usize = 4;
const NONE: u32 = u32::MAX;

/// The network and what its nodes and arcs stand for. Node 0 is the sink, then come the communes.
pub(super) struct Model<'g> {
    grid: &'g Grid<'g>,
    network: Network,
    /// The overflow arc of each commune.
    overflow: Vec<u32>,
    /// Where each team takes a commune: others, hard ones. `NONE` if it has no places left.
    doors: [Vec<u32>; 2],
    /// The pair each arc stands for, from arc number `before` on.
    pairs: Vec<usize>,
    before: u32,
    /// Whether each pair has an arc.
    inside: Vec<bool>,
}

/// The network's solution.
pub(super) struct Solution {
    /// Chosen pairs of the rows, ascending.
    pub chosen: Vec<usize>,
    /// What one more place in each commune would cost (dual values).
    pub commune_prices: Vec<i64>,
    /// What a place of each team costs at the margin, for a commune that is not hard.
    pub team_prices: Vec<Option<i64>>,
}

impl<'g> Model<'g> {
    pub fn new(grid: &'g Grid<'g>) -> Self {
        let start = Start::new(grid);
        let communes = grid.wanted.len();
        let offers = &grid.instance.offers;
        let mut candidates = [vec![0_u32; offers.len()], vec![0_u32; offers.len()]];
        for commune in 0..communes {
            let hard = grid.hard[commune];
            for pair in grid.row(commune) {
                candidates[0][grid.team[pair] as usize] += 1;
                candidates[1][grid.team[pair] as usize] += u32::from(hard);
            }
        }
        let mut nodes = communes as u32 + 1;
        let mut node = |there: bool| {
            nodes += u32::from(there);
            if there { nodes - 1 } else { NONE }
        };
        let free = |team: usize| grid.taken[0][team] < offers[team].max;
        let teams: Vec<u32> = (0..offers.len()).map(|team| node(free(team))).collect();
        let hard: Vec<u32> =
            (0..offers.len()).map(|team| node(free(team) && candidates[1][team] > 0)).collect();
        let mut network = Network::new(nodes as usize);
        let overflow = (0..communes).map(|commune| {
            let capacity = i32::try_from(grid.wanted[commune]).unwrap_or(i32::MAX - 1) + 1;
            let cost = grid.unfilled(commune);
            network.add(Arc { from: commune as u32 + 1, to: 0, cost, capacity })
        });
        let overflow: Vec<u32> = overflow.collect();
        let mut model = Model {
            grid,
            overflow,
            doors: [teams, hard],
            pairs: Vec::new(),
            before: 0,
            inside: vec![false; grid.team.len()],
            network,
        };
        let steps = model.ladders(&candidates);
        model.columns(&start);
        model.first_tree(&start, &steps);
        model
    }

    /// The unit arcs of the teams, and of their doors for hard communes: their first arc and number.
    fn ladders(&mut self, candidates: &[Vec<u32>; 2]) -> [Vec<(u32, u32)>; 2] {
        let [teams, hard] = &self.doors;
        let mut steps = [Vec::new(), Vec::new()];
        for team in 0..teams.len() {
            // More places than candidates are of no use, but one is kept for the price.
            let taken = self.grid.taken[0][team];
            let most = self.grid.instance.offers[team].max.min(taken + candidates[0][team].max(1));
            let mut add = |from: u32, to: u32, costs: Vec<i64>| {
                let mut first = NONE;
                for cost in &costs {
                    if from != NONE {
                        let arc = self.network.add(Arc { from, to, cost: *cost, capacity: 1 });
                        first = first.min(arc);
                    }
                }
                (first, costs.len() as u32)
            };
            let costs = (taken..most).map(|count| Places::step(self.grid, team, count)).collect();
            steps[0].push(add(teams[team], 0, costs));
            let taken = self.grid.taken[1][team];
            let costs = (taken..taken + candidates[1][team])
                .map(|count| Places::hard_step(self.grid, count))
                .collect();
            steps[1].push(add(hard[team], teams[team], costs));
        }
        steps
    }

    /// The first pairs of the network: the chosen ones, and the cheapest at the loads so far, best
    /// of all communes first.
    fn columns(&mut self, start: &Start) {
        self.before = self.network.arc_count();
        let (mut first, mut bounds) = (Vec::new(), vec![0]);
        let mut row: Vec<(i64, usize)> = Vec::new();
        for commune in 0..self.grid.wanted.len() {
            row.clear();
            row.extend(self.grid.row(commune).map(|pair| {
                let chosen = start.chosen[commune].binary_search(&pair).is_ok();
                let load = start.places.adds(self.grid.team[pair], self.grid.hard[commune]);
                let load = load.unwrap_or(self.grid.instance.weights.unfilled);
                (if chosen { i64::MIN } else { self.grid.cost[pair] + load }, pair)
            }));
            let few = (FIRST + self.grid.wanted[commune] as usize).min(row.len());
            if few < row.len() {
                row.select_nth_unstable(few);
                row.truncate(few);
            }
            row.sort_unstable();
            first.extend(row.iter().map(|(_, pair)| *pair));
            bounds.push(first.len());
        }
        let longest = bounds.windows(2).map(|b| b[1] - b[0]).max().unwrap_or(0);
        for rank in 0..longest {
            for commune in 0..self.grid.wanted.len() {
                if bounds[commune] + rank < bounds[commune + 1] {
                    self.enter(commune, first[bounds[commune] + rank]);
                }
            }
        }
    }

    fn enter(&mut self, commune: usize, pair: usize) -> u32 {
        // A commune that wants one team cannot send more over a pair, so the pair's own bound is
        // left loose: a chosen pair may then hang in the first tree.
        let capacity = if self.grid.wanted[commune] == 1 { 2 } else { 1 };
        let to = self.doors[usize::from(self.grid.hard[commune])][self.grid.team[pair] as usize];
        self.inside[pair] = true;
        self.pairs.push(pair);
        let cost = self.grid.cost[pair];
        self.network.add(Arc { from: commune as u32 + 1, to, cost, capacity })
    }

    /// Flow and tree of the start. A team with places left hangs on its next place; a full one under
    /// one of its communes, which then hangs on its overflow arc.
    fn first_tree(&mut self, start: &Start, steps: &[Vec<(u32, u32)>; 2]) {
        let (grid, teams) = (self.grid, self.grid.instance.offers.len());
        // The chosen pairs' arcs: each team's first commune of either kind, and those of communes.
        let mut hosts: [Vec<Option<(usize, u32)>>; 2] = [vec![None; teams], vec![None; teams]];
        let mut spare = vec![None; grid.wanted.len()];
        let mut own = vec![None; grid.wanted.len()];
        for (arc, pair) in (self.before..).zip(&self.pairs) {
            let commune = grid.commune_of(*pair);
            if start.chosen[commune].binary_search(pair).is_ok() {
                self.network.put(arc, 1);
                own[commune] = Some(arc);
                let host = &mut hosts[usize::from(grid.hard[commune])][grid.team[*pair] as usize];
                host.get_or_insert((commune, arc));
            } else if spare[commune].is_none() {
                spare[commune] = Some(arc);
            }
        }
        let mut hosting = vec![false; grid.wanted.len()];
        for team in 0..teams {
            if self.doors[0][team] == NONE {
                continue;
            }
            let used = start.places.count[team] - grid.taken[0][team];
            let used_hard = start.places.hard[team] - grid.taken[1][team];
            let [(first, steps), (first_hard, steps_hard)] = [steps[0][team], steps[1][team]];
            (0..used).for_each(|step| self.network.put(first + step, 1));
            (0..used_hard).for_each(|step| self.network.put(first_hard + step, 1));
            let mut host = |network: &mut Network, node: u32, host: Option<(usize, u32)>| {
                if let Some((commune, arc)) = host {
                    hosting[commune] = true;
                    network.root(node, arc);
                }
            };
            let full = used == steps;
            let by_hard = full && hosts[0][team].is_none();
            if !full {
                self.network.root(self.doors[0][team], first + used);
            } else if by_hard {
                self.network.root(self.doors[0][team], first_hard + used_hard - 1);
            } else {
                host(&mut self.network, self.doors[0][team], hosts[0][team]);
            }
            if self.doors[1][team] == NONE {
                continue;
            }
            if by_hard || used_hard == steps_hard {
                host(&mut self.network, self.doors[1][team], hosts[1][team]);
            } else {
                self.network.root(self.doors[1][team], first_hard + used_hard);
            }
        }
        for commune in 0..grid.wanted.len() {
            let left = grid.wanted[commune] as usize - start.chosen[commune].len();
            self.network.put(self.overflow[commune], i32::try_from(left).unwrap_or(i32::MAX));
            let single = grid.wanted[commune] == 1 && left == 0;
            let arc = match (hosting[commune] || left > 0, single) {
                (true, _) => None,
                (false, true) => own[commune],
                (false, false) => spare[commune],
            };
            self.network.root(commune as u32 + 1, arc.unwrap_or(self.overflow[commune]));
        }
        self.network.ready();
    }

    /// The plan of least cost; among equally cheap ones that with the least sum of `second`.
    pub fn solve(mut self, second: impl Fn(usize, usize) -> i64) -> Solution {
        self.network.solve();
        while self.price_out(false) {
            self.network.solve();
        }
        self.price_out(true);
        let flow = self.network.among_optima(|arc| {
            let Some(at) = arc.checked_sub(self.before) else { return 0 };
            let pair = self.pairs[at as usize];
            second(self.grid.commune_of(pair), pair)
        });
        let arcs = (self.before as usize..).zip(&self.pairs);
        let mut chosen: Vec<usize> =
            arcs.filter(|(arc, _)| flow[*arc] > 0).map(|(_, pair)| *pair).collect();
        chosen.sort_unstable();
        let price = |node: &u32| (*node != NONE).then(|| self.network.price(*node));
        Solution {
            chosen,
            commune_prices: (1..)
                .take(self.overflow.len())
                .map(|n| self.network.price(n))
                .collect(),
            team_prices: self.doors[0].iter().map(price).collect(),
        }
    }

    /// Adds pairs by which cost would fall at the present prices; with `tight` all those that could
    /// be swapped in at no cost. Whether there were any.
    fn price_out(&mut self, tight: bool) -> bool {
        let dear = i64::MAX / 4;
        let prices = [0, 1].map(|kind: usize| -> Vec<i64> {
            let door = |node: &u32| if *node == NONE { dear } else { self.network.price(*node) };
            self.doors[kind].iter().map(door).collect()
        });
        let most = if tight { usize::MAX } else { MORE };
        let mut found: Vec<(i64, usize)> = Vec::new();
        let mut any = false;
        for commune in 0..self.grid.wanted.len() {
            let prices = &prices[usize::from(self.grid.hard[commune])];
            let price = self.network.price(commune as u32 + 1) + i64::from(tight);
            let row = self.grid.row(commune);
            let pairs = self.grid.team[row.clone()].iter().zip(&self.grid.cost[row.clone()]);
            for (pair, (team, cost)) in row.zip(pairs) {
                let reduced = cost + prices[*team as usize] - price;
                if reduced < 0 && !self.inside[pair] {
                    found.push((reduced, pair));
                }
            }
            any |= !found.is_empty();
            found.sort_unstable();
            for (_, pair) in found.drain(..).take(most) {
                self.enter(commune, pair);
            }
            found.clear();
        }
        any
    }
}
