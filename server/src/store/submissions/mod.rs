//! Submissions: originals byte for byte, and where they belong.

mod counts;
mod list;

pub use counts::{
    Counting, Group, Original, Subject, Which, best, countable, counting, groups, originals_in,
    originals_of, readings, replaced, set_counts,
};
pub use list::{Filter, get, held, held_list, list};

use super::households::Household;
use super::tx::{StoreFault, Tx};

/// A submission about to be stored.
#[derive(Clone, Debug, Default)]
pub struct NewSubmission {
    /// Form id.
    pub form: String,
    /// Form version as the phone says.
    pub version: String,
    /// Instance id.
    pub instance_id: String,
    /// Instance id this one replaces, as the phone says.
    pub deprecated_id: Option<String>,
    /// The XML as received.
    pub xml: Vec<u8>,
    /// Its SHA-256 in hex.
    pub xml_sha256: String,
    /// Collector's id.
    pub collector: String,
    /// Device id, as the phone says.
    pub device_id: Option<String>,
    /// When it arrived.
    pub received_at: String,
    /// Round; absent while held.
    pub round: Option<String>,
    /// Household id.
    pub household: Option<String>,
    /// Village unit id.
    pub village: Option<String>,
    /// Commune unit id.
    pub commune: Option<String>,
    /// Visit outcome.
    pub outcome: Option<String>,
    /// What the criteria set read from it, as JSON; absent when it feeds no score.
    pub reading: Option<String>,
}

impl NewSubmission {
    /// What tells it from every other: form, instance id, SHA-256 of its XML.
    pub fn clone_key(&self) -> (String, String, String) {
        (self.form.clone(), self.instance_id.clone(), self.xml_sha256.clone())
    }
}

/// Stores a submission; whether it counts is given for one that may.
///
/// # Errors
/// What the store says.
pub fn insert(
    tx: &dyn Tx,
    seq: i64,
    new: &NewSubmission,
    counts: Option<bool>,
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO submission (seq, form, version, instance_id, deprecated_id, xml, xml_sha256,
             collector, device_id, received_at, round, household, village, commune, outcome,
             review, counts, reading, countable)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'received', $16, $17, $18)",
        &[
            seq.into(),
            (&new.form).into(),
            (&new.version).into(),
            (&new.instance_id).into(),
            new.deprecated_id.as_deref().into(),
            new.xml.as_slice().into(),
            (&new.xml_sha256).into(),
            (&new.collector).into(),
            new.device_id.as_deref().into(),
            (&new.received_at).into(),
            new.round.as_deref().into(),
            new.household.as_deref().into(),
            new.village.as_deref().into(),
            new.commune.as_deref().into(),
            new.outcome.as_deref().into(),
            counts.unwrap_or(false).into(),
            new.reading.as_deref().into(),
            counts.is_some().into(),
        ],
    )?;
    Ok(())
}

/// Households of which a collector sent a form in the round for which phones list them, the newest of
/// those that are open; in order.
///
/// # Errors
/// What the store says.
pub fn households_of(tx: &dyn Tx, collector: &str) -> Result<Vec<String>, StoreFault> {
    let sql = "SELECT DISTINCT s.household FROM submission s JOIN round r ON r.id = s.round
        WHERE s.collector = $1 AND s.household IS NOT NULL AND r.state = 'open' AND NOT EXISTS (
            SELECT 1 FROM round n JOIN frame f ON f.round = n.id AND f.household = s.household
            WHERE n.state = 'open' AND n.seq > r.seq)
        ORDER BY 1";
    tx.query(sql, &[collector.into()])?.iter().map(|row| row.text(0)).collect()
}

/// The stored submission with this identity: (sequence, SHA-256 of its XML, its collector).
///
/// # Errors
/// What the store says.
pub fn by_identity(
    tx: &dyn Tx,
    form: &str,
    instance: &str,
) -> Result<Option<(i64, String, String)>, StoreFault> {
    let sql =
        "SELECT seq, xml_sha256, collector FROM submission WHERE form = $1 AND instance_id = $2";
    let row = tx.first(sql, &[form.into(), instance.into()])?;
    row.map(|row| Ok((row.int(0)?, row.text(1)?, row.text(2)?))).transpose()
}

