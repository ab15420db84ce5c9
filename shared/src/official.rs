//! Official values: figures an office issued under a document. They stand beside what households say
//! and never in its place.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::criteria::{CriteriaSet, Kind, ReportValue};
use crate::table::{self, Column, Row, RowFault, column};
use crate::text::Text;
use crate::unit::Units;

/// One official value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficialValue {
    /// Unit id of the commune.
    pub commune: String,
    /// Indicator id within its set.
    pub indicator: String,
    /// What was issued: a number in the indicator's unit, or yes or no.
    pub value: ReportValue,
    /// The day it speaks of.
    pub as_of: Date,
    /// Number of the document.
    pub document: String,
    /// When the document was issued.
    pub issued: Date,
}

static COLUMNS: [Column; 6] = [
    column("commune_code", &["mã xã"], true),
    column("indicator", &["chỉ tiêu"], true),
    column("value", &["giá trị", "kết quả"], true),
    column("as_of", &["tính đến ngày", "thời điểm"], true),
    column("document", &["văn bản", "số văn bản"], true),
    column("issued", &["ngày ban hành", "ngày văn bản"], true),
];
const COMMUNE: usize = 0;
const INDICATOR: usize = 1;
const VALUE: usize = 2;
const AS_OF: usize = 3;
const DOCUMENT: usize = 4;
const ISSUED: usize = 5;
/// Largest number that is a figure of a commune.
const LIMIT: f64 = 1e12;

