//! Official values: figures an office issued, beside what households say.

use ntm_shared::{
    api::{household::Imported, official::OfficialRow},
    criteria::ReportValue,
};

use super::{Answer, Area, Context, household::imported, read_input};
use crate::{
    args,
    print::{Around, Cell, Column},
};

/// `ntm official …`.
pub async fn run(command: args::Official, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Official::Import { file, criteria, at } => {
            let bytes = read_input(&file)?;
            let at = Area::on(None, at);
            let path = ["criteria", criteria.as_str(), "official"];
            let done: Imported = client.upload(&path, &at.query(), "text/csv", &bytes).await?;
            imported(&done, false, cx)?;
            cx.out.note(&tr!(
                cx.lang(),
                "Giá trị chính thức đứng cạnh số ước lượng, không thay thế: ntm compile explain ĐỢT XÃ CHỈ_TIÊU",
                "Official values stand beside the estimates and replace none: ntm compile explain ROUND COMMUNE INDICATOR"
            ));
        }
        args::Official::List { criteria, within, at } => {
            let area = Area::on(within, at);
            let path = ["criteria", criteria.as_str(), "official"];
            let rows: Vec<OfficialRow> = client.all(&path, &area.query()).await?;
            cx.out.list(&rows, &columns(), Around::default())?;
        }
    }
    Ok(Answer::Yes)
}

/// A number, or yes or no, as people read it.
pub fn said(value: &ReportValue) -> Cell {
    match value {
        ReportValue::Number(text) => {
            text.parse().map_or_else(|_| Cell::Text(text.clone()), |v| Cell::Decimal(v, 1))
        }
        ReportValue::Yes => Cell::yes_no(true),
        ReportValue::No => Cell::yes_no(false),
        ReportValue::Unknown => Cell::Empty,
    }
}

fn columns() -> Vec<Column<OfficialRow>> {
    vec![
        Column::new("commune_code", "Mã xã", "Code", |r: &OfficialRow| {
            Cell::Text(r.commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", |r: &OfficialRow| {
            Cell::Text(r.commune_name.clone())
        }),
        Column::new("indicator", "Chỉ tiêu", "Indicator", |r: &OfficialRow| {
            Cell::Text(r.value.indicator.clone())
        }),
        Column::new("value", "Giá trị", "Value", |r: &OfficialRow| said(&r.value.value)),
        Column::new("as_of", "Tính đến", "As of", |r: &OfficialRow| {
            Cell::When(r.value.as_of.to_string())
        }),
        Column::new("document", "Văn bản", "Document", |r: &OfficialRow| {
            Cell::Text(r.value.document.clone())
        }),
        Column::new("issued", "Ban hành", "Issued", |r: &OfficialRow| {
            Cell::When(r.value.issued.to_string())
        }),
    ]
}
