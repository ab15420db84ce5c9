//! Assigning helper teams to communes: the best plan for stated weights, and why it is the best.
//!
//! # The model
//!
//! Every commune wants a number of teams (for the lead team: one), every team takes a number of
//! communes between a least and a most. A plan's cost is a whole number of points:
//!
//! * for every pair: its distance in units of 100 m; −120 if the pair exists already; 60 if the team
//!   speaks none of the commune's languages;
//! * 150 for each open criterion of the commune that the team is not strong in: for every pair, or
//!   once if none of the commune's teams is ([`Kind`]);
//! * for every team with n communes: 10·n², so that the m-th commune adds 10·(2m − 1) and load is
//!   spread; and 300 for every two of the hardest communes with one team;
//! * 100,000 for every place left unfilled (more where a commune has priority), and 20,000 for every
//!   commune a team has too few.
//!
//! All these numbers are data ([`Weights`]). Pairs may be required or forbidden, and pairs farther
//! apart than a largest distance are not considered unless required. The unfilled places make every
//! consistent instance solvable: a shortage is reported, not an error ([`shortages`] says why).
//! Which of a commune's teams leads is settled afterwards. Loads are counted in communes, or by the
//! communes' sizes ([`Instance::sizes`]): then the flow's plan is improved by exchanges, and a bound says
//! how far it may be from the best.
//!
//! # The solution
//!
//! With criteria counted for every pair this is a minimum cost flow with whole-number optima:
//! commune → team → sink, one unit arc of rising cost for each place a team has, one overflow arc
//! per commune. [`plan()`] solves it exactly by the primal network simplex method on 64-bit integers
//! ([`network`]), from a greedy start, on promising pairs first; prices bring in the others. Equal
//! optima are told apart by a second stage: keeping only arcs of reduced cost zero free (all optimal
//! plans live on them), it minimises the sum, over the pairs, of the first 40 bits of SHA-256
//! (`ntm-tie-1|COMMUNE|TEAM`). The plan therefore depends on the ids and the numbers alone, not on
//! the order in which communes and teams are listed.
//!
//! With criteria counted once ([`plan_as`]) the problem is hard where communes want several teams.
//! Lagrangian prices of teams' places give a bound that no plan can beat, and drafts that cyclic
//! exchanges improve; the plan says how far it may be from the best ([`Plan::gap`]).
//!
//! The prices (dual values) explain the plan: [`explain()`] gives every team's cost for a commune and
//! at least how many points more the whole plan would cost with it; [`extra`] and [`without`] solve
//! again and say exactly.

mod changes;
mod contradiction;
mod cost;
mod coverage;
mod explain;
mod filling;
mod grid;
mod instance;
mod lead;
mod model;
pub mod network;
mod places;
mod plan;
mod reference;
mod relax;
mod shortage;
mod sized;
mod start;

pub use changes::{Changed, Instead, Why, changes, extra, without};
pub use contradiction::Contradiction;
pub use cost::{Beside, CostParts, Site};
pub use explain::{Choice, Explanation, Standing, explain};
pub use instance::{Instance, Need, Offer, Weights};
pub use lead::leads;
pub use plan::{Kind, Load, Pair, Plan, Uncovered, Unfilled, plan, plan_as};
pub use shortage::{Change, Relaxation, Shortage, fairest_load, shortages};

#[cfg(test)]
mod tests;
