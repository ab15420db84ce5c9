//! The numbers that phones give to the forms they finish.

use std::collections::BTreeSet;

use super::tx::{StoreFault, Tx};

/// Most missing numbers that are told of a run.
const TOLD: usize = 100;

/// Notes that a number came; false when it had before.
///
/// # Errors
/// What the store says.
pub fn note(tx: &dyn Tx, device: &str, run: &str, number: u64) -> Result<bool, StoreFault> {
    let sql = "INSERT INTO record_number (run, number, device) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, &[run.into(), number.into(), device.into()])? > 0)
}

/// Numbers of a run that are below one that came and never came themselves: the first hundred.
///
/// # Errors
/// What the store says.
pub fn missing(tx: &dyn Tx, run: &str) -> Result<Vec<u64>, StoreFault> {
    let sql = "SELECT number FROM record_number WHERE run = $1 ORDER BY number";
    let mut next = 1;
    let mut missing = Vec::new();
    for row in &tx.query(sql, &[run.into()])? {
        let number = row.count(0)?;
        missing.extend((next..number).take(TOLD - missing.len()));
        next = number + 1;
    }
    Ok(missing)
}

/// The same of the runs that a phone went on with last.
///
/// # Errors
/// What the store says.
pub fn missing_of(tx: &dyn Tx, device: &str) -> Result<Vec<u64>, StoreFault> {
    let sql = "SELECT DISTINCT run FROM record_number r WHERE device = $1 AND NOT EXISTS
        (SELECT 1 FROM record_number l WHERE l.run = r.run AND l.device <> $1
         AND l.number > (SELECT max(m.number) FROM record_number m WHERE m.run = r.run AND m.device = $1))";
    let mut all = BTreeSet::new();
    for row in &tx.query(sql, &[device.into()])? {
        all.extend(missing(tx, &row.text(0)?)?);
    }
    Ok(all.into_iter().take(TOLD).collect())
}
