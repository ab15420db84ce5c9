//! A sheet per criterion: every commune's indicators with numerator, denominator, rate, bounds,
//! threshold and verdict; per indicator the sums over the communes.

use ntm_shared::{
    api::measure::Measure,
    api::score::{Indicator, ScoreReport},
    criteria::{Direction, Kind, ReportValue},
    score::Verdict,
    text::Lang,
};
use ntm_spreadsheet::book::{Cell, Column, Look, Page};

use super::{foot, titles, verdict};

pub fn page(report: &ScoreReport, place: usize) -> Page {
    let known = report.communes.first().and_then(|c| c.criteria.get(place));
    let (id, name) = known.map_or(("", ""), |c| (c.id.as_str(), c.name.get(Lang::Vi)));
    let mut page = Page {
        name: format!("Tiêu chí {id}"),
        titles: titles(report, format!("TIÊU CHÍ {id}: {}", name.to_uppercase())),
        columns: vec![
            Column::new("TT", 5.0),
            Column::new("Mã xã", 8.0),
            Column::new("Xã", 20.0),
            Column::of("Chỉ tiêu", "Số", 7.0),
            Column::of("Chỉ tiêu", "Phần", 12.0),
            Column::of("Số hộ", "Trả lời (n)", 8.0),
            Column::of("Số hộ", "Trong khung (N)", 9.0),
            Column::of("Kết quả", "Tử số", 12.0),
            Column::of("Kết quả", "Mẫu số", 12.0),
            Column::of("Kết quả", "Tỷ lệ % hoặc giá trị", 10.0),
            Column::of("Khoảng", "Từ", 9.0),
            Column::of("Khoảng", "Đến", 9.0),
            Column::new("Mức cần đạt", 12.0),
            Column::new("Đánh giá", 11.0),
            Column::new("Vì sao", 48.0),
        ],
        rows: Vec::new(),
        foot: foot(report),
    };
    let first = page.first_row();
    let mut rows = Vec::new();
    for indicator in known.iter().flat_map(|c| &c.indicators) {
        for (part, measure) in measures(indicator) {
            block(report, place, (&indicator.figures.id, &part, &measure.id), first, &mut rows);
        }
    }
    page.rows = rows;
    page
}

/// One measure of every commune, and below them their sums.
fn block(
    report: &ScoreReport,
    place: usize,
    (indicator, part, id): (&str, &str, &str),
    first: usize,
    rows: &mut Vec<Vec<Cell>>,
) {
    let from = first + rows.len();
    let mut sums = Sums::default();
    for commune in &report.communes {
        let indicators = commune.criteria.get(place).map(|c| c.indicators.as_slice());
        let known = indicators.unwrap_or_default().iter().find(|i| i.figures.id == indicator);
        let Some(known) = known else { continue };
        let Some((_, m)) = measures(known).into_iter().find(|(_, m)| m.id == id) else { continue };
        let mut cells = vec![
            Cell::whole(sums.communes + 1),
            Cell::word(commune.code.clone(), Look::Word),
            Cell::text(commune.name.clone()),
            Cell::word(indicator, Look::Word),
            Cell::text(part),
        ];
        cells.extend(figures(known, m, first + rows.len()));
        sums.add(known, m);
        rows.push(cells);
    }
    if sums.communes > 0 {
        rows.push(sums.row((indicator, part), (from, first + rows.len() - 1)));
    }
}

/// The sums of a block.
#[derive(Default)]
struct Sums {
    communes: u64,
    household: bool,
    n: f64,
    frame: f64,
    numerator: f64,
    denominator: f64,
    met: u64,
    name: String,
}

impl Sums {
    fn add(&mut self, indicator: &Indicator, m: &Measure) {
        self.communes += 1;
        self.household |= indicator.source == "household";
        self.n += m.n as f64;
        self.frame += m.frame as f64;
        self.numerator += m.numerator.unwrap_or(0.0);
        self.denominator += m.denominator.unwrap_or(0.0);
        self.met += u64::from(m.verdict == Verdict::Met);
        self.name = indicator.name.get(Lang::Vi).to_owned();
    }

    fn row(&self, (indicator, part): (&str, &str), (from, to): (usize, usize)) -> Vec<Cell> {
        let sum = |column: &str, value: f64, places: u8| match self.household {
            true => Cell::formula(format!("=SUM({column}{from}:{column}{to})"), value, places),
            false => Cell::blank(),
        };
        let met = format!("=COUNTIF(N{from}:N{to},\"Đạt\")");
        let cells = vec![
            Cell::blank(),
            Cell::blank(),
            Cell::text("Cộng các xã"),
            Cell::word(indicator, Look::Word),
            Cell::text(part),
            sum("F", self.n, 0),
            sum("G", self.frame, 0),
            sum("H", self.numerator, 1),
            sum("I", self.denominator, 1),
            Cell::blank(),
            Cell::blank(),
            Cell::blank(),
            Cell::word("số xã đạt", Look::Word),
            Cell::formula(met, self.met as f64, 0),
            Cell::text(self.name.clone()),
        ];
        cells.into_iter().map(Cell::of_total).collect()
    }
}

/// The indicator, then its parts.
fn measures(indicator: &Indicator) -> Vec<(String, &Measure)> {
    let parts = indicator.parts.iter().map(|p| (p.name.get(Lang::Vi).to_owned(), &p.figures));
    std::iter::once((String::new(), &indicator.figures)).chain(parts).collect()
}

fn places(kind: Kind) -> u8 {
    if matches!(kind, Kind::Count | Kind::Boolean) { 0 } else { 1 }
}

fn figures(indicator: &Indicator, m: &Measure, at: usize) -> Vec<Cell> {
    let places = places(indicator.kind);
    let household = indicator.source == "household";
    let count = |n: u64| if household { Cell::whole(n) } else { Cell::blank() };
    let value = match (m.value, &m.answer) {
        (Some(v), _) => match (indicator.kind, m.denominator) {
            (Kind::Percent, Some(d)) if household && d > 0.0 => {
                Cell::formula(format!("=100*H{at}/I{at}"), v, places)
            }
            (Kind::MoneyMillion, Some(d)) if household && d > 0.0 => {
                Cell::formula(format!("=H{at}/1000/I{at}"), v, places)
            }
            _ => Cell::number(Some(v), places),
        },
        (None, Some(ReportValue::Yes)) => Cell::word("có", Look::Word),
        (None, Some(ReportValue::No)) => Cell::word("không", Look::Word),
        _ => Cell::blank(),
    };
    vec![
        count(m.n),
        count(m.frame),
        Cell::number(m.numerator, 1),
        Cell::number(m.denominator, 1),
        value,
        Cell::number(m.interval[0], places),
        Cell::number(m.interval[1], places),
        Cell::word(threshold(indicator, m), Look::Word),
        verdict(m.verdict),
        Cell::text(m.reason.text.get(Lang::Vi)),
    ]
}

fn threshold(indicator: &Indicator, m: &Measure) -> String {
    let Some(threshold) = &m.threshold else { return String::new() };
    let sign = match indicator.direction {
        Direction::Ge => "≥",
        Direction::Le => "≤",
        Direction::Eq => "=",
    };
    let unverified = if threshold.verified { "" } else { "\n(chưa xác minh)" };
    match threshold.value {
        Some(value) => {
            let places = usize::from(places(indicator.kind));
            let value = ntm_shared::score::print_number(value, places, Lang::Vi);
            format!("{sign} {value}{unverified}")
        }
        None if threshold.known => format!("đạt{unverified}"),
        None => "tỉnh quy định".to_owned(),
    }
}
