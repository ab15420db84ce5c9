//! `ntm assign annex`: the assignments in force as the annex of a decision, on the screen, as a
//! spreadsheet, or as a page with a map.

use std::collections::BTreeMap;
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
    let found = ordered(rows.iter().map(|row| (&*row.assignment.decision, row.assignment.from)));
    let Some(path) = out else {
        let columns = columns(found.len() > 1);
        return cx.out.list(&Marked::all(rows, &mark), &columns, Around::default());
    };
    let mark = mark.unwrap_or_default();
    let bytes = match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => map::page(&rows, &found, &mark, cx.lang()).into_bytes(),
        Some("xlsx") => sheet(&rows, &found, &mark)?,
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

/// Each decision once: by first day, then by the number it begins with, as an office lists them.
fn ordered<'d>(named: impl Iterator<Item = (&'d str, Date)>) -> Vec<String> {
    let mut first: BTreeMap<&str, Date> = BTreeMap::new();
    for (decision, day) in named {
        let known = first.entry(decision).or_insert(day);
        *known = std::cmp::min(*known, day);
    }
    let number = |decision: &str| -> u64 {
        let digits: String = decision.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(u64::MAX)
    };
    let mut found: Vec<(Date, u64, &str)> =
        first.into_iter().map(|(decision, day)| (day, number(decision), decision)).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, decision)| decision.to_owned()).collect()
}

#[cfg(feature = "xlsx")]
fn sheet(rows: &[AnnexRow], decisions: &[String], mark: &str) -> anyhow::Result<Vec<u8>> {
    // Which row is by which decision is a question only where there are several.
    let several = decisions.len() > 1;
    let cells = |(at, row): (usize, &AnnexRow)| -> Vec<String> {
        let of = &row.assignment;
        let mut place = of.commune.commune_name.clone();
        if let Some(district) = &row.district {
            place = format!("{place}, {district}");
        }
        let mut cells = vec![
            (at + 1).to_string(),
            place,
            of.team.agency.clone(),
            row.people.leader.clone(),
            row.people.members.join("; "),
            row.people.phone.clone(),
            row.people.help.clone(),
        ];
        cells.extend(several.then(|| of.decision.clone()));
        cells
    };
    let cited = match decisions {
        [] => String::new(),
        [one] => format!("(Kèm theo Quyết định số {one})"),
        all => format!("(Kèm theo các Quyết định số {})", all.join(", ")),
    };
    let headings = [
        "TT",
        "Xã",
        "Cơ quan, đơn vị giúp đỡ",
        "Lãnh đạo phụ trách",
        "Thành viên tổ",
        "Điện thoại",
        "Nội dung giúp đỡ",
    ];
    let headings = headings.into_iter().chain(several.then_some("Quyết định"));
    let head = ntm_spreadsheet::Annex {
        title: "PHỤ LỤC".into(),
        lines: vec![
            "PHÂN CÔNG CÁC CƠ QUAN, ĐƠN VỊ GIÚP ĐỠ XÃ XÂY DỰNG NÔNG THÔN MỚI".into(),
            cited,
        ],
        headings: headings.map(str::to_owned).collect(),
        rows: rows.iter().enumerate().map(cells).collect(),
        foot: mark.to_owned(),
    };
    ntm_spreadsheet::annex(&head).map_err(anyhow::Error::msg)
}

#[cfg(not(feature = "xlsx"))]
fn sheet(_: &[AnnexRow], _: &[String], _: &str) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!("ntm was built without spreadsheets")
}

/// With `several` decisions a table says of each row which one it is by.
fn columns(several: bool) -> Vec<Column<Marked<AnnexRow>>> {
    type Row = Marked<AnnexRow>;
    let decision = |r: &Row| Cell::Text(r.row.assignment.decision.clone());
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
        match several {
            true => Column::new("decision", "Quyết định", "Decision", decision),
            false => Column::csv("decision", decision),
        },
        Marked::column(),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn decisions_are_named_once_by_day_then_number() {
        let (first, later) = (date(2024, 11, 1), date(2025, 3, 1));
        let rows =
            [("20/QĐ", later), ("15/QĐ", first), ("9/QĐ", first), ("20/QĐ", later), ("x", first)];
        assert_eq!(ordered(rows.into_iter()), ["9/QĐ", "15/QĐ", "x", "20/QĐ"]);
    }
}
