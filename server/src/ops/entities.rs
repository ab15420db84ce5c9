//! Households that submissions make or change (ODK entities). A change made from the version the
//! roster has is done at once. One made from an older version, and every new household, is kept and
//! flagged, and done when a reviewer approves the submission: who is in the frame is an office's
//! word.

use std::collections::BTreeMap;

use ntm_shared::api::round::NewRound;
use ntm_shared::finding::{Finding, Severity};
use ntm_shared::form::Saved;
use ntm_shared::geo::Place;
use ntm_shared::household::Poverty;
use ntm_shared::problem;
use ntm_shared::text::Text;
use serde_json::json;

use super::{By, counting};
use crate::fault::Fault;
use crate::place::NOT_ON_ROSTER;
use crate::store::entities::{self, State, Waiting};
use crate::store::households::Household;
use crate::store::{Tx, draws, findings, frames, households, rounds, submissions, units};

/// The one list that phones have.
pub const LIST: &str = "households";
/// Code of a household that waits for a person's word.
const NEW: &str = "entity_new";
/// Code of a change made from another version than the roster's.
const CONFLICT: &str = "entity_conflict";

/// Does, or keeps, what a submission that arrives wants done with a household.
pub fn arrive(tx: &dyn Tx, seq: i64, collector: &str, saved: &Saved) -> Result<(), Fault> {
    if saved.list != LIST {
        return Ok(());
    }
    let known = households::by_id(tx, &saved.id)?.map(|(known, _)| known);
    let create = saved.create && !(saved.update && known.is_some());
    let (state, odd) = match (create, known) {
        (true, known) => made(&saved.id, known.is_some()),
        (false, None) => (State::Refused, Some(unknown())),
        (false, Some(known)) => {
            let inside = units::covers(tx, collector, std::slice::from_ref(&known.village))?;
            let changed = changed(known.clone(), &saved.properties);
            match known.revision == saved.base_version {
                _ if !inside => (State::Waiting, Some(outside())),
                _ if changed == known => (State::Applied, None),
                true => {
                    households::put(tx, changed)?;
                    (State::Applied, None)
                }
                false => (State::Waiting, Some(conflict())),
            }
        }
    };
    entities::insert(tx, seq, saved, create, state)?;
    Ok(findings::add(tx, seq, odd.as_slice())?)
}

/// A new household waits; an id that phones do not make, or one that is taken, never becomes one.
fn made(id: &str, taken: bool) -> (State, Option<Finding>) {
    if taken {
        let text = Text::new(
            "Hộ mới trùng mã với một hộ đã có trong danh sách.",
            "The new household has the id of one already on the roster.",
        );
        return (State::Refused, Some(Finding::whole("entity_exists", Severity::Warning, text)));
    }
    if uuid::Uuid::try_parse(id).is_err() || id.len() != 36 {
        let text =
            Text::new("Mã của hộ mới không phải UUID.", "The id of the new household is no UUID.");
        return (State::Refused, Some(Finding::whole("entity_bad_id", Severity::Warning, text)));
    }
    let text = Text::new(
        "Phiếu lập một hộ mới; hộ vào danh sách khi phiếu được duyệt.",
        "The submission makes a new household; it enters the roster once the submission is approved.",
    );
    (State::Waiting, Some(Finding::whole(NEW, Severity::Warning, text)))
}

fn unknown() -> Finding {
    let text = Text::new(
        "Phiếu sửa một hộ không có trong danh sách.",
        "The submission changes a household that is not on the roster.",
    );
    Finding::whole("entity_unknown", Severity::Warning, text)
}

fn outside() -> Finding {
    let text = Text::new(
        "Phiếu sửa một hộ ngoài địa bàn của điều tra viên; chưa áp dụng, chờ duyệt.",
        "The submission changes a household outside the collector's area; not done until approved.",
    );
    Finding::whole("entity_out_of_area", Severity::Warning, text)
}

fn conflict() -> Finding {
    let text = Text::new(
        "Thông tin hộ đã thay đổi từ khi máy tải danh sách; thay đổi trong phiếu chưa áp dụng, chờ duyệt.",
        "The household changed since the phone got its list; this change is not done until approved.",
    );
    Finding::whole(CONFLICT, Severity::Warning, text)
}

/// The household with what the answers say of it. An answer that makes no sense, or none, changes
/// nothing; a household never moves.
fn changed(mut household: Household, said: &BTreeMap<String, String>) -> Household {
    let said = |name: &str| said.get(name).map(|value| value.trim()).filter(|v| !v.is_empty());
    if let Some(head) = said("head") {
        household.head = head.chars().take(200).collect();
    }
    let members = said("members").and_then(|n| n.parse().ok());
    household.members = members.filter(|n| (1..=60).contains(n)).or(household.members);
    if let Some(poverty) = said("poverty").and_then(Poverty::read) {
        household.poverty = Some(poverty.as_str().to_owned());
    }
    if let Some(place) = said("geometry").and_then(point) {
        (household.lat, household.lon) = (Some(place.lat), Some(place.lon));
    }
    household
}

