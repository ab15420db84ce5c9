//! The coverage model: an open criterion of a commune costs once, if none of its teams is strong in
//! it. With several teams for a commune that is no flow any more. Prices give a proven bound and
//! good drafts, small changes make them better.

mod choose;
mod cycles;
mod prices;
mod search;

use super::grid::Grid;
use super::instance::Instance;
use super::plan::{Plan, pairwise};
use choose::Chooser;
use cycles::exchange;
use prices::{Prices, SCALE};
use search::Draft;

/// Most steps of the prices.
const STEPS: u32 = 1_000;
/// Steps between two drafts.
const EVERY: u32 = 25;

/// The best plan found for an instance in order and free of contradictions, with its bound.
pub(super) fn cover(sorted: &Instance) -> Plan {
    let (flow, solution) = pairwise(sorted);
    let mut plan = Plan::of(&flow, &solution.chosen, &solution);
    plan.count_once(sorted);
    let grid = Grid::new(sorted, true);
    let mut chooser = Chooser::default();
    // The rows have the same pairs in both models.
    let mut best = Draft::of(&grid, &solution.chosen);
    let fixed = plan.objective - best.cost();
    best.settle(&mut chooser);
    exchange(&mut best, 200);
    let mut least = best.cost();

    let mut prices = Prices::new(&grid, &solution.team_prices, fixed);
    let proven = |prices: &Prices| {
        prices.bound.div_euclid(SCALE) + i64::from(prices.bound.rem_euclid(SCALE) > 0)
    };
    let mut drawn = i64::MIN;
    for step in 1..=STEPS {
        prices.step(least + fixed);
        let last = step == STEPS || prices.is_done() || proven(&prices) >= least + fixed;
        if (step % EVERY == 0 || last) && prices.bound > drawn {
            drawn = prices.bound;
            let mut draft = Draft::by_prices(&grid, &prices.best, SCALE);
            draft.settle(&mut chooser);
            while exchange(&mut draft, 200) {
                draft.settle(&mut chooser);
            }
            if draft.cost() < least {
                least = draft.cost();
                best = draft;
            }
        }
        if last {
            break;
        }
    }
    let chosen: Vec<usize> = best.chosen.iter().flatten().map(|pair| *pair as usize).collect();
    let mut plan = Plan::of(&grid, &chosen, &solution);
    plan.count_once(sorted);
    plan.bound = proven(&prices).min(plan.objective);
    plan
}
