//! The rows that erasing finds and removes.

use crate::store::tx::{StoreFault, Tx};

/// Submissions about a household, and those that want its entry in the roster made or changed.
///
/// # Errors
/// What the store says.
pub fn about(tx: &dyn Tx, household: &str) -> Result<Vec<i64>, StoreFault> {
    let sql = "SELECT seq FROM submission WHERE household = $1
        UNION SELECT submission FROM entity_change WHERE household = $1";
    tx.query(sql, &[household.into()])?.iter().map(|row| row.int(0)).collect()
}

/// Submissions about no household of the roster whose XML has these letters: number and XML.
///
/// # Errors
/// What the store says.
pub fn unplaced_with(tx: &dyn Tx, letters: &str) -> Result<Vec<(i64, Vec<u8>)>, StoreFault> {
    let sql = "SELECT seq, xml FROM submission
        WHERE household IS NULL AND instr(xml, CAST($1 AS BLOB)) > 0 ORDER BY seq";
    let rows = tx.query(sql, &[letters.into()])?;
    rows.iter().map(|row| Ok((row.int(0)?, row.blob(1)?))).collect()
}

/// A record of the quarantine: number, form, instance id, XML.
pub type Record = (i64, String, String, Vec<u8>);

/// Records of the quarantine whose XML has these letters.
///
/// # Errors
/// What the store says.
pub fn quarantined_with(tx: &dyn Tx, letters: &str) -> Result<Vec<Record>, StoreFault> {
    let sql = "SELECT id, form, instance_id, xml FROM salvage
        WHERE instr(xml, CAST($1 AS BLOB)) > 0 ORDER BY id";
    let rows = tx.query(sql, &[letters.into()])?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?, row.text(2)?, row.blob(3)?))).collect()
}

/// What identifies a submission: form, instance id, SHA-256 of its XML.
///
/// # Errors
/// What the store says.
pub fn identity(tx: &dyn Tx, seq: i64) -> Result<Option<[String; 3]>, StoreFault> {
    let sql = "SELECT form, instance_id, xml_sha256 FROM submission WHERE seq = $1";
    let row = tx.first(sql, &[seq.into()])?;
    row.map(|row| Ok([row.text(0)?, row.text(1)?, row.text(2)?])).transpose()
}

/// The village and commune that submissions about a household were placed in.
///
/// # Errors
/// What the store says.
pub fn place_of(tx: &dyn Tx, seq: i64) -> Result<(Option<String>, Option<String>), StoreFault> {
    let row = tx.first("SELECT village, commune FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map_or(Ok((None, None)), |row| Ok((row.text_or_null(0)?, row.text_or_null(1)?)))
}

/// Removes a submission with everything that hangs on it; the hashes of its files.
///
/// # Errors
/// What the store says.
pub fn remove_submission(tx: &dyn Tx, seq: i64, erasure: i64) -> Result<Vec<String>, StoreFault> {
    let files = tx.query(
        "SELECT DISTINCT sha256 FROM attachment_file WHERE submission = $1 ORDER BY sha256",
        &[seq.into()],
    )?;
    let files = files.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
    for sql in [
        "DELETE FROM attachment_file WHERE submission = $1",
        "DELETE FROM attachment WHERE submission = $1",
        "DELETE FROM finding WHERE submission = $1",
        "DELETE FROM review WHERE submission = $1",
        "DELETE FROM entity_change WHERE submission = $1",
        "UPDATE submission SET replaced_by = NULL WHERE replaced_by = $1",
        "DELETE FROM submission WHERE seq = $1",
    ] {
        tx.execute(sql, &[seq.into()])?;
    }
    tx.execute(
        "INSERT INTO erased_submission (seq, erasure) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[seq.into(), erasure.into()],
    )?;
    Ok(files)
}

/// Lets go of a file unless a row still names it: then false. Its bytes are to be removed.
///
/// # Errors
/// What the store says.
pub fn release_file(tx: &dyn Tx, sha256: &str, erasure: i64) -> Result<bool, StoreFault> {
    let by_rows = "SELECT 1 FROM attachment_file WHERE sha256 = $1
        UNION ALL SELECT 1 FROM form_file WHERE sha256 = $1
        UNION ALL SELECT 1 FROM visit_photo WHERE sha256 = $1 LIMIT 1";
    if tx.first(by_rows, &[sha256.into()])?.is_some() {
        return Ok(false);
    }
    // What was read from it goes with it.
    tx.execute("DELETE FROM blob WHERE sha256 = $1", &[sha256.into()])?;
    if tx.first("SELECT 1 FROM salvage_file WHERE sha256 = $1 LIMIT 1", &[sha256.into()])?.is_some()
    {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO erased_file (erasure, sha256) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[erasure.into(), sha256.into()],
    )?;
    Ok(true)
}

/// Empties the roster entry of an erased household: id and village stay.
///
/// # Errors
/// What the store says.
pub fn empty_household(tx: &dyn Tx, household: &str, at: &str) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE household SET code = id, head = '', members = NULL, poverty = NULL, lat = NULL,
             lon = NULL, revision = revision + 1, erased_at = $2 WHERE id = $1",
        &[household.into(), at.into()],
    )?;
    Ok(())
}
