//! What checks noticed in submissions.

use ntm_shared::finding::Finding;

use super::tx::{StoreFault, Tx};

/// Adds findings to a submission, after those it has.
///
/// # Errors
/// What the store says.
pub fn add(tx: &dyn Tx, submission: i64, findings: &[Finding]) -> Result<(), StoreFault> {
    if findings.is_empty() {
        return Ok(());
    }
    let last = "SELECT coalesce(max(position), 0) FROM finding WHERE submission = $1";
    let last = tx.first(last, &[submission.into()])?.map_or(Ok(0), |row| row.int(0))?;
    put(tx, submission, last, findings)
}

/// The findings of a submission that has none yet.
///
/// # Errors
/// What the store says.
pub fn first(tx: &dyn Tx, submission: i64, findings: &[Finding]) -> Result<(), StoreFault> {
    put(tx, submission, 0, findings)
}

fn put(tx: &dyn Tx, submission: i64, last: i64, findings: &[Finding]) -> Result<(), StoreFault> {
    for (finding, position) in findings.iter().zip(last + 1..) {
        let json =
            serde_json::to_string(finding).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
        tx.execute(
            "INSERT INTO finding (submission, position, finding) VALUES ($1, $2, $3)",
            &[submission.into(), position.into(), json.into()],
        )?;
    }
    Ok(())
}

/// The findings of a submission.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, submission: i64) -> Result<Vec<Finding>, StoreFault> {
    let sql = "SELECT finding FROM finding WHERE submission = $1 ORDER BY position";
    tx.query(sql, &[submission.into()])?.iter().map(|row| row.json(0)).collect()
}

/// Takes the findings with this code away from a submission.
///
/// # Errors
/// What the store says.
pub fn withdraw(tx: &dyn Tx, submission: i64, code: &str) -> Result<(), StoreFault> {
    let begins = format!("{{\"code\":\"{code}\",%");
    let sql = "DELETE FROM finding WHERE submission = $1 AND finding LIKE $2";
    tx.execute(sql, &[submission.into(), begins.into()])?;
    Ok(())
}

/// Puts other findings in the place of those a submission has.
///
/// # Errors
/// What the store says.
pub fn replace(tx: &dyn Tx, submission: i64, findings: &[Finding]) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM finding WHERE submission = $1", &[submission.into()])?;
    add(tx, submission, findings)
}
