//! Erasing for good.

use ntm_shared::api::erasure::{Erasure, NewErasure};

use super::{Answer, Context, new_id};
use crate::{
    args,
    print::{Cell, Column, count},
};

/// `ntm erase …`. The answer is "no" while something is left that the server goes on with.
pub async fn run(args: args::Erase, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let new = NewErasure {
        id: new_id(),
        household: args.household,
        round: args.round,
        reason: args.reason,
    };
    let done: Erasure = cx.client()?.post(&["erasures"], &new).await?;
    let lang = cx.lang();
    let what = done.household.as_ref().or(done.round.as_ref()).cloned().unwrap_or_default();
    let (submissions, files) = (count(done.submissions, lang), count(done.files, lang));
    let line = match done.finished_at {
        Some(_) => tr!(
            lang,
            "Đã xóa hẳn {}: {} phiếu, {} tệp. Không còn gì trên đĩa của máy chủ.",
            "Erased {}: {} submissions, {} files. Nothing is left on the server's disk.",
            what,
            submissions,
            files
        ),
        None => tr!(
            lang,
            "Đang xóa {}: {} phiếu, {} tệp đã gỡ; máy chủ tự làm nốt khi không còn ai đọc bản cũ. Xem: ntm audit erasures",
            "Erasing {}: {} submissions and {} files are gone; the server does the rest once nobody reads an older state. See: ntm audit erasures",
            what,
            submissions,
            files
        ),
    };
    cx.out.value(&done, &line)?;
    cx.out.note(&tr!(
        lang,
        "Lần sao lưu tới (ntm-server backup) sẽ xóa khỏi các bản sao lưu cũ trong cùng thư mục; bản chép ở nơi khác phải tự xóa.",
        "The next backup (ntm-server backup) takes it out of older backups in the same folder; copies elsewhere are yours to delete."
    ));
    Ok(if done.finished_at.is_some() { Answer::Yes } else { Answer::No })
}

/// What was erased.
pub fn columns() -> Vec<Column<Erasure>> {
    vec![
        Column::new("at", "Lúc", "At", |e: &Erasure| Cell::When(e.at.clone())),
        Column::new("actor_name", "Ai", "Who", |e: &Erasure| Cell::Text(e.actor_name.clone())),
        Column::new("household", "Hộ", "Household", |e: &Erasure| {
            e.household.clone().map_or(Cell::Empty, Cell::Text)
        }),
        Column::new("round", "Đợt", "Round", |e: &Erasure| {
            e.round.clone().map_or(Cell::Empty, Cell::Text)
        }),
        Column::new("submissions", "Phiếu", "Submissions", |e: &Erasure| {
            Cell::Count(e.submissions)
        }),
        Column::new("files", "Tệp", "Files", |e: &Erasure| Cell::Count(e.files)),
        Column::new("finished_at", "Xong lúc", "Finished", |e: &Erasure| {
            e.finished_at.clone().map_or(Cell::Empty, Cell::When)
        }),
        Column::new("reason", "Lý do", "Reason", |e: &Erasure| Cell::Text(e.reason.clone())),
        Column::csv("hash", |e: &Erasure| Cell::Text(e.hash.clone())),
        Column::csv("id", |e: &Erasure| Cell::Text(e.id.clone())),
    ]
}
