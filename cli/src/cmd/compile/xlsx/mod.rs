//! `ntm compile --xlsx`: the workbook an office passes on. A summary communes × criteria, what to watch,
//! a sheet per criterion, and, only with a reason, the households still failing. In Vietnamese, as
//! those it goes to read it; totals are formulas, with the value we computed beside them.

use ntm_shared::{
    api::{household::FailingHousehold, score::ScoreReport},
    score::Verdict,
    text::{Lang, Text},
};
use ntm_spreadsheet::book::{Cell, Look, book};

use super::MADE_UP;
use crate::failure::Failure;

mod beside;
mod criterion;
mod households;
mod summary;
mod watched;

/// Households to put in, and the mark every row of them bears.
pub type Named<'a> = (&'a [FailingHousehold], &'a str);

/// The workbook's bytes; the same report gives the same bytes.
pub fn workbook(report: &ScoreReport, named: Option<Named<'_>>) -> anyhow::Result<Vec<u8>> {
    let mut pages = vec![summary::page(report), watched::page(report)];
    pages.extend(beside::page(report));
    let criteria = report.communes.first().map_or(0, |c| c.criteria.len());
    pages.extend((0..criteria).map(|place| criterion::page(report, place)));
    pages.extend(named.map(|(rows, mark)| households::page(report, rows, mark)));
    book(&pages).map_err(|error| {
        Failure::local(
            Text::new(
                format!("Không ghi được tệp Excel: {error}."),
                format!("Cannot write the spreadsheet: {error}."),
            ),
            Text::new("thử --csv", "try --csv"),
        )
    })
}

/// What stands above every sheet.
fn titles(report: &ScoreReport, title: String) -> Vec<String> {
    let mut lines = vec![title];
    lines.push(format!(
        "{} · bộ tiêu chí {} · mức theo ngày {}",
        report.round_name,
        report.criteria_set,
        report.at.strftime("%d/%m/%Y")
    ));
    lines.extend(
        report
            .as_of
            .map(|day| format!("Thẻ bảo hiểm y tế tính còn hạn ngày {}", day.strftime("%d/%m/%Y"))),
    );
    if report.made_up {
        lines.push(MADE_UP[Lang::Vi as usize].to_owned());
    }
    lines
}

fn foot(report: &ScoreReport) -> String {
    let made_up = if report.made_up { "DỮ LIỆU MẪU · " } else { "" };
    format!("{made_up}{} · ntm compile {}", report.round_name, report.round)
}

fn verdict(verdict: Verdict) -> Cell {
    match verdict {
        Verdict::Met => Cell::word("Đạt", Look::Good),
        Verdict::NotMet => Cell::word("Chưa đạt", Look::Bad),
        Verdict::Undecided => Cell::word("Chưa đủ căn cứ", Look::Open),
    }
}
