//! Sheets to an `.xlsx` file that a person goes on working in: headings bold and kept in sight,
//! columns as wide as their texts, every cell a text, so that `007` and `1/2` stay what they are.

use ntm_shared::form::FormFault;
use ntm_shared::form::sheet::Sheet;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::bounds;

/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (8, 60);
/// Longest text of a cell, in UTF-16 units: Excel's own limit.
const LONGEST: usize = 32_767;

/// The file's bytes; the same sheets give the same bytes.
///
/// # Errors
/// When a text is longer than a cell may hold, or a sheet's name or size is none that Excel takes.
pub fn write(sheets: &[Sheet]) -> Result<Vec<u8>, FormFault> {
    for sheet in sheets {
        for row in &sheet.rows {
            if row.cells.iter().any(|cell| cell.encode_utf16().count() > LONGEST) {
                return Err(bounds::at(
                    &sheet.name,
                    row.number,
                    format!("có ô dài quá {LONGEST} ký tự, Excel không nhận; dùng dạng md"),
                    format!("a cell is longer than {LONGEST} characters, Excel's limit; use md"),
                ));
            }
        }
    }
    fill(sheets).map_err(|error| {
        bounds::whole(
            format!("không ghi được tệp Excel ({error}); dùng dạng md"),
            format!("cannot write the spreadsheet ({error}); use md"),
        )
    })
}

fn fill(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The moment of writing would make other bytes each time.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let text = Format::new().set_num_format("@");
    let bold = Format::new().set_num_format("@").set_bold();
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(&sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        let mut widths: Vec<usize> = Vec::new();
        for (r, row) in (0u32..).zip(&sheet.rows) {
            for (c, cell) in (0u16..).zip(&row.cells) {
                if !cell.is_empty() {
                    let format = if r == 0 { &bold } else { &text };
                    page.write_string_with_format(r, c, cell.as_str(), format)?;
                }
                let width = cell.lines().map(|line| line.chars().count()).max().unwrap_or(0);
                match widths.get_mut(usize::from(c)) {
                    Some(widest) => *widest = width.max(*widest),
                    None => widths.push(width),
                }
            }
        }
        for (c, width) in (0u16..).zip(widths) {
            let width = u32::try_from(width.clamp(WIDTHS.0, WIDTHS.1)).unwrap_or_default();
            page.set_column_width(c, f64::from(width) + 1.0)?;
        }
    }
    book.save_to_buffer()
}
