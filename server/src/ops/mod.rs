//! Actions: what changes data and has rules. One function, one transaction, one event.

use serde_json::Value as Json;

use crate::fault::Fault;
use crate::store::{Tx, events};

pub mod access;
pub mod agencies;
pub mod assignments;
pub mod collectors;
pub mod counting;
pub mod devices;
pub mod difficulties;
pub mod edits;
pub mod entities;
pub mod epoch;
pub mod erasures;
pub mod exports;
pub mod forms;
pub mod held;
pub mod households;
pub mod imports;
pub mod languages;
pub mod moments;
pub mod numbers;
pub mod official;
pub mod photos;
pub mod quality;
pub mod requests;
pub mod retention;
pub mod reviews;
pub mod rounds;
pub mod salvage;
pub mod submissions;
pub mod supports;
pub mod teams;
pub mod travel;
pub mod units;
pub mod users;
pub mod visit_forms;
pub mod visits;

/// Who does it, and when.
#[derive(Clone, Debug)]
pub struct By {
    /// A user's or collector's id, or [`SERVER`].
    pub actor: String,
    /// The server's time.
    pub at: String,
}

/// The actor of what the server does by itself.
pub const SERVER: &str = "server";
/// The area that contains everything.
pub const EVERYWHERE: &str = "*";

impl By {
    /// Appends the event of an action. `data` holds ids, counts and hashes, never personal data.
    fn event(&self, tx: &dyn Tx, verb: &str, subject: &str, data: &Json) -> Result<i64, Fault> {
        Ok(events::append(tx, &self.at, verb, subject, &self.actor, data)?)
    }
}
