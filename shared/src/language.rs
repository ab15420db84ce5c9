//! Languages spoken in communes beside Vietnamese: dated, and with who says so.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::table::{self, Column, RowFault, column};
use crate::team::list;
use crate::text::{Text, fold};
use crate::unit::Units;

/// What is spoken in a commune in a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// Unit id of the commune.
    pub commune: String,
    /// Languages, as teams' lists name them: without tone marks, in lower case.
    pub languages: BTreeSet<String>,
    /// First day; from ever without.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// Who says so: a census, a report.
    pub source: String,
}

impl Spoken {
    /// Whether it is so on a day.
    pub fn is_so(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

static COLUMNS: [Column; 5] = [
    column("commune_code", &["mã xã"], true),
    column("languages", &["ngôn ngữ", "tiếng dân tộc"], true),
    column("source", &["nguồn", "căn cứ"], true),
    column("valid_from", &["từ ngày"], false),
    column("valid_to", &["đến ngày"], false),
];
const COMMUNE: usize = 0;
const LANGUAGES: usize = 1;
const SOURCE: usize = 2;
const FROM: usize = 3;
const TO: usize = 4;

/// Reads languages of communes by their codes of `date`, in the order of the lines, or says everything
/// that is wrong.
///
/// Columns: `commune_code,languages,source` and, optional, `valid_from,valid_to`; languages are a list
/// (`mông;dao`). Fault codes: those of [`table::read`] and of cells, `unknown_commune`,
/// `not_a_commune`, `ends_before_it_begins`, `duplicate_time`, `no_languages`.
///
/// # Errors
/// Every fault, by line.
pub fn read_languages(csv: &[u8], units: &Units, date: Date) -> Result<Vec<Spoken>, Vec<RowFault>> {
    let rows = table::read(csv, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut found = Vec::with_capacity(rows.len());
    let mut lines: BTreeMap<(String, Option<Date>), u64> = BTreeMap::new();
    for row in &rows {
        let code = row.required(COMMUNE, &mut faults);
        let commune =
            code.and_then(|code| units.commune_cell(row, COMMUNE, &code, date, &mut faults));
        let languages: BTreeSet<String> = list(row.text(LANGUAGES)).map(fold).collect();
        row.required(LANGUAGES, &mut faults);
        let source = row.required(SOURCE, &mut faults);
        let (from, to) = (row.date(FROM, &mut faults), row.date(TO, &mut faults));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            let message =
                Text::new("Ngày cuối trước ngày đầu.", "The last day is before the first.");
            faults.push(row.fault(TO, "ends_before_it_begins", message));
        }
        let (Some(commune), Some(source)) = (commune, source) else { continue };
        if let Some(first) = lines.insert((commune.clone(), from), row.line) {
            let message = Text::new(
                format!("Xã này với ngày đầu này đã có ở dòng {first}."),
                format!("Line {first} has this commune with this first day."),
            );
            faults.push(row.fault(COMMUNE, "duplicate_time", message));
        }
        found.push(Spoken { commune, languages, from, to, source });
    }
    if rows.is_empty() {
        let message = Text::new("Bảng không có dòng nào.", "The table has no rows.");
        faults.push(RowFault::line(1, "no_languages", message));
    }
    if faults.is_empty() { Ok(found) } else { Err(table::told(faults)) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn languages_are_dated_and_every_fault_has_its_line() {
        let read = |rows: &str| {
            let csv = format!("commune_code,languages,source,valid_from,valid_to\n{rows}");
            read_languages(csv.as_bytes(), Units::built_in(), date(2024, 10, 15))
        };
        let found = read("02770,Mông; Dao,Điều tra 53 DTTS 2019,2019-10-01,\n").unwrap();
        assert_eq!(found[0].languages, ["dao", "mong"].map(str::to_owned).into());
        assert!(found[0].is_so(date(2024, 1, 1)) && !found[0].is_so(date(2019, 9, 30)));
        let faults = read(
            "02770,,x,,\n99999,dao,x,,\n02677,dao,,,\n02770,dao,x,2020-01-02,2020-01-01\n02677,dao,x,,\n02677,tày,x,,\n",
        );
        let codes: Vec<(u64, String)> =
            faults.unwrap_err().into_iter().map(|f| (f.line, f.code)).collect();
        let said = |line: u64, code: &str| (line, code.to_owned());
        assert_eq!(
            codes,
            [
                said(2, "required"),
                said(3, "unknown_commune"),
                said(4, "required"),
                said(5, "ends_before_it_begins"),
                said(7, "duplicate_time"),
            ]
        );
    }
}
