//! Moments per round and village: the fold of what counts, kept as submissions arrive.

use ntm_shared::moment::VillageMoments;

use super::tx::{Row, StoreFault, Tx};

fn unpacked(row: &Row, i: usize) -> Result<VillageMoments, StoreFault> {
    VillageMoments::unpack(&row.blob(i)?)
        .ok_or_else(|| StoreFault::Unreadable(format!("column {i}: no moments")))
}

/// The moments of a village; absent when nothing has come in.
///
/// # Errors
/// What the store says.
pub fn get(tx: &dyn Tx, round: &str, village: &str) -> Result<Option<VillageMoments>, StoreFault> {
    if let Some(known) = tx.remembered().and_then(|of| of.moments(round, village)) {
        return Ok(Some(known));
    }
    let sql = "SELECT moments FROM moment WHERE round = $1 AND village = $2";
    tx.first(sql, &[round.into(), village.into()])?.map(|row| unpacked(&row, 0)).transpose()
}

/// Changes the moments of one village alone.
pub(super) const PUT: &str =
    "INSERT INTO moment (round, village, commune, moments) VALUES ($1, $2, $3, $4)
     ON CONFLICT (round, village) DO UPDATE SET moments = excluded.moments";

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
    tx.execute(PUT, &[round.into(), village.into(), commune.into(), moments.pack().into()])?;
    if let Some(remembered) = tx.remembered() {
        remembered.put_moments(round, village, moments);
    }
    Ok(())
}

/// The moments of a round: (village, moments), by village.
///
/// # Errors
/// What the store says.
pub fn of_round(tx: &dyn Tx, round: &str) -> Result<Vec<(String, VillageMoments)>, StoreFault> {
    let sql = "SELECT village, moments FROM moment WHERE round = $1 ORDER BY village";
    let rows = tx.query(sql, &[round.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, unpacked(row, 1)?))).collect()
}

/// The same of the villages within an area alone: takes as long as there are villages in it, however
/// many the round has.
///
/// # Errors
/// What the store says.
pub fn within(
    tx: &dyn Tx,
    round: &str,
    area: &str,
) -> Result<Vec<(String, VillageMoments)>, StoreFault> {
    let sql = "SELECT m.village, m.moments FROM unit_within w
        CROSS JOIN moment m ON m.round = $1 AND m.village = w.unit
        WHERE w.area = $2 ORDER BY m.village";
    let rows = tx.query(sql, &[round.into(), area.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, unpacked(row, 1)?))).collect()
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

/// Writes as bytes what was JSON, once.
///
/// # Errors
/// What the store says; when a row does not read.
pub(super) fn pack(tx: &dyn Tx) -> Result<(), StoreFault> {
    for row in tx.query("SELECT round, village, commune, moments FROM moment_json", &[])? {
        put(tx, &row.text(0)?, (&row.text(1)?, &row.text(2)?), &row.json(3)?)?;
    }
    tx.execute("DROP TABLE moment_json", &[]).map(drop)
}
