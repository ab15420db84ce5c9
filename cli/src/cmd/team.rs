//! Helper teams.

use ntm_shared::api::{household::Imported, team::TeamRow};

use super::{Answer, Area, Context, export::mark, household::imported, read_input, table};
use crate::{
    args,
    print::{Around, Cell, Column},
};

/// `ntm team …`.
pub async fn run(command: args::Team, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Team::Import { file, at } => {
            let bytes = read_input(&file)?;
            let at = Area::on(None, at);
            let done: Imported = client.upload(&["teams"], &at.query(), "text/csv", &bytes).await?;
            imported(&done, false, cx)?;
            cx.out.note(&tr!(
                cx.lang(),
                "Tiếp theo: tính phương án bằng ntm assign plan ĐỢT",
                "Next: compute a plan with ntm assign plan ROUND"
            ));
        }
        args::Team::List => {
            let teams: Vec<TeamRow> = client.all(&["teams"], &[]).await?;
            cx.out.list(&teams, &columns(), Around::default())?;
        }
        args::Team::Export { out, at, reason } => {
            // Not marked row by row: it is read back as it is. The server notes who, when and why.
            mark(&client, "teams", "", Some(reason), cx).await?;
            let at = Area::on(None, at);
            let rows: Vec<Vec<String>> = client.get(&["teams", "table"], &at.query()).await?;
            table::write(&out, &rows, cx)?;
        }
    }
    Ok(Answer::Yes)
}

fn columns() -> Vec<Column<TeamRow>> {
    vec![
        Column::new("id", "Mã", "Id", |t: &TeamRow| Cell::Text(t.id.clone())),
        Column::new("name", "Tổ", "Team", |t: &TeamRow| Cell::Text(t.name.clone())),
        Column::new("agency", "Cơ quan", "Agency", |t: &TeamRow| Cell::Text(t.agency.clone())),
        Column::new("capacity", "Nhận tối đa", "At most", |t: &TeamRow| {
            Cell::Count(t.capacity_max.into())
        }),
        Column::new("criteria", "Chuyên môn", "Expertise", |t: &TeamRow| {
            Cell::Text(t.criteria.iter().map(u16::to_string).collect::<Vec<_>>().join(" "))
        }),
        Column::new("present", "Đang giúp", "At present", |t: &TeamRow| {
            Cell::Text(t.present.join(" "))
        }),
        Column::csv("lat", |t: &TeamRow| Cell::Decimal(t.lat, 6)),
        Column::csv("lon", |t: &TeamRow| Cell::Decimal(t.lon, 6)),
    ]
}
