//! The epoch: which history of the data this is. A phone that knows another one offers again what
//! it sent, for what was restored may be older than that.

use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, meta};

/// Begins the first history of a new data folder; `fresh` is random.
///
/// # Errors
/// What the store says.
pub fn begin(tx: &dyn Tx, by: &By, fresh: &str) -> Result<(), Fault> {
    if meta::get(tx, meta::EPOCH)?.is_none() {
        meta::put(tx, meta::EPOCH, fresh)?;
        by.event(tx, "epoch.begin", fresh, &json!({}))?;
    }
    Ok(())
}

/// Begins another history after the state that was backed up at `taken_at`.
///
/// # Errors
/// What the store says.
pub fn restore(tx: &dyn Tx, by: &By, fresh: &str, taken_at: &str) -> Result<(), Fault> {
    let before = meta::get(tx, meta::EPOCH)?;
    meta::put(tx, meta::EPOCH, fresh)?;
    by.event(tx, "epoch.restore", fresh, &json!({ "before": before, "taken_at": taken_at }))?;
    Ok(())
}
