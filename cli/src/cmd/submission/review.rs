//! Deciding about submissions.

use ntm_shared::api::submission::{Decision, NewReview, Review, Reviewed};

use super::Context;
use crate::{
    client::Client,
    print::{Cell, Column, Tone, count},
};

/// Submissions sent in one request; more are sent in several.
const AT_ONCE: usize = 200;

/// `ntm submission review …`.
pub async fn run(
    client: &Client,
    mut seqs: Vec<i64>,
    decision: Decision,
    reason: String,
    fields: Vec<String>,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    seqs.sort_unstable();
    seqs.dedup();
    let mut done = Reviewed { submissions: 0 };
    for part in seqs.chunks(AT_ONCE) {
        let new = NewReview {
            id: uuid::Uuid::now_v7().to_string(),
            submissions: part.to_vec(),
            decision,
            reason: reason.clone(),
            fields: fields.clone(),
        };
        let part: Reviewed = client.post(&["reviews"], &new).await?;
        done.submissions += part.submissions;
    }
    let lang = cx.lang();
    let said = tr!(
        lang,
        "Đã ghi cho {} phiếu: {}.",
        "Recorded for {} submissions: {}.",
        count(done.submissions, lang),
        word(decision).shown(lang)
    );
    cx.out.value(&done, &said)
}

fn word(decision: Decision) -> Cell {
    let (words, tone) = match decision {
        Decision::Approved => (["đã duyệt", "approved"], Tone::Good),
        Decision::HasIssues => (["có vướng mắc", "has issues"], Tone::Open),
        Decision::Rejected => (["không chấp nhận", "rejected"], Tone::Bad),
        Decision::Returned => (["trả lại người gửi", "returned"], Tone::Open),
    };
    Cell::Word(decision.as_str(), words, tone)
}

/// What was decided, and by whom.
pub fn columns() -> Vec<Column<Review>> {
    vec![
        Column::new("decision", "Xét duyệt", "Review", |r: &Review| word(r.decision)),
        Column::new("at", "Lúc", "When", |r: &Review| Cell::When(r.at.clone())),
        Column::new("by", "Người xét", "By", |r: &Review| {
            Cell::Text(r.by_name.clone().unwrap_or_else(|| r.by.clone()))
        }),
        Column::new("reason", "Lý do", "Reason", |r: &Review| Cell::Text(r.reason.clone())),
        Column::new("fields", "Ô cần sửa", "Fields", |r: &Review| {
            Cell::Text(r.fields.join(" "))
        }),
    ]
}