fn point(text: &str) -> Option<Place> {
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    let place = Place { lat: numbers.next()??, lon: numbers.next()?? };
    (place.lat.abs() <= 90.0 && place.lon.abs() <= 180.0).then_some(place)
}

/// Does what an approved submission wants and nobody has done yet.
///
/// # Errors
/// `bad_value` when a new household lacks what the roster needs; `out_of_area`.
pub fn approve(tx: &dyn Tx, by: &By, seq: i64) -> Result<(), Fault> {
    let Some(waiting) = entities::open(tx, seq)? else { return Ok(()) };
    let known = households::by_id(tx, &waiting.household)?.map(|(known, _)| known);
    match known {
        Some(known) if !waiting.create => {
            if !units::covers(tx, &by.actor, std::slice::from_ref(&known.village))? {
                return Err(Fault::new(&problem::OUT_OF_AREA));
            }
            households::put(tx, changed(known, &waiting.properties))?;
            findings::withdraw(tx, seq, CONFLICT)?;
        }
        None if waiting.create && uuid::Uuid::try_parse(&waiting.household).is_ok() => {
            let household = new_household(tx, by, seq, &waiting)?;
            households::put(tx, household.clone())?;
            findings::withdraw(tx, seq, NEW)?;
            enter_frame(tx, by, seq, &household)?;
        }
        // What can never be is approved as an interview all the same.
        _ => return Ok(()),
    }
    Ok(entities::set(tx, seq, State::Applied)?)
}

/// A rejected submission's change is not to be done.
///
/// # Errors
/// What the store says.
pub fn refuse(tx: &dyn Tx, seq: i64) -> Result<(), Fault> {
    Ok(entities::set(tx, seq, State::Refused)?)
}

fn new_household(tx: &dyn Tx, by: &By, seq: i64, new: &Waiting) -> Result<Household, Fault> {
    let said = |name: &str| new.properties.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
    let lacking = |vi: &str, en: &str| {
        Fault::with(
            &problem::BAD_VALUE,
            format!("Phiếu {seq}: {vi}"),
            format!("Submission {seq}: {en}"),
        )
    };
    let placed = submissions::village(tx, seq)?;
    let village = said("village").map(str::to_owned).or(placed);
    let village = match village {
        Some(id) => units::village_by_id(tx, &id)?,
        None => None,
    };
    let village = village.ok_or_else(|| {
        lacking("hộ mới chưa có thôn trong danh sách.", "the new household names no known village.")
    })?;
    if !units::covers(tx, &by.actor, std::slice::from_ref(&village.id))? {
        return Err(Fault::new(&problem::OUT_OF_AREA));
    }
    let code = said("code").filter(|code| code.chars().count() <= 40);
    let (Some(code), Some(_)) = (code, said("head")) else {
        return Err(lacking(
            "hộ mới thiếu mã hộ hoặc tên chủ hộ.",
            "the new household lacks a code or a head.",
        ));
    };
    if households::has_code(tx, &village.id, code)? {
        return Err(lacking(
            "mã của hộ mới đã có trong thôn; có thể là cùng một hộ.",
            "the village has a household with this code; it may be the same one.",
        ));
    }
    let household = Household {
        id: new.household.clone(),
        village: village.id,
        commune: village.commune,
        code: code.to_owned(),
        head: String::new(),
        members: None,
        poverty: None,
        lat: None,
        lon: None,
        revision: 1,
    };
    Ok(changed(household, &new.properties))
}

/// A household approved while its round is open enters the frame, and its interview may count. Not
/// once a sample was drawn: N is frozen then.
fn enter_frame(tx: &dyn Tx, by: &By, seq: i64, household: &Household) -> Result<(), Fault> {
    let Some(round) = submissions::round(tx, seq)? else { return Ok(()) };
    let open = rounds::spec(tx, &round)?.filter(|(_, state)| state == "open");
    let Some((NewRound { id, .. }, _)) = &open else { return Ok(()) };
    if draws::is_drawn(tx, id)? || !frames::reaches(tx, id, &household.village)? {
        return Ok(());
    }
    frames::enter(tx, id, household)?;
    // Only an interview has an outcome; other forms make households too.
    if submissions::give(tx, seq, household)? {
        findings::withdraw(tx, seq, NOT_ON_ROSTER)?;
        counting::reconsider(tx, seq)?;
        // Its photos are held against those of other households from now on.
        let facts = json!({ "round": id, "household": household.id });
        by.event(tx, "submission.place", &seq.to_string(), &facts)?;
    }
    Ok(())
}
