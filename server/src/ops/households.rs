//! Importing the roster.

use jiff::civil::Date;
use ntm_shared::api::household::Imported;
use ntm_shared::household::RosterRow;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::households::Household;
use crate::store::units::Village;
use crate::store::{Tx, erasures, households, units};

/// Imports a roster read from a table: all of it or nothing. Households already known keep their
/// identity; importing the same table again changes nothing.
///
/// # Errors
/// `out_of_area` when a commune lies outside the user's areas.
pub fn import(tx: &dyn Tx, by: &By, rows: Vec<RosterRow>, date: Date) -> Result<Imported, Fault> {
    let mut communes: Vec<String> = rows.iter().map(|row| row.commune.clone()).collect();
    communes.sort();
    communes.dedup();
    if !units::covers(tx, &by.actor, &communes)? {
        return Err(Fault::new(&problem::OUT_OF_AREA));
    }
    let mut done =
        Imported { rows: rows.len() as u64, added: 0, changed: 0, villages_added: 0, erased: 0 };
    let mut last_village = String::new();
    for row in rows {
        let village = row.village_id();
        if village != last_village {
            let new = Village {
                id: village.clone(),
                commune: row.commune.clone(),
                code: row.village_code.clone(),
                name: row.village.clone(),
                valid_from: Some(date.to_string()),
            };
            done.villages_added += u64::from(units::put_village(tx, &new)?);
            last_village.clone_from(&village);
        }
        if erasures::is_erased(tx, &row.id())? {
            done.erased += 1;
            continue;
        }
        let (added, changed) = households::put(
            tx,
            Household {
                id: row.id(),
                village,
                commune: row.commune,
                code: row.code,
                head: row.head,
                members: row.members.map(u64::from),
                poverty: Some(row.poverty.as_str().to_owned()),
                lat: row.place.map(|p| p.lat),
                lon: row.place.map(|p| p.lon),
                revision: 0,
            },
        )?;
        done.added += u64::from(added);
        done.changed += u64::from(changed);
    }
    by.event(tx, "household.import", &communes.join(" "), &json!(done))?;
    Ok(done)
}
