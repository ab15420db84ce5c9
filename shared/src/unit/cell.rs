//! Codes of communes in the cells of tables that people hand in.

use jiff::civil::Date;

use super::{Level, Units};
use crate::table::{Row, RowFault};
use crate::text::Text;

impl Units {
    /// The id of the commune that had `code` on `date`; `code` is (part of) the cell in column `at`.
    /// Faults: `required`, `unknown_commune`, `not_a_commune`.
    pub(crate) fn commune_cell(
        &self,
        row: &Row,
        at: usize,
        code: &str,
        date: Date,
        faults: &mut Vec<RowFault>,
    ) -> Option<String> {
        if code.is_empty() {
            row.required(at, faults);
            return None;
        }
        let short: String = code.chars().take(20).collect();
        let fault = |code: &str, vi: String, en: String| row.fault(at, code, Text::new(vi, en));
        match self.by_code(code, date) {
            Some(unit) if unit.level == Level::Commune => Some(unit.id.clone()),
            Some(_) => {
                faults.push(fault(
                    "not_a_commune",
                    format!("Mã {short} không phải mã xã, phường, thị trấn."),
                    format!("Code {short} is not that of a commune."),
                ));
                None
            }
            None => {
                let (day, month, year) = (date.day(), date.month(), date.year());
                let mut vi =
                    format!("Không có xã nào mang mã {short} vào ngày {day:02}/{month:02}/{year}.");
                let mut en = format!("No commune had the code {short} on {date}.");
                // Spreadsheets drop the zeros in front of a number.
                let padded = format!("{short:0>5}");
                if padded != short && self.by_code(&padded, date).is_some() {
                    vi.push_str(&format!(" Có phải {padded}?"));
                    en.push_str(&format!(" Did you mean {padded}?"));
                }
                faults.push(fault("unknown_commune", vi, en));
                None
            }
        }
    }
}
