//! Versions of a submission: which one took which one's place, and which edits belong nowhere.

use super::submissions::replaced;
use super::tx::{StoreFault, Tx};

/// A submission as a link of a chain.
pub struct Version {
    /// Server sequence.
    pub seq: i64,
    /// The instance it says it replaces.
    pub deprecated_id: Option<String>,
    /// What took its place.
    pub replaced_by: Option<i64>,
}

/// The submission with this identity.
///
/// # Errors
/// What the store says.
pub fn version(tx: &dyn Tx, form: &str, instance: &str) -> Result<Option<Version>, StoreFault> {
    let sql = "SELECT seq, deprecated_id, replaced_by FROM submission
        WHERE form = $1 AND instance_id = $2";
    let row = tx.first(sql, &[form.into(), instance.into()])?;
    row.map(|row| {
        Ok(Version {
            seq: row.int(0)?,
            deprecated_id: row.text_or_null(1)?,
            replaced_by: row.int_or_null(2)?,
        })
    })
    .transpose()
}

/// Edits of an instance that was not there when they came, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn waiting(
    tx: &dyn Tx,
    form: &str,
    instance: &str,
    branch: &str,
) -> Result<Vec<i64>, StoreFault> {
    let sql = "SELECT seq FROM submission
        WHERE form = $1 AND deprecated_id = $2 AND branch = $3 ORDER BY seq";
    let rows = tx.query(sql, &[form.into(), instance.into(), branch.into()])?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// One takes the other's place. What nobody has reviewed yet is from now on `edited`.
///
/// # Errors
/// What the store says.
pub fn replace(tx: &dyn Tx, old: i64, new: i64) -> Result<(), StoreFault> {
    tx.execute("UPDATE submission SET replaced_by = $1 WHERE seq = $2", &[new.into(), old.into()])?;
    tx.execute(
        "UPDATE submission SET review = 'edited' WHERE seq = $1 AND review = 'received'",
        &[new.into()],
    )?;
    Ok(())
}

/// Says why an edit belongs nowhere, or that it does no longer.
///
/// # Errors
/// What the store says.
pub fn set_branch(tx: &dyn Tx, seq: i64, branch: Option<&str>) -> Result<(), StoreFault> {
    tx.execute("UPDATE submission SET branch = $1 WHERE seq = $2", &[branch.into(), seq.into()])?;
    Ok(())
}

/// Whether an edit belongs nowhere.
///
/// # Errors
/// What the store says.
pub fn is_branch(tx: &dyn Tx, seq: i64) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM submission WHERE seq = $1 AND branch IS NOT NULL";
    Ok(tx.first(sql, &[seq.into()])?.is_some())
}

/// A submission and what it took the place of, directly or through others; itself first.
///
/// # Errors
/// What the store says.
pub fn with_earlier(tx: &dyn Tx, seq: i64) -> Result<Vec<i64>, StoreFault> {
    let sql = "WITH RECURSIVE chain (seq) AS (SELECT $1
        UNION SELECT s.seq FROM chain c JOIN submission s ON s.replaced_by = c.seq)
        SELECT seq FROM chain";
    tx.query(sql, &[seq.into()])?.iter().map(|row| row.int(0)).collect()
}

/// Submissions that gave way to edits which are all rejected, and do not count.
///
/// # Errors
/// What the store says.
pub fn given_back(tx: &dyn Tx) -> Result<Vec<i64>, StoreFault> {
    let which = format!("s.counts = 0 AND s.review <> 'rejected' AND NOT {}", replaced("s"));
    replaced_ones(tx, &which)
}

/// Submissions that another one took the place of, in order of arrival.
fn replaced_ones(tx: &dyn Tx, which: &str) -> Result<Vec<i64>, StoreFault> {
    tx.query(&replaced_sql(which), &[])?.iter().map(|row| row.int(0)).collect()
}

/// `+seq`: in the order of arrival SQLite would look at all that ever came, not at the index of these.
fn replaced_sql(which: &str) -> String {
    format!(
        "SELECT s.seq FROM submission s WHERE s.replaced_by IS NOT NULL AND {which} ORDER BY +s.seq"
    )
}

/// Submissions that count although another took their place and stands.
///
/// # Errors
/// What the store says.
pub fn counting_though_replaced(tx: &dyn Tx) -> Result<Vec<i64>, StoreFault> {
    replaced_ones(tx, &format!("s.counts = 1 AND {}", replaced("s")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::plan;

    #[test]
    fn what_is_asked_at_every_start_looks_only_at_what_was_replaced() {
        let plan = plan(&replaced_sql(&format!("s.counts = 0 AND NOT {}", replaced("s"))));
        assert!(plan.contains("SEARCH s USING INDEX submission_replaced"), "{plan}");
        assert!(!plan.contains("SCAN s"), "{plan}");
    }
}
