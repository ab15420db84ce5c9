//! The summary: communes × criteria, sums below and at the right.

use ntm_shared::{
    api::score::{CommuneScore, ScoreReport},
    score::Verdict,
    text::Lang,
};
use ntm_spreadsheet::book::{Cell, Column, Look, Page, letters};

use super::{foot, titles};
use crate::cmd::compile::{risk, watch};

/// Columns before the criteria: number, code, name.
const BEFORE: usize = 3;

fn mark(verdict: Verdict) -> Cell {
    match verdict {
        Verdict::Met => Cell::word("✔", Look::Good),
        Verdict::NotMet => Cell::word("✖", Look::Bad),
        Verdict::Undecided => Cell::word("?", Look::Open),
    }
}

const MARKS: [(&str, Verdict); 3] =
    [("✔", Verdict::Met), ("✖", Verdict::NotMet), ("?", Verdict::Undecided)];

/// In formulas `?` stands for any sign; `~?` is the sign itself.
fn counted(range: &str, mark: &str) -> String {
    let mark = if mark == "?" { "~?" } else { mark };
    format!("=COUNTIF({range},\"{mark}\")")
}

pub fn page(report: &ScoreReport) -> Page {
    let criteria = report.communes.first().map(|c| c.criteria.as_slice()).unwrap_or_default();
    let mut columns =
        vec![Column::new("TT", 5.0), Column::new("Mã xã", 8.0), Column::new("Xã", 22.0)];
    columns.extend(criteria.iter().map(|c| Column::of("Tiêu chí số", c.id.clone(), 4.3)));
    for title in ["Đạt", "Chưa đạt", "Chưa đủ căn cứ", "Nhiều nhất"] {
        columns.push(Column::of("Số tiêu chí", title, 8.0));
    }
    columns.push(Column::new("Số hộ", 9.0));
    columns.push(Column::new("Nguy cơ thu hồi", 13.0));
    let mut lines = titles(report, "TỔNG HỢP KẾT QUẢ THỰC HIỆN TIÊU CHÍ NÔNG THÔN MỚI".to_owned());
    lines.push(watch::totals(&report.watch.totals, Lang::Vi));
    lines.extend(report.watch.change.as_ref().map(|change| watch::changed(change, Lang::Vi)));
    lines.push("✔ đạt · ✖ chưa đạt · ? chưa đủ căn cứ".to_owned());
    let mut page = Page {
        name: "Tổng hợp".to_owned(),
        titles: lines,
        columns,
        rows: Vec::new(),
        foot: foot(report),
    };
    let first = page.first_row();
    let n = criteria.len();
    for (i, commune) in report.communes.iter().enumerate() {
        page.rows.push(row(commune, i, first + i, n));
    }
    if !report.communes.is_empty() {
        page.rows.extend(sums(report, first, n));
    }
    page
}

fn row(commune: &CommuneScore, i: usize, at: usize, criteria: usize) -> Vec<Cell> {
    let mut cells = vec![
        Cell::whole(i as u64 + 1),
        Cell::word(commune.code.clone(), Look::Word),
        Cell::text(commune.name.clone()),
    ];
    cells.extend(commune.criteria.iter().map(|c| mark(c.verdict)));
    let range = format!("{}{at}:{}{at}", letters(BEFORE), letters(BEFORE + criteria - 1));
    let counts = [commune.criteria_met, commune.not_met, commune.undecided];
    for ((mark, _), count) in MARKS.into_iter().zip(counts) {
        cells.push(Cell::formula(counted(&range, mark), count as f64, 0));
    }
    let (met, open) = (letters(BEFORE + criteria), letters(BEFORE + criteria + 2));
    cells.push(Cell::formula(format!("={met}{at}+{open}{at}"), commune.at_most as f64, 0));
    cells.push(Cell::whole(commune.households));
    let level = risk(commune.risk.level).shown(Lang::Vi);
    cells.push(Cell::word(level, Look::Word));
    cells
}

/// How many communes meet each criterion; the sums; the average that goes with them.
fn sums(report: &ScoreReport, first: usize, criteria: usize) -> [Vec<Cell>; 2] {
    let last = first + report.communes.len() - 1;
    let range = |column: usize| format!("{0}{first}:{0}{last}", letters(column));
    let mut total =
        vec![Cell::blank(), Cell::blank(), Cell::text("Cộng (số xã đạt, lượt tiêu chí)")];
    for place in 0..criteria {
        let met = report
            .communes
            .iter()
            .filter(|c| c.criteria.get(place).is_some_and(|c| c.verdict == Verdict::Met))
            .count();
        total.push(Cell::formula(counted(&range(BEFORE + place), "✔"), met as f64, 0));
    }
    let sums = &report.watch.totals;
    let at_most: u64 = report.communes.iter().map(|c| c.at_most).sum();
    let values = [sums.criteria_met, sums.not_met, sums.undecided, at_most, sums.households];
    for (offset, value) in values.into_iter().enumerate() {
        let column = BEFORE + criteria + offset;
        total.push(Cell::formula(format!("=SUM({})", range(column)), value as f64, 0));
    }
    total.push(Cell::blank());
    let mut average = vec![Cell::blank(); BEFORE + criteria];
    average[2] = Cell::text("Bình quân một xã");
    let n = report.communes.len() as f64;
    for (offset, value) in values.into_iter().enumerate() {
        let column = letters(BEFORE + criteria + offset);
        let formula = format!("={column}{}/COUNTA({})", last + 1, range(1));
        average.push(Cell::formula(formula, value as f64 / n, 2));
    }
    average.push(Cell::blank());
    [total, average].map(|row| row.into_iter().map(Cell::of_total).collect())
}
