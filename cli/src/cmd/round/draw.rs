//! The printable list of a drawn sample.

use ntm_shared::api::round::{Draw, DrawnHousehold, DrawnVillage};

use super::super::export::Marked;
use super::MADE_UP;
use crate::{
    cmd::Context,
    print::{Around, Cell, Column, Format, Tone, count, decimal},
};

/// One line of the printable list. No column for signatures: nobody signs to have been drawn.
#[derive(serde::Serialize)]
struct Line<'d> {
    village: &'d DrawnVillage,
    household: &'d DrawnHousehold,
}

/// Prints a draw, village by village.
pub fn show(drawn: Draw, mark: &Option<String>, cx: &Context<'_>) -> anyhow::Result<()> {
    let marked = Marked { row: drawn, export: mark.clone() };
    let draw = &marked.row;
    let lang = cx.lang();
    match cx.out.format() {
        Format::Json => cx.out.json(&marked)?,
        Format::Csv => {
            let lines: Vec<Line> = draw
                .villages
                .iter()
                .flat_map(|village| {
                    village.households.iter().map(move |household| Line { village, household })
                })
                .collect();
            let notice = if draw.made_up { MADE_UP[0] } else { "" };
            let mut columns = draw_columns();
            let mark = mark.clone();
            columns.push(Column::csv("export", move |_: &Line| Cell::maybe(&mark)));
            columns.push(Column::csv("notice", move |_: &Line| Cell::Text(notice.to_owned())));
            cx.out.list(&lines, &columns, Around::default())?;
        }
        Format::Table => {
            if draw.made_up {
                cx.out.line(MADE_UP[lang as usize])?;
            }
            for village in &draw.villages {
                let lines: Vec<Line> = village
                    .households
                    .iter()
                    .map(|household| Line { village, household })
                    .collect();
                let drawn = village.households.iter().filter(|h| !h.reserve).count() as u64;
                let title = tr!(
                    lang,
                    "{} – {}: chọn {} trong {} hộ",
                    "{} – {}: {} of {} households",
                    village.commune_name,
                    village.name,
                    count(drawn, lang),
                    count(village.frame, lang)
                );
                cx.out.list(&lines, &draw_columns(), Around { title: Some(title), total: None })?;
                cx.out.line("")?;
            }
        }
    }
    let chosen = draw.villages.iter().flat_map(|v| &v.households).filter(|h| !h.reserve).count();
    let frame: u64 = draw.villages.iter().map(|v| v.frame).sum();
    cx.out.note(&tr!(
        lang,
        "Đợt {}, phần {}, hạt giống {}: chọn {} trong {} hộ ({} %) ở {} thôn. Dự phòng dùng theo thứ tự, có lý do.",
        "Round {}, module {}, seed {}: {} of {} households ({}%) in {} villages. Reserves in order, with a reason.",
        draw.round,
        draw.module,
        draw.seed,
        count(chosen as u64, lang),
        count(frame, lang),
        decimal(100.0 * chosen as f64 / frame.max(1) as f64, 1, lang),
        count(draw.villages.len() as u64, lang)
    ));
    Ok(())
}

fn draw_columns<'d>() -> Vec<Column<Line<'d>>> {
    vec![
        Column::new("position", "Thứ tự", "Order", |l: &Line| {
            Cell::Count(l.household.position.into())
        }),
        Column::new("code", "Số hộ", "No.", |l: &Line| Cell::Text(l.household.code.clone())),
        Column::new("head", "Chủ hộ", "Head", |l: &Line| Cell::Text(l.household.head.clone())),
        Column::new("reserve", "Dự phòng", "Reserve", |l: &Line| match l.household.reserve {
            true => Cell::Word("yes", ["dự phòng", "reserve"], Tone::Plain),
            false => Cell::Word("no", ["", ""], Tone::Plain),
        }),
        Column::csv("commune_name", |l: &Line| Cell::Text(l.village.commune_name.clone())),
        Column::csv("village_name", |l: &Line| Cell::Text(l.village.name.clone())),
        Column::csv("village_frame", |l: &Line| Cell::Count(l.village.frame)),
        Column::csv("household", |l: &Line| Cell::Text(l.household.id.clone())),
    ]
}
