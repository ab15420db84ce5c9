//! `ntm assign annex`: the assignments in force as the annex of a decision, on the screen, as a
//! spreadsheet, or as a page with a map.

use std::path::Path;

use jiff::civil::Date;
use ntm_shared::api::assignment::AnnexRow;
use ntm_shared::text::Text;

use super::map;
use crate::client::Client;
use crate::cmd::export::{Marked, mark};
use crate::cmd::{Area, Context};
use crate::failure::Failure;
use crate::print::{Around, Cell, Column, count};

/// Prints or writes the annex.
pub async fn run(
    client: &Client,
    out: Option<&Path>,
    at: Option<Date>,
    reason: Option<String>,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    if out.is_some() && reason.is_none() {
        return Err(Failure::local(
            Text::new(
                "Xuất danh sách có tên người phải ghi lý do.",
                "A list of names in a file needs a reason.",
            ),
            Text::new(
                "thêm --reason \"…\" (ít nhất 10 ký tự)",
                "add --reason \"…\" (at least 10 characters)",
            ),
        ));
    }
    let area = Area::on(None, at);
    let subject = at.map(|day| day.to_string()).unwrap_or_default();
    let mark = mark(client, "assignments", &subject, reason, cx).await?;
    let rows: Vec<AnnexRow> = client.all(&["assignments", "annex"], &area.query()).await?;
    let Some(path) = out else {
        return cx.out.list(&Marked::all(rows, &mark), &columns(), Around::default());
    };
    let mark = mark.unwrap_or_default();
    let bytes = match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => map::page(&rows, &mark, cx.lang()).into_bytes(),
        Some("xlsx") => sheet(&rows, &mark)?,
        _ => {
            return Err(Failure::local(
                Text::new("Tệp phải là .xlsx hoặc .html.", "The file must be .xlsx or .html."),
                Text::new("ví dụ: --out phu-luc.xlsx", "for example: --out annex.xlsx"),
            ));
        }
    };
    std::fs::write(path, bytes)?;
    cx.out.note(&tr!(
        cx.lang(),
        "Đã ghi {} dòng vào {}",
        "Wrote {} rows to {}",
        count(rows.len() as u64, cx.lang()),
        path.display()
    ));
    Ok(())
}

#[cfg(feature = "xlsx")]
fn sheet(rows: &[AnnexRow], mark: &str) -> anyhow::Result<Vec<u8>> {
    let cells = |(at, row): (usize, &AnnexRow)| -> Vec<String> {
        let of = &row.assignment;
        let mut place = of.commune.commune_name.clone();
        if let Some(district) = &row.district {
            place = format!("{place}, {district}");
        }
        vec![
            (at + 1).to_string(),
            place,
            of.team.agency.clone(),
            row.people.leader.clone(),
            row.people.members.join("; "),
            row.people.phone.clone(),
            row.people.help.clone(),
        ]
    };
    let first = rows.first().map(|row| &row.assignment);
    let head = ntm_spreadsheet::Annex {
        title: "PHỤ LỤC".into(),
        lines: vec![
            "PHÂN CÔNG CÁC CƠ QUAN, ĐƠN VỊ GIÚP ĐỠ XÃ XÂY DỰNG NÔNG THÔN MỚI".into(),
            first.map(|of| format!("(Kèm theo Quyết định số {})", of.decision)).unwrap_or_default(),
        ],
        headings: [
            "TT",
            "Xã",
            "Cơ quan, đơn vị giúp đỡ",
            "Lãnh đạo phụ trách",
            "Thành viên tổ",
            "Điện thoại",
            "Nội dung giúp đỡ",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.iter().enumerate().map(cells).collect(),
        foot: mark.to_owned(),
    };
    ntm_spreadsheet::annex(&head).map_err(anyhow::Error::msg)
}

#[cfg(not(feature = "xlsx"))]
fn sheet(_: &[AnnexRow], _: &str) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!("ntm was built without spreadsheets")
}

fn columns() -> Vec<Column<Marked<AnnexRow>>> {
    type Row = Marked<AnnexRow>;
    vec![
        Column::new("commune_name", "Xã", "Commune", |r: &Row| {
            Cell::Text(r.row.assignment.commune.commune_name.clone())
        }),
        Column::new("agency", "Cơ quan", "Agency", |r: &Row| {
            Cell::Text(r.row.assignment.team.agency.clone())
        }),
        Column::new("leader", "Lãnh đạo phụ trách", "Leader", |r: &Row| {
            Cell::Text(r.row.people.leader.clone())
        }),
        Column::new("members", "Thành viên", "Members", |r: &Row| {
            Cell::Text(r.row.people.members.join("; "))
        }),
        Column::new("phone", "Điện thoại", "Telephone", |r: &Row| {
            Cell::Text(r.row.people.phone.clone())
        }),
        Column::new("help", "Nội dung giúp đỡ", "Help", |r: &Row| {
            Cell::Text(r.row.people.help.clone())
        }),
        Column::csv("commune_code", |r: &Row| {
            Cell::Text(r.row.assignment.commune.commune_code.clone())
        }),
        Column::csv("team", |r: &Row| Cell::Text(r.row.assignment.team.team.clone())),
        Column::csv("role", |r: &Row| Cell::Text(r.row.assignment.role.clone())),
        Column::csv("decision", |r: &Row| Cell::Text(r.row.assignment.decision.clone())),
        Marked::column(),
    ]
}
