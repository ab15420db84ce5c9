//! Collectors: adding them, and shutting them out with all their phones.

use ntm_shared::api::collector::Collector;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::devices::NewDevice;
use crate::store::{Tx, collectors, devices, units};

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
