//! Values side by side: what the survey or the commune says, what an office issued, and the round
//! before; those that lie outside the range the data leave are told first.

use ntm_shared::{
    api::official::Official,
    api::score::{CommuneScore, Indicator, ScoreReport},
    criteria::{Kind, ReportValue},
    text::Lang,
};

use crate::{cmd::official::said, print::decimal};

/// One indicator of a commune with something beside it.
pub struct Row<'r> {
    /// The commune.
    pub commune: &'r CommuneScore,
    /// The indicator.
    pub indicator: &'r Indicator,
    /// The official value lies outside the range the data leave.
    pub differs: bool,
    /// The value of the round before lies outside it.
    pub moved: bool,
}

/// Indicators with an official value, and those whose value of the round before lies outside the range,
/// by commune; those that differ from an official value first.
pub fn rows(report: &ScoreReport) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for commune in &report.communes {
        for indicator in commune.criteria.iter().flat_map(|c| &c.indicators) {
            let differs = indicator.official.as_ref().is_some_and(|o| o.differs);
            let moved = moved(indicator);
            if indicator.official.is_some() || moved {
                rows.push(Row { commune, indicator, differs, moved });
            }
        }
    }
    rows.sort_by_key(|row| !row.differs);
    rows
}

/// True when the value of the round before lies outside this round's range, as shown.
fn moved(indicator: &Indicator) -> bool {
    let m = &indicator.figures;
    let (Some(last), Some(_)) = (indicator.last, m.value) else { return false };
    m.interval[0].is_some_and(|low| last < low - 0.05)
        || m.interval[1].is_some_and(|high| last > high + 0.05)
}

impl Row<'_> {
    /// Where the value comes from is the survey, not the commune's report.
    pub fn surveyed(&self) -> bool {
        self.indicator.source == "household"
    }

    /// Decimals of its numbers.
    pub fn places(&self) -> usize {
        if matches!(self.indicator.kind, Kind::Count | Kind::Boolean) { 0 } else { 1 }
    }

    /// The value by estimate or self-report; a dash without one.
    pub fn ours(&self, lang: Lang) -> String {
        let m = &self.indicator.figures;
        match (m.value, &m.answer) {
            (Some(value), _) => decimal(value, self.places(), lang),
            (None, Some(answer)) if *answer != ReportValue::Unknown => said(answer).shown(lang),
            _ => "–".to_owned(),
        }
    }

    /// The range the data leave: see [`range`].
    pub fn range(&self, lang: Lang) -> String {
        range(self.indicator.figures.interval, self.places(), lang)
    }

    /// The value of the round before; nothing without one.
    pub fn last(&self, lang: Lang) -> String {
        self.indicator.last.map_or_else(String::new, |v| decimal(v, self.places(), lang))
    }
}

/// A range as people read it: `61,3–74,9`, `≥ 41,7` or `≤ 80,0` where it is open on one side, `100,0`
/// where it is a point, nothing where it is open on both.
pub fn range(interval: [Option<f64>; 2], places: usize, lang: Lang) -> String {
    let [low, high] = interval.map(|end| end.map(|end| decimal(end, places, lang)));
    match (low, high) {
        (Some(low), Some(high)) if low == high => low,
        (Some(low), Some(high)) => format!("{low}–{high}"),
        (Some(low), None) => format!("≥ {low}"),
        (None, Some(high)) => format!("≤ {high}"),
        (None, None) => String::new(),
    }
}

/// An official value: `81,5`.
pub fn issued(official: &Official, lang: Lang) -> String {
    said(&official.value).shown(lang)
}

/// Its document and day: `12/BC-UBND, 15/07/2024, tính đến 30/06/2024`.
pub fn document(official: &Official) -> String {
    let day = |date: jiff::civil::Date| date.strftime("%d/%m/%Y").to_string();
    format!("{}, {}, tính đến {}", official.document, day(official.issued), day(official.as_of))
}

/// The lines under the table: how many there are, and one line each of those that differ.
pub fn lines(rows: &[Row<'_>], lang: Lang) -> Vec<String> {
    let issued_values = rows.iter().filter(|row| row.indicator.official.is_some()).count();
    if issued_values == 0 {
        return Vec::new();
    }
    let apart: Vec<&Row<'_>> = rows.iter().filter(|row| row.differs).collect();
    let mut lines = vec![tr!(
        lang,
        "Đối chiếu với giá trị công bố: {} giá trị, {} ngoài khoảng của ta.",
        "Beside official values: {} values, {} outside our range.",
        issued_values,
        apart.len()
    )];
    lines
        .extend(apart.iter().take(super::watch::SHOWN).map(|row| format!("  {}", line(row, lang))));
    if apart.len() > super::watch::SHOWN {
        lines.push(tr!(
            lang,
            "  … và {} dòng nữa: xem --html hoặc --xlsx.",
            "  … and {} more: see --html or --xlsx.",
            apart.len() - super::watch::SHOWN
        ));
    }
    lines
}

/// `⚠ Xã Nậm Chảy 9.2: điều tra 100,0; công bố 81,5 (12/BC-UBND, …); đợt trước 90,0`.
fn line(row: &Row<'_>, lang: Lang) -> String {
    let source = match row.surveyed() {
        true => tr!(lang, "điều tra", "survey"),
        false => tr!(lang, "xã báo cáo", "reported"),
    };
    let (ours, range) = (row.ours(lang), row.range(lang));
    // A range that is the value itself says nothing more.
    let told = range.is_empty() || range == ours;
    let range = if told { String::new() } else { format!(" ({range})") };
    let mut text =
        format!("⚠ {} {}: {source} {ours}{range}", row.commune.name, row.indicator.figures.id);
    if let Some(official) = &row.indicator.official {
        text.push_str(&tr!(
            lang,
            "; công bố {} ({})",
            "; official {} ({})",
            issued(official, lang),
            match lang {
                Lang::Vi => document(official),
                Lang::En =>
                    format!("{}, {}, as of {}", official.document, official.issued, official.as_of),
            }
        ));
    }
    if row.indicator.last.is_some() {
        text.push_str(&tr!(lang, "; đợt trước {}", "; last round {}", row.last(lang)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_says_which_side_is_open_and_a_point_is_a_number() {
        let shown = |low, high| range([low, high], 1, Lang::Vi);
        assert_eq!(shown(Some(61.3), Some(74.9)), "61,3–74,9");
        assert_eq!(shown(Some(41.7), None), "≥ 41,7");
        assert_eq!(shown(None, Some(80.0)), "≤ 80,0");
        assert_eq!(range([Some(0.0), Some(0.0)], 0, Lang::Vi), "0");
        assert_eq!(shown(Some(99.98), Some(100.0)), "100,0");
        assert_eq!(shown(None, None), "");
    }
}
