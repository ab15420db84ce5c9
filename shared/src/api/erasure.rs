//! Erasing: a household for good, or what a round collected once its retention is over.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/erasures`. Exactly one of `household` and `round`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewErasure {
    /// UUID made by the client; sending the same again changes nothing.
    pub id: String,
    /// Household id: everything about it, in every round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// Round id, closed and past its retention: answers, photos and names nobody else needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<String>,
    /// Why, in 10 to 500 characters. It is kept for good: no names.
    pub reason: String,
}

/// What stays of what was erased: ids, counts and a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Own id.
    pub id: String,
    /// Household id.
    pub household: Option<String>,
    /// Round id.
    pub round: Option<String>,
    /// Why.
    pub reason: String,
    /// Id of who erased.
    pub actor: String,
    /// Name of who erased, as it is today.
    pub actor_name: String,
    /// RFC 3339 instant.
    pub at: String,
    /// Submissions erased.
    pub submissions: u64,
    /// Files erased.
    pub files: u64,
    /// Files that another household has too, and that therefore stay.
    pub shared_files: u64,
    /// SHA-256 in hex over the hashes of what was erased.
    pub hash: String,
    /// When nothing of it was left on the disk; absent while it is under way.
    pub finished_at: Option<String>,
}

/// What a phone is told to forget: a household of its collector's areas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Number, ascending: pass the last as `?after=`.
    pub seq: i64,
    /// Household id.
    pub household: String,
    /// RFC 3339 instant.
    pub at: String,
}

/// `POST /api/v1/rounds/{id}/retention`: until when what a round collected is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRetention {
    /// Last day.
    pub until: Date,
    /// The decision or rule it follows, in 10 to 500 characters.
    pub reason: String,
}
