//! Support that communes were given, and its sums.

use ntm_shared::api::support::{NewSupport, Support, SupportTotal};

use super::visit::{pairs, query};
use super::{Answer, Context, new_id};
use crate::{
    args,
    print::{Around, Cell, Column, Tone, count},
};

/// `ntm support …`.
pub async fn run(command: args::Support, cx: &Context<'_>) -> anyhow::Result<Answer> {
    use args::Support as Do;
    let client = cx.client()?;
    match command {
        Do::Add { happened, kind, value, beneficiary, count: many, village, detail, visit } => {
            let args::Happened { commune, team, day } = happened;
            let new = NewSupport {
                id: new_id(),
                commune,
                team,
                visit,
                day,
                kind,
                value,
                beneficiary,
                village,
                count: many,
                detail,
            };
            let support: Support = client.post(&["supports"], &new).await?;
            let worth = support.said.value.map_or_else(
                || tr!(cx.lang(), "không tính được", "not known"),
                |value| format!("{} đ", count(value, cx.lang())),
            );
            let name = &support.commune.commune_name;
            cx.out.value(&support, &format!("{} · {name}: {worth}", support.said.id))?;
        }
        Do::List { which } => {
            let rows: Vec<Support> = client.all(&["supports"], &pairs(&query(&which))).await?;
            cx.out.list(&rows, &columns(), Around::default())?;
        }
        Do::Total { by, which, from, to } => {
            let mut query = query(&which);
            query.push(("by", by.as_str().to_owned()));
            query.extend(from.map(|day| ("from", day.to_string())));
            query.extend(to.map(|day| ("to", day.to_string())));
            let rows: Vec<SupportTotal> =
                client.all(&["supports", "totals"], &pairs(&query)).await?;
            let sum = |part: fn(&SupportTotal) -> u64| Cell::Count(rows.iter().map(part).sum());
            let total = vec![
                Cell::Empty,
                Cell::Text(tr!(cx.lang(), "Cộng", "Total")),
                sum(|row| row.supports),
                sum(|row| row.value),
                sum(|row| row.unvalued),
            ];
            cx.out.list(&rows, &totals(), Around { title: None, total: Some(total) })?;
        }
    }
    Ok(Answer::Yes)
}

fn worth(value: Option<u64>) -> Cell {
    value.map_or(Cell::Empty, Cell::Count)
}

fn columns() -> Vec<Column<Support>> {
    vec![
        Column::new("day", "Ngày", "Day", |s: &Support| Cell::When(s.said.day.to_string())),
        Column::new("commune_name", "Xã", "Commune", |s: &Support| {
            Cell::Text(s.commune.commune_name.clone())
        }),
        Column::new("team", "Tổ", "Team", |s: &Support| Cell::maybe(&s.said.team)),
        Column::new("kind", "Bằng", "Kind", |s: &Support| {
            Cell::Word(s.said.kind.as_str(), s.said.kind.names(), Tone::Plain)
        }),
        Column::new("value", "Giá trị (đồng)", "Value (VND)", |s: &Support| {
            worth(s.said.value)
        }),
        Column::new("beneficiary", "Cho", "For", |s: &Support| {
            Cell::Word(s.said.beneficiary.as_str(), s.said.beneficiary.names(), Tone::Plain)
        }),
        Column::new("count", "Số lượng", "Number", |s: &Support| {
            worth(s.said.count.map(u64::from))
        }),
        Column::new("detail", "Chi tiết", "Details", |s: &Support| {
            Cell::Text(s.said.detail.clone())
        }),
        Column::csv("village", |s: &Support| Cell::maybe(&s.said.village)),
        Column::csv("commune", |s: &Support| Cell::Text(s.commune.commune.clone())),
        Column::csv("visit", |s: &Support| Cell::maybe(&s.said.visit)),
        Column::csv("id", |s: &Support| Cell::Text(s.said.id.clone())),
    ]
}

fn totals() -> Vec<Column<SupportTotal>> {
    vec![
        Column::new("key", "Mã", "Key", |t: &SupportTotal| Cell::Text(t.key.clone())),
        Column::new("name", "Tên", "Name", |t: &SupportTotal| Cell::Text(t.name.clone())),
        Column::new("supports", "Lượt", "Times", |t: &SupportTotal| Cell::Count(t.supports)),
        Column::new("value", "Giá trị (đồng)", "Value (VND)", |t: &SupportTotal| {
            Cell::Count(t.value)
        }),
        Column::new("unvalued", "Không tính được", "Without value", |t: &SupportTotal| {
            Cell::Count(t.unvalued)
        }),
    ]
}
