//! Taking typed cells out of a row, with a fault for each that is not what it should be.

use jiff::civil::Date;

use super::{Column, RowFault};
use crate::geo::Place;
use crate::text::Text;

/// A row, its cells in the order of the `columns` it was read with; absent columns are empty.
#[derive(Clone, Debug)]
pub struct Row {
    /// Line in the file, from 1.
    pub line: u64,
    pub(super) columns: &'static [Column],
    pub(super) cells: Vec<String>,
}

impl Row {
    /// The text of column number `at`; empty when blank or absent.
    pub fn text(&self, at: usize) -> &str {
        &self.cells[at]
    }

    /// A fault of the cell in column number `at`.
    pub fn fault(&self, at: usize, code: &str, message: Text) -> RowFault {
        RowFault::cell(self.line, self.columns[at].name, code, message)
    }

    /// The text of a cell that may not be blank (`required`).
    pub fn required(&self, at: usize, faults: &mut Vec<RowFault>) -> Option<String> {
        let text = self.text(at);
        if text.is_empty() {
            let message = Text::new("Ô này không được để trống.", "This cell must not be empty.");
            faults.push(self.fault(at, "required", message));
            return None;
        }
        Some(text.to_owned())
    }

    /// A code: 1 to 20 ASCII letters, digits, `-` or `_` (`required`, `bad_code`). Dots and spaces
    /// are kept out because codes are joined into ids with dots.
    pub fn code(&self, at: usize, faults: &mut Vec<RowFault>) -> Option<String> {
        let code = self.required(at, faults)?;
        let fits = code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !fits || code.len() > 20 {
            let message = Text::new(
                "Mã chỉ gồm 1–20 chữ cái không dấu, chữ số, gạch nối hoặc gạch dưới.",
                "A code is 1–20 unaccented letters, digits, hyphens or underscores.",
            );
            faults.push(self.fault(at, "bad_code", message));
            return None;
        }
        Some(code)
    }

    /// A whole number within `range`; `None` when blank (`bad_number`).
    pub fn whole(
        &self,
        at: usize,
        range: std::ops::RangeInclusive<u32>,
        faults: &mut Vec<RowFault>,
    ) -> Option<u32> {
        let text = self.text(at);
        if text.is_empty() {
            return None;
        }
        let value = text.parse::<u32>().ok().filter(|n| range.contains(n));
        if value.is_none() {
            let (from, to) = (range.start(), range.end());
            let message = Text::new(
                format!("Phải là số nguyên từ {from} đến {to}."),
                format!("Must be a whole number from {from} to {to}."),
            );
            faults.push(self.fault(at, "bad_number", message));
        }
        value
    }

    /// A decimal number with point or comma within ±`limit`; `None` when blank (`bad_number`).
    pub fn decimal(&self, at: usize, limit: f64, faults: &mut Vec<RowFault>) -> Option<f64> {
        let text = self.text(at);
        if text.is_empty() {
            return None;
        }
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b"-.,".contains(&b));
        let value =
            text.replace(',', ".").parse::<f64>().ok().filter(|v| plain && v.abs() <= limit);
        if value.is_none() {
            let message = Text::new(
                format!("Phải là số từ -{limit} đến {limit}."),
                format!("Must be a number from -{limit} to {limit}."),
            );
            faults.push(self.fault(at, "bad_number", message));
        }
        value
    }

    /// A place from its two columns, degrees WGS 84; `None` when both are blank (`bad_number`,
    /// `half_place`).
    pub fn place(&self, lat: usize, lon: usize, faults: &mut Vec<RowFault>) -> Option<Place> {
        let before = faults.len();
        let both = (self.decimal(lat, 90.0, faults), self.decimal(lon, 180.0, faults));
        match both {
            (Some(lat), Some(lon)) => Some(Place { lat, lon }),
            (None, None) => None,
            (found, _) => {
                if faults.len() == before {
                    let at = if found.is_some() { lon } else { lat };
                    let message = Text::new(
                        "Vĩ độ và kinh độ phải có cả hai hoặc để trống cả hai.",
                        "Give both latitude and longitude, or neither.",
                    );
                    faults.push(self.fault(at, "half_place", message));
                }
                None
            }
        }
    }

    /// A day as `yyyy-mm-dd`; `None` when blank (`bad_date`).
    pub fn date(&self, at: usize, faults: &mut Vec<RowFault>) -> Option<Date> {
        let text = self.text(at);
        if text.is_empty() {
            return None;
        }
        let value = text.parse::<Date>().ok();
        if value.is_none() {
            let message =
                Text::new("Ngày phải viết dạng năm-tháng-ngày.", "A date is written yyyy-mm-dd.");
            faults.push(self.fault(at, "bad_date", message));
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::super::{column, read};
    use super::*;

    const COLUMNS: &[Column] = &[column("code", &[], true), column("name", &[], true)];

    #[test]
    fn numbers_take_point_or_comma_and_nothing_else() {
        let rows = read(b"code;name\n22,5;nan\n1e3;-0.25\n", COLUMNS).unwrap();
        let mut faults = Vec::new();
        assert_eq!(rows[0].decimal(0, 90.0, &mut faults), Some(22.5));
        assert_eq!(rows[0].decimal(1, 90.0, &mut faults), None);
        assert_eq!(rows[1].decimal(0, 90.0, &mut faults), None);
        assert_eq!(rows[1].decimal(1, 90.0, &mut faults), Some(-0.25));
        assert_eq!(faults.len(), 2);
    }
}
