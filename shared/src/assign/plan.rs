//! From an instance to the plan of least cost.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::contradiction::Contradiction;
use super::cost::{Beside, CostParts};
use super::coverage::cover;
use super::grid::Grid;
use super::instance::Instance;
use super::model::Model;
use super::sized::sized;

/// How missing criteria count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// For every pair whose team is not strong in an open criterion. Solved to the optimum.
    #[default]
    Pairwise,
    /// Once for every open criterion of a commune that none of its teams is strong in. The same
    /// where communes want one team; else solved to within [`Plan::bound`].
    Coverage,
}

/// A plan of least cost. Lists are sorted by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How missing criteria were counted.
    pub kind: Kind,
    /// Points of the whole plan: the totals of all pairs and that of [`Plan::beside`], no more and no
    /// less.
    pub objective: i64,
    /// What it costs beside its pairs.
    pub beside: Beside,
    /// Proven: no plan has fewer points.
    pub bound: i64,
    /// Who helps whom.
    pub pairs: Vec<Pair>,
    /// Communes that get fewer teams than they want.
    pub unfilled: Vec<Unfilled>,
    /// Coverage model: open criteria that none of the commune's teams is strong in.
    pub uncovered: Vec<Uncovered>,
    /// Every team's load.
    pub loads: Vec<Load>,
    /// What one more place in each commune would cost the plan, at the margin, in points (dual
    /// values): the commune's side of the proof that no plan is better. Communes whose places are all
    /// taken by required pairs have none.
    pub commune_prices: BTreeMap<String, i64>,
}

/// A commune and a team that helps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Unit id of the commune.
    pub commune: String,
    /// Id of the team.
    pub team: String,
    /// Whether the pair was required.
    pub required: bool,
    /// What it costs; the load is the pair's equal share, or its share by size. In the coverage model
    /// missing criteria are named but cost nothing here: [`Beside::uncovered`] counts them.
    pub cost: CostParts,
}

/// A commune that lacks teams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfilled {
    /// Unit id of the commune.
    pub commune: String,
    /// How many teams are missing, at least 1.
    pub missing: u32,
}

/// Open criteria of a commune that no team of its own covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncovered {
    /// Unit id of the commune.
    pub commune: String,
    /// Numbers of the criteria.
    pub criteria: Vec<u16>,
}

/// What a team has to do in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Id of the team.
    pub team: String,
    /// How many communes it gets.
    pub communes: u32,
    /// How many of them are among the hardest.
    pub hard: u32,
    /// The fewest it should have.
    pub min: u32,
    /// The most it can have.
    pub max: u32,
    /// What a place of this team costs at the margin, in points (dual value); `None` if required
    /// pairs fill it.
    pub price: Option<i64>,
    /// The sum of its communes' sizes, where loads are counted by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// The plan of least cost in the pairwise model, or why the instance has no meaning. The same
/// instance in any order gives the same plan.
///
/// # Errors
/// [`Instance::contradictions`].
pub fn plan(instance: &Instance) -> Result<Plan, Vec<Contradiction>> {
    plan_as(instance, Kind::Pairwise)
}

/// Different open criteria that the coverage model can tell apart; official sets have about 20.
const MOST_CRITERIA: usize = 64;

/// The best plan in a model; see [`Kind`].
///
/// # Errors
/// [`Instance::contradictions`]; in the coverage model `too_many_criteria`.
pub fn plan_as(instance: &Instance, kind: Kind) -> Result<Plan, Vec<Contradiction>> {
    let contradictions = instance.contradictions();
    if !contradictions.is_empty() {
        return Err(contradictions);
    }
    let sorted = instance.sorted();
    if !sorted.sizes.is_empty() {
        return Ok(sized(&sorted));
    }
    let single = sorted.needs.iter().all(|n| n.wanted <= 1);
    if kind == Kind::Coverage {
        let criteria: BTreeSet<u16> = sorted.needs.iter().flat_map(|n| n.open.clone()).collect();
        if criteria.len() > MOST_CRITERIA {
            return Err(vec![Contradiction::too_many_criteria(MOST_CRITERIA)]);
        }
        if !single {
            return Ok(cover(&sorted));
        }
    }
    let (grid, solution) = pairwise(&sorted);
    let mut plan = Plan::of(&grid, &solution.chosen, &solution);
    if kind == Kind::Coverage {
        // A commune without a team has nobody to cover anything: the models differ in that constant
        // only if it stays empty, which the general way settles.
        if !plan.unfilled.is_empty() {
            return Ok(cover(&sorted));
        }
        plan.count_once(&sorted);
        plan.bound = plan.objective;
    }
    Ok(plan)
}

/// Solves the pairwise model of an instance in order.
pub(super) fn pairwise(sorted: &Instance) -> (Grid<'_>, super::model::Solution) {
    let grid = Grid::new(sorted, false);
    let solution = Model::new(&grid).solve(|commune, pair| {
        tie_break(&sorted.needs[commune].id, &sorted.offers[grid.team[pair] as usize].id)
    });
    (grid, solution)
}

