//! Helper teams.

use ntm_shared::team::Team;

use super::tx::{StoreFault, Tx};

/// Every team, by id.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx) -> Result<Vec<Team>, StoreFault> {
    tx.query("SELECT team FROM team ORDER BY id", &[])?.iter().map(|row| row.json(0)).collect()
}

/// Adds or changes a team: (new, changed).
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, team: &Team) -> Result<(bool, bool), StoreFault> {
    let known = tx.first("SELECT team FROM team WHERE id = $1", &[(&team.id).into()])?;
    let known: Option<Team> = known.map(|row| row.json(0)).transpose()?;
    if known.as_ref() == Some(team) {
        return Ok((false, false));
    }
    let json = serde_json::to_string(team).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO team (id, team) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET team = excluded.team",
        &[(&team.id).into(), json.into()],
    )?;
    Ok((known.is_none(), known.is_some()))
}
