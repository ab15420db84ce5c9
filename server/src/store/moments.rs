//! Moments per round and village: the fold of what counts, kept as submissions arrive.

use ntm_shared::moment::VillageMoments;

use super::tx::{StoreFault, Tx};

/// The moments of a village; absent when nothing has come in.
///
/// # Errors
/// What the store says.
pub fn get(tx: &dyn Tx, round: &str, village: &str) -> Result<Option<VillageMoments>, StoreFault> {
    let sql = "SELECT moments FROM moment WHERE round = $1 AND village = $2";
    tx.first(sql, &[round.into(), village.into()])?.map(|row| row.json(0)).transpose()
}

/// Stores the moments of a village.
///
/// # Errors
/// What the store says.
pub fn put(
    tx: &dyn Tx,
    round: &str,
    (village, commune): (&str, &str),
    moments: &VillageMoments,
) -> Result<(), StoreFault> {
    let json = serde_json::to_string(moments).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO moment (round, village, commune, moments) VALUES ($1, $2, $3, $4)
         ON CONFLICT (round, village) DO UPDATE SET moments = excluded.moments",
        &[round.into(), village.into(), commune.into(), json.into()],
    )?;
    Ok(())
}

/// The moments of a round: (village, moments), by village.
///
/// # Errors
/// What the store says.
pub fn of_round(tx: &dyn Tx, round: &str) -> Result<Vec<(String, VillageMoments)>, StoreFault> {
    let sql = "SELECT village, moments FROM moment WHERE round = $1 ORDER BY village";
    let rows = tx.query(sql, &[round.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.json(1)?))).collect()
}

/// Forgets the moments of a village about which nothing counts any more.
///
/// # Errors
/// What the store says.
pub fn remove(tx: &dyn Tx, round: &str, village: &str) -> Result<(), StoreFault> {
    let sql = "DELETE FROM moment WHERE round = $1 AND village = $2";
    tx.execute(sql, &[round.into(), village.into()])?;
    Ok(())
}

/// Forgets the moments of a round: they are a cache of its submissions.
///
/// # Errors
/// What the store says.
pub fn clear(tx: &dyn Tx, round: &str) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM moment WHERE round = $1", &[round.into()])?;
    Ok(())
}
