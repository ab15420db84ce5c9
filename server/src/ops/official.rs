//! Importing official values.

use ntm_shared::api::household::Imported;
use ntm_shared::official::OfficialValue;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, official, units};

/// Imports values read from a table; importing the same again changes nothing.
///
/// # Errors
/// `out_of_area` when one is of a commune outside the user's areas.
pub fn import(tx: &dyn Tx, by: &By, set: &str, rows: &[OfficialValue]) -> Result<Imported, Fault> {
    let communes: Vec<String> = rows.iter().map(|row| row.commune.clone()).collect();
    if !units::covers(tx, &by.actor, &communes)? {
        return Err(Fault::new(&problem::OUT_OF_AREA));
    }
    let mut done =
        Imported { rows: rows.len() as u64, added: 0, changed: 0, villages_added: 0, erased: 0 };
    for row in rows {
        let (added, changed) = official::put(tx, set, row)?;
        done.added += u64::from(added);
        done.changed += u64::from(changed);
    }
    by.event(tx, "official.import", set, &json!(done))?;
    Ok(done)
}
