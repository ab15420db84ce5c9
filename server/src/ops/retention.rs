//! Saying until when what a round collected is kept. Nothing is erased by itself.

use ntm_shared::api::erasure::NewRetention;
use ntm_shared::api::round::Round;
use ntm_shared::problem;
use ntm_shared::text::nfc;
use serde_json::json;

use super::erasures::REASON;
use super::{By, rounds};
use crate::fault::Fault;
use crate::store::{Tx, retention};

/// Sets, or changes, the last day a round is kept. Repeating it changes nothing.
///
/// # Errors
/// `unknown_round`, `out_of_area`; `bad_value` for a day before the round ends, or a reason that says
/// nothing; `conflict` for a round that was erased.
pub fn keep(tx: &dyn Tx, by: &By, round: &str, new: &NewRetention) -> Result<Round, Fault> {
    let known = rounds::get(tx, round)?;
    rounds::within_areas(tx, by, &known.spec)?;
    let reason = nfc(new.reason.trim());
    if !REASON.contains(&reason.chars().count()) || new.until < known.spec.ends {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Thời hạn lưu không sớm hơn ngày cuối của đợt; căn cứ dài từ 10 đến 500 ký tự.",
            "A round is kept at least until its last day; the reason has 10 to 500 characters.",
        ));
    }
    if known.erased_at.is_some() {
        return Err(Fault::new(&problem::CONFLICT));
    }
    if retention::keep(tx, round, &new.until.to_string(), &reason)? {
        by.event(tx, "round.keep", round, &json!({ "until": new.until.to_string() }))?;
    }
    rounds::get(tx, round)
}
