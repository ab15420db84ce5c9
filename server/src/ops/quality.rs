//! Answering a figure that is unlike the others.

use ntm_shared::api::quality::NewQualityAnswer;
use ntm_shared::problem;
use ntm_shared::text::nfc;
use serde_json::json;

use super::{By, EVERYWHERE, rounds};
use crate::fault::Fault;
use crate::store::quality::{self, Kept};
use crate::store::{Tx, frames};

/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 3..=2000;
/// Characters of a metric's code at most.
const CODE: usize = 40;

/// Keeps what a supervisor says about a figure of a collector or village. Repeating it changes nothing;
/// another answer about the same figure is kept beside the first and shown in its place.
///
/// # Errors
/// `unknown_round`; `not_found` for a collector or village outside the user's areas; `bad_value`;
/// `conflict` for another answer with this id, and for a round that was erased.
pub fn answer(
    tx: &dyn Tx,
    by: &By,
    round: &str,
    mut new: NewQualityAnswer,
) -> Result<NewQualityAnswer, Fault> {
    let known = rounds::get(tx, round)?;
    new.reason = nfc(new.reason.trim());
    let code = (1..=CODE).contains(&new.code.chars().count());
    if !REASON.contains(&new.reason.chars().count()) || !code || !new.value.is_finite() {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Cần mã số liệu, giá trị, và lý do từ 3 đến 2000 ký tự.",
            "A code, a value and a reason of 3 to 2000 characters are needed.",
        ));
    }
    if !sees(tx, by, round, &new.subject)? {
        return Err(Fault::new(&problem::NOT_FOUND));
    }
    if let Some((of, kept)) = quality::by_id(tx, &new.id)? {
        let same = of == round && kept.new == new && kept.actor == by.actor;
        return if same { Ok(new) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    if known.erased_at.is_some() {
        return Err(Fault::new(&problem::CONFLICT));
    }
    let kept = Kept { new, actor: by.actor.clone(), at: by.at.clone() };
    quality::insert(tx, round, &kept)?;
    // The reason is people's words: it stays out of the event.
    let facts = json!({
        "id": kept.new.id, "subject": kept.new.subject, "code": kept.new.code,
        "answer": kept.new.answer.as_str(),
    });
    by.event(tx, "quality.answer", round, &facts)?;
    Ok(kept.new)
}

/// A village of the round's frame, or a collector with visits that count, in the user's areas.
fn sees(tx: &dyn Tx, by: &By, round: &str, subject: &str) -> Result<bool, Fault> {
    let seen = frames::villages(tx, &by.actor, EVERYWHERE, round)?;
    let visited = quality::villages_of(tx, round, subject)?;
    Ok(seen.iter().any(|village| village.id == subject || visited.contains(&village.id)))
}
