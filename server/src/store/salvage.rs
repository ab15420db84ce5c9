//! The quarantine: complete parts of uploads that broke off.

use super::remembered::is_empty;
use super::submissions::NewSubmission;
use super::tx::{StoreFault, Tx};
use crate::blobs::Stored;

/// Whether this database has a quarantine: a backup of an older program has none.
///
/// # Errors
/// What the store says.
pub fn there(tx: &dyn Tx) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE name = 'salvage'";
    Ok(tx.first(sql, &[])?.is_some())
}

/// What is kept of the same record: same sender, same instance, same XML.
///
/// # Errors
/// What the store says.
pub fn find(tx: &dyn Tx, of: &NewSubmission) -> Result<Option<i64>, StoreFault> {
    if is_empty(tx, "salvage")? {
        return Ok(None);
    }
    let sql = "SELECT id FROM salvage
        WHERE collector = $1 AND form = $2 AND instance_id = $3 AND xml_sha256 = $4";
    let key = [
        (&of.collector).into(),
        (&of.form).into(),
        (&of.instance_id).into(),
        (&of.xml_sha256).into(),
    ];
    tx.first(sql, &key)?.map(|row| row.int(0)).transpose()
}

/// The files kept of a record, by name.
///
/// # Errors
/// What the store says.
pub fn files(tx: &dyn Tx, id: i64) -> Result<Vec<(String, Stored)>, StoreFault> {
    let sql =
        "SELECT name, sha256, bytes FROM salvage_file WHERE salvage = $1 ORDER BY name, sha256";
    let rows = tx.query(sql, &[id.into()])?;
    let file = |row: &super::Row| {
        Ok((row.text(0)?, Stored { sha256: row.text(1)?, bytes: row.count(2)? }))
    };
    rows.iter().map(file).collect()
}

/// Begins to keep a record.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, id: i64, of: &NewSubmission) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO salvage (id, collector, form, instance_id, xml, xml_sha256, changed_at, bytes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            (&of.collector).into(),
            (&of.form).into(),
            (&of.instance_id).into(),
            of.xml.as_slice().into(),
            (&of.xml_sha256).into(),
            (&of.received_at).into(),
            (of.xml.len() as u64).into(),
        ],
    )?;
    Ok(())
}

/// Adds a durable file; false if it is there.
///
/// # Errors
/// What the store says.
pub fn add(tx: &dyn Tx, id: i64, name: &str, blob: &Stored) -> Result<bool, StoreFault> {
    let added = tx.execute(
        "INSERT INTO salvage_file (salvage, name, sha256, bytes) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &[id.into(), name.into(), (&blob.sha256).into(), blob.bytes.into()],
    )?;
    Ok(added > 0)
}

/// Notes that `bytes` were added.
///
/// # Errors
/// What the store says.
pub fn grown(tx: &dyn Tx, id: i64, bytes: u64, at: &str) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE salvage SET bytes = bytes + $1, changed_at = $2 WHERE id = $3",
        &[bytes.into(), at.into(), id.into()],
    )?;
    Ok(())
}

/// Lets go of a record; its files are the caller's to name elsewhere, or the sweep's.
///
/// # Errors
/// What the store says.
pub fn remove(tx: &dyn Tx, id: i64) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM salvage_file WHERE salvage = $1", &[id.into()])?;
    tx.execute("DELETE FROM salvage WHERE id = $1", &[id.into()])?;
    Ok(())
}

/// Bytes kept of one collector, and in all.
///
/// # Errors
/// What the store says.
pub fn bytes(tx: &dyn Tx, collector: &str) -> Result<(u64, u64), StoreFault> {
    let sql =
        "SELECT coalesce(sum(bytes) FILTER (WHERE collector = $1), 0), coalesce(sum(bytes), 0)
        FROM salvage";
    let row = tx.first(sql, &[collector.into()])?;
    row.map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
}

/// Records to which nothing was added since `before`.
///
/// # Errors
/// What the store says.
pub fn older(tx: &dyn Tx, before: &str, limit: i64) -> Result<Vec<i64>, StoreFault> {
    let sql = "SELECT id FROM salvage WHERE changed_at < $1 ORDER BY changed_at, id LIMIT $2";
    tx.query(sql, &[before.into(), limit.into()])?.iter().map(|row| row.int(0)).collect()
}

/// How many records are kept.
///
/// # Errors
/// What the store says.
pub fn count(tx: &dyn Tx) -> Result<u64, StoreFault> {
    tx.first("SELECT count(*) FROM salvage", &[])?.map_or(Ok(0), |row| row.count(0))
}

/// The next blobs of the quarantine, in order of their hashes: hash and size.
///
/// # Errors
/// What the store says.
pub fn blobs_after(tx: &dyn Tx, after: &str, limit: i64) -> Result<Vec<(String, u64)>, StoreFault> {
    let sql = "SELECT sha256, max(bytes) FROM salvage_file WHERE sha256 > $1
        GROUP BY sha256 ORDER BY sha256 LIMIT $2";
    let rows = tx.query(sql, &[after.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}

/// Which of these hashes neither a submission nor the quarantine names.
///
/// # Errors
/// What the store says.
pub fn unnamed(tx: &dyn Tx, hashes: Vec<String>) -> Result<Vec<String>, StoreFault> {
    let mut unnamed = super::attachments::unnamed(tx, hashes)?;
    if there(tx)? {
        let sql = "SELECT 1 FROM salvage_file WHERE sha256 = $1 LIMIT 1";
        let mut left = Vec::with_capacity(unnamed.len());
        for hash in unnamed {
            if tx.first(sql, &[(&hash).into()])?.is_none() {
                left.push(hash);
            }
        }
        unnamed = left;
    }
    Ok(unnamed)
}
