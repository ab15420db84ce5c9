//! Travel times.

use ntm_shared::travel::{Seat, Travel};

use super::tx::{StoreFault, Tx};

/// Every time, by seat and commune.
///
/// # Errors
/// What the store says.
pub fn all(tx: &dyn Tx) -> Result<Vec<Travel>, StoreFault> {
    let sql = "SELECT travel FROM travel ORDER BY seat, commune";
    tx.query(sql, &[])?.iter().map(|row| row.json(0)).collect()
}

/// Adds or changes a time: (new, changed).
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, travel: &Travel) -> Result<(bool, bool), StoreFault> {
    let seat = match &travel.from {
        Seat::Team(id) => format!("team:{id}"),
        Seat::Agency(id) => format!("agency:{id}"),
    };
    let key = [(&seat).into(), (&travel.commune).into()];
    let sql = "SELECT travel FROM travel WHERE seat = $1 AND commune = $2";
    let known: Option<Travel> = tx.first(sql, &key)?.map(|row| row.json(0)).transpose()?;
    if known.as_ref() == Some(travel) {
        return Ok((false, false));
    }
    let json = serde_json::to_string(travel).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO travel (seat, commune, travel) VALUES ($1, $2, $3)
         ON CONFLICT (seat, commune) DO UPDATE SET travel = excluded.travel",
        &[(&seat).into(), (&travel.commune).into(), json.into()],
    )?;
    Ok((known.is_none(), known.is_some()))
}
