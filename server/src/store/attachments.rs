//! The files submissions name, and the blobs received for them.

use ntm_shared::api::submission::AttachmentRow;

use super::tx::{StoreFault, Tx};
use crate::blobs::Stored;

/// Says which files a submission names, in order.
///
/// # Errors
/// What the store says.
pub fn expect(tx: &dyn Tx, submission: i64, names: &[String]) -> Result<(), StoreFault> {
    for (position, name) in names.iter().enumerate() {
        tx.execute(
            "INSERT INTO attachment (submission, position, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[submission.into(), (position as u64).into(), name.into()],
        )?;
    }
    Ok(())
}

/// Adds names to those a submission has.
///
/// # Errors
/// What the store says.
pub fn expect_more(tx: &dyn Tx, submission: i64, names: &[String]) -> Result<(), StoreFault> {
    for name in names {
        tx.execute(
            "INSERT INTO attachment (submission, position, name)
             SELECT $1, (SELECT coalesce(max(position), -1) + 1 FROM attachment WHERE submission = $1), $2
             WHERE true ON CONFLICT DO NOTHING",
            &[submission.into(), name.into()],
        )?;
    }
    Ok(())
}

/// What became of a file received.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// It was missing, and is there now.
    New,
    /// The same bytes were there already.
    Same,
    /// Other bytes are there under this name: both are kept, the first stays current.
    Other,
    /// The submission does not name it.
    Unnamed,
}

/// Records a durable blob as a submission's file.
///
/// # Errors
/// What the store says.
pub fn receive(
    tx: &dyn Tx,
    submission: i64,
    name: &str,
    blob: &Stored,
) -> Result<Received, StoreFault> {
    let named = "SELECT 1 FROM attachment WHERE submission = $1 AND name = $2";
    if tx.first(named, &[submission.into(), name.into()])?.is_none() {
        return Ok(Received::Unnamed);
    }
    let present = tx.query(
        "SELECT sha256 FROM attachment_file WHERE submission = $1 AND name = $2",
        &[submission.into(), name.into()],
    )?;
    for row in &present {
        if row.text(0)? == blob.sha256 {
            return Ok(Received::Same);
        }
    }
    tx.execute(
        "INSERT INTO blob (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[(&blob.sha256).into(), blob.bytes.into()],
    )?;
    tx.execute(
        "INSERT INTO attachment_file (submission, name, sha256, current) VALUES ($1, $2, $3, $4)",
        &[submission.into(), name.into(), (&blob.sha256).into(), present.is_empty().into()],
    )?;
    Ok(if present.is_empty() { Received::New } else { Received::Other })
}

/// The files a submission names, with what has been received.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, submission: i64) -> Result<Vec<AttachmentRow>, StoreFault> {
    let sql = "SELECT a.name, f.sha256, b.bytes FROM attachment a
        LEFT JOIN attachment_file f ON f.submission = a.submission AND f.name = a.name AND f.current = 1
        LEFT JOIN blob b ON b.sha256 = f.sha256
        WHERE a.submission = $1 ORDER BY a.position";
    let rows = tx.query(sql, &[submission.into()])?;
    rows.iter()
        .map(|row| {
            Ok(AttachmentRow {
                name: row.text(0)?,
                sha256: row.text_or_null(1)?,
                bytes: row.count_or_null(2)?,
            })
        })
        .collect()
}

/// The files a submission has: name and hash, clashing ones too.
///
/// # Errors
/// What the store says.
pub fn there(tx: &dyn Tx, submission: i64) -> Result<Vec<(String, String)>, StoreFault> {
    let sql =
        "SELECT name, sha256 FROM attachment_file WHERE submission = $1 ORDER BY name, sha256";
    let rows = tx.query(sql, &[submission.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}

/// The blob with this hash, if a submission of this collector has it. Of others' files nobody is told
/// whether they are there.
///
/// # Errors
/// What the store says.
pub fn own(tx: &dyn Tx, collector: &str, sha256: &str) -> Result<Option<Stored>, StoreFault> {
    let sql = "SELECT b.sha256, b.bytes FROM attachment_file f
        JOIN submission s ON s.seq = f.submission JOIN blob b ON b.sha256 = f.sha256
        WHERE f.sha256 = $1 AND s.collector = $2 LIMIT 1";
    let row = tx.first(sql, &[sha256.into(), collector.into()])?;
    row.map(|row| Ok(Stored { sha256: row.text(0)?, bytes: row.count(1)? })).transpose()
}

/// Which of these hashes no row names.
///
/// # Errors
/// What the store says.
pub fn unnamed(tx: &dyn Tx, hashes: Vec<String>) -> Result<Vec<String>, StoreFault> {
    let mut unnamed = Vec::new();
    for hash in hashes {
        if tx.first("SELECT 1 FROM blob WHERE sha256 = $1", &[(&hash).into()])?.is_none() {
            unnamed.push(hash);
        }
    }
    Ok(unnamed)
}

/// Blobs that rows speak of, in order of their hashes: hash and size.
///
/// # Errors
/// What the store says.
pub fn blobs_after(tx: &dyn Tx, after: &str, limit: i64) -> Result<Vec<(String, u64)>, StoreFault> {
    let sql = "SELECT sha256, bytes FROM blob WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
    let rows = tx.query(sql, &[after.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs()))).collect()
}

/// Which submissions have this blob.
///
/// # Errors
/// What the store says.
pub fn submissions_with(tx: &dyn Tx, sha256: &str) -> Result<Vec<i64>, StoreFault> {
    let sql =
        "SELECT DISTINCT submission FROM attachment_file WHERE sha256 = $1 ORDER BY submission";
    tx.query(sql, &[sha256.into()])?.iter().map(|row| row.int(0)).collect()
}
