//! Assigning helper teams to communes: the best plan for stated weights, and why it is the best.
//!
//! # The model
//!
//! Every commune wants a number of teams (for the lead team: one), every team takes a number of
//! communes between a least and a most. A plan's cost is a whole number of points:
//!
//! * for every pair: its distance in units of 100 m; 150 for each open criterion of the commune the
//!   team is not strong in; −120 if the pair exists already;
//! * for every team with n communes: 10·n², so that the m-th commune adds 10·(2m − 1) and load is
//!   spread;
//! * 100,000 for every place left unfilled, and 20,000 for every commune a team has too few.
//!
//! All these numbers are data ([`Weights`]). Pairs may be required or forbidden, and pairs farther
//! apart than a largest distance are not considered unless required. The unfilled places make every
//! consistent instance solvable: a shortage is reported, not an error.
//!
//! # The solution
//!
//! This is a minimum cost flow with whole-number optima: commune → team → sink, one unit arc of
//! rising cost for each place a team has, one overflow arc per commune. [`plan()`] solves it exactly
//! by the primal network simplex method on 64-bit integers ([`network`]). Equal optima are told
//! apart by a second stage: keeping only arcs of reduced cost zero free (all optimal plans live on
//! them), it minimises the sum, over the pairs, of the first 40 bits of SHA-256
//! (`ntm-tie-1|COMMUNE|TEAM`). The plan therefore depends on the ids and the numbers alone, not on
//! the order in which communes and teams are listed.
//!
//! The prices (dual values) of the first stage explain the plan: [`explain()`] gives every team's
//! cost for a commune and at least how many points more the whole plan would cost with it.

mod cost;
mod explain;
mod instance;
pub mod network;
mod plan;
mod reference;

pub use cost::{CostParts, Site};
pub use explain::{Choice, Explanation, Standing, explain};
pub use instance::{Contradiction, Instance, Need, Offer, Weights};
pub use plan::{Load, Pair, Plan, Unfilled, plan};

#[cfg(test)]
mod tests;
