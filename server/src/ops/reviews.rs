//! Deciding about submissions. A rejected one no longer counts, and what counts instead is settled
//! in the same transaction; every decision is kept.

use ntm_shared::api::submission::{Decision, NewReview, Reviewed};
use ntm_shared::problem;
use serde_json::json;

use super::{By, counting, entities};
use crate::fault::Fault;
use crate::store::{Tx, reviews, submissions};

/// Longest reason, in characters; most fields, and the longest path of one.
const REASON: usize = 2000;
const FIELDS: usize = 100;
const PATH: usize = 500;

/// Decides about submissions, all of them or none. `most` is how many a request may name. Repeating
/// a request changes nothing.
///
/// # Errors
/// `bad_value`; `not_found` when one of them is not there or lies outside the user's areas;
/// `conflict` for another request with this id.
pub fn decide(tx: &dyn Tx, by: &By, mut new: NewReview, most: usize) -> Result<Reviewed, Fault> {
    new.reason = new.reason.trim().to_owned();
    new.submissions.sort_unstable();
    new.submissions.dedup();
    check(&new, most)?;
    let reviewed = Reviewed { submissions: new.submissions.len() as u64 };
    if let Some((known, actor)) = reviews::by_id(tx, &new.id)? {
        let same = known == new && actor == by.actor;
        return if same { Ok(reviewed) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    for seq in &new.submissions {
        let Some(row) = submissions::get(tx, &by.actor, *seq)? else {
            return Err(Fault::with(&problem::NOT_FOUND, seq.to_string(), seq.to_string()));
        };
        reviews::insert(tx, *seq, &new, &by.actor, &by.at)?;
        let state = new.decision.state();
        submissions::set_review(tx, *seq, state)?;
        match new.decision {
            Decision::Approved => entities::approve(tx, by, *seq)?,
            Decision::Rejected => entities::refuse(tx, *seq)?,
            Decision::HasIssues | Decision::Returned => {}
        }
        // What counts asks whether it was rejected, in some rounds whether it was approved.
        let weight = |state: &str| {
            [Decision::Rejected, Decision::Approved].iter().position(|d| d.as_str() == state)
        };
        if weight(&row.review) != weight(state) {
            counting::reconsider_all(tx, *seq)?;
        }
    }
    // The words of the reviewer may name people: they are kept with the submission, not here.
    let facts = json!({
        "decision": new.decision.as_str(), "submissions": new.submissions,
        "fields": new.fields.len(),
    });
    by.event(tx, "submission.review", &new.id, &facts)?;
    Ok(reviewed)
}

fn check(new: &NewReview, most: usize) -> Result<(), Fault> {
    let bad = |vi: &str, en: &str| Err(Fault::with(&problem::BAD_VALUE, vi, en));
    if new.id.is_empty() || new.id.len() > 64 {
        return bad(
            "Mã của lần xét duyệt dài từ 1 đến 64 ký tự.",
            "The id has 1 to 64 characters.",
        );
    }
    if new.submissions.is_empty() || new.submissions.len() > most {
        return bad(
            "Nêu ít nhất một phiếu, và không quá nhiều phiếu một lần.",
            "Name at least one submission, and not too many at once.",
        );
    }
    if new.decision != Decision::Approved && new.reason.is_empty() {
        return bad(
            "Phải ghi lý do, để người gửi biết cần sửa gì.",
            "A reason is needed, so that the sender knows what to mend.",
        );
    }
    if new.reason.chars().count() > REASON {
        return bad(
            "Lý do quá dài (tối đa 2.000 ký tự).",
            "The reason is too long (2,000 characters).",
        );
    }
    let long = |field: &String| field.is_empty() || field.chars().count() > PATH;
    if new.fields.len() > FIELDS || new.fields.iter().any(long) {
        return bad("Danh sách ô cần sửa không hợp lệ.", "The list of fields is not valid.");
    }
    Ok(())
}
