//! Collectors: adding them, and shutting them out with all their phones.

use ntm_shared::api::collector::Collector;
use ntm_shared::api::rota::NewAreas;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use super::visits::{TEAM, wrong};
use crate::fault::Fault;
use crate::store::devices::NewDevice;
use crate::store::{Tx, accounts, collectors, devices, units};

/// Adds a collector with a first phone; true when new. Repeating it changes nothing and shows no
/// token again.
///
/// # Errors
/// `out_of_area`; `conflict` when the id belongs to a different collector.
pub fn create(
    tx: &dyn Tx,
    by: &By,
    new: Collector,
    token_hash: Vec<u8>,
) -> Result<(Collector, bool), Fault> {
    if new.areas.is_empty() || !units::covers(tx, &by.actor, &new.areas)? {
        return Err(Fault::new(&problem::OUT_OF_AREA));
    }
    if let Some(known) = collectors::by_id(tx, &new.id)? {
        let same = known.name == new.name && known.areas == new.areas;
        return if same { Ok((known, false)) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    collectors::insert(tx, &new)?;
    let first = NewDevice {
        id: new.id.clone(),
        collector: new.id.clone(),
        label: String::new(),
        token_hash,
        created_at: by.at.clone(),
        expires_at: new.expires_at.clone(),
    };
    devices::insert(tx, first)?;
    by.event(tx, "collector.create", &new.id, &json!({ "areas": new.areas }))?;
    Ok((new, true))
}

/// The collector, if all of its areas are the user's.
///
/// # Errors
/// `not_found`, also for a collector outside the user's area.
pub fn seen_by(tx: &dyn Tx, by: &By, id: &str) -> Result<Collector, Fault> {
    let known = collectors::by_id(tx, id)?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    if !units::covers(tx, &by.actor, &known.areas)? {
        return Err(Fault::new(&problem::NOT_FOUND));
    }
    Ok(known)
}

/// Gives collectors villages as their areas, instead of what they had. Repeating it changes nothing.
///
/// # Errors
/// `not_found`, also for a collector outside the user's area; `out_of_area`; `bad_value` for a village
/// that is none, and for a collector who would have nothing.
pub fn set_areas(tx: &dyn Tx, by: &By, new: &NewAreas) -> Result<(), Fault> {
    let mut changed = 0;
    for (id, villages) in &new.areas {
        let known = seen_by(tx, by, id)?;
        let villages: Vec<String> = villages.iter().cloned().collect();
        for village in &villages {
            if units::village_by_id(tx, village)?.is_none() {
                let village: String = village.chars().take(40).collect();
                let vi = format!("Không có thôn {village}.");
                return Err(wrong(
                    "areas",
                    "unknown_village",
                    vi,
                    format!("No village {village}."),
                ));
            }
        }
        if villages.is_empty() {
            let (vi, en) =
                ("Điều tra viên phải có ít nhất một thôn.", "A collector needs a village.");
            return Err(wrong("areas", "no_villages", vi, en));
        }
        if !units::covers(tx, &by.actor, &villages)? {
            return Err(Fault::new(&problem::OUT_OF_AREA));
        }
        // A helper team's phone stays one.
        let team = known.areas.iter().filter(|area| area.starts_with(TEAM));
        let mut areas: Vec<String> = team.chain(&villages).cloned().collect();
        areas.sort();
        if known.areas != areas {
            accounts::set_areas(tx, id, &areas)?;
            changed += 1;
        }
    }
    if changed > 0 {
        by.event(
            tx,
            "collector.assign",
            "collectors",
            &json!({ "collectors": changed, "areas": new.areas }),
        )?;
    }
    Ok(())
}

/// Shuts a collector out: what any of its phones sends from now on is refused.
///
/// # Errors
/// `not_found`, also for a collector outside the user's area.
pub fn revoke(tx: &dyn Tx, by: &By, id: &str) -> Result<(), Fault> {
    if !seen_by(tx, by, id)?.revoked {
        collectors::revoke(tx, id)?;
        by.event(tx, "collector.revoke", id, &json!({}))?;
    }
    Ok(())
}
