//! Importing travel times.

use ntm_shared::api::household::Imported;
use ntm_shared::travel::Travel;
use serde_json::json;

use super::By;
use super::imports::about_communes;
use crate::fault::Fault;
use crate::store::{Tx, travel};

/// Imports travel times read from a table; importing the same again changes nothing.
///
/// # Errors
/// `out_of_area` when one is of a commune outside the user's areas.
pub fn import(tx: &dyn Tx, by: &By, rows: &[Travel]) -> Result<Imported, Fault> {
    let done = about_communes(tx, by, rows, |row| &row.commune, travel::put)?;
    by.event(tx, "travel.import", "travel", &json!(done))?;
    Ok(done)
}
