//! A table in the layout of a decision's annex: title lines across the page, a bordered table with
//! repeated headings, A4 landscape, one page wide.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};

/// What an annex says.
#[derive(Clone, Debug, Default)]
pub struct Annex {
    /// The first line, bold.
    pub title: String,
    /// Lines under it.
    pub lines: Vec<String>,
    /// Headings of the columns.
    pub headings: Vec<String>,
    /// The rows, as many cells as headings.
    pub rows: Vec<Vec<String>>,
    /// A line under the table.
    pub foot: String,
}

/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (5, 38);

/// The file's bytes; the same annex gives the same bytes. Every cell is a text.
///
/// # Errors
/// When a text is longer than a cell may hold.
pub fn annex(annex: &Annex) -> Result<Vec<u8>, String> {
    fill(annex).map_err(|error| error.to_string())
}

fn fill(annex: &Annex) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The moment of writing would make other bytes each time.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let font = Format::new().set_font_name("Times New Roman").set_font_size(12).set_num_format("@");
    let centred = font.clone().set_align(FormatAlign::Center);
    let bold = centred.clone().set_bold();
    let cell = font
        .clone()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    let heading = cell.clone().set_bold().set_align(FormatAlign::Center);
    let page = book.add_worksheet();
    page.set_name("Phụ lục")?;
    page.set_landscape();
    page.set_paper_size(9);
    page.set_print_fit_to_pages(1, 0);
    let last = u16::try_from(annex.headings.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let mut row = 0;
    for (at, line) in std::iter::once(&annex.title).chain(&annex.lines).enumerate() {
        let format = if at < 2 { &bold } else { &centred };
        page.merge_range(row, 0, row, last, line, format)?;
        row += 1;
    }
    row += 1;
    page.set_repeat_rows(row, row)?;
    page.set_freeze_panes(row + 1, 0)?;
    let mut widths: Vec<usize> = Vec::new();
    let table = std::iter::once(&annex.headings).chain(&annex.rows);
    for (at, cells) in table.enumerate() {
        for (column, text) in (0_u16..).zip(cells) {
            let format = if at == 0 { &heading } else { &cell };
            page.write_string_with_format(row, column, text, format)?;
            let width = text.chars().count();
            match widths.get_mut(usize::from(column)) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
        row += 1;
    }
    for (column, width) in (0_u16..).zip(widths) {
        let width = u32::try_from(width.clamp(WIDTHS.0, WIDTHS.1)).unwrap_or_default();
        page.set_column_width(column, f64::from(width) + 1.0)?;
    }
    if !annex.foot.is_empty() {
        page.write_string_with_format(row + 1, 0, &annex.foot, &font)?;
    }
    book.save_to_buffer()
}
