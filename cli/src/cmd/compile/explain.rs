//! Where one number of a score comes from.

use ntm_shared::{
    api::measure::Measure,
    api::score::{Indicator, ScoreReport},
    criteria::{Direction, Kind},
    text::{Lang, Text},
};

use super::{
    Asked, MADE_UP,
    behind::{Behind, Flat},
    beside::range,
    scores, verdict,
};
use crate::{
    client::Client,
    cmd::{Answer, Context, official::said},
    failure::Failure,
    print::{Around, Cell, Column, Format, decimal},
};

/// What is to be explained.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Round id.
    pub round: &'a str,
    /// Commune by code or id.
    pub commune: &'a str,
    /// Indicator id.
    pub indicator: &'a str,
}

/// `ntm compile explain`.
pub async fn run(
    client: &Client,
    of: Wanted<'_>,
    reason: Option<String>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let Wanted { round, commune, indicator: wanted } = of;
    let asked = Asked { within: Some(commune.to_owned()), ..Asked::default() };
    let report = scores(client, round, asked).await?;
    let score = report.communes.first().ok_or_else(|| missing(commune, round))?;
    let indicator = score
        .criteria
        .iter()
        .flat_map(|c| &c.indicators)
        .find(|i| i.figures.id == wanted)
        .ok_or_else(|| missing(wanted, &report.criteria_set))?;
    let lang = cx.lang();
    let behind = Behind::ask(client, of, reason, cx).await?;
    let rows: Vec<Row> = std::iter::once(Row::new("", &indicator.figures, indicator))
        .chain(indicator.parts.iter().map(|p| Row::new(p.name.get(lang), &p.figures, indicator)))
        .collect();
    match cx.out.format() {
        Format::Json => return behind.json(indicator, cx).map(|()| Answer::Yes),
        Format::Csv => {
            let columns = columns(lang);
            let figures = rows.iter().map(|row| Flat::of("measure", row, &columns)).collect();
            return behind.csv(figures, cx).map(|()| Answer::Yes);
        }
        Format::Table => {}
    }
    let title = Some(title(&report, &score.name, indicator, lang));
    cx.out.list(&rows, &columns(lang), Around { title, total: None })?;
    behind.tables(cx)?;
    let figures = &indicator.figures;
    cx.out.note(figures.reason.text.get(lang));
    outlook(figures, indicator, cx);
    beside(indicator, cx);
    if let Some(threshold) = &figures.threshold {
        let state = match threshold.verified {
            true => tr!(lang, "đã xác minh", "verified"),
            false => tr!(lang, "chưa xác minh", "not verified"),
        };
        cx.out.note(&tr!(
            lang,
            "Ngưỡng theo {} ({}).",
            "Threshold from {} ({}).",
            threshold.document,
            state
        ));
        if let Some(note) = &threshold.note {
            cx.out.note(note.get(lang));
        }
    }
    cx.out.note(&match indicator.source.as_str() {
        "household" => tr!(
            lang,
            "Phiếu đứng sau con số này: ntm submission list --round {} --within {}",
            "The submissions behind it: ntm submission list --round {} --within {}",
            round,
            score.code
        ),
        _ => tr!(
            lang,
            "Xã tự báo cáo: ntm submission list --round {} --form commune_report --within {}",
            "The commune reports it: ntm submission list --round {} --form commune_report --within {}",
            round,
            score.code
        ),
    });
    Ok(Answer::Yes)
}

/// Estimate or self-report, official value and the round before, side by side.
fn beside(indicator: &Indicator, cx: &Context<'_>) {
    let lang = cx.lang();
    if let Some(official) = &indicator.official {
        let value = said(&official.value).shown(lang);
        let day = |day: jiff::civil::Date| Cell::When(day.to_string()).shown(lang);
        let mut line = tr!(
            lang,
            "Giá trị chính thức: {} tính đến {} ({}, {}).",
            "Official value: {} as of {} ({}, {}).",
            value,
            day(official.as_of),
            official.document,
            day(official.issued)
        );
        if official.differs {
            line.push_str(&tr!(
                lang,
                " ⚠ Nằm ngoài khoảng tính được ở đây: cần đối chiếu.",
                " ⚠ Outside the range found here: please compare."
            ));
        }
        cx.out.note(&line);
    }
    if let Some(last) = indicator.last {
        cx.out.note(&tr!(lang, "Đợt trước: {}.", "The round before: {}.", decimal(last, 1, lang)));
    }
}

