//! Lagrangian prices: teams' places are sold instead of counted. For any prices the communes' best
//! sets and the teams' best loads together cost at most what the best plan costs (a bound), and good
//! prices point to good plans. Prices rise where more is asked than offered (subgradient method;
//! Held and Karp 1971, steps after Polyak, direction after Camerini, Fratta and Maffioli 1975).

use crate::assign::grid::Grid;
use crate::assign::places::Places;

use super::choose::Chooser;

/// Parts of a point that prices are counted in, so that sums are exact.
pub(super) const SCALE: i64 = 256;
/// Steps without a better bound before steps get shorter.
const PATIENCE: u32 = 12;
const DEFLECT: f64 = 1.5;

/// Prices of teams' places, and of places for hard communes besides, in parts of a point.
pub(super) struct Prices<'g> {
    grid: &'g Grid<'g>,
    /// Teams' ladders: the costs of their further communes, in parts of a point.
    ladders: [Vec<Vec<i64>>; 2],
    price: [Vec<f64>; 2],
    direction: [Vec<f64>; 2],
    /// What required pairs cost, and loads before anything else is given out.
    fixed: i64,
    /// The prices of the best bound, rounded.
    pub best: [Vec<i64>; 2],
    /// The best bound so far, in parts of a point.
    pub bound: i64,
    theta: f64,
    stale: u32,
    chooser: Chooser,
}

impl<'g> Prices<'g> {
    /// Starts from prices of teams' places in points.
    pub fn new(grid: &'g Grid<'g>, start: &[Option<i64>], fixed: i64) -> Self {
        let teams = grid.instance.offers.len();
        let mut candidates = [vec![0_u32; teams], vec![0_u32; teams]];
        for commune in 0..grid.wanted.len() {
            for pair in grid.row(commune) {
                candidates[0][grid.team[pair] as usize] += 1;
                candidates[1][grid.team[pair] as usize] += u32::from(grid.hard[commune]);
            }
        }
        let ladder = |kind: usize, team: usize| -> Vec<i64> {
            let taken = grid.taken[kind][team];
            let room = grid.instance.offers[team].max - grid.taken[0][team];
            let steps = taken..taken + candidates[kind][team].min(room);
            let cost = |count| match kind {
                0 => Places::step(grid, team, count),
                _ => Places::hard_step(grid, count),
            };
            steps.map(|count| cost(count) * SCALE).collect()
        };
        let ladders = [0, 1].map(|kind| (0..teams).map(|team| ladder(kind, team)).collect());
        let price: Vec<f64> =
            start.iter().map(|price| (price.unwrap_or(0) * SCALE) as f64).collect();
        let zero = vec![0.0; teams];
        Prices {
            grid,
            ladders,
            best: [price.iter().map(|p| *p as i64).collect(), vec![0; teams]],
            price: [price, zero.clone()],
            direction: [zero.clone(), zero],
            fixed: (fixed + Places::new(grid).cost()) * SCALE,
            bound: i64::MIN,
            theta: 1.0,
            stale: 0,
            chooser: Chooser::default(),
        }
    }

    /// Whether steps have become too short to matter.
    pub fn is_done(&self) -> bool {
        self.theta < 1e-4
    }

    /// Evaluates the prices and moves them towards `target`, the points of a known plan; whether
    /// the bound rose.
    #[expect(clippy::cast_possible_truncation, reason = "prices are far below 2^53")]
    pub fn step(&mut self, target: i64) -> bool {
        let grid = self.grid;
        let teams = grid.instance.offers.len();
        let price = [0, 1].map(|kind: usize| -> Vec<i64> {
            self.price[kind].iter().map(|p| p.round() as i64).collect()
        });
        let mut lack = [vec![0_i32; teams], vec![0_i32; teams]];
        let mut value = self.fixed;
        for commune in 0..grid.wanted.len() {
            let hard = grid.hard[commune];
            let of = |pair: usize| {
                let team = grid.team[pair] as usize;
                Some(price[0][team] + if hard { price[1][team] } else { 0 })
            };
            value += self.chooser.choose(grid, commune, SCALE, of).bound;
            for pair in self.chooser.chosen() {
                let team = grid.team[*pair as usize] as usize;
                lack[0][team] += 1;
                lack[1][team] += i32::from(hard);
            }
        }
        for kind in 0..2 {
            for team in 0..teams {
                for cost in &self.ladders[kind][team] {
                    let gain = cost - price[kind][team];
                    if gain >= 0 {
                        break;
                    }
                    value += gain;
                    lack[kind][team] -= 1;
                }
            }
        }
        let better = value > self.bound;
        if better {
            (self.bound, self.best, self.stale) = (value, price, 0);
        } else {
            self.stale += 1;
            if self.stale >= PATIENCE {
                (self.theta, self.stale) = (self.theta * 0.6, 0);
            }
        }
        self.turn(&lack, (target * SCALE - value).max(SCALE) as f64);
        better
    }

    /// Moves the prices along the lack, deflected so as not to run to and fro.
    fn turn(&mut self, lack: &[Vec<i32>; 2], gap: f64) {
        let (mut along, mut square) = (0.0, 0.0);
        let all = || (0..2).flat_map(|kind| (0..lack[0].len()).map(move |team| (kind, team)));
        for (kind, team) in all() {
            let before = self.direction[kind][team];
            along += before * f64::from(lack[kind][team]);
            square += before * before;
        }
        let keep = if along < 0.0 && square > 0.0 { -DEFLECT * along / square } else { 0.0 };
        let mut length = 0.0;
        for (kind, team) in all() {
            let turned = f64::from(lack[kind][team]) + keep * self.direction[kind][team];
            self.direction[kind][team] = turned;
            length += turned * turned;
        }
        if length > 0.0 {
            let step = self.theta * gap / length;
            for (kind, team) in all() {
                self.price[kind][team] += step * self.direction[kind][team];
            }
        }
    }
}
