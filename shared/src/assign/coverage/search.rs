//! A plan of the coverage model, and how it gets better by small changes.

use crate::assign::grid::Grid;
use crate::assign::places::Places;

use super::choose::Chooser;

/// A plan under way: the pairs of each commune, ascending, and the loads.
#[derive(Clone)]
pub(super) struct Draft<'g> {
    pub grid: &'g Grid<'g>,
    pub chosen: Vec<Vec<u32>>,
    pub places: Places<'g>,
}

impl<'g> Draft<'g> {
    /// Nobody helps anybody but who must.
    pub fn new(grid: &'g Grid<'g>) -> Self {
        Draft { grid, chosen: vec![Vec::new(); grid.wanted.len()], places: Places::new(grid) }
    }

    /// The draft of chosen pairs.
    pub fn of(grid: &'g Grid<'g>, pairs: &[usize]) -> Self {
        let mut draft = Draft::new(grid);
        for pair in pairs {
            let commune = grid.commune_of(*pair);
            draft.chosen[commune].push(*pair as u32);
            draft.places.take(grid.team[*pair], grid.hard[commune]);
        }
        draft
    }

    /// What the communes' sets cost, loads and required pairs left out.
    pub fn commune_cost(&self, commune: usize, set: &[u32]) -> i64 {
        let grid = self.grid;
        let (mut cost, mut covered) = (0, 0);
        for pair in set {
            cost += grid.cost[*pair as usize];
            covered |= grid.covers[*pair as usize];
        }
        let bare = (grid.open[commune] & !covered).count_ones();
        let empty = i64::from(grid.wanted[commune]) - set.len() as i64;
        cost + grid.instance.weights.missing * i64::from(bare) + grid.unfilled(commune) * empty
    }

    /// Points, required pairs' own costs left out.
    pub fn cost(&self) -> i64 {
        let sets = self.chosen.iter().enumerate();
        sets.map(|(commune, set)| self.commune_cost(commune, set)).sum::<i64>() + self.places.cost()
    }

    /// Gives a commune another set.
    pub fn set(&mut self, commune: usize, set: Vec<u32>) {
        let hard = self.grid.hard[commune];
        let before = std::mem::replace(&mut self.chosen[commune], set);
        before.iter().for_each(|p| self.places.leave(self.grid.team[*p as usize], hard));
        let now = &self.chosen[commune];
        now.iter().for_each(|p| self.places.take(self.grid.team[*p as usize], hard));
    }

    /// Every commune chooses at the given prices among the teams that still have room; those that
    /// lose most by coming late choose first.
    pub fn by_prices(grid: &'g Grid<'g>, price: &[Vec<i64>; 2], scale: i64) -> Self {
        let mut chooser = Chooser::default();
        let mut draft = Draft::new(grid);
        let of = |commune: usize, pair: usize| {
            let team = grid.team[pair] as usize;
            price[0][team] + if grid.hard[commune] { price[1][team] } else { 0 }
        };
        let mut order: Vec<(i64, usize)> = Vec::new();
        for commune in 0..grid.wanted.len() {
            let best = chooser.choose(grid, commune, scale, |pair| Some(of(commune, pair))).value;
            let chosen = chooser.chosen().to_vec();
            let without =
                |pair: usize| (!chosen.contains(&(pair as u32))).then(|| of(commune, pair));
            let other = chooser.choose(grid, commune, scale, without).value;
            order.push((best - other, commune));
        }
        order.sort_unstable();
        for (_, commune) in order {
            let hard = grid.hard[commune];
            let price =
                |pair: usize| draft.places.adds(grid.team[pair], hard).map(|_| of(commune, pair));
            chooser.choose(grid, commune, scale, price);
            draft.set(commune, chooser.chosen().to_vec());
        }
        draft
    }

    /// Lets one commune after another choose its best set at what loads really cost, until none
    /// gains.
    pub fn settle(&mut self, chooser: &mut Chooser) {
        for _ in 0..50 {
            let mut better = false;
            for commune in 0..self.grid.wanted.len() {
                better |= self.improve(commune, chooser);
            }
            if !better {
                break;
            }
        }
    }

    fn improve(&mut self, commune: usize, chooser: &mut Chooser) -> bool {
        let hard = self.grid.hard[commune];
        let before = self.chosen[commune].clone();
        let saved: i64 =
            before.iter().map(|pair| self.places.saves(self.grid.team[*pair as usize], hard)).sum();
        let now = self.commune_cost(commune, &before) + saved;
        self.set(commune, Vec::new());
        let price = |pair: usize| self.places.adds(self.grid.team[pair], hard);
        let choice = chooser.choose(self.grid, commune, 1, price);
        let better = choice.value < now;
        let set = if better { chooser.chosen().to_vec() } else { before };
        self.set(commune, set);
        better
    }
}
