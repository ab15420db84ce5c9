//! Travel times from seats to communes.

use ntm_shared::api::{household::Imported, reach::TravelRow};
use ntm_shared::travel::Seat;

use super::{Answer, Area, Context, household::imported, read_input};
use crate::{
    args,
    print::{Around, Cell, Column},
};

/// `ntm travel …`.
pub async fn run(command: args::Travel, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Travel::Import { file, at } => {
            let (bytes, at) = (read_input(&file)?, Area::on(None, at));
            let path = ["travel"];
            let done: Imported = client.upload(&path, &at.query(), "text/csv", &bytes).await?;
            imported(&done, false, cx)?;
        }
        args::Travel::List => {
            let rows: Vec<TravelRow> = client.all(&["travel"], &[]).await?;
            cx.out.list(&rows, &columns(), Around::default())?;
        }
    }
    Ok(Answer::Yes)
}

fn columns() -> Vec<Column<TravelRow>> {
    vec![
        Column::new("seat", "Từ", "From", |r: &TravelRow| match &r.travel.from {
            Seat::Team(id) | Seat::Agency(id) => Cell::Text(id.clone()),
        }),
        Column::new("commune_code", "Mã xã", "Code", |r: &TravelRow| {
            Cell::Text(r.commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", |r: &TravelRow| {
            Cell::Text(r.commune_name.clone())
        }),
        Column::new("minutes", "Phút", "Minutes", |r: &TravelRow| {
            Cell::Count(r.travel.minutes.into())
        }),
        Column::new("source", "Nguồn", "Source", |r: &TravelRow| {
            Cell::Text(r.travel.source.clone())
        }),
    ]
}
