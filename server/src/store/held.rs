//! Submissions that were held because their form version was unknown.

use super::submissions::NewSubmission;
use super::tx::{StoreFault, Tx};

/// Those whose version has been published since, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn published_since(tx: &dyn Tx) -> Result<Vec<i64>, StoreFault> {
    // In the words of the index `finding_held`: nearly no submission is held.
    let sql = r#"SELECT s.seq FROM submission s
        JOIN form f ON f.id = s.form AND f.version = s.version
        WHERE s.seq IN (
            SELECT x.submission FROM finding x WHERE x.finding LIKE '{"code":"unknown_version"%')
        ORDER BY s.seq"#;
    tx.query(sql, &[])?.iter().map(|row| row.int(0)).collect()
}

/// A submission as it was received: what identifies it, its sender and its XML.
///
/// # Errors
/// What the store says.
pub fn received(tx: &dyn Tx, seq: i64) -> Result<Option<NewSubmission>, StoreFault> {
    let sql = "SELECT form, version, collector, xml, instance_id, deprecated_id
        FROM submission WHERE seq = $1";
    let row = tx.first(sql, &[seq.into()])?;
    row.map(|row| {
        Ok(NewSubmission {
            form: row.text(0)?,
            version: row.text(1)?,
            collector: row.text(2)?,
            xml: row.blob(3)?,
            instance_id: row.text(4)?,
            deprecated_id: row.text_or_null(5)?,
            ..NewSubmission::default()
        })
    })
    .transpose()
}

/// Writes where a submission belongs and what was read from it. The original stays as it is.
///
/// # Errors
/// What the store says.
pub fn place(tx: &dyn Tx, seq: i64, placed: &NewSubmission) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE submission SET round = $1, household = $2, village = $3, commune = $4,
             outcome = $5, reading = $6 WHERE seq = $7",
        &[
            placed.round.clone().into(),
            placed.household.clone().into(),
            placed.village.clone().into(),
            placed.commune.clone().into(),
            placed.outcome.clone().into(),
            placed.reading.clone().into(),
            seq.into(),
        ],
    )?;
    Ok(())
}