/// The village a submission was placed in.
///
/// # Errors
/// What the store says.
pub fn village(tx: &dyn Tx, seq: i64) -> Result<Option<String>, StoreFault> {
    let row = tx.first("SELECT village FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map_or(Ok(None), |row| row.text_or_null(0))
}

/// The round a submission was placed in.
///
/// # Errors
/// What the store says.
pub fn round(tx: &dyn Tx, seq: i64) -> Result<Option<String>, StoreFault> {
    let row = tx.first("SELECT round FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map_or(Ok(None), |row| row.text_or_null(0))
}

/// Gives an interview that is about no household yet to one, so that it may count; false when it
/// is no interview, or is about one.
///
/// # Errors
/// What the store says.
pub fn give(tx: &dyn Tx, seq: i64, household: &Household) -> Result<bool, StoreFault> {
    let changed = tx.execute(
        "UPDATE submission SET household = $1, village = $2, commune = $3, countable = 1
         WHERE seq = $4 AND household IS NULL AND outcome IS NOT NULL AND reading IS NOT NULL",
        &[
            (&household.id).into(),
            (&household.village).into(),
            (&household.commune).into(),
            seq.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// The review state of a submission.
///
/// # Errors
/// What the store says.
pub fn review(tx: &dyn Tx, seq: i64) -> Result<Option<String>, StoreFault> {
    let row = tx.first("SELECT review FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map(|row| row.text(0)).transpose()
}

/// Sets the review state of a submission.
///
/// # Errors
/// What the store says.
pub fn set_review(tx: &dyn Tx, seq: i64, state: &str) -> Result<(), StoreFault> {
    tx.execute("UPDATE submission SET review = $1 WHERE seq = $2", &[state.into(), seq.into()])?;
    Ok(())
}

/// A visit that counts, with its original.
pub struct VisitRow {
    /// Server sequence.
    pub seq: i64,
    /// Collector's id.
    pub collector: String,
    /// Visit outcome.
    pub outcome: String,
    /// What the criteria set read from it.
    pub reading: Option<String>,
    /// The XML as received.
    pub xml: Vec<u8>,
}

/// `+seq`: in the order of arrival SQLite would go through the round, village by village.
const VISITS_IN: &str = "SELECT seq, collector, outcome, reading, xml FROM submission
    WHERE round = $1 AND form = $2 AND village = $3 AND counts = 1 AND outcome IS NOT NULL
    ORDER BY +seq";

/// The submissions of a form that count in a village, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn visits_in(
    tx: &dyn Tx,
    round: &str,
    form: &str,
    village: &str,
) -> Result<Vec<VisitRow>, StoreFault> {
    let rows = tx.query(VISITS_IN, &[round.into(), form.into(), village.into()])?;
    rows.iter()
        .map(|row| {
            Ok(VisitRow {
                seq: row.int(0)?,
                collector: row.text(1)?,
                outcome: row.text(2)?,
                reading: row.text_or_null(3)?,
                xml: row.blob(4)?,
            })
        })
        .collect()
}

/// Keeps what the criteria set reads from a submission.
///
/// # Errors
/// What the store says.
pub fn set_reading(tx: &dyn Tx, seq: i64, reading: &str) -> Result<(), StoreFault> {
    tx.execute("UPDATE submission SET reading = $1 WHERE seq = $2", &[reading.into(), seq.into()])?;
    Ok(())
}

/// The XML as received.
///
/// # Errors
/// What the store says.
pub fn xml(tx: &dyn Tx, seq: i64) -> Result<Option<Vec<u8>>, StoreFault> {
    let row = tx.first("SELECT xml FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map(|row| row.blob(0)).transpose()
}

/// The number of the last submission.
///
/// # Errors
/// What the store says.
pub fn last(tx: &dyn Tx) -> Result<i64, StoreFault> {
    let sql = "SELECT coalesce(max(seq), 0) FROM submission";
    tx.first(sql, &[])?.map_or(Ok(0), |row| row.int(0))
}

/// True when anything has come in for a round.
///
/// # Errors
/// What the store says.
pub fn any(tx: &dyn Tx, round: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM submission WHERE round = $1 LIMIT 1";
    Ok(tx.first(sql, &[round.into()])?.is_some())
}

/// Households of a village with an interview that waits to be approved and nothing that counts, in a
/// round where only what is approved counts.
///
/// # Errors
/// What the store says.
pub fn waiting(tx: &dyn Tx, round: &str, form: &str, village: &str) -> Result<u64, StoreFault> {
    let row = tx.first(&waiting_sql(), &[round.into(), form.into(), village.into()])?;
    row.map_or(Ok(0), |row| row.count(0))
}

fn waiting_sql() -> String {
    format!(
        "SELECT count(DISTINCT s.household) FROM submission s
         WHERE s.round = $1 AND s.form = $2 AND s.village = $3 AND {}
             AND NOT EXISTS (SELECT 1 FROM submission c
                 WHERE c.round = $1 AND c.form = $2 AND c.village = $3 AND c.household = s.household
                     AND c.counts = 1 AND c.outcome = 'completed')",
        waits()
    )
}

/// An interview (`s`) nobody has decided about, or not for good.
pub fn waits() -> String {
    format!(
        "s.countable = 1 AND s.counts = 0 AND s.outcome = 'completed'
         AND s.review NOT IN ('approved', 'rejected') AND NOT {}",
        replaced("s")
    )
}

/// Progress of one village: (received, attempted). What counts is of the frame.
///
/// # Errors
/// What the store says.
pub fn progress(
    tx: &dyn Tx,
    round: &str,
    form: &str,
    village: &str,
) -> Result<(u64, u64), StoreFault> {
    let sql = "SELECT coalesce(sum(s.outcome = 'completed'), 0),
            coalesce(sum(s.outcome <> 'completed'), 0)
        FROM submission s WHERE s.round = $1 AND s.form = $2 AND s.village = $3 AND s.counts = 1";
    let row = tx.first(sql, &[round.into(), form.into(), village.into()])?;
    row.map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::plan;

    #[test]
    fn what_is_asked_village_by_village_looks_at_that_village_alone() {
        let visits = plan(VISITS_IN);
        assert!(
            visits.contains("submission_counts (round=? AND form=? AND village=?)"),
            "{visits}"
        );
        let waiting = plan(&waiting_sql());
        assert!(
            waiting.contains("COVERING INDEX submission_waits (round=? AND form=?"),
            "{waiting}"
        );
    }
}
