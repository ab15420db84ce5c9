//! Taking lists of names away in a file: with a reason, and written down.

use ntm_shared::api::audit::Export;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, exports};

/// Lists that hold names.
const LISTS: [&str; 9] = [
    "households",
    "missing",
    "failing",
    "contributions",
    "drawn",
    "collectors",
    "submissions",
    "assignments",
    "teams",
];
/// A reason is a sentence, not a key pressed.
const REASON: std::ops::RangeInclusive<usize> = 10..=500;

/// Notes an export before it is made; repeating it changes nothing.
///
/// # Errors
/// `bad_value` for a list that is none or a reason that says nothing; `conflict` for another export
/// of this id.
pub fn make(tx: &dyn Tx, by: &By, new: Export) -> Result<Export, Fault> {
    if let Some(known) = exports::by_id(tx, &new.id)? {
        let same = known.actor == new.actor
            && (&known.list, &known.subject, &known.reason)
                == (&new.list, &new.subject, &new.reason);
        return if same { Ok(known) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    if !LISTS.contains(&new.list.as_str()) || new.id.len() < 8 || new.id.len() > 64 {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("list: {}; id: 8–64 ký tự", LISTS.join(", ")),
            format!("list: {}; id: 8–64 characters", LISTS.join(", ")),
        ));
    }
    if !REASON.contains(&new.reason.chars().count()) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Lý do xuất danh sách dài từ 10 đến 500 ký tự.",
            "The reason for an export has 10 to 500 characters.",
        ));
    }
    exports::insert(tx, &new)?;
    by.event(tx, "export.make", &new.id, &json!({ "list": new.list, "subject": new.subject }))?;
    Ok(new)
}
