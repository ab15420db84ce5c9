//! Rounds: opening (the frame is frozen), drawing samples, closing.

use ntm_shared::api::round::{ModuleDesign, NewDraw, NewRound, Round};
use ntm_shared::estimate::looks;
use ntm_shared::problem;
use ntm_shared::sample::{self, Design, Size};
use serde_json::json;

use super::{By, EVERYWHERE, SERVER};
use crate::fault::Fault;
use crate::store::{Tx, draws, forms, frames, rounds, submissions, units};

/// Opens a round and freezes its frame: every roster household of its areas, N_h per village.
/// `spec.areas` are unit ids. Repeating it changes nothing.
///
/// # Errors
/// `conflict` for another round with this id, `unknown_form`, `out_of_area`, `bad_value`.
pub fn open(tx: &dyn Tx, by: &By, spec: NewRound) -> Result<Round, Fault> {
    if let Some(known) = rounds::by_id(tx, &spec.id)? {
        return if known.spec == spec { Ok(known) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    check(&spec)?;
    within_areas(tx, by, &spec)?;
    for form in &spec.forms {
        if !forms::known(tx, form)? {
            return Err(Fault::with(&problem::UNKNOWN_FORM, form.as_str(), form.as_str()));
        }
    }
    rounds::insert(tx, &spec)?;
    let villages: Vec<String> =
        units::villages_in(tx, &spec.areas)?.into_iter().map(|v| v.id).collect();
    let households = frames::freeze(tx, &spec.id, &villages)?;
    if households == 0 {
        return Err(Fault::new(&problem::NO_CASE_TO_COMPILE));
    }
    let facts = json!({ "villages": villages.len(), "households": households });
    by.event(tx, "round.open", &spec.id, &facts)?;
    get(tx, &spec.id)
}

/// The round, or `unknown_round`.
///
/// # Errors
/// `unknown_round`.
pub fn get(tx: &dyn Tx, id: &str) -> Result<Round, Fault> {
    rounds::by_id(tx, id)?.ok_or_else(|| Fault::new(&problem::UNKNOWN_ROUND))
}

/// What a round is about, without counting its frame.
///
/// # Errors
/// `unknown_round`.
pub fn spec(tx: &dyn Tx, id: &str) -> Result<NewRound, Fault> {
    let known = rounds::spec(tx, id)?.map(|(spec, _)| spec);
    known.ok_or_else(|| Fault::new(&problem::UNKNOWN_ROUND))
}

fn check(spec: &NewRound) -> Result<(), Fault> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if spec.id.is_empty() || spec.id.len() > 40 || !spec.id.chars().all(letters) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Mã đợt chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, tối đa 40 ký tự.",
            "A round id has lower-case letters, digits and hyphens, at most 40.",
        ));
    }
    if spec.ends < spec.starts {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Ngày kết thúc trước ngày bắt đầu.",
            "The last day is before the first.",
        ));
    }
    if spec.areas.is_empty() || spec.forms.is_empty() {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Đợt phải có ít nhất một địa bàn và một biểu mẫu.",
            "A round needs at least one area and one form.",
        ));
    }
    if !(1..=looks::MOST).contains(&spec.looks) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("Số lần xem phải từ 1 đến {}.", looks::MOST),
            format!("There are 1 to {} looks.", looks::MOST),
        ));
    }
    let none =
        |d: &ModuleDesign| matches!(d, ModuleDesign::Sample { per_village } if *per_village < 2);
    if spec.modules.values().any(none) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Mẫu phải có ít nhất 2 hộ mỗi thôn: từ một hộ không ước lượng được sai số.",
            "A sample needs at least 2 households a village: one household shows no spread.",
        ));
    }
    Ok(())
}

/// Draws a module's sample in every village of the frame and records it with its seed.
///
/// # Errors
/// `out_of_area`; `already_drawn` with another seed; `bad_value` for a module without a sample design or once
/// interviews have come in; `unknown_round`.
pub fn draw(tx: &dyn Tx, by: &By, round: &str, new: &NewDraw) -> Result<(), Fault> {
    let spec = get(tx, round)?.spec;
    within_areas(tx, by, &spec)?;
    let Some(ModuleDesign::Sample { per_village }) = spec.modules.get(&new.module) else {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("Phần «{}» của đợt này không điều tra mẫu.", new.module),
            format!("Module «{}» of this round has no sample design.", new.module),
        ));
    };
    match draws::seed(tx, round, &new.module)? {
        Some(seed) if seed == new.seed => return Ok(()),
        Some(_) => return Err(Fault::new(&problem::ALREADY_DRAWN)),
        None => {}
    }
    if submissions::any(tx, round)? {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Đã có phiếu gửi về; mẫu phải rút trước khi điều tra.",
            "Submissions have come in; a sample is drawn before the survey.",
        ));
    }
    draws::record_draw(tx, round, &new.module, new.seed)?;
    let design = Design::Sample { size: Size::PerVillage(*per_village) };
    let villages = frames::villages(tx, SERVER, EVERYWHERE, round)?;
    for village in &villages {
        let households = frames::households(tx, round, &village.id)?;
        let ids: Vec<&str> = households.iter().map(|(id, ..)| id.as_str()).collect();
        let drawn = sample::draw(design, new.seed, &village.id, &ids);
        let flagged = drawn.sample.iter().map(|id| (id, false));
        let flagged = flagged.chain(drawn.reserves.iter().map(|id| (id, true)));
        for (position, (id, reserve)) in (1..).zip(flagged) {
            draws::record_drawn(tx, round, &new.module, (id, &village.id), position, reserve)?;
        }
    }
    let facts =
        json!({ "module": new.module, "seed": new.seed.to_string(), "villages": villages.len() });
    by.event(tx, "round.draw", round, &facts)?;
    Ok(())
}

/// A round is run by those whose areas hold all of it.
///
/// # Errors
/// `out_of_area`.
pub fn within_areas(tx: &dyn Tx, by: &By, spec: &NewRound) -> Result<(), Fault> {
    if units::covers(tx, &by.actor, &spec.areas)? {
        Ok(())
    } else {
        Err(Fault::new(&problem::OUT_OF_AREA))
    }
}

/// Closes a round: phones no longer get its roster. What still arrives is stored and flagged.
///
/// # Errors
/// `unknown_round`, `out_of_area`.
pub fn close(tx: &dyn Tx, by: &By, round: &str) -> Result<Round, Fault> {
    let mut known = get(tx, round)?;
    within_areas(tx, by, &known.spec)?;
    if rounds::close(tx, round)? {
        by.event(tx, "round.close", round, &json!({}))?;
        known.state = "closed".into();
    }
    Ok(known)
}
