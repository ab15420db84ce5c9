//! Difficulties of communes: writing them down, passing them on, resolving them.

use ntm_shared::api::difficulty::{NewDifficulty, NewStep, Step};
use ntm_shared::problem;
use ntm_shared::unit::Level;
use serde_json::json;

use super::By;
use super::visits::{Known, Place, needed, own_id, words, wrong};
use crate::fault::Fault;
use crate::store::difficulties::{self, Stored};
use crate::store::{Tx, visits};

/// Writes a difficulty down; it is the commune's to resolve. Repeating it changes nothing.
///
/// # Errors
/// As [`Known::admit`]; `bad_value` with `required`, `too_long`, `bad_id`, `bad_deadline`,
/// `unknown_visit`; `conflict` for another difficulty with this id.
pub fn add(tx: &dyn Tx, by: &By, new: &NewDifficulty, known: &Known) -> Result<Stored, Fault> {
    own_id(&new.id)?;
    let place = Place { commune: &new.commune, team: new.team.as_deref(), day: new.day };
    let team = known.admit(tx, by, &place)?;
    visit_of(tx, new.visit.as_deref(), &new.commune)?;
    in_order(new.day, new.deadline)?;
    let owner = match words("owner", &new.owner)? {
        named if named.is_empty() => known.units.name(&new.commune, new.day).unwrap_or_default(),
        named => named,
    };
    let description = needed("description", &new.description)?;
    let said = NewDifficulty { team, owner, description, ..new.clone() };
    if let Some(stored) = difficulties::by_id(tx, &new.id)? {
        return if stored.said == said { Ok(stored) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    difficulties::insert(tx, &said, &by.actor, &by.at)?;
    let facts = json!({
        "commune": said.commune, "category": said.category.as_str(), "deadline": said.deadline,
    });
    by.event(tx, "difficulty.add", &said.id, &facts)?;
    get(tx, by, &said.id)
}

/// A visit that is named has to be one of the same commune.
pub(super) fn visit_of(tx: &dyn Tx, visit: Option<&str>, commune: &str) -> Result<(), Fault> {
    let Some(id) = visit else { return Ok(()) };
    match visits::by_id(tx, id)?.is_some_and(|visit| visit.said.commune == commune) {
        true => Ok(()),
        false => Err(wrong(
            "visit",
            "unknown_visit",
            "Không có chuyến làm việc này ở xã này.",
            "There is no such visit to this commune.",
        )),
    }
}

fn in_order(day: jiff::civil::Date, deadline: jiff::civil::Date) -> Result<(), Fault> {
    if day <= deadline {
        return Ok(());
    }
    Err(wrong(
        "deadline",
        "bad_deadline",
        format!("Hạn {deadline} trước ngày {day}."),
        format!("The deadline {deadline} lies before {day}."),
    ))
}

fn get(tx: &dyn Tx, by: &By, id: &str) -> Result<Stored, Fault> {
    difficulties::visible(tx, &by.actor, id)?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))
}

/// Passes a difficulty on to the next tier, or says that it is resolved. Repeating it changes nothing.
///
/// # Errors
/// `not_found`; `bad_value` with `future_date`, `before_it_began`, `bad_deadline`, `required`,
/// `too_long`, `bad_id`; `conflict` for another step with this id, for a difficulty that is resolved, and
/// where there is no higher tier.
pub fn step(tx: &dyn Tx, by: &By, id: &str, new: &NewStep, known: &Known) -> Result<Stored, Fault> {
    own_id(&new.id)?;
    let before = get(tx, by, id)?;
    let note = needed("note", &new.note)?;
    let step = match &new.step {
        Step::Escalated { owner, deadline } => {
            in_order(new.day, *deadline)?;
            Step::Escalated { owner: needed("owner", owner)?, deadline: *deadline }
        }
        Step::Resolved {} => Step::Resolved {},
    };
    let said = NewStep { note, step, ..new.clone() };
    if let Some((of, there)) = difficulties::step_by_id(tx, &new.id)? {
        let same = of == id && there == said;
        return if same { Ok(before) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    known.not_later("day", said.day)?;
    if said.day < before.said.day {
        return Err(wrong(
            "day",
            "before_it_began",
            format!("Ngày {} trước ngày ghi khó khăn ({}).", said.day, before.said.day),
            format!("{} lies before the difficulty ({}).", said.day, before.said.day),
        ));
    }
    let conflict = |vi: &str, en: &str| Err(Fault::with(&problem::CONFLICT, vi, en));
    if before.resolved.is_some() {
        return conflict("Khó khăn này đã được giải quyết.", "The difficulty is resolved.");
    }
    let mut after = before;
    match &said.step {
        Step::Resolved {} => after.resolved = Some(said.day),
        Step::Escalated { owner, deadline } => {
            // Of a commune that was merged, what it has become decides who is above it.
            let above = known.units.above(&after.said.commune, said.day);
            let has_district = above.iter().any(|unit| unit.level == Level::District);
            let Some(next) = after.tier.next(has_district) else {
                return conflict(
                    "Ban Chỉ đạo tỉnh là cấp cao nhất.",
                    "There is nobody above the province's steering committee.",
                );
            };
            (after.tier, after.owner, after.deadline) = (next, owner.clone(), *deadline);
        }
    }
    difficulties::add_step(tx, &after, &said, &by.actor, &by.at)?;
    let facts = json!({ "tier": after.tier.as_str(), "resolved": after.resolved });
    by.event(tx, "difficulty.step", id, &facts)?;
    get(tx, by, id)
}
