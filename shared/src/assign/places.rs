//! How many communes each team has, and what one more or one less changes.

use super::grid::Grid;

/// Loads while a plan is being made. Their cost is convex in the number of communes, and apart from
/// that in the number of hard ones.
#[derive(Clone)]
pub(super) struct Places<'g> {
    grid: &'g Grid<'g>,
    /// Communes of each team.
    pub count: Vec<u32>,
    /// Hard communes of each team.
    pub hard: Vec<u32>,
}

impl<'g> Places<'g> {
    /// The required pairs only.
    pub fn new(grid: &'g Grid<'g>) -> Self {
        let [count, hard] = grid.taken.clone();
        Places { grid, count, hard }
    }

    /// What the commune after the first `count` costs a team.
    pub fn step(grid: &Grid, team: usize, count: u32) -> i64 {
        let (weights, offer) = (&grid.instance.weights, &grid.instance.offers[team]);
        let fills = if count < offer.min { weights.below_min } else { 0 };
        weights.load * (2 * i64::from(count) + 1) - fills
    }

    /// What the hard commune after the first `count` costs a team besides.
    pub fn hard_step(grid: &Grid, count: u32) -> i64 {
        grid.instance.weights.hardest * i64::from(count)
    }

    /// What one more commune would cost the team; `None` if it is full.
    pub fn adds(&self, team: u32, hard: bool) -> Option<i64> {
        let at = team as usize;
        let room = self.count[at] < self.grid.instance.offers[at].max;
        let hard = if hard { Places::hard_step(self.grid, self.hard[at]) } else { 0 };
        room.then(|| Places::step(self.grid, at, self.count[at]) + hard)
    }

    /// What the team's last commune costs, hence what giving one up saves.
    pub fn saves(&self, team: u32, hard: bool) -> i64 {
        let at = team as usize;
        let hard =
            if hard { Places::hard_step(self.grid, self.hard[at].saturating_sub(1)) } else { 0 };
        Places::step(self.grid, at, self.count[at].saturating_sub(1)) + hard
    }

    /// Gives the team a commune.
    pub fn take(&mut self, team: u32, hard: bool) {
        self.count[team as usize] += 1;
        self.hard[team as usize] += u32::from(hard);
    }

    /// Takes a commune from the team.
    pub fn leave(&mut self, team: u32, hard: bool) {
        self.count[team as usize] -= 1;
        self.hard[team as usize] -= u32::from(hard);
    }

    /// What all loads cost: weight · n², `hardest` for every two hard communes of one team, and what
    /// teams have too few.
    pub fn cost(&self) -> i64 {
        let weights = &self.grid.instance.weights;
        let teams = self.grid.instance.offers.iter().zip(self.count.iter().zip(&self.hard));
        teams
            .map(|(offer, (count, hard))| {
                let (n, h) = (i64::from(*count), i64::from(*hard));
                let low = (i64::from(offer.min) - n).max(0);
                weights.load * n * n + weights.hardest * h * (h - 1) / 2 + weights.below_min * low
            })
            .sum()
    }
}
