//! Roster households over the wire.

use serde::{Deserialize, Serialize};

use crate::score::OpenIndicator;

/// What an import did. Importing the same file again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Rows read.
    pub rows: u64,
    /// Households that were new.
    pub added: u64,
    /// Households whose details changed.
    pub changed: u64,
    /// Villages that were new.
    pub villages_added: u64,
    /// Rows left out because the household was erased.
    #[serde(default)]
    pub erased: u64,
}

/// A household of the roster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HouseholdRow {
    /// Own id.
    pub id: String,
    /// Code within the village's list.
    pub code: String,
    /// Name of the head (personal data).
    pub head: String,
    /// Persons on the roster.
    pub members: Option<u32>,
    /// Village unit id.
    pub village: String,
    /// Village name.
    pub village_name: String,
    /// Commune unit id.
    pub commune: String,
    /// Commune code.
    pub commune_code: String,
    /// Commune name.
    pub commune_name: String,
}

/// A household whose interview counts and does not pass some indicators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailingHousehold {
    /// The household.
    #[serde(flatten)]
    pub household: HouseholdRow,
    /// What it does not pass, in the order of the criteria.
    pub open: Vec<OpenIndicator>,
}

/// A household of a round's frame that has no submission that counts as an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissingHousehold {
    /// The household.
    #[serde(flatten)]
    pub household: HouseholdRow,
    /// Outcome of the last attempt (`absent`, `refused`, …); absent when nobody has been there.
    pub last_attempt: Option<String>,
}
