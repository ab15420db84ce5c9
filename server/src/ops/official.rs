//! Importing official values.

use ntm_shared::api::household::Imported;
use ntm_shared::official::OfficialValue;
use serde_json::json;

use super::By;
use super::imports::about_communes;
use crate::fault::Fault;
use crate::store::{Tx, official};

/// Imports values read from a table; importing the same again changes nothing.
///
/// # Errors
/// `out_of_area` when one is of a commune outside the user's areas.
pub fn import(tx: &dyn Tx, by: &By, set: &str, rows: &[OfficialValue]) -> Result<Imported, Fault> {
    let done =
        about_communes(tx, by, rows, |row| &row.commune, |tx, row| official::put(tx, set, row))?;
    by.event(tx, "official.import", set, &json!(done))?;
    Ok(done)
}
