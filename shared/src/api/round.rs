//! Survey rounds: dates, design per module, frame, draw, progress.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a module of a round chooses households in each village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "design", rename_all = "snake_case")]
pub enum ModuleDesign {
    /// Every household of the frame.
    Census,
    /// A simple random sample in each village.
    Sample {
        /// Households per village; all of them where the village has fewer.
        per_village: u32,
    },
}

/// `POST /api/v1/rounds`. Sending the same again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRound {
    /// Client-made id: lower-case letters, digits, `-`; at most 40.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// First day of interviews; units and codes are read as of this day.
    pub starts: Date,
    /// Last day of interviews.
    pub ends: Date,
    /// Unit ids or official codes as of `starts`; every village below belongs to the round.
    pub areas: Vec<String>,
    /// Form ids.
    pub forms: Vec<String>,
    /// Id of the criteria set the round feeds.
    pub criteria_set: String,
    /// Modules with a design of their own; a module not named is a census.
    #[serde(default)]
    pub modules: BTreeMap<String, ModuleDesign>,
    /// Whether weights are adjusted within villages for sampled households that did not answer.
    #[serde(default)]
    pub nonresponse_adjustment: bool,
    /// How often verdicts will be taken while the sample grows, 1 to 10: more than one look must be
    /// declared before the first, and widens the bounds.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub looks: u32,
    /// Whether a submission counts only once it is approved; else whatever is not rejected counts.
    #[serde(default, skip_serializing_if = "is_no")]
    pub approved_only: bool,
    /// Whether our app keeps what is personal on phones under a PIN of the collector's.
    #[serde(default, skip_serializing_if = "is_no")]
    pub pin: bool,
    /// True for made-up data: outputs then bear "DỮ LIỆU MẪU".
    #[serde(default)]
    pub made_up: bool,
}

fn is_no(said: &bool) -> bool {
    !said
}

fn one() -> u32 {
    1
}

fn is_one(looks: &u32) -> bool {
    *looks == 1
}

/// A round as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// What was asked for, areas as unit ids.
    #[serde(flatten)]
    pub spec: NewRound,
    /// `open` or `closed`.
    pub state: String,
    /// Households in the frozen frame.
    pub frame: u64,
    /// Last day on which what it collected is kept; nothing is erased by itself.
    #[serde(default)]
    pub keep_until: Option<Date>,
    /// When its answers, photos and names were erased; its sums stay.
    #[serde(default)]
    pub erased_at: Option<String>,
}

/// `POST /api/v1/rounds/{id}/draw`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDraw {
    /// Module with a sample design.
    pub module: String,
    /// Seed, recorded with the draw. Drawing again with the same seed changes nothing; with another
    /// seed it is refused.
    pub seed: u64,
}

/// A sample as drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Round id.
    pub round: String,
    /// True for made-up data: outputs then bear "DỮ LIỆU MẪU".
    pub made_up: bool,
    /// Module.
    pub module: String,
    /// Recorded seed.
    pub seed: u64,
    /// Villages in order of commune and village code.
    pub villages: Vec<DrawnVillage>,
}

/// One village of a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnVillage {
    /// Village unit id.
    pub village: String,
    /// Village name.
    pub name: String,
    /// Commune name.
    pub commune_name: String,
    /// Households in the frozen frame (N_h).
    pub frame: u64,
    /// Drawn households first, then the reserves in the order they may be used.
    pub households: Vec<DrawnHousehold>,
}

/// One household of a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnHousehold {
    /// Place in the drawn order, from 1.
    pub position: u32,
    /// Household id.
    pub id: String,
    /// Code within the village's list.
    pub code: String,
    /// Name of the head (personal data).
    pub head: String,
    /// True for a reserve.
    pub reserve: bool,
}

/// Progress of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundStatus {
    /// Round id.
    pub round: String,
    /// True for made-up data.
    pub made_up: bool,
    /// Communes, each followed by its villages, in code order.
    pub rows: Vec<StatusRow>,
    /// The sum of the communes.
    pub total: StatusCounts,
    /// Household forms of the area without a round or a household of the roster: a person has to look.
    /// Those that belong nowhere are told to who sees everything.
    pub held: u64,
}

/// Progress of one commune or village.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Unit id.
    pub unit: String,
    /// `commune` or `village`.
    pub level: String,
    /// Official code, or the village's code.
    pub code: String,
    /// Name.
    pub name: String,
    /// The counts.
    #[serde(flatten)]
    pub counts: StatusCounts,
}

/// `expected = received + missing`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCounts {
    /// Households in the frame.
    pub expected: u64,
    /// Of these, with a completed interview that counts.
    pub received: u64,
    /// Of these, without one.
    pub missing: u64,
    /// Of the missing, those with an attempt that did not succeed.
    pub attempted: u64,
    /// Of the missing, those with an interview that waits to be approved, where only that counts.
    #[serde(default)]
    pub waiting: u64,
    /// Of the missing, those that were erased: they stay in the frame, and nobody may visit them.
    #[serde(default)]
    pub erased: u64,
}
