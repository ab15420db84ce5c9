//! Administrative units as they stood on a date.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ntm_shared::{
    api::unit::UnitView,
    text::{Lang, nfc},
};

use super::{Answer, Area, Context};
use crate::{
    args::{self, Level},
    client::Client,
    print::{Around, Cell, Column, Tone},
};

/// `ntm unit …`.
pub async fn run(command: args::Unit, cx: &Context<'_>) -> anyhow::Result<Answer> {
    match command {
        args::Unit::List { search, at, within, level } => list(search, at, within, level, cx).await,
        args::Unit::Show { code, at } => show(&code, at, cx).await,
    }
}

async fn list(
    search: Option<String>,
    at: Option<Date>,
    within: Option<String>,
    level: Option<Level>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let at = at.map(|d| d.to_string());
    let search = search.map(|s| nfc(&s));
    let level = level.map(|level| match level {
        Level::Province => "province",
        Level::District => "district",
        Level::Commune => "commune",
        Level::Village => "village",
    });
    let mut query: Vec<(&str, &str)> = Vec::new();
    query.extend(at.as_deref().map(|at| ("at", at)));
    query.extend(search.as_deref().map(|q| ("q", q)));
    query.extend(within.as_deref().map(|within| ("within", within)));
    query.extend(level.map(|level| ("level", level)));
    let units: Vec<UnitView> = cx.client()?.all(&["units"], &query).await?;
    cx.out.list(&units, &columns(), Around::default())?;
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    for unit in &units {
        *names.entry(&unit.name).or_default() += 1;
    }
    let twice: Vec<&str> = names.iter().filter(|(_, n)| **n > 1).map(|(name, _)| *name).collect();
    if search.is_some() && !twice.is_empty() {
        cx.out.note(&tr!(
            cx.lang(),
            "Trùng tên: {}. Hãy chỉ đơn vị bằng mã.",
            "Same name more than once: {}. Name units by code.",
            twice.join(", ")
        ));
    }
    // As grep does: nothing found is an answer, and it is "no".
    Ok(if units.is_empty() && search.is_some() { Answer::No } else { Answer::Yes })
}

async fn show(code: &str, at: Option<Date>, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    let unit: UnitView = client.get(&["units", code], &Area::on(None, at).query()).await?;
    let lang = cx.lang();
    let mut lines = vec![
        format!("{} · {} · {}", unit.name, unit.code, level_word(&unit.level)[lang as usize]),
        tr!(lang, "Thuộc:      {}", "Within:     {}", unit.within.join(" · ")),
        tr!(lang, "Hiệu lực:   {}", "In force:   {}", span(&unit, lang)),
    ];
    if let (Some(lat), Some(lon)) = (unit.lat, unit.lon) {
        lines.push(tr!(lang, "Tọa độ:     {}, {}", "Position:   {}, {}", lat, lon));
    }
    if !unit.successors.is_empty() {
        let names = names(&client, &unit.successors).await?;
        lines.push(tr!(lang, "Nay là:     {}", "Became:     {}", names));
    }
    if !unit.predecessors.is_empty() {
        let names = names(&client, &unit.predecessors).await?;
        lines.push(tr!(lang, "Trước là:   {}", "Was:        {}", names));
    }
    lines.push(format!("Id:         {}", unit.id));
    match cx.global.csv {
        true => cx.out.list(&[unit], &columns(), Around::default())?,
        false => cx.out.value(&unit, &lines.join("\n"))?,
    }
    Ok(Answer::Yes)
}

/// Its first and last day, as far as they are known.
fn span(unit: &UnitView, lang: Lang) -> String {
    let day = |day: &Option<String>| Cell::maybe_when(day).shown(lang);
    match (&unit.valid_from, &unit.valid_to) {
        (Some(_), Some(_)) => format!("{} – {}", day(&unit.valid_from), day(&unit.valid_to)),
        (Some(_), None) => tr!(lang, "từ {}", "from {}", day(&unit.valid_from)),
        (None, Some(_)) => tr!(lang, "đến {}", "until {}", day(&unit.valid_to)),
        (None, None) => tr!(lang, "không rõ", "not known"),
    }
}

/// Names and codes of units by id.
async fn names(client: &Client, ids: &[String]) -> anyhow::Result<String> {
    let mut names = Vec::new();
    for id in ids {
        let unit: UnitView = client.get(&["units", id], &[]).await?;
        names.push(format!("{} ({})", unit.name, unit.code));
    }
    Ok(names.join(", "))
}

fn level_word(level: &str) -> [&'static str; 2] {
    match level {
        "province" => ["tỉnh", "province"],
        "district" => ["huyện", "district"],
        "commune" => ["xã", "commune"],
        _ => ["thôn", "village"],
    }
}

fn columns() -> Vec<Column<UnitView>> {
    vec![
        Column::new("code", "Mã", "Code", |u: &UnitView| Cell::Text(u.code.clone())),
        Column::new("name", "Tên", "Name", |u: &UnitView| Cell::Text(u.name.clone())),
        Column::new("level", "Cấp", "Level", |u: &UnitView| {
            let words = level_word(&u.level);
            Cell::Word(words[1], words, Tone::Plain)
        }),
        Column::new("within", "Thuộc", "Within", |u: &UnitView| Cell::Text(u.within.join(", "))),
        Column::new("valid_to", "Đến ngày", "Until", |u: &UnitView| {
            Cell::maybe_when(&u.valid_to)
        }),
        Column::new("id", "Id", "Id", |u: &UnitView| Cell::Text(u.id.clone())),
        Column::csv("lat", |u: &UnitView| u.lat.map_or(Cell::Empty, |x| Cell::Decimal(x, 6))),
        Column::csv("lon", |u: &UnitView| u.lon.map_or(Cell::Empty, |x| Cell::Decimal(x, 6))),
    ]
}
