//! Importing languages of communes.

use ntm_shared::api::household::Imported;
use ntm_shared::language::Spoken;
use serde_json::json;

use super::By;
use super::imports::about_communes;
use crate::fault::Fault;
use crate::store::{Tx, languages};

/// Imports languages of communes read from a table; importing the same again changes nothing.
///
/// # Errors
/// `out_of_area` when one is of a commune outside the user's areas.
pub fn import(tx: &dyn Tx, by: &By, rows: &[Spoken]) -> Result<Imported, Fault> {
    let done = about_communes(tx, by, rows, |row| &row.commune, languages::put)?;
    by.event(tx, "language.import", "languages", &json!(done))?;
    Ok(done)
}
