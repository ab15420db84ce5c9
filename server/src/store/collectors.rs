//! Collectors; their phones are in `devices`.

use ntm_shared::api::collector::Collector;

use super::accounts::areas;
use super::tx::{Row, StoreFault, Tx};

const COLLECTOR: &str =
    "SELECT c.id, c.name, c.expires_at, c.revoked, c.last_seen_at FROM collector c";

fn collector(tx: &dyn Tx, row: &Row) -> Result<Collector, StoreFault> {
    let id = row.text(0)?;
    Ok(Collector {
        areas: areas(tx, &id)?,
        name: row.text(1)?,
        expires_at: row.text(2)?,
        revoked: row.truth(3)?,
        last_seen_at: row.text_or_null(4)?,
        id,
    })
}

/// The collector with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Collector>, StoreFault> {
    let row = tx.first(&format!("{COLLECTOR} WHERE c.id = $1"), &[id.into()])?;
    row.map(|row| collector(tx, &row)).transpose()
}

/// A page of the collectors whose areas all lie in `actor`'s.
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    actor: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Collector>, StoreFault> {
    let sql = format!(
        "{COLLECTOR} WHERE c.id > $2 AND NOT EXISTS (
             SELECT 1 FROM area a WHERE a.actor = c.id AND NOT EXISTS (
                 SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
                 WHERE s.actor = $1 AND w.unit = a.unit))
         ORDER BY c.id LIMIT $3"
    );
    let rows = tx.query(&sql, &[actor.into(), after.into(), limit.into()])?;
    rows.iter().map(|row| collector(tx, row)).collect()
}

/// Adds a collector.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, collector: &Collector) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO collector (id, name, token_hash, expires_at, revoked)
         VALUES ($1, $2, CAST($1 AS BLOB), $3, 0)",
        &[(&collector.id).into(), (&collector.name).into(), (&collector.expires_at).into()],
    )?;
    super::accounts::set_areas(tx, &collector.id, &collector.areas)
}

/// Notes that a token of the collector is good until then.
///
/// # Errors
/// What the store says.
pub fn extend(tx: &dyn Tx, id: &str, expires_at: &str) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE collector SET expires_at = max(expires_at, $1) WHERE id = $2",
        &[expires_at.into(), id.into()],
    )?;
    Ok(())
}

/// Shuts a collector out, with every phone.
///
/// # Errors
/// What the store says.
pub fn revoke(tx: &dyn Tx, id: &str) -> Result<(), StoreFault> {
    tx.execute("UPDATE collector SET revoked = 1 WHERE id = $1", &[id.into()])?;
    Ok(())
}

/// Notes when a collector's phone last sent something, to the minute.
///
/// # Errors
/// What the store says.
pub fn seen(tx: &dyn Tx, id: &str, at: &str) -> Result<(), StoreFault> {
    let minute = at.get(..16).unwrap_or(at);
    if tx.remembered().and_then(|of| of.heard(id)).is_some_and(|heard| heard == minute) {
        return Ok(());
    }
    let sql = "UPDATE collector SET last_seen_at = $1
        WHERE id = $2 AND substr(coalesce(last_seen_at, ''), 1, 16) <> substr($1, 1, 16)";
    tx.execute(sql, &[at.into(), id.into()])?;
    if let Some(remembered) = tx.remembered() {
        remembered.hear(id, minute);
    }
    Ok(())
}
