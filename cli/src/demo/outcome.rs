//! What `ntm demo --json` prints. Nothing in it depends on the clock, on ports or on the order of
//! arrival: two runs with one seed print the same bytes.

use ntm_shared::api::{
    assignment::{AssignmentRow, PlanView, UnfilledRow},
    score::{CommuneScore, ScoreReport},
};
use serde::Serialize;

use super::planted::Planted;
use crate::{args, cmd::MADE_UP};

/// The result of a demo.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Always true.
    pub made_up: bool,
    /// "DỮ LIỆU MẪU", in Vietnamese.
    pub notice: &'static str,
    /// Seed everything was made from.
    pub seed: u64,
    /// Households on the roster.
    pub households: u32,
    /// Round id.
    pub round: String,
    /// Id of the criteria set.
    pub criteria_set: String,
    /// Scores, by commune code.
    pub communes: Vec<CommuneScore>,
    /// Lead teams, by commune code.
    pub assignments: Vec<AssignmentRow>,
    /// Points of the whole plan.
    pub objective: i64,
    /// Communes without a team.
    pub unfilled: Vec<UnfilledRow>,
    /// Planted problems.
    pub planted: Vec<Planted>,
}

impl Outcome {
    /// Puts it together.
    pub fn new(
        args: &args::Demo,
        scores: &ScoreReport,
        plan: PlanView,
        planted: Vec<Planted>,
    ) -> Outcome {
        let mut communes = scores.communes.clone();
        communes.sort_by(|a, b| a.code.cmp(&b.code));
        Outcome {
            made_up: true,
            notice: MADE_UP[0],
            seed: args.seed,
            households: args.households,
            round: scores.round.clone(),
            criteria_set: scores.criteria_set.clone(),
            communes,
            assignments: plan.assignments,
            objective: plan.objective,
            unfilled: plan.unfilled,
            planted,
        }
    }
}
