//! Visits of helper teams, and who was not there for long.

use ntm_shared::api::visit::{Lacking, NewVisit, Visit};
use sha2::{Digest, Sha256};

use super::{Answer, Context, new_id, read_input, submit::hex};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Tone, count},
};

/// `ntm visit …`.
pub async fn run(command: args::Visit, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Visit::Add { happened, met, open, plan, photos } => {
            let mut files = Vec::with_capacity(photos.len());
            for path in &photos {
                let bytes = read_input(path)?;
                files.push((hex(&Sha256::digest(&bytes)), bytes));
            }
            let args::Happened { commune, team, day } = happened;
            let new = NewVisit {
                id: new_id(),
                commune,
                team,
                day,
                criteria_met: met,
                open_criteria: open.into_iter().collect(),
                plan,
                photos: files.iter().map(|(hash, _)| hash.clone()).collect(),
            };
            let visit: Visit = client.post(&["visits"], &new).await?;
            for (hash, bytes) in &files {
                send_photo(&client, &visit.id, hash, bytes).await?;
            }
            cx.out.value(&visit, &visit.id)?;
            cx.out.note(&tr!(
                cx.lang(),
                "Đã ghi chuyến làm việc của {} tại {}, {} ảnh.",
                "Wrote down the visit of {} to {}, {} photos.",
                visit.team.team_name,
                visit.commune.commune_name,
                count(files.len() as u64, cx.lang())
            ));
        }
        args::Visit::List { which } => {
            let visits: Vec<Visit> = client.all(&["visits"], &pairs(&query(&which))).await?;
            cx.out.list(&visits, &columns(), Around::default())?;
        }
        args::Visit::Lacking { days, at } => return lacking(&client, days, at, cx).await,
    }
    Ok(Answer::Yes)
}

async fn send_photo(client: &Client, visit: &str, hash: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let path = ["visits", visit, "photos", hash];
    client.put_bytes(&path, "application/octet-stream", bytes).await
}

async fn lacking(
    client: &Client,
    days: u16,
    at: Option<jiff::civil::Date>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let mut query = vec![("days", days.to_string())];
    query.extend(at.map(|day| ("at", day.to_string())));
    let rows: Vec<Lacking> = client.all(&["visits", "lacking"], &pairs(&query)).await?;
    cx.out.list(&rows, &lacking_columns(), Around::default())?;
    if rows.is_empty() {
        return Ok(Answer::Yes);
    }
    cx.out.note(&tr!(
        cx.lang(),
        "{} cặp tổ – xã quá {} ngày chưa có chuyến làm việc.",
        "{} pairs of team and commune without a visit for more than {} days.",
        count(rows.len() as u64, cx.lang()),
        days
    ));
    Ok(Answer::No)
}

/// The query of a list.
pub fn query(which: &args::Which) -> Vec<(&'static str, String)> {
    let args::Which { within, team, at } = which;
    let mut query = Vec::new();
    query.extend(within.clone().map(|unit| ("within", unit)));
    query.extend(team.clone().map(|team| ("team", team)));
    query.extend(at.map(|day| ("at", day.to_string())));
    query
}

/// The same, borrowed.
pub fn pairs<'q>(query: &'q [(&'static str, String)]) -> Vec<(&'static str, &'q str)> {
    query.iter().map(|(key, value)| (*key, value.as_str())).collect()
}

fn numbers(list: impl IntoIterator<Item = u16>) -> Cell {
    Cell::Text(list.into_iter().map(|n| n.to_string()).collect::<Vec<_>>().join(" "))
}

fn columns() -> Vec<Column<Visit>> {
    vec![
        Column::new("day", "Ngày", "Day", |v: &Visit| Cell::When(v.day.to_string())),
        Column::new("commune_code", "Mã", "Code", |v: &Visit| {
            Cell::Text(v.commune.commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", |v: &Visit| {
            Cell::Text(v.commune.commune_name.clone())
        }),
        Column::new("team", "Tổ", "Team", |v: &Visit| Cell::Text(v.team.team.clone())),
        Column::new("criteria_met", "Đạt", "Met", |v: &Visit| {
            v.criteria_met.map_or(Cell::Empty, |met| Cell::Count(met.into()))
        }),
        Column::new("open_criteria", "Chưa đạt", "Open", |v: &Visit| {
            numbers(v.open_criteria.iter().copied())
        }),
        Column::new("plan", "Việc làm tiếp", "Next", |v: &Visit| Cell::Text(v.plan.clone())),
        Column::new("photos", "Ảnh", "Photos", |v: &Visit| {
            Cell::Count(v.photos.iter().filter(|photo| photo.received).count() as u64)
        }),
        Column::csv("photos_named", |v: &Visit| Cell::Count(v.photos.len() as u64)),
        Column::csv("commune", |v: &Visit| Cell::Text(v.commune.commune.clone())),
        Column::csv("id", |v: &Visit| Cell::Text(v.id.clone())),
    ]
}

fn lacking_columns() -> Vec<Column<Lacking>> {
    vec![
        Column::new("commune_code", "Mã", "Code", |l: &Lacking| {
            Cell::Text(l.commune.commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", |l: &Lacking| {
            Cell::Text(l.commune.commune_name.clone())
        }),
        Column::new("team", "Tổ", "Team", |l: &Lacking| Cell::Text(l.team.team.clone())),
        Column::new("agency", "Cơ quan", "Agency", |l: &Lacking| {
            Cell::Text(l.team.agency.clone())
        }),
        Column::new("role", "Vai trò", "Role", |l: &Lacking| match l.role.as_str() {
            "lead" => Cell::Word("lead", ["chính", "lead"], Tone::Plain),
            _ => Cell::Word("support", ["phối hợp", "support"], Tone::Plain),
        }),
        Column::new("last", "Lần cuối", "Last", |l: &Lacking| {
            l.last.map_or(Cell::Word("never", ["chưa lần nào", "never"], Tone::Bad), |day| {
                Cell::When(day.to_string())
            })
        }),
        Column::new("days", "Số ngày", "Days", |l: &Lacking| {
            Cell::Count(u64::try_from(l.days).unwrap_or(0))
        }),
        Column::csv("commune", |l: &Lacking| Cell::Text(l.commune.commune.clone())),
    ]
}
