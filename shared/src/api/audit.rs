//! Who did what, who read what, and lists that were taken away. Ids, not content.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A change, as the log of events has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Number, from 1, without gaps.
    pub seq: i64,
    /// RFC 3339 instant.
    pub at: String,
    /// `noun.verb`.
    pub verb: String,
    /// Id of what it is about.
    pub subject: String,
    /// Id of who did it; `server` for what the server does by itself.
    pub actor: String,
    /// Name of who did it, as it is today.
    pub actor_name: String,
    /// Ids, counts and hashes.
    pub data: Value,
    /// SHA-256 in hex over the hash before, the number and the fields.
    pub hash: String,
}

/// A read of personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// Number, ascending.
    pub id: i64,
    /// RFC 3339 instant.
    pub at: String,
    /// What kind of data.
    pub what: String,
    /// Id of what it is about: a submission, an area, a round.
    pub subject: String,
    /// Id of who read it.
    pub actor: String,
    /// Name of who read it, as it is today.
    pub actor_name: String,
}

/// What walking the chain of events came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Events that follow from the first one.
    pub events: i64,
    /// Hash of the last of them: written down elsewhere, it shows later that nothing before it was
    /// changed.
    pub head: String,
    /// Number of the event that does not follow, if any.
    pub broken: Option<i64>,
}

/// `POST /api/v1/exports`: says that a list of names is about to be taken away, and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// UUID made by the client; sending the same again changes nothing.
    pub id: String,
    /// `households`, `missing`, `failing`, `contributions`, `drawn`, `collectors` or `submissions`.
    pub list: String,
    /// Round and area, as ids.
    #[serde(default)]
    pub subject: String,
    /// Why, in 10 to 500 characters.
    pub reason: String,
}

/// An export that was noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Own id.
    pub id: String,
    /// RFC 3339 instant.
    pub at: String,
    /// Id of who made it.
    pub actor: String,
    /// Name of who made it.
    pub actor_name: String,
    /// Which list.
    pub list: String,
    /// Round and area, as ids.
    pub subject: String,
    /// Why.
    pub reason: String,
}

impl Export {
    /// What every row of the file bears, so that a leaked page leads back to whoever made it.
    pub fn watermark(&self) -> String {
        let day = self.at.get(..10).unwrap_or(&self.at);
        format!("{} {} {}", self.id, self.actor_name, day)
    }
}
