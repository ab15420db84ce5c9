//! Lists of names that were taken away in a file.

use ntm_shared::api::audit::Export;

use super::events::IN_AREAS;
use super::tx::{Row, StoreFault, Tx};

const EXPORT: &str = "SELECT e.id, e.at, e.actor, (SELECT u.name FROM user u WHERE u.id = e.actor),
    e.list, e.subject, e.reason FROM export e";

fn export(row: &Row) -> Result<Export, StoreFault> {
    Ok(Export {
        id: row.text(0)?,
        at: row.text(1)?,
        actor: row.text(2)?,
        actor_name: row.text_or_null(3)?.unwrap_or_default(),
        list: row.text(4)?,
        subject: row.text(5)?,
        reason: row.text(6)?,
    })
}

/// The export with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Export>, StoreFault> {
    let row = tx.first(&format!("{EXPORT} WHERE e.id = $1"), &[id.into()])?;
    row.map(|row| export(&row)).transpose()
}

/// Notes an export.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, new: &Export) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO export (id, at, actor, list, subject, reason) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            (&new.id).into(),
            (&new.at).into(),
            (&new.actor).into(),
            (&new.list).into(),
            (&new.subject).into(),
            (&new.reason).into(),
        ],
    )?;
    Ok(())
}

/// A page of exports by people whose areas all lie in `reader`'s, by id.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, reader: &str, after: &str, limit: i64) -> Result<Vec<Export>, StoreFault> {
    let sql = format!("{EXPORT} WHERE e.id > $2 AND {IN_AREAS} ORDER BY e.id LIMIT $3");
    let rows = tx.query(&sql, &[reader.into(), after.into(), limit.into()])?;
    rows.iter().map(export).collect()
}
