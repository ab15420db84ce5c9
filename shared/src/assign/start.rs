//! A good plan to start from: every commune takes its cheapest teams, a few times over.

use super::grid::Grid;
use super::places::Places;

/// How often every commune chooses again.
const ROUNDS: usize = 4;

/// Which pairs of the rows a plan has, by commune.
pub(super) struct Start<'g> {
    /// Places of the chosen pairs in the lists of pairs.
    pub chosen: Vec<Vec<usize>>,
    /// The loads that come of it.
    pub places: Places<'g>,
}

impl<'g> Start<'g> {
    /// In the pairwise model.
    pub fn new(grid: &'g Grid<'g>) -> Self {
        let mut start =
            Start { chosen: vec![Vec::new(); grid.wanted.len()], places: Places::new(grid) };
        for _ in 0..ROUNDS {
            let mut changed = false;
            for commune in 0..grid.wanted.len() {
                changed |= start.choose(grid, commune);
            }
            if !changed {
                break;
            }
        }
        start
    }

    /// Lets a commune choose anew; whether that changed anything.
    fn choose(&mut self, grid: &Grid, commune: usize) -> bool {
        let (wanted, hard) = (grid.wanted[commune] as usize, grid.hard[commune]);
        let before = std::mem::take(&mut self.chosen[commune]);
        before.iter().for_each(|pair| self.places.leave(grid.team[*pair], hard));
        let mut best: Vec<(i64, usize)> = Vec::with_capacity(wanted + 1);
        let mut limit = grid.unfilled(commune);
        for pair in grid.row(commune) {
            let Some(load) = self.places.adds(grid.team[pair], hard) else { continue };
            let cost = grid.cost[pair] + load;
            if cost >= limit {
                continue;
            }
            let at = best.partition_point(|known| known.0 <= cost);
            best.insert(at, (cost, pair));
            best.truncate(wanted);
            if best.len() == wanted {
                limit = best[wanted - 1].0;
            }
        }
        let mut chosen: Vec<usize> = best.into_iter().map(|(_, pair)| pair).collect();
        chosen.sort_unstable();
        chosen.iter().for_each(|pair| self.places.take(grid.team[*pair], hard));
        let changed = chosen != before;
        self.chosen[commune] = chosen;
        changed
    }
}
