//! The plan of helper teams and its explanation over the wire.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::plan::{ChangeRow, ShortageRow};
use crate::assign::{Instead, Kind, Standing, Weights};
use crate::geo::Place;
use crate::team::People;

/// A plan: every commune with its lead team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// True for made-up data: outputs then bear "DỮ LIỆU MẪU".
    pub made_up: bool,
    /// The day whose units and codes are meant.
    pub date: Date,
    /// The points the plan was made with.
    pub weights: Weights,
    /// How missing criteria count.
    pub model: Kind,
    /// Points of the whole plan: the sum of the `cost.total` of all assignments, of
    /// `weights.unfilled` for every missing team (more where a commune has priority), of
    /// `weights.below_min` for every commune a team has too few, of `weights.hardest` for every two
    /// hard communes of a team, and, in the coverage model, of `weights.missing` for every open
    /// criterion that none of its commune's teams is strong in.
    pub objective: i64,
    /// Proven: no plan has fewer points.
    pub bound: i64,
    /// By commune code, then team.
    pub assignments: Vec<AssignmentRow>,
    /// Communes without enough teams, by code.
    pub unfilled: Vec<UnfilledRow>,
    /// Why they lack teams, and what would help.
    pub shortages: Vec<ShortageRow>,
    /// Communes whose teams change, and why; by id.
    pub changes: Vec<ChangeRow>,
    /// Every team, by id.
    pub teams: Vec<LoadRow>,
}

/// One commune and its team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentRow {
    /// The commune.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// The team.
    #[serde(flatten)]
    pub team: TeamRef,
    /// `lead` or `support`.
    pub role: String,
    /// Whether the team has the commune at present.
    pub kept: bool,
    /// Open criteria of the commune that the team's agency itself appraises: it may help, but should
    /// not be the only one to vouch for them.
    pub appraises: Vec<u16>,
    /// Whether the plan had to have the pair.
    pub required: bool,
    /// Whether a person pinned it, now or in a decision.
    pub pinned: bool,
    /// Distance from seat to commune in metres, great circle.
    pub distance_m: i64,
    /// Open criteria of the commune that the team is not strong in.
    pub missing_criteria: Vec<u16>,
    /// What the pair costs.
    pub cost: Cost,
}

/// A commune as assignments name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommuneRef {
    /// Unit id.
    pub commune: String,
    /// Official code on the plan's date.
    pub commune_code: String,
    /// Full name on the plan's date.
    pub commune_name: String,
}

/// A team as assignments name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRef {
    /// Id.
    pub team: String,
    /// Name.
    pub team_name: String,
    /// Agency.
    pub agency: String,
}

/// What a pair costs, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// For the distance.
    pub distance: i64,
    /// For missing criteria.
    pub missing: i64,
    /// Zero or less, for keeping a present pair.
    pub keep: i64,
    /// For a team that speaks none of the commune's languages.
    pub language: i64,
    /// For the team's load: the equal share of a pair of the plan; in an explanation what the commune adds.
    pub load: i64,
    /// The sum of the five.
    pub total: i64,
}

/// A commune that lacks teams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfilledRow {
    /// The commune.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// How many teams are missing.
    pub missing: u32,
}

/// What a team has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadRow {
    /// The team.
    #[serde(flatten)]
    pub team: TeamRef,
    /// How many communes it gets.
    pub communes: u32,
    /// The fewest it should have.
    pub capacity_min: u32,
    /// The most it can have.
    pub capacity_max: u32,
    /// The sum of its communes' sizes, where loads are counted by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// Why a commune got its team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainView {
    /// True for made-up data: outputs then bear "DỮ LIỆU MẪU".
    pub made_up: bool,
    /// The commune.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// Its open criteria.
    pub open_criteria: Vec<u16>,
    /// All teams: those in the plan first, then by the points they would add.
    pub choices: Vec<ChoiceRow>,
    /// For each team of the commune the best plan without it.
    pub instead: Vec<Instead>,
}

/// One team as a choice for the commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceRow {
    /// The team.
    #[serde(flatten)]
    pub team: TeamRef,
    /// Whether it was or could be chosen.
    pub standing: Standing,
    /// Distance from seat to commune in metres, great circle.
    pub distance_m: i64,
    /// Open criteria of the commune that the team is not strong in.
    pub missing_criteria: Vec<u16>,
    /// What the pair costs.
    pub cost: Cost,
    /// The whole plan would cost at least this many points more with this pair in it.
    pub extra_at_least: Option<i64>,
    /// Exactly so many, by a second solution; for the teams that come next.
    pub extra: Option<i64>,
}

/// `POST /api/v1/assignments`: what a decision assigns. Sending the same again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAssignments {
    /// UUID made by the client.
    pub id: String,
    /// Round the plan was made from.
    pub round: String,
    /// Number of the decision, e.g. `1599/QĐ-UBND`.
    pub decision: String,
    /// First day.
    pub from: Date,
    /// Each commune with its lead team and, if any, the teams that support it.
    pub pairs: Vec<NewPair>,
}

/// One commune and a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPair {
    /// Commune unit id.
    pub commune: String,
    /// Team id.
    pub team: String,
    /// Whether it supports the lead team instead of leading.
    #[serde(default)]
    pub support: bool,
    /// Whether later plans must keep the pair.
    #[serde(default)]
    pub pinned: bool,
}

/// An assignment in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The commune.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// The team.
    #[serde(flatten)]
    pub team: TeamRef,
    /// `lead` or `support`.
    pub role: String,
    /// Whether later plans must keep the pair.
    pub pinned: bool,
    /// Number of the decision.
    pub decision: String,
    /// First day.
    pub from: Date,
    /// Last day, once replaced.
    pub to: Option<Date>,
}

/// An assignment with the people of the team, as a decision's annex lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnnexRow {
    /// Who helps whom.
    #[serde(flatten)]
    pub assignment: Assignment,
    /// The district, where there is one.
    pub district: Option<String>,
    /// The team's people.
    pub people: People,
    /// Where the team sits, in degrees.
    pub seat: Option<Place>,
    /// Where the commune is, in degrees.
    pub place: Option<Place>,
}
