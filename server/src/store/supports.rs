//! What was given to communes.

use ntm_shared::api::support::{By, NewSupport};

use super::tx::{Row, StoreFault, Tx};
use super::visits::{Which, seen};

/// Support as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The order in which it was written down.
    pub seq: i64,
    /// What was said, the commune as a unit id.
    pub said: NewSupport,
    /// Who wrote it down.
    pub actor: String,
    /// When.
    pub at: String,
}

/// A sum of supports: key, how many, value in đồng, how many without a value.
pub type Sum = (String, u64, u64, u64);

const SUPPORT: &str = "SELECT support.seq, support.said, support.actor, support.at FROM support";

fn stored(row: &Row) -> Result<Stored, StoreFault> {
    Ok(Stored { seq: row.int(0)?, said: row.json(1)?, actor: row.text(2)?, at: row.text(3)? })
}

/// The support with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Stored>, StoreFault> {
    let row = tx.first(&format!("{SUPPORT} WHERE support.id = $1"), &[id.into()])?;
    row.map(|row| stored(&row)).transpose()
}

/// Supports, those written down last first.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, which: &Which) -> Result<Vec<Stored>, StoreFault> {
    let sql = format!(
        "{SUPPORT} WHERE {} AND support.seq < $4 ORDER BY support.seq DESC LIMIT $5",
        seen("support")
    );
    tx.query(&sql, &which.values())?.iter().map(stored).collect()
}

/// Writes a support down.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, new: &NewSupport, actor: &str, at: &str) -> Result<(), StoreFault> {
    let said = serde_json::to_string(new).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO support
             (seq, id, commune, team, day, kind, beneficiary, value, said, actor, at)
         VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM support),
             $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            (&new.id).into(),
            (&new.commune).into(),
            new.team.clone().into(),
            new.day.to_string().into(),
            new.kind.as_str().into(),
            new.beneficiary.as_str().into(),
            new.value.into(),
            said.into(),
            actor.into(),
            at.into(),
        ],
    )?;
    Ok(())
}

/// Sums of the supports from one day to another, both included, by key.
///
/// # Errors
/// What the store says.
pub fn totals(
    tx: &dyn Tx,
    which: &Which,
    by: By,
    (from, to): (&str, &str),
) -> Result<Vec<Sum>, StoreFault> {
    let key = match by {
        By::Team => "coalesce(support.team, '')",
        By::Commune => "support.commune",
        By::Kind => "support.kind",
        By::Beneficiary => "support.beneficiary",
    };
    let sql = format!(
        "SELECT {key}, count(*), coalesce(sum(support.value), 0), count(*) - count(support.value)
         FROM support WHERE {} AND support.day BETWEEN $4 AND $5 GROUP BY 1 ORDER BY 1",
        seen("support")
    );
    let [actor, area, team, ..] = which.values();
    let rows = tx.query(&sql, &[actor, area, team, from.into(), to.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.count(1)?, row.count(2)?, row.count(3)?))).collect()
}
