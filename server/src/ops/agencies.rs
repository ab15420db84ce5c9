//! Importing agencies.

use ntm_shared::agency::Agency;
use ntm_shared::api::household::Imported;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, agencies};

/// Imports agencies read from a table; importing the same again changes nothing.
///
/// # Errors
/// What the store says.
pub fn import(tx: &dyn Tx, by: &By, rows: &[Agency]) -> Result<Imported, Fault> {
    let mut done =
        Imported { rows: rows.len() as u64, added: 0, changed: 0, villages_added: 0, erased: 0 };
    for agency in rows {
        let (added, changed) = agencies::put(tx, agency)?;
        done.added += u64::from(added);
        done.changed += u64::from(changed);
    }
    by.event(tx, "agency.import", "agencies", &json!(done))?;
    Ok(done)
}
