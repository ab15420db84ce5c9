//! Languages of communes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ntm_shared::language::Spoken;

use super::tx::{StoreFault, Tx};

/// Everything that is known, by commune and first day.
///
/// # Errors
/// What the store says.
pub fn all(tx: &dyn Tx) -> Result<Vec<Spoken>, StoreFault> {
    let sql = "SELECT spoken FROM commune_language ORDER BY commune, valid_from";
    tx.query(sql, &[])?.iter().map(|row| row.json(0)).collect()
}

/// What is spoken in each commune on a day.
///
/// # Errors
/// What the store says.
pub fn on(tx: &dyn Tx, day: Date) -> Result<BTreeMap<String, BTreeSet<String>>, StoreFault> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for spoken in all(tx)?.into_iter().filter(|spoken| spoken.is_so(day)) {
        found.entry(spoken.commune).or_default().extend(spoken.languages);
    }
    Ok(found)
}

/// Adds or changes what is spoken in a commune from a day on: (new, changed).
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, spoken: &Spoken) -> Result<(bool, bool), StoreFault> {
    let from = spoken.from.map(|day| day.to_string()).unwrap_or_default();
    let key = [(&spoken.commune).into(), (&from).into()];
    let sql = "SELECT spoken FROM commune_language WHERE commune = $1 AND valid_from = $2";
    let known: Option<Spoken> = tx.first(sql, &key)?.map(|row| row.json(0)).transpose()?;
    if known.as_ref() == Some(spoken) {
        return Ok((false, false));
    }
    let json = serde_json::to_string(spoken).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO commune_language (commune, valid_from, spoken) VALUES ($1, $2, $3)
         ON CONFLICT (commune, valid_from) DO UPDATE SET spoken = excluded.spoken",
        &[(&spoken.commune).into(), (&from).into(), json.into()],
    )?;
    Ok((known.is_none(), known.is_some()))
}
