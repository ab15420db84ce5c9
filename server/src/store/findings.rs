//! What checks noticed in submissions.

use std::collections::BTreeMap;

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

/// Codes of the findings of the submissions of a form that count in a village, by sequence.
///
/// # Errors
/// What the store says.
pub fn codes_in(
    tx: &dyn Tx,
    round: &str,
    form: &str,
    village: &str,
) -> Result<BTreeMap<i64, Vec<String>>, StoreFault> {
    let sql = "SELECT f.submission, f.finding FROM submission s CROSS JOIN finding f
        WHERE s.round = $1 AND s.form = $2 AND s.village = $3 AND s.counts = 1
            AND f.submission = s.seq ORDER BY f.submission, f.position";
    let mut codes: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in tx.query(sql, &[round.into(), form.into(), village.into()])? {
        let finding: Finding = row.json(1)?;
        codes.entry(row.int(0)?).or_default().push(finding.code);
    }
    Ok(codes)
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
