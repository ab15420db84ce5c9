//! The quarantine of uploads that broke off: parts that arrived whole wait for the rest, so that
//! several broken attempts add up to a record.

use std::collections::BTreeSet;

use serde_json::json;

use super::submissions::{self, Arrival, Receipt};
use super::{By, erasures};
use crate::blobs::Stored;
use crate::config::Salvage;
use crate::fault::Fault;
use crate::store::submissions::NewSubmission;
use crate::store::{Tx, events, salvage};

/// Records given up in one transaction.
const AT_ONCE: i64 = 256;

/// Keeps what arrived of an upload that broke off, or may. Once it has `ended`, it becomes a
/// submission if every file that its answers name is there; more of a submission that is there is
/// added to it.
///
/// # Errors
/// `instance_conflict`, or what the store says.
pub fn keep(
    tx: &dyn Tx,
    by: &By,
    arrival: Arrival,
    ended: bool,
    limits: &Salvage,
) -> Result<Option<Receipt>, Fault> {
    if erasures::turn_away(tx, by, &arrival)? {
        return Ok(Some(Receipt { erased: true, ..Receipt::default() }));
    }
    if let Some(receipt) = submissions::again(tx, by, &arrival)? {
        return Ok(Some(receipt));
    }
    let record = salvage::find(tx, &arrival.submission)?;
    let before = record.map(|id| salvage::files(tx, id)).transpose()?.unwrap_or_default();
    let there: BTreeSet<&String> =
        before.iter().chain(&arrival.files).map(|(name, _)| name).collect();
    // Which files an unknown version names, nobody can tell.
    if ended && !arrival.held && arrival.names.iter().all(|name| there.contains(name)) {
        return submissions::store(tx, by, &arrival).map(Some);
    }
    let new: Vec<_> = arrival.files.iter().filter(|file| !before.contains(file)).collect();
    if new.is_empty() {
        return Ok(None);
    }
    let grown: u64 = new.iter().map(|(_, blob)| blob.bytes).sum();
    let xml = if record.is_none() { arrival.submission.xml.len() as u64 } else { 0 };
    let bytes = grown + xml;
    let (each, all) = salvage::bytes(tx, &arrival.submission.collector)?;
    if each.saturating_add(bytes) > limits.each || all.saturating_add(bytes) > limits.all {
        return Ok(None);
    }
    let id = match record {
        Some(id) => id,
        None => {
            let id = events::next(tx, "salvage")?;
            salvage::insert(tx, id, &arrival.submission)?;
            id
        }
    };
    for (name, blob) in &new {
        salvage::add(tx, id, name, blob)?;
    }
    salvage::grown(tx, id, grown, &by.at)?;
    let facts = json!({
        "form": arrival.submission.form, "xml_sha256": arrival.submission.xml_sha256,
        "files": new.iter().map(|(_, blob)| &blob.sha256).collect::<Vec<_>>(),
    });
    by.event(tx, "salvage.keep", &id.to_string(), &facts)?;
    Ok(Some(Receipt { bytes, files: new.len() as u64, ..Receipt::default() }))
}

/// What broken attempts of the same record left, for who takes it over.
pub fn claim(tx: &dyn Tx, of: &NewSubmission) -> Result<Vec<(String, Stored)>, Fault> {
    let Some(id) = salvage::find(tx, of)? else { return Ok(Vec::new()) };
    let files = salvage::files(tx, id)?;
    salvage::remove(tx, id)?;
    Ok(files)
}

/// Gives up records to which nothing was added since `before`; how many. Their files have no name
/// any more and are swept out.
///
/// # Errors
/// What the store says.
pub fn expire(tx: &dyn Tx, by: &By, before: &str) -> Result<usize, Fault> {
    let old = salvage::older(tx, before, AT_ONCE)?;
    for id in &old {
        salvage::remove(tx, *id)?;
    }
    if !old.is_empty() {
        by.event(tx, "salvage.expire", &old.len().to_string(), &json!({ "records": old }))?;
    }
    Ok(old.len())
}