/// The first 40 bits of a hash of both ids.
pub(super) fn tie_break(commune: &str, team: &str) -> i64 {
    let hash = Sha256::digest(format!("ntm-tie-1|{commune}|{team}"));
    hash[..5].iter().fold(0, |bits, byte| bits << 8 | i64::from(*byte))
}

impl Plan {
    /// The plan of chosen pairs of the rows, with the pairwise model's prices. It is of the pairwise
    /// model, and its own bound.
    pub(super) fn of(grid: &Grid, chosen: &[usize], prices: &super::model::Solution) -> Plan {
        let Instance { needs, offers, weights, .. } = grid.instance;
        let free =
            chosen.iter().map(|pair| (grid.commune_of(*pair) as u32, grid.team[*pair], false));
        let mut chosen: Vec<(u32, u32, bool)> =
            free.chain(grid.fixed.iter().map(|(n, o)| (*n, *o, true))).collect();
        chosen.sort_unstable();
        let (mut load, mut hard) = (vec![0_u32; offers.len()], vec![0_u32; offers.len()]);
        let mut filled = vec![0_u32; needs.len()];
        for (need, offer, _) in &chosen {
            load[*offer as usize] += 1;
            hard[*offer as usize] += u32::from(grid.hard[*need as usize]);
            filled[*need as usize] += 1;
        }
        let pair = |(need, offer, required): (u32, u32, bool)| {
            let share = weights.load * i64::from(load[offer as usize]);
            let (need, offer) = (&needs[need as usize], &offers[offer as usize]);
            let cost = CostParts::of(grid.instance, need, offer, share).unwrap_or_default();
            Pair { commune: need.id.clone(), team: offer.id.clone(), required, cost }
        };
        let pairs: Vec<Pair> = chosen.iter().copied().map(pair).collect();
        let (mut unfilled, mut lacking) = (Vec::new(), 0);
        for (need, filled) in needs.iter().zip(&filled) {
            let missing = need.wanted - filled;
            lacking += grid.instance.unfilled(need) * i64::from(missing);
            if missing > 0 {
                unfilled.push(Unfilled { commune: need.id.clone(), missing });
            }
        }
        let loads: Vec<Load> = (0..offers.len())
            .map(|at| Load {
                team: offers[at].id.clone(),
                communes: load[at],
                hard: hard[at],
                min: offers[at].min,
                max: offers[at].max,
                price: prices.team_prices[at],
                size: None,
            })
            .collect();
        let low: i64 = loads.iter().map(|l| i64::from(l.min.saturating_sub(l.communes))).sum();
        let hard: i64 = hard.iter().map(|h| i64::from(*h) * (i64::from(*h) - 1) / 2).sum();
        let beside = Beside {
            uncovered: 0,
            unfilled: lacking,
            below_min: weights.below_min * low,
            hardest: weights.hardest * hard,
        };
        let objective = pairs.iter().map(|p| p.cost.total()).sum::<i64>() + beside.total();
        let open = |((need, price), wanted): ((&super::Need, &i64), &u32)| {
            (*wanted > 0).then(|| (need.id.clone(), *price))
        };
        let prices = needs.iter().zip(&prices.commune_prices).zip(&grid.wanted);
        Plan {
            kind: Kind::Pairwise,
            objective,
            beside,
            bound: objective,
            commune_prices: prices.filter_map(open).collect(),
            pairs,
            unfilled,
            uncovered: Vec::new(),
            loads,
        }
    }

    /// Turns the plan into one of the coverage model: criteria cost once where nobody covers them.
    pub(super) fn count_once(&mut self, instance: &Instance) {
        self.kind = Kind::Coverage;
        for pair in &mut self.pairs {
            self.objective -= pair.cost.missing;
            pair.cost.missing = 0;
        }
        for need in &instance.needs {
            let mut open: BTreeSet<u16> = need.open.clone();
            let first = self.pairs.partition_point(|p| p.commune < need.id);
            for pair in self.pairs[first..].iter().take_while(|p| p.commune == need.id) {
                open.retain(|criterion| pair.cost.missing_criteria.contains(criterion));
            }
            if !open.is_empty() {
                let criteria: Vec<u16> = open.into_iter().collect();
                let count = i64::try_from(criteria.len()).unwrap_or(i64::MAX);
                let points = instance.weights.missing * count;
                self.objective += points;
                self.beside.uncovered += points;
                self.uncovered.push(Uncovered { commune: need.id.clone(), criteria });
            }
        }
    }

    /// How far the plan may be from the best, in parts of the bound; 0 for an optimum.
    pub fn gap(&self) -> f64 {
        if self.objective == self.bound {
            return 0.0;
        }
        (self.objective - self.bound) as f64 / self.bound.abs().max(1) as f64
    }
}
