//! Saying which areas contain which units, as seen on a day.

use jiff::civil::Date;
use ntm_shared::unit::Units;
use serde_json::json;

use super::{By, EVERYWHERE, SERVER};
use crate::fault::Fault;
use crate::store::{Tx, accounts, meta, units};

/// What the table of areas was last computed for.
const SETTLED: &str = "units settled";

/// Brings the table of areas up to `today`: scope follows mergers, so it changes on the days on
/// which units begin or end, and only then. The server itself works everywhere.
///
/// # Errors
/// What the store says.
pub fn settle(tx: &dyn Tx, by: &By, known: &Units, today: Date) -> Result<(), Fault> {
    let stamp = stamp(known, today);
    if meta::get(tx, SETTLED)?.as_deref() == Some(&stamp) {
        return Ok(());
    }
    units::clear_within(tx)?;
    for unit in known.all() {
        let named = known.own_areas_of(&unit.id, today);
        for area in &known.areas_of(&unit.id, today) {
            units::put_within(tx, &unit.id, area, !named.contains(area.as_str()))?;
        }
        units::put_within(tx, &unit.id, EVERYWHERE, false)?;
    }
    units::put_villages_within(tx)?;
    units::put_teams_within(tx, &today.to_string())?;
    accounts::set_areas(tx, SERVER, &[EVERYWHERE.into()])?;
    meta::put(tx, SETTLED, &stamp)?;
    by.event(
        tx,
        "unit.settle",
        EVERYWHERE,
        &json!({ "units": known.all().len(), "as_of": stamp }),
    )?;
    Ok(())
}

/// Changes exactly when a unit begins or ends, or when the list does.
fn stamp(known: &Units, today: Date) -> String {
    let begun = known.all().iter().filter(|u| u.life.from.is_none_or(|from| from <= today)).count();
    let ended = known.all().iter().filter(|u| u.life.to.is_some_and(|to| to < today)).count();
    format!("{} units, {begun} begun, {ended} ended", known.all().len())
}
