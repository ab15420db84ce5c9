//! Importing helper teams.

use ntm_shared::api::household::Imported;
use ntm_shared::team::Team;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, teams};

/// Imports teams read from a table; importing the same again changes nothing.
///
/// # Errors
/// What the store says.
pub fn import(tx: &dyn Tx, by: &By, rows: &[Team]) -> Result<Imported, Fault> {
    let mut done = Imported { rows: rows.len() as u64, added: 0, changed: 0, villages_added: 0 };
    for team in rows {
        let (added, changed) = teams::put(tx, team)?;
        done.added += u64::from(added);
        done.changed += u64::from(changed);
    }
    by.event(tx, "team.import", "teams", &json!(done))?;
    Ok(done)
}
