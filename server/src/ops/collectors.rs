//! Collectors: making and revoking app-user tokens.

use ntm_shared::api::collector::Collector;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, collectors, units};

/// Adds a collector; true when new. Repeating it changes nothing and shows no token again.
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
    collectors::insert(tx, &new, token_hash)?;
    by.event(tx, "collector.create", &new.id, &json!({ "areas": new.areas }))?;
    Ok((new, true))
}

/// Revokes a collector's token: what it sends from now on is refused.
///
/// # Errors
/// `not_found`, also for a collector outside the user's area.
pub fn revoke(tx: &dyn Tx, by: &By, id: &str) -> Result<(), Fault> {
    let known = collectors::by_id(tx, id)?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    if !units::covers(tx, &by.actor, &known.areas)? {
        return Err(Fault::new(&problem::NOT_FOUND));
    }
    if !known.revoked {
        collectors::revoke(tx, id)?;
        by.event(tx, "collector.revoke", id, &json!({}))?;
    }
    Ok(())
}
