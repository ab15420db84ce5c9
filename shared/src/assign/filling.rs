//! How many places can be filled at all, whatever it costs: a largest flow, found from a plan by
//! alternating paths. Much quicker than the cheapest plan, so that many changes of the question can be
//! tried.

use std::collections::{BTreeSet, VecDeque};

use super::grid::Grid;
use super::plan::Plan;

/// Who can help whom, and who does in a plan.
pub(super) struct Filling<'g> {
    grid: &'g Grid<'g>,
    /// Pairs of the plan that are in rows, by commune.
    start: Vec<Vec<usize>>,
}

impl<'g> Filling<'g> {
    pub fn new(grid: &'g Grid<'g>, plan: &Plan) -> Self {
        let (needs, offers) = (&grid.instance.needs, &grid.instance.offers);
        let mut start = vec![Vec::new(); needs.len()];
        for pair in &plan.pairs {
            let need = needs.binary_search_by(|need| need.id.cmp(&pair.commune));
            let offer = offers.binary_search_by(|offer| offer.id.cmp(&pair.team));
            let (Ok(need), Ok(offer)) = (need, offer) else { continue };
            let row = grid.row(need);
            let at = u32::try_from(offer).ok();
            let at = at.and_then(|at| grid.team[row.clone()].binary_search(&at).ok());
            start[need].extend(at.map(|at| row.start + at));
        }
        Filling { grid, start }
    }

    /// Places that stay empty, or so many as soon as they are no more than `enough`: with these places
    /// of teams, required pairs included, and over pairs that are `open`.
    pub fn empty(&self, most: &[u32], open: &dyn Fn(usize) -> bool, enough: u64) -> u64 {
        let grid = self.grid;
        let room = |team: usize| most[team].saturating_sub(grid.taken[0][team]) as usize;
        let mut mine: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); grid.wanted.len()];
        let mut theirs: Vec<Vec<usize>> = vec![Vec::new(); most.len()];
        for (commune, pairs) in self.start.iter().enumerate() {
            for pair in pairs.iter().filter(|pair| open(**pair)) {
                let team = grid.team[*pair] as usize;
                let fits = mine[commune].len() < grid.wanted[commune] as usize;
                if fits && theirs[team].len() < room(team) {
                    mine[commune].insert(*pair);
                    theirs[team].push(*pair);
                }
            }
        }
        let left = |mine: &BTreeSet<usize>, commune: usize| {
            (grid.wanted[commune] as usize).saturating_sub(mine.len()) as u64
        };
        let mut empty: u64 = mine.iter().enumerate().map(|(at, mine)| left(mine, at)).sum();
        // What a search in vain has seen leads nowhere, now and later.
        let mut dead = vec![false; most.len()];
        for commune in 0..grid.wanted.len() {
            while empty > enough && left(&mine[commune], commune) > 0 {
                let Some(path) = self.path(commune, &mine, &theirs, &room, open, &mut dead) else {
                    break;
                };
                for (taken, given) in path {
                    if let Some(given) = given {
                        mine[grid.commune_of(given)].remove(&given);
                        theirs[grid.team[given] as usize].retain(|pair| *pair != given);
                    }
                    mine[grid.commune_of(taken)].insert(taken);
                    theirs[grid.team[taken] as usize].push(taken);
                }
                empty -= 1;
            }
        }
        empty
    }

    /// A way to one place more for a commune: pairs that come, each with the pair of the same team
    /// that another commune gives up for it; the last one needs none.
    fn path(
        &self,
        commune: usize,
        mine: &[BTreeSet<usize>],
        theirs: &[Vec<usize>],
        room: &dyn Fn(usize) -> usize,
        open: &dyn Fn(usize) -> bool,
        dead: &mut [bool],
    ) -> Option<Vec<(usize, Option<usize>)>> {
        let grid = self.grid;
        // How each team was reached: the pair, and the pair its commune would give up for it.
        let mut reached: Vec<Option<(usize, Option<usize>)>> = vec![None; theirs.len()];
        let mut todo: VecDeque<(usize, Option<usize>)> = VecDeque::from([(commune, None)]);
        while let Some((from, gives)) = todo.pop_front() {
            for pair in grid.row(from) {
                let team = grid.team[pair] as usize;
                if dead[team]
                    || reached[team].is_some()
                    || mine[from].contains(&pair)
                    || !open(pair)
                {
                    continue;
                }
                reached[team] = Some((pair, gives));
                if theirs[team].len() < room(team) {
                    return Some(traced(grid, &reached, team));
                }
                todo.extend(theirs[team].iter().map(|held| (grid.commune_of(*held), Some(*held))));
            }
        }
        for (team, reached) in reached.iter().enumerate() {
            dead[team] |= reached.is_some();
        }
        None
    }
}

/// From the last team back to the first commune.
fn traced(
    grid: &Grid,
    reached: &[Option<(usize, Option<usize>)>],
    last: usize,
) -> Vec<(usize, Option<usize>)> {
    let mut path = Vec::new();
    let mut at = Some(last);
    while let Some((taken, given)) = at.and_then(|team| reached[team]) {
        path.push((taken, given));
        at = given.map(|given| grid.team[given] as usize);
    }
    path
}
