//! Saying which areas contain which units, as seen on a day.

use jiff::civil::Date;
use ntm_shared::unit::Units;
use serde_json::json;
use sha2::{Digest, Sha256};

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
    let within = within(known, today);
    let stamp = stamp(&within);
    if meta::get(tx, SETTLED)?.as_deref() == Some(&stamp) {
        return Ok(());
    }
    units::clear_within(tx)?;
    for Within { unit, area, merged } in &within {
        units::put_within(tx, unit, area, *merged)?;
    }
    units::put_villages_within(tx)?;
    super::teams::put_within(tx, today)?;
    accounts::set_areas(tx, SERVER, &[EVERYWHERE.into()])?;
    meta::put(tx, SETTLED, &stamp)?;
    by.event(
        tx,
        "unit.settle",
        EVERYWHERE,
        &json!({ "units": known.all().len(), "as_of": today }),
    )?;
    Ok(())
}

/// A unit within an area; by what the unit became, or was made of, where it is `merged`.
struct Within<'u> {
    unit: &'u str,
    area: String,
    merged: bool,
}

fn within(known: &Units, today: Date) -> Vec<Within<'_>> {
    let mut all = Vec::new();
    for unit in known.all() {
        let named = known.own_areas_of(&unit.id, today);
        let areas = known.areas_of(&unit.id, today).into_iter();
        all.extend(areas.map(|area| {
            let merged = !named.contains(area.as_str());
            Within { unit: &unit.id, area, merged }
        }));
        all.push(Within { unit: &unit.id, area: EVERYWHERE.into(), merged: false });
    }
    all
}

/// Changes with what is within what: when a unit begins or ends, and when the list was corrected.
fn stamp(within: &[Within<'_>]) -> String {
    let mut hash = Sha256::new();
    for Within { unit, area, merged } in within {
        hash.update(format!("{unit} {area} {merged}\n"));
    }
    format!("{} within, {}", within.len(), hex::encode(hash.finalize()))
}
