//! Support that communes were given.

use ntm_shared::api::support::{MOST, NewSupport};
use ntm_shared::problem;
use serde_json::json;

use super::By;
use super::difficulties::visit_of;
use super::visits::{Known, Place, own_id, words, wrong};
use crate::fault::Fault;
use crate::store::Tx;
use crate::store::supports::{self, Stored};

/// Writes support down. Repeating it changes nothing.
///
/// # Errors
/// As [`Known::admit`]; `bad_value` with `unknown_visit`, `unknown_village`, `bad_number`, `too_long`,
/// `bad_id`; `conflict` for another support with this id.
pub fn add(tx: &dyn Tx, by: &By, new: &NewSupport, known: &Known) -> Result<Stored, Fault> {
    own_id(&new.id)?;
    let place = Place { commune: &new.commune, team: new.team.as_deref(), day: new.day };
    let team = known.admit(tx, by, &place)?;
    visit_of(tx, new.visit.as_deref(), &new.commune)?;
    if let Some(id) = &new.village
        && !known.has_village(tx, &new.commune, new.day, id)?
    {
        return Err(wrong(
            "village",
            "unknown_village",
            "Xã không có thôn này.",
            "The commune has no such village.",
        ));
    }
    if new.value.is_some_and(|value| value > MOST) {
        let (vi, en) = (format!("Nhiều nhất {MOST} đồng."), format!("At most {MOST} đồng."));
        return Err(wrong("value", "bad_number", vi, en));
    }
    let said = NewSupport { team, detail: words("detail", &new.detail)?, ..new.clone() };
    if let Some(stored) = supports::by_id(tx, &new.id)? {
        return if stored.said == said { Ok(stored) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    supports::insert(tx, &said, &by.actor, &by.at)?;
    let facts = json!({
        "commune": said.commune, "team": said.team, "kind": said.kind.as_str(), "value": said.value,
    });
    by.event(tx, "support.add", &said.id, &facts)?;
    supports::by_id(tx, &said.id)?.ok_or_else(|| Fault::internal("a support is not there"))
}
