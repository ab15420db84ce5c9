//! The register of what people ask about their own data: received, due, done or refused.

use jiff::civil::Date;
use ntm_shared::api::request::{NewRequest, NewStep, Request, RequestKind, Step};
use ntm_shared::problem;
use ntm_shared::request::terms;
use ntm_shared::text::nfc;
use serde_json::json;

use super::By;
use super::erasures::REASON;
use crate::fault::Fault;
use crate::store::requests::{self, Entry};
use crate::store::{Tx, erasures, households, units};

/// Writes a request down, with the days it is due by the terms of the day it was received.
/// Repeating it changes nothing.
///
/// # Errors
/// `not_found` for a household that is not there or outside the user's areas; `bad_value`;
/// `conflict` for another request with this id.
pub fn add(tx: &dyn Tx, by: &By, new: &NewRequest, today: Date) -> Result<Request, Fault> {
    let Some((village, _)) = households::place(tx, &new.household)? else {
        return Err(Fault::new(&problem::NOT_FOUND));
    };
    if !units::covers(tx, &by.actor, std::slice::from_ref(&village))? {
        return Err(Fault::new(&problem::NOT_FOUND));
    }
    if let Some(known) = requests::by_id(tx, &by.actor, &new.id, today)? {
        let same = (&known.household, known.kind, known.received)
            == (&new.household, new.kind, new.received);
        return if same { Ok(known) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    if requests::exists(tx, &new.id)? {
        return Err(Fault::new(&problem::CONFLICT));
    }
    if new.received > today || !(8..=64).contains(&new.id.len()) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Ngày nhận không sau hôm nay; mã dài từ 8 đến 64 ký tự.",
            "It was received today or before; the id has 8 to 64 characters.",
        ));
    }
    let terms = terms(new.received).ok_or_else(|| Fault::internal("no terms"))?;
    let entry = Entry {
        new,
        village: &village,
        answer_by: terms.answer_by(new.received),
        due: terms.due(new.kind, new.received),
    };
    requests::insert(tx, &entry, &by.actor, &by.at)?;
    let facts = json!({ "kind": new.kind.as_str(), "household": new.household });
    by.event(tx, "request.add", &new.id, &facts)?;
    get(tx, by, &new.id, today)
}

fn get(tx: &dyn Tx, by: &By, id: &str, today: Date) -> Result<Request, Fault> {
    requests::by_id(tx, &by.actor, id, today)?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))
}

/// Writes down what was done about a request. The same step again changes nothing.
///
/// # Errors
/// `not_found`; `bad_value` without a reason where one is needed; `conflict` for a request that is
/// closed, and for an erasure said to be done that was not.
pub fn step(tx: &dyn Tx, by: &By, id: &str, new: &NewStep, today: Date) -> Result<Request, Fault> {
    let known = get(tx, by, id, today)?;
    if known.steps.iter().any(|step| step.step == new.step) {
        return Ok(known);
    }
    let reason = nfc(new.reason.trim());
    let length = reason.chars().count();
    let needed = matches!(new.step, Step::Extended | Step::Refused);
    if (needed && !REASON.contains(&length)) || length > *REASON.end() {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Gia hạn hoặc từ chối phải ghi lý do, từ 10 đến 500 ký tự, và báo cho người yêu cầu.",
            "Extending or refusing needs a reason of 10 to 500 characters, which the person is told.",
        ));
    }
    if known.state != "open" {
        return Err(Fault::new(&problem::CONFLICT));
    }
    let erased = erasures::is_erased(tx, &known.household)?;
    if new.step == Step::Done && known.kind == RequestKind::Erase && !erased {
        return Err(Fault::with(
            &problem::CONFLICT,
            format!("Hộ chưa được xóa: ntm erase {} --reason …", known.household),
            format!("The household was not erased yet: ntm erase {} --reason …", known.household),
        ));
    }
    requests::add_step(tx, id, new.step, &reason, &by.actor, &by.at)?;
    if new.step == Step::Extended {
        let terms = terms(known.received).ok_or_else(|| Fault::internal("no terms"))?;
        requests::set_due(tx, id, terms.extended(known.due))?;
    }
    by.event(tx, "request.step", id, &json!({ "step": new.step.as_str() }))?;
    get(tx, by, id, today)
}
