//! Who helps which commune, dated, by decision.

use super::tx::{Row, StoreFault, Tx};

/// An assignment as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Commune unit id.
    pub commune: String,
    /// Team id.
    pub team: String,
    /// `lead` or `support`.
    pub role: String,
    /// Number of the decision.
    pub decision: String,
    /// First day.
    pub from: String,
    /// Last day, once replaced.
    pub to: Option<String>,
    /// Whether later plans must keep it.
    pub pinned: bool,
}

fn stored(row: &Row) -> Result<Stored, StoreFault> {
    Ok(Stored {
        commune: row.text(0)?,
        team: row.text(1)?,
        role: row.text(2)?,
        decision: row.text(3)?,
        from: row.text(4)?,
        to: row.text_or_null(5)?,
        pinned: row.int(6)? != 0,
    })
}

const ASSIGNMENT: &str = "SELECT a.commune, a.team, a.role, a.decision, a.valid_from, a.valid_to, a.pinned FROM assignment a";

/// The assignments in force on `date` for the communes in `actor`'s areas, by commune.
///
/// # Errors
/// What the store says.
pub fn on(tx: &dyn Tx, actor: &str, date: &str) -> Result<Vec<Stored>, StoreFault> {
    let sql = format!(
        "{ASSIGNMENT} WHERE a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2)
         AND EXISTS (SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
                     WHERE s.actor = $1 AND w.unit = a.commune)
         ORDER BY a.commune, a.team"
    );
    tx.query(&sql, &[actor.into(), date.into()])?.iter().map(stored).collect()
}

/// The assignments there ever were of a commune, of a team or both, for the communes in `actor`'s
/// areas, first to last.
///
/// # Errors
/// What the store says.
pub fn history(
    tx: &dyn Tx,
    actor: &str,
    (commune, team): (Option<&str>, Option<&str>),
    limit: i64,
) -> Result<Vec<Stored>, StoreFault> {
    let sql = format!(
        "{ASSIGNMENT} WHERE (a.commune = $2 OR $2 = '') AND (a.team = $3 OR $3 = '')
         AND EXISTS (SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
                     WHERE s.actor = $1 AND w.unit = a.commune)
         ORDER BY a.valid_from DESC, a.commune, a.role, a.team LIMIT $4"
    );
    let (commune, team) = (commune.unwrap_or_default(), team.unwrap_or_default());
    let rows = tx.query(&sql, &[actor.into(), commune.into(), team.into(), limit.into()])?;
    let mut found: Vec<Stored> = rows.iter().map(stored).collect::<Result<_, _>>()?;
    found.sort_by(|a, b| (&a.from, &a.commune, &a.role).cmp(&(&b.from, &b.commune, &b.role)));
    Ok(found)
}

/// The communes a team has on a day, as they were called when they were assigned.
///
/// # Errors
/// What the store says.
pub fn of_team(tx: &dyn Tx, team: &str, date: &str) -> Result<Vec<String>, StoreFault> {
    let sql = "SELECT DISTINCT commune FROM assignment
        WHERE team = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY commune";
    tx.query(sql, &[team.into(), date.into()])?.iter().map(|row| row.text(0)).collect()
}

/// The assignments of one decision, by commune.
///
/// # Errors
/// What the store says.
pub fn of_batch(tx: &dyn Tx, batch: &str) -> Result<Vec<Stored>, StoreFault> {
    let sql = format!("{ASSIGNMENT} WHERE a.batch = $1 ORDER BY a.commune, a.role, a.team");
    tx.query(&sql, &[batch.into()])?.iter().map(stored).collect()
}

/// Ends on its eve, in whatever role, what began before a day for any of these communes; how many rows.
///
/// # Errors
/// What the store says.
pub fn end(tx: &dyn Tx, communes: &[&str], (from, eve): (&str, &str)) -> Result<u64, StoreFault> {
    let mut ended = 0;
    for commune in communes {
        ended += tx.execute(
            "UPDATE assignment SET valid_to = $1
             WHERE commune = $2 AND valid_from < $3 AND (valid_to IS NULL OR valid_to >= $3)",
            &[eve.into(), (*commune).into(), from.into()],
        )?;
    }
    Ok(ended)
}

/// Stores a team of a commune from a day on.
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, batch: &str, round: &str, new: &Stored) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO assignment (batch, round, commune, team, role, decision, valid_from, pinned, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT coalesce(max(seq), 0) + 1 FROM assignment))",
        &[
            batch.into(),
            round.into(),
            (&new.commune).into(),
            (&new.team).into(),
            (&new.role).into(),
            (&new.decision).into(),
            (&new.from).into(),
            i64::from(new.pinned).into(),
        ],
    )?;
    Ok(())
}

/// True when the commune has an assignment that begins on that day or later.
///
/// # Errors
/// What the store says.
pub fn begins_later(tx: &dyn Tx, commune: &str, from: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM assignment WHERE commune = $1 AND valid_from >= $2";
    Ok(tx.first(sql, &[commune.into(), from.into()])?.is_some())
}

/// Which communes were assigned anew from which days, the earliest first.
///
/// # Errors
/// What the store says.
pub fn begun(tx: &dyn Tx) -> Result<Vec<(String, String)>, StoreFault> {
    let sql = "SELECT DISTINCT commune, valid_from FROM assignment ORDER BY valid_from, commune";
    tx.query(sql, &[])?.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}
