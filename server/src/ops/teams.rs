//! Importing helper teams.

use ntm_shared::api::household::Imported;
use ntm_shared::problem;
use ntm_shared::team::Team;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, teams, units};

/// Imports teams read from a table; importing the same again changes nothing.
///
/// # Errors
/// `out_of_area` when a team leads a commune outside the user's areas, now or by this table.
pub fn import(tx: &dyn Tx, by: &By, rows: &[Team]) -> Result<Imported, Fault> {
    let mut done =
        Imported { rows: rows.len() as u64, added: 0, changed: 0, villages_added: 0, erased: 0 };
    let before = teams::list(tx)?;
    for team in rows {
        let known = before.iter().find(|known| known.id == team.id);
        let mut communes: Vec<String> = team.present.iter().cloned().collect();
        communes.extend(known.iter().flat_map(|known| known.present.iter().cloned()));
        if !units::covers(tx, &by.actor, &communes)? {
            return Err(Fault::new(&problem::OUT_OF_AREA));
        }
        let (added, changed) = teams::put(tx, team)?;
        done.added += u64::from(added);
        done.changed += u64::from(changed);
    }
    by.event(tx, "team.import", "teams", &json!(done))?;
    Ok(done)
}
