//! The criteria sets that ship with the program, and files that are to become one; no server needed.

mod check;

use ntm_shared::{
    criteria::{CriteriaSet, Demand, Direction, Indicator, Source, Threshold},
    data,
    text::{Lang, Text},
};
use serde::Serialize;

use super::{Answer, Context};
use crate::{
    args,
    failure::Failure,
    print::{Around, Cell, Column, Tone, decimal},
};

/// `ntm criteria …`.
pub fn run(command: args::Criteria, cx: &Context<'_>) -> anyhow::Result<Answer> {
    match command {
        args::Criteria::List => list(&built_in()?, cx)?,
        args::Criteria::Show { set } => show(find(&built_in()?, &set)?, cx)?,
        args::Criteria::Check { files, forms } => return check::run(&files, &forms, cx),
    }
    Ok(Answer::Yes)
}

/// Every built-in set.
pub fn built_in() -> anyhow::Result<Vec<CriteriaSet>> {
    data::CRITERIA_SETS
        .iter()
        .map(|source| {
            CriteriaSet::read(source).map_err(|faults| {
                let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
                anyhow::anyhow!("built-in criteria set: {}", lines.join("; "))
            })
        })
        .collect()
}

fn find<'s>(sets: &'s [CriteriaSet], id: &str) -> anyhow::Result<&'s CriteriaSet> {
    sets.iter().find(|set| set.id == id).ok_or_else(|| {
        Failure::local(
            Text::new(
                format!("Không có bộ tiêu chí “{id}”."),
                format!("There is no criteria set “{id}”."),
            ),
            Text::new("xem danh sách: ntm criteria list", "list them: ntm criteria list"),
        )
    })
}

#[derive(Serialize)]
struct SetRow {
    id: String,
    name: Text,
    level: String,
    from: String,
    to: String,
    criteria: u64,
    indicators: u64,
    thresholds_not_verified: u64,
}

fn list(sets: &[CriteriaSet], cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    let rows: Vec<SetRow> = sets
        .iter()
        .map(|set| SetRow {
            id: set.id.clone(),
            name: set.name.clone(),
            level: set.level.clone(),
            from: set.from.to_string(),
            to: set.to.to_string(),
            criteria: set.criteria.len() as u64,
            indicators: set.indicators().count() as u64,
            thresholds_not_verified: set
                .indicators()
                .flat_map(|(_, i)| &i.thresholds)
                .filter(|t| !t.verified)
                .count() as u64,
        })
        .collect();
    let columns = [
        Column::new("id", "Mã", "Id", |r: &SetRow| Cell::Text(r.id.clone())),
        Column::new("name", "Tên", "Name", move |r: &SetRow| {
            Cell::Text(r.name.get(lang).to_owned())
        }),
        Column::new("from", "Từ", "From", |r: &SetRow| Cell::When(r.from.clone())),
        Column::new("to", "Đến", "To", |r: &SetRow| Cell::When(r.to.clone())),
        Column::new("criteria", "Tiêu chí", "Criteria", |r: &SetRow| Cell::Count(r.criteria)),
        Column::new("indicators", "Chỉ tiêu", "Indicators", |r: &SetRow| {
            Cell::Count(r.indicators)
        }),
        Column::new("not_verified", "Chưa xác minh", "Not verified", |r: &SetRow| {
            Cell::Count(r.thresholds_not_verified)
        }),
    ];
    cx.out.list(&rows, &columns, Around::default())
}

#[derive(Serialize)]
struct Row {
    criterion: String,
    criterion_name: Text,
    indicator: String,
    name: Text,
    from_households: bool,
    threshold: Option<String>,
    verified: bool,
    confidence: String,
    document: String,
}

fn show(set: &CriteriaSet, cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    let rows: Vec<Row> = set
        .indicators()
        .map(|(criterion, indicator)| Row {
            criterion: criterion.id.clone(),
            criterion_name: criterion.name.clone(),
            indicator: indicator.id.clone(),
            name: indicator.name.clone(),
            from_households: matches!(indicator.source, Source::Household(_)),
            threshold: thresholds(indicator, lang),
            verified: indicator.thresholds.iter().all(|t| t.verified),
            confidence: format!("{:?}", indicator.confidence),
            document: document(set, indicator),
        })
        .collect();
    let columns = [
        Column::new("indicator", "Số", "No.", |r: &Row| Cell::Text(r.indicator.clone())),
        Column::new("name", "Chỉ tiêu", "Indicator", move |r: &Row| {
            Cell::Text(r.name.get(lang).to_owned())
        }),
        Column::new("threshold", "Ngưỡng", "Threshold", |r: &Row| match &r.threshold {
            Some(text) => Cell::Text(text.clone()),
            None => Cell::Word("", ["tỉnh quy định", "set by the province"], Tone::Open),
        }),
        Column::new("source", "Nguồn số liệu", "From", |r: &Row| match r.from_households {
            true => Cell::Word("households", ["phiếu hộ", "households"], Tone::Plain),
            false => Cell::Word("report", ["xã báo cáo", "report"], Tone::Plain),
        }),
        Column::new("verified", "Xác minh", "Verified", |r: &Row| match r.verified {
            true => Cell::Word("yes", ["đã xác minh", "verified"], Tone::Good),
            false => Cell::Word("no", ["chưa xác minh", "not verified"], Tone::Open),
        }),
        Column::csv("criterion", |r: &Row| Cell::Text(r.criterion.clone())),
        Column::csv("document", |r: &Row| Cell::Text(r.document.clone())),
        Column::csv("confidence", |r: &Row| Cell::Text(r.confidence.clone())),
    ];
    let title = Some(set.name.get(lang).to_owned());
    cx.out.list(&rows, &columns, Around { title, total: None })?;
    for document in &set.documents {
        cx.out.note(&format!("{}: {}", document.number, document.title.get(lang)));
    }
    Ok(())
}

/// The thresholds in force over the years, `≥ 42 (2023); ≥ 45 (2024)`, or one when it never
/// changes. Absent when none is known.
fn thresholds(indicator: &Indicator, lang: Lang) -> Option<String> {
    let sign = match indicator.direction {
        Direction::Ge => "≥",
        Direction::Le => "≤",
        Direction::Eq => "=",
    };
    let word = |threshold: &Threshold| match threshold.demand? {
        Demand::Yes => Some(tr!(lang, "đạt", "yes")),
        Demand::Number(number) => {
            let places = usize::try_from(number.places).unwrap_or(0);
            Some(format!("{sign} {}", decimal(number.to_f64(), places, lang)))
        }
    };
    let known: Vec<(String, &Threshold)> =
        indicator.thresholds.iter().filter_map(|t| Some((word(t)?, t))).collect();
    match known.as_slice() {
        [] => None,
        [(only, _)] => Some(only.clone()),
        many => {
            let dated = many.iter().map(|(word, t)| format!("{word} ({})", t.to.year()));
            Some(dated.collect::<Vec<_>>().join("; "))
        }
    }
}

fn document(set: &CriteriaSet, indicator: &Indicator) -> String {
    let mut numbers: Vec<&str> = indicator
        .thresholds
        .iter()
        .filter_map(|t| set.document(&t.document))
        .map(|d| d.number.as_str())
        .collect();
    numbers.dedup();
    numbers.join(", ")
}
