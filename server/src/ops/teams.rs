//! Importing helper teams.

use jiff::civil::Date;
use ntm_shared::api::household::Imported;
use ntm_shared::problem;
use ntm_shared::team::Team;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::secret;
use crate::store::{Tx, assignments, meta, teams, units};

/// Imports teams read from a table; importing the same again changes nothing.
///
/// # Errors
/// `out_of_area` when a team leads a commune outside the user's areas, now or by this table.
pub fn import(tx: &dyn Tx, by: &By, rows: &[Team], today: Date) -> Result<Imported, Fault> {
    let mut done =
        Imported { rows: rows.len() as u64, added: 0, changed: 0, villages_added: 0, erased: 0 };
    let before = teams::list(tx)?;
    for team in rows {
        let known = before.iter().find(|known| known.id == team.id);
        let mut communes: Vec<String> = team.present.iter().cloned().collect();
        communes.extend(known.iter().flat_map(|known| known.present.iter().cloned()));
        if !units::covers(tx, &by.actor, &communes)? {
            return Err(Fault::new(&problem::OUT_OF_AREA));
        }
        let (added, changed) = teams::put(tx, team)?;
        done.added += u64::from(added);
        done.changed += u64::from(changed);
    }
    put_within(tx, today)?;
    by.event(tx, "team.import", "teams", &json!(done))?;
    Ok(done)
}

/// Computes the areas of teams for a day because of what was decided; what the calendar brings is
/// followed anew after that, also where it is what was there before the decision.
///
/// # Errors
/// What the store says.
pub fn put_within(tx: &dyn Tx, day: Date) -> Result<(), Fault> {
    units::put_teams_within(tx, &day.to_string())?;
    Ok(meta::put(tx, FOLLOWED, "")?)
}

/// What the areas of teams were last computed for.
const FOLLOWED: &str = "teams followed";

/// Brings the areas of teams up to `today`: they change on the days on which assignments begin or end,
/// and only then.
///
/// # Errors
/// What the store says.
pub fn follow(tx: &dyn Tx, by: &By, today: Date) -> Result<(), Fault> {
    let day = today.to_string();
    let mut pairs = Vec::new();
    for team in teams::list(tx)? {
        for commune in assignments::of_team(tx, &team.id, &day)? {
            pairs.push(format!("{} {commune}", team.id));
        }
    }
    let stamp = hex::encode(secret::hash(&pairs.join("\n")));
    if meta::get(tx, FOLLOWED)?.as_deref() == Some(&stamp) {
        return Ok(());
    }
    units::put_teams_within(tx, &day)?;
    meta::put(tx, FOLLOWED, &stamp)?;
    by.event(tx, "team.follow", "teams", &json!({ "pairs": pairs.len(), "as_of": today }))?;
    Ok(())
}
