//! Lists of names that leave the screen: a file has a reason, the server writes it down, and every
//! row bears a mark that leads back to it.

use ntm_shared::{
    api::audit::{Export, NewExport},
    text::{Text, nfc},
};
use serde::Serialize;

use super::{Context, new_id};
use crate::{
    client::Client,
    failure::Failure,
    print::{Cell, Column, Format},
};

/// A row with the mark of the export it is part of.
#[derive(Serialize)]
pub struct Marked<T> {
    /// The row.
    #[serde(flatten)]
    pub row: T,
    /// The export's id, who made it, the day; absent on a screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
}

impl<T> Marked<T> {
    /// Every row with the same mark.
    pub fn all(rows: Vec<T>, mark: &Option<String>) -> Vec<Marked<T>> {
        rows.into_iter().map(|row| Marked { row, export: mark.clone() }).collect()
    }

    /// The column of the mark.
    pub fn column() -> Column<Marked<T>> {
        Column::csv("export", |marked: &Marked<T>| Cell::maybe(&marked.export))
    }
}

/// The mark of a list that is about to be printed; none for a table on a screen without a reason.
/// The server is told before the names are fetched.
pub async fn mark(
    client: &Client,
    list: &str,
    subject: &str,
    reason: Option<String>,
    cx: &Context<'_>,
) -> anyhow::Result<Option<String>> {
    let reason = match (reason, cx.out.format()) {
        (Some(reason), _) => nfc(reason.trim()),
        (None, Format::Table) => return Ok(None),
        (None, Format::Json | Format::Csv) => {
            return Err(Failure::local(
                Text::new(
                    "Xuất danh sách có tên người phải ghi lý do.",
                    "A list of names in a file needs a reason.",
                ),
                Text::new(
                    "thêm --reason \"…\" (ít nhất 10 ký tự); máy chủ ghi lại ai xuất, khi nào, vì sao",
                    "add --reason \"…\" (at least 10 characters); the server notes who, when and why",
                ),
            ));
        }
    };
    let new = NewExport { id: new_id(), list: list.into(), subject: subject.into(), reason };
    let made: Export = client.post(&["exports"], &new).await?;
    Ok(Some(made.watermark()))
}