/// Reads official values for a set's indicators, communes by their codes of `date`, or says everything
/// that is wrong. Columns: `commune_code,indicator,value,as_of,document,issued`; a value is a number, or
/// đạt, chưa đạt (yes, no) for an indicator that is one of these. Fault codes: those of
/// [`table::read`] and of cells, `unknown_commune`, `not_a_commune`, `unknown_indicator`, `bad_answer`,
/// `out_of_range`, `duplicate_value`, `issued_before`, `no_values`.
///
/// # Errors
/// Every fault, by line.
pub fn read_values(
    csv: &[u8],
    units: &Units,
    date: Date,
    set: &CriteriaSet,
) -> Result<Vec<OfficialValue>, Vec<RowFault>> {
    let rows = table::read(csv, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut values: Vec<OfficialValue> = Vec::new();
    let mut lines: BTreeMap<(String, String, Date, String), u64> = BTreeMap::new();
    for row in &rows {
        let Some(value) = read_row(row, units, date, set, &mut faults) else { continue };
        let key =
            (value.commune.clone(), value.indicator.clone(), value.as_of, value.document.clone());
        if let Some(first) = lines.insert(key, row.line) {
            let message = Text::new(
                format!("Đã có ở dòng {first}: cùng xã, chỉ tiêu, thời điểm và văn bản."),
                format!("Line {first} has it: same commune, indicator, day and document."),
            );
            faults.push(row.fault(VALUE, "duplicate_value", message));
        }
        values.push(value);
    }
    if rows.is_empty() {
        let message = Text::new("Bảng không có giá trị nào.", "The table has no value.");
        faults.push(RowFault::line(1, "no_values", message));
    }
    if faults.is_empty() { Ok(values) } else { Err(table::told(faults)) }
}

fn read_row(
    row: &Row,
    units: &Units,
    date: Date,
    set: &CriteriaSet,
    faults: &mut Vec<RowFault>,
) -> Option<OfficialValue> {
    let code = row.required(COMMUNE, faults)?;
    let commune = units.commune_cell(row, COMMUNE, &code, date, faults);
    let indicator = row.required(INDICATOR, faults);
    let known = indicator.as_ref().and_then(|id| {
        let found = set.indicators().find(|(_, i)| i.id == *id);
        if found.is_none() {
            let message = Text::new(
                format!("Bộ tiêu chí {} không có chỉ tiêu {id}.", set.id),
                format!("The set {} has no indicator {id}.", set.id),
            );
            faults.push(row.fault(INDICATOR, "unknown_indicator", message));
        }
        found.map(|(_, i)| i.kind)
    });
    let value = known.and_then(|kind| read_value(row, kind, faults));
    row.required(AS_OF, faults);
    row.required(ISSUED, faults);
    let (as_of, issued) = (row.date(AS_OF, faults), row.date(ISSUED, faults));
    if as_of.zip(issued).is_some_and(|(as_of, issued)| issued < as_of) {
        let message = Text::new(
            "Ngày ban hành trước thời điểm tính.",
            "The document was issued before the day it speaks of.",
        );
        faults.push(row.fault(ISSUED, "issued_before", message));
    }
    Some(OfficialValue {
        document: row.required(DOCUMENT, faults)?,
        commune: commune?,
        indicator: indicator?,
        value: value?,
        as_of: as_of?,
        issued: issued?,
    })
}

fn read_value(row: &Row, kind: Kind, faults: &mut Vec<RowFault>) -> Option<ReportValue> {
    let text = row.required(VALUE, faults)?;
    if kind == Kind::Boolean {
        return match text.to_lowercase().as_str() {
            "đạt" | "có" | "yes" => Some(ReportValue::Yes),
            "chưa đạt" | "không" | "không đạt" | "no" => Some(ReportValue::No),
            _ => {
                let message = Text::new("Viết đạt hoặc chưa đạt.", "Write yes or no.");
                faults.push(row.fault(VALUE, "bad_answer", message));
                None
            }
        };
    }
    let number = row.decimal(VALUE, LIMIT, faults)?;
    if number < 0.0 || kind == Kind::Percent && number > 100.0 {
        let message = Text::new(
            "Tỷ lệ phải từ 0 đến 100; số khác không được âm.",
            "A share lies between 0 and 100; other numbers are not negative.",
        );
        faults.push(row.fault(VALUE, "out_of_range", message));
        return None;
    }
    Some(ReportValue::Number(text.replace(',', ".")))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::data::CRITERIA_SETS;

    fn read(csv: &str) -> Result<Vec<OfficialValue>, Vec<String>> {
        let set = CriteriaSet::read(CRITERIA_SETS[0]).unwrap();
        let head = "commune_code,indicator,value,as_of,document,issued\n";
        let read = read_values(
            format!("{head}{csv}").as_bytes(),
            Units::built_in(),
            date(2024, 10, 1),
            &set,
        );
        read.map_err(|faults| faults.into_iter().map(|f| f.code).collect())
    }

    #[test]
    fn numbers_and_answers_read_as_offices_write_them() {
        let values = read(
            "02770,10.1,\"42,3\",2024-06-30,12/TB-CTK,2024-08-01\n02770,1.1,Đạt,2024-06-30,7/BC,2024-07-02\n",
        )
        .unwrap();
        assert_eq!(values[0].value, ReportValue::Number("42.3".into()));
        assert_eq!(
            (values[0].commune.as_str(), values[1].value.clone()),
            ("u0066", ReportValue::Yes)
        );
    }

    #[test]
    fn what_is_wrong_is_said_by_line() {
        assert_eq!(read("").unwrap_err(), ["no_values"]);
        let bad = "02770,99.9,1,2024-06-30,a,2024-07-01\n02770,9.2,120,2024-06-30,a,2024-07-01\n02770,1.1,12,2024-06-30,a,2024-07-01\n02770,9.2,80,2024-06-30,a,2024-05-01\n";
        assert_eq!(
            read(bad).unwrap_err(),
            ["unknown_indicator", "out_of_range", "bad_answer", "issued_before"]
        );
        let twice = "02770,9.2,80,2024-06-30,a,2024-07-01\n02770,9.2,81,2024-06-30,a,2024-07-01\n";
        assert_eq!(read(twice).unwrap_err(), ["duplicate_value"]);
    }
}