/// What more households would decide, of the measure that is undecided.
fn outlook(headline: &Measure, indicator: &Indicator, cx: &Context<'_>) {
    let lang = cx.lang();
    let mut measures = std::iter::once(headline).chain(indicator.parts.iter().map(|p| &p.figures));
    if let Some(probability) = headline.probability {
        cx.out.note(&tr!(
            lang,
            "Khả năng đạt ngưỡng: {} %.",
            "Probability of reaching the threshold: {} %.",
            decimal(100.0 * probability, 0, lang)
        ));
    }
    let Some(plan) = measures.find_map(|m| m.plan.as_ref()) else { return };
    for step in &plan.steps {
        let villages: Vec<String> =
            step.villages.iter().map(|v| format!("{} {}", v.name, v.households)).collect();
        cx.out.note(&tr!(
            lang,
            "Điều tra thêm {} hộ (chọn ngẫu nhiên ở mọi thôn; {} ngày công) thì {} % khả năng kết luận được: {}",
            "{} more households (drawn at random in every village; {} collector-days) decide with a chance of {} %: {}",
            step.households,
            decimal(step.collector_days, 1, lang),
            decimal(100.0 * step.chance, 0, lang),
            villages.join(", ")
        ));
    }
    if plan.census {
        cx.out.note(&tr!(
            lang,
            "Cần phần lớn số hộ mới kết luận được: nên điều tra toàn bộ, hoặc chấp nhận chưa đủ căn cứ.",
            "Most households would be needed: a census is advised, or to accept that it is undecided."
        ));
    }
}

fn missing(what: &str, place: &str) -> anyhow::Error {
    Failure::local(
        Text::new(
            format!("Không có “{what}” trong {place}."),
            format!("There is no “{what}” in {place}."),
        ),
        Text::new(
            "xem các xã: ntm compile ĐỢT; các chỉ tiêu: ntm criteria show BỘ",
            "communes: ntm compile ROUND; indicators: ntm criteria show SET",
        ),
    )
}

fn title(report: &ScoreReport, commune: &str, indicator: &Indicator, lang: Lang) -> String {
    let line = format!(
        "{commune} · {} {} · {}\n",
        indicator.figures.id,
        indicator.name.get(lang),
        verdict(indicator.figures.verdict).shown(lang)
    );
    match report.made_up {
        true => format!("{}\n{line}", MADE_UP[lang as usize]),
        false => line,
    }
}

/// One line of figures: the indicator or a part of it.
#[derive(serde::Serialize)]
struct Row {
    part: String,
    #[serde(flatten)]
    figures: Measure,
    #[serde(skip)]
    kind: Kind,
    #[serde(skip)]
    direction: Direction,
}

impl Row {
    fn new(part: &str, figures: &Measure, of: &Indicator) -> Row {
        let (kind, direction) = (of.kind, of.direction);
        Row { part: part.to_owned(), figures: figures.clone(), kind, direction }
    }

    fn places(&self) -> usize {
        if matches!(self.kind, Kind::Count | Kind::Boolean) { 0 } else { 1 }
    }

    fn number(&self, value: Option<f64>) -> Cell {
        value.map_or(Cell::Empty, |v| Cell::Decimal(v, self.places()))
    }
}

fn columns(lang: Lang) -> Vec<Column<Row>> {
    let total = |value: Option<f64>| value.map_or(Cell::Empty, |v| Cell::Decimal(v, 1));
    vec![
        Column::new("part", "Phần", "Part", |r: &Row| Cell::Text(r.part.clone())),
        Column::new("value", "Giá trị", "Value", |r: &Row| r.number(r.figures.value)),
        Column::new("interval", "Khoảng", "Range", move |r: &Row| interval(r, lang)),
        Column::new("threshold", "Ngưỡng", "Threshold", move |r: &Row| threshold(r, lang)),
        Column::new("numerator", "Tử số", "Top", move |r: &Row| total(r.figures.numerator)),
        Column::new("denominator", "Mẫu số", "Bottom", move |r: &Row| {
            total(r.figures.denominator)
        }),
        Column::new("n", "n", "n", |r: &Row| Cell::Count(r.figures.n)),
        Column::new("N", "N", "N", |r: &Row| Cell::Count(r.figures.frame)),
        Column::new("coverage", "Rõ %", "Known %", |r: &Row| {
            r.figures.coverage.map_or(Cell::Empty, |c| Cell::Decimal(100.0 * c, 1))
        }),
        Column::new("unknown", "Không rõ", "Unknown", |r: &Row| Cell::Count(r.figures.unknown)),
        Column::new("verdict", "Kết quả", "Verdict", |r: &Row| verdict(r.figures.verdict)),
        Column::csv("id", |r: &Row| Cell::Text(r.figures.id.clone())),
        Column::csv("reason", move |r: &Row| {
            Cell::Text(r.figures.reason.text.get(lang).to_owned())
        }),
    ]
}

fn interval(row: &Row, lang: Lang) -> Cell {
    match range(row.figures.interval, row.places(), lang) {
        open if open.is_empty() => Cell::Empty,
        range => Cell::Text(range),
    }
}

fn threshold(row: &Row, lang: Lang) -> Cell {
    let Some(threshold) = row.figures.threshold.as_ref() else { return Cell::Empty };
    let sign = match row.direction {
        Direction::Ge => "≥",
        Direction::Le => "≤",
        Direction::Eq => "=",
    };
    match threshold.value {
        Some(value) => Cell::Text(format!("{sign} {}", decimal(value, row.places(), lang))),
        None if threshold.known => Cell::Text(tr!(lang, "đạt", "yes")),
        None => Cell::Text(tr!(lang, "tỉnh quy định", "set by the province")),
    }
}
