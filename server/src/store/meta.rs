//! Facts about the database itself, by name.

use super::tx::{StoreFault, Tx};

/// Which history of the data this is: random, and made anew when an older state is restored.
pub const EPOCH: &str = "epoch";

/// The fact called `key`.
///
/// # Errors
/// What the store says.
pub fn get(tx: &dyn Tx, key: &str) -> Result<Option<String>, StoreFault> {
    let row = tx.first("SELECT value FROM meta WHERE key = $1", &[key.into()])?;
    row.map(|row| row.text(0)).transpose()
}

/// Notes a fact.
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, key: &str, value: &str) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO meta (key, value) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        &[key.into(), value.into()],
    )?;
    Ok(())
}
