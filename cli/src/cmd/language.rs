//! Languages of communes.

use ntm_shared::api::{household::Imported, reach::LanguageRow};

use super::{Answer, Area, Context, household::imported, read_input};
use crate::{
    args,
    print::{Around, Cell, Column},
};

/// `ntm language …`.
pub async fn run(command: args::Spoken, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Spoken::Import { file, at } => {
            let (bytes, at) = (read_input(&file)?, Area::on(None, at));
            let path = ["languages"];
            let done: Imported = client.upload(&path, &at.query(), "text/csv", &bytes).await?;
            imported(&done, false, cx)?;
        }
        args::Spoken::List { at } => {
            let at = Area::on(None, at);
            let rows: Vec<LanguageRow> = client.all(&["languages"], &at.query()).await?;
            cx.out.list(&rows, &columns(), Around::default())?;
        }
    }
    Ok(Answer::Yes)
}

fn columns() -> Vec<Column<LanguageRow>> {
    vec![
        Column::new("commune_code", "Mã xã", "Code", |r: &LanguageRow| {
            Cell::Text(r.commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", |r: &LanguageRow| {
            Cell::Text(r.commune_name.clone())
        }),
        Column::new("languages", "Tiếng", "Languages", |r: &LanguageRow| {
            let all: Vec<&str> = r.spoken.languages.iter().map(String::as_str).collect();
            Cell::Text(all.join(" "))
        }),
        Column::new("from", "Từ", "From", |r: &LanguageRow| {
            r.spoken.from.map_or(Cell::Empty, |day| Cell::When(day.to_string()))
        }),
        Column::new("to", "Đến", "To", |r: &LanguageRow| {
            r.spoken.to.map_or(Cell::Empty, |day| Cell::When(day.to_string()))
        }),
        Column::new("source", "Nguồn", "Source", |r: &LanguageRow| {
            Cell::Text(r.spoken.source.clone())
        }),
    ]
}
