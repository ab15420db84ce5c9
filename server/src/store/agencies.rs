//! Agencies.

use std::collections::BTreeMap;

use ntm_shared::agency::Agency;

use super::tx::{StoreFault, Tx};

/// Every agency by id.
///
/// # Errors
/// What the store says.
pub fn all(tx: &dyn Tx) -> Result<BTreeMap<String, Agency>, StoreFault> {
    let rows = tx.query("SELECT id, agency FROM agency ORDER BY id", &[])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.json(1)?))).collect()
}

/// Adds or changes an agency: (new, changed).
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, agency: &Agency) -> Result<(bool, bool), StoreFault> {
    let known = tx.first("SELECT agency FROM agency WHERE id = $1", &[(&agency.id).into()])?;
    let known: Option<Agency> = known.map(|row| row.json(0)).transpose()?;
    if known.as_ref() == Some(agency) {
        return Ok((false, false));
    }
    let json = serde_json::to_string(agency).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO agency (id, agency) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET agency = excluded.agency",
        &[(&agency.id).into(), json.into()],
    )?;
    Ok((known.is_none(), known.is_some()))
}
