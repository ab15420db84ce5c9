//! An `.xlsx` file to sheets: cells as their author sees them, rows numbered as in the spreadsheet.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, open_workbook_from_rs};
use ntm_shared::form::FormFault;
use ntm_shared::form::sheet::{Row, Sheet};
use ntm_shared::text::nfc;

use crate::bounds::{self, CELLS, COLUMNS, TEXT};

/// Reads every sheet, hidden ones too; a formula counts with the value it last had, of merged cells
/// the first has the text.
///
/// # Errors
/// When the file is no spreadsheet, damaged, or too large to be a form.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, FormFault> {
    bounds::check(bytes)?;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes))
        .map_err(|_: calamine::XlsxError| bounds::damaged())?;
    let mut room = Room { cells: CELLS, text: TEXT };
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        // A chart has no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        while let Some(cell) = cells.next_cell().map_err(|_| bounds::damaged())? {
            let text = shown(cell.get_value());
            if text.is_empty() {
                continue;
            }
            let (row, column) = cell.get_position();
            let cells = rows.entry(row).or_default();
            room.take(&name, (row, column), cells.len(), text.len())?;
            let place = column as usize;
            if cells.len() <= place {
                cells.resize(place + 1, String::new());
            }
            cells[place] = text;
        }
        let rows = rows.into_iter().map(|(row, cells)| Row { number: row as usize + 1, cells });
        sheets.push(Sheet { name: nfc(name.trim()).to_lowercase(), rows: rows.collect() });
    }
    Ok(sheets)
}

/// What is left of the bounds.
struct Room {
    cells: usize,
    text: usize,
}

impl Room {
    fn take(
        &mut self,
        sheet: &str,
        (row, column): (u32, u32),
        width: usize,
        text: usize,
    ) -> Result<(), FormFault> {
        if column >= COLUMNS {
            return Err(bounds::at(
                sheet,
                row as usize + 1,
                format!("có ô ở cột thứ {}, quá {COLUMNS} cột; xóa các ô thừa", column + 1),
                format!("there is a cell in column {}, beyond {COLUMNS}; delete it", column + 1),
            ));
        }
        let more = (column as usize + 1).saturating_sub(width);
        self.cells = self.cells.checked_sub(more).ok_or_else(bounds::too_large)?;
        self.text = self.text.checked_sub(text).ok_or_else(bounds::too_large)?;
        Ok(())
    }
}

/// A cell's text: what its author sees, blanks around it left out, in NFC.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => clean(text),
        DataRef::SharedString(text) => clean(text),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => clean(text),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Blanks that only look like blanks (U+00A0, of texts copied from web pages) become blanks.
fn clean(text: &str) -> String {
    nfc(text.replace('\u{a0}', " ").replace("\r\n", "\n").trim())
}

/// A day, a time of day, or both, in ISO 8601.
fn moment_text(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = if milli > 0 { format!(".{milli:03}") } else { String::new() };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    let date = format!("{year:04}-{month:02}-{day:02}");
    if moment.is_duration() || moment.as_f64() < 1.0 {
        time
    } else if (hour, minute, second, milli) == (0, 0, 0, 0) {
        date
    } else {
        format!("{date}T{time}")
    }
}
