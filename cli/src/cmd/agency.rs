//! Agencies whose teams help communes.

use ntm_shared::api::{agency::AgencyRow, household::Imported};

use super::{Answer, Area, Context, household::imported, read_input, table};
use crate::{
    args,
    print::{Around, Cell, Column, Tone},
};

/// `ntm agency …`.
pub async fn run(command: args::Agency, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Agency::Import { file } => {
            let bytes = read_input(&file)?;
            let done: Imported = client.upload(&["agencies"], &[], "text/csv", &bytes).await?;
            imported(&done, false, cx)?;
            cx.out.note(&tr!(
                cx.lang(),
                "Tiếp theo: nhập các tổ bằng ntm team import TỆP",
                "Next: import their teams with ntm team import FILE"
            ));
        }
        args::Agency::List { at } => {
            let at = Area::on(None, at);
            let rows: Vec<AgencyRow> = client.all(&["agencies"], &at.query()).await?;
            cx.out.list(&rows, &columns(), Around::default())?;
        }
        args::Agency::Export { out } => {
            let rows: Vec<Vec<String>> = client.get(&["agencies", "table"], &[]).await?;
            table::write(&out, &rows, cx)?;
        }
    }
    Ok(Answer::Yes)
}

fn columns() -> Vec<Column<AgencyRow>> {
    vec![
        Column::new("id", "Mã", "Id", |a: &AgencyRow| Cell::Text(a.id.clone())),
        Column::new("name", "Cơ quan", "Agency", |a: &AgencyRow| Cell::Text(a.name.clone())),
        Column::new("kind", "Loại", "Kind", |a: &AgencyRow| {
            Cell::Word(a.kind.names()[1], a.kind.names(), Tone::Plain)
        }),
        Column::new("from", "Từ", "From", |a: &AgencyRow| {
            a.from.map_or(Cell::Empty, |day| Cell::When(day.to_string()))
        }),
        Column::new("to", "Đến", "To", |a: &AgencyRow| {
            a.to.map_or(Cell::Empty, |day| Cell::When(day.to_string()))
        }),
        Column::new("successor", "Kế thừa", "Successor", |a: &AgencyRow| {
            Cell::maybe(&a.successor)
        }),
        Column::new("appraises", "Thẩm định", "Appraises", |a: &AgencyRow| {
            Cell::Text(a.appraises.iter().map(u16::to_string).collect::<Vec<_>>().join(" "))
        }),
    ]
}
