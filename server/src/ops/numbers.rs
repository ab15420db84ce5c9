//! The numbers that phones give to the forms they finish: what came, so that what is missing shows.

use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, numbers};

/// Notes the numbers that came from a phone.
///
/// # Errors
/// What the store says.
pub fn note(tx: &dyn Tx, by: &By, device: &str, came: &[(String, u64)]) -> Result<(), Fault> {
    let mut new = 0;
    for (run, number) in came {
        new += u64::from(numbers::note(tx, device, run, *number)?);
    }
    if new > 0 {
        by.event(tx, "record.number", device, &json!({ "new": new }))?;
    }
    Ok(())
}
