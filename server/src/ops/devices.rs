//! Phones of a collector: giving one a token, shutting one out, codes that set one up.

use ntm_shared::api::collector::Collector;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use super::collectors::seen_by;
use super::users::Secret;
use crate::fault::Fault;
use crate::store::devices::{Enrolment, NewDevice};
use crate::store::{Tx, collectors, devices};

/// Most phones a collector has at once; what is more is a mistake or a leak.
const MOST: usize = 20;

/// Gives a collector another phone with a token of its own; true when new. Repeating it changes
/// nothing and shows no token again.
///
/// # Errors
/// `not_found`, also outside the user's area; `conflict` when the id belongs to another phone or
/// the collector was revoked.
pub fn add(tx: &dyn Tx, by: &By, new: NewDevice) -> Result<(Collector, bool), Fault> {
    let collector = seen_by(tx, by, &new.collector)?;
    if let Some(known) = devices::by_id(tx, &new.id)? {
        let same = known.collector == new.collector && known.device.label == new.label;
        return if same { Ok((collector, false)) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    put(tx, by, &collector, new)?;
    Ok((seen_by(tx, by, &collector.id)?, true))
}

fn put(tx: &dyn Tx, by: &By, collector: &Collector, new: NewDevice) -> Result<(), Fault> {
    if collector.revoked {
        return Err(Fault::with(
            &problem::CONFLICT,
            "Điều tra viên này đã bị thu hồi.",
            "This collector was revoked.",
        ));
    }
    let all = devices::of_collector(tx, &collector.id)?;
    if all.iter().filter(|device| device.revoked_at.is_none()).count() >= MOST {
        return Err(Fault::with(
            &problem::CONFLICT,
            format!("Điều tra viên này đã có {MOST} máy; thu hồi máy không dùng nữa."),
            format!("This collector has {MOST} phones; revoke those no longer in use."),
        ));
    }
    let id = new.id.clone();
    collectors::extend(tx, &collector.id, &new.expires_at)?;
    devices::insert(tx, new)?;
    by.event(tx, "device.create", &id, &json!({ "collector": collector.id }))?;
    Ok(())
}

/// Shuts one phone out; the collector's others work on.
///
/// # Errors
/// `not_found`, also outside the user's area.
pub fn revoke(tx: &dyn Tx, by: &By, collector: &str, id: &str) -> Result<(), Fault> {
    seen_by(tx, by, collector)?;
    let known = devices::by_id(tx, id)?.filter(|known| known.collector == collector);
    let known = known.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    if known.device.revoked_at.is_none() {
        devices::revoke(tx, id, &by.at)?;
        by.event(tx, "device.revoke", id, &json!({ "collector": collector }))?;
    }
    Ok(())
}

/// Makes a code that sets up one phone, once; the one made before for the same phone stops working.
///
/// # Errors
/// `not_found`, also outside the user's area; `conflict` once the phone is set up, or when the
/// collector was revoked.
pub fn invite(tx: &dyn Tx, by: &By, new: &Enrolment, code: Secret) -> Result<(), Fault> {
    let collector = seen_by(tx, by, &new.collector)?;
    if collector.revoked || devices::by_id(tx, &new.device)?.is_some() {
        return Err(Fault::new(&problem::CONFLICT));
    }
    devices::add_enrolment(tx, code.hash, new, &code.expires_at)?;
    by.event(tx, "device.invite", &new.device, &json!({ "collector": new.collector }))?;
    Ok(())
}

/// Sets up a phone by a code. The phone that was set up by it, known by its token, hears the same again:
/// it may not have heard it the first time.
///
/// # Errors
/// `bad_link` when it was used, replaced or has expired; `conflict` for a token that another phone has.
pub fn enrol(
    tx: &dyn Tx,
    at: &str,
    code_hash: Vec<u8>,
    token_hash: Vec<u8>,
    expires: impl Fn(u32) -> String,
) -> Result<Collector, Fault> {
    let bad = || Fault::new(&problem::BAD_LINK);
    let known = devices::by_token(tx, token_hash.clone())?;
    let Some(code) = devices::use_enrolment(tx, code_hash.clone(), at)? else {
        let device = devices::enrolled(tx, code_hash)?;
        let same = known.filter(|known| {
            known.device.revoked_at.is_none() && device.as_ref() == Some(&known.device.id)
        });
        let collector = collectors::by_id(tx, &same.ok_or_else(bad)?.collector)?;
        return collector.filter(|collector| !collector.revoked).ok_or_else(bad);
    };
    if known.is_some() {
        return Err(Fault::new(&problem::CONFLICT));
    }
    let collector = collectors::by_id(tx, &code.collector)?.ok_or_else(bad)?;
    let new = NewDevice {
        id: code.device,
        collector: code.collector,
        label: code.label,
        token_hash,
        created_at: at.into(),
        expires_at: expires(code.days),
    };
    put(tx, &By { actor: collector.id.clone(), at: at.into() }, &collector, new)?;
    Ok(collector)
}
