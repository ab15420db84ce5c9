//! Reports as `.xlsx` files: titles across the page, headings that stay, numbers that are numbers, and
//! totals that are formulas with the value we computed beside them. What stands where is the caller's;
//! this knows how it looks and prints.

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook,
    Worksheet, XlsxError,
};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Blank,
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A formula in English notation, and the value it has.
    Formula(String, f64),
    /// A day.
    Day(Date),
}

/// How a cell looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// A text, at the left.
    #[default]
    Text,
    /// A short word, in the middle.
    Word,
    /// A whole number.
    Whole,
    /// A number with this many decimals.
    Decimals(u8),
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Not known yet.
    Open,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What stands in it.
    pub value: Value,
    /// How it looks.
    pub look: Look,
    /// Whether it belongs to a line of totals.
    pub total: bool,
}

impl Cell {
    /// Nothing.
    pub fn blank() -> Cell {
        Cell { value: Value::Blank, look: Look::Text, total: false }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { value: Value::Text(text.into()), ..Cell::blank() }
    }

    /// A word that says how things are.
    pub fn word(text: impl Into<String>, look: Look) -> Cell {
        Cell { value: Value::Text(text.into()), look, total: false }
    }

    /// A whole number.
    pub fn whole(n: u64) -> Cell {
        Cell { value: Value::Number(n as f64), look: Look::Whole, total: false }
    }

    /// A number with decimals, or nothing.
    pub fn number(value: Option<f64>, decimals: u8) -> Cell {
        let value = value.filter(|v| v.is_finite()).map_or(Value::Blank, Value::Number);
        Cell { value, look: Look::Decimals(decimals), total: false }
    }

    /// A formula and its value.
    pub fn formula(formula: impl Into<String>, value: f64, decimals: u8) -> Cell {
        Cell {
            value: Value::Formula(formula.into(), value),
            look: Look::Decimals(decimals),
            total: false,
        }
    }

    /// The same in a line of totals.
    #[must_use]
    pub fn of_total(self) -> Cell {
        Cell { total: true, ..self }
    }
}

/// A column: its heading and its width in characters.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Heading.
    pub title: String,
    /// Heading above it, shared with neighbours of the same; empty for none.
    pub group: String,
    /// Width in characters.
    pub width: f64,
}

impl Column {
    /// A column by itself.
    pub fn new(title: impl Into<String>, width: f64) -> Column {
        Column { title: title.into(), group: String::new(), width }
    }

    /// A column of a group.
    pub fn of(group: &str, title: impl Into<String>, width: f64) -> Column {
        Column { group: group.into(), ..Column::new(title, width) }
    }
}

/// One sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Name on the tab, at most 31 characters.
    pub name: String,
    /// Title, then remarks, each across all columns.
    pub titles: Vec<String>,
    /// The columns. Their headings take two rows, after the titles and an empty row.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// Line at the foot of every printed page.
    pub foot: String,
}

impl Page {
    /// The first row of cells, counted from 1 as in formulas.
    pub fn first_row(&self) -> usize {
        self.titles.len() + 4
    }
}

/// The name of a column in formulas: `A`, `Z`, `AA`.
pub fn letters(column: usize) -> String {
    let (mut n, mut name) = (column + 1, String::new());
    while n > 0 {
        let digit = u8::try_from((n - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + digit));
        n = (n - 1) / 26;
    }
    name
}

/// Height of a line of text, in points.
const LINE: f64 = 15.0;

/// Lines that the longest text of a row takes in its column. Programs that open a file do not all
/// work that out by themselves.
fn lines(row: &[Cell], columns: &[Column]) -> u8 {
    let taken = |(cell, column): (&Cell, &Column)| match &cell.value {
        Value::Text(text) => {
            // Words do not break: a line is seldom full.
            let room = (column.width * 0.92).max(1.0);
            let each =
                text.lines().map(|line| (line.chars().count() as f64 / room).ceil().max(1.0));
            each.sum::<f64>()
        }
        _ => 1.0,
    };
    row.iter().zip(columns).map(taken).fold(1.0, f64::max).min(20.0) as u8
}

/// The file's bytes; the same pages give the same bytes.
///
/// # Errors
/// A page that Excel does not take: a name twice or too long, a text beyond 32,767 characters.
pub fn book(pages: &[Page]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for page in pages {
        write(book.add_worksheet(), page)?;
    }
    book.save_to_buffer()
}

fn write(sheet: &mut Worksheet, page: &Page) -> Result<(), XlsxError> {
    sheet.set_name(&page.name)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.2, 0.3);
    sheet.set_footer(format!("&L{}&R&P/&N", page.foot.replace('&', "&&")));
    let last = u16::try_from(page.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    for (r, title) in (0u32..).zip(&page.titles) {
        let base = Format::new().set_align(FormatAlign::VerticalCenter).set_text_wrap();
        let format = match r {
            0 => base.set_bold().set_font_size(14).set_align(FormatAlign::Center),
            _ => base.set_italic().set_align(FormatAlign::Center),
        };
        match last {
            0 => sheet.write_string_with_format(r, 0, title, &format)?,
            _ => sheet.merge_range(r, 0, r, last, title, &format)?,
        };
        let widths: f64 = page.columns.iter().map(|c| c.width).sum();
        let lines = (title.chars().count() as f64 / widths.max(20.0)).ceil().max(1.0);
        sheet.set_row_height(r, if r == 0 { 24.0 } else { 16.0 * lines })?;
    }
    let head = u32::try_from(page.titles.len() + 1).unwrap_or(u32::MAX);
    headings(sheet, page, head)?;
    for (r, row) in (head + 2..).zip(&page.rows) {
        sheet.set_row_height(r, LINE * f64::from(lines(row, &page.columns)))?;
        for (c, cell) in (0u16..).zip(row) {
            put(sheet, r, c, cell)?;
        }
    }
    sheet.set_repeat_rows(head, head + 1)?;
    sheet.set_freeze_panes(head + 2, 3.min(last))?;
    Ok(())
}

/// Two rows: groups across their columns, and below them the headings; a column without a group has
/// both rows.
fn headings(sheet: &mut Worksheet, page: &Page, row: u32) -> Result<(), XlsxError> {
    let format = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x00E3_EEF0))
        .set_border(FormatBorder::Thin);
    let mut c = 0;
    while c < page.columns.len() {
        let column = &page.columns[c];
        let at = u16::try_from(c).unwrap_or(u16::MAX);
        if column.group.is_empty() {
            sheet.merge_range(row, at, row + 1, at, &column.title, &format)?;
            c += 1;
        } else {
            let same = page.columns[c..].iter().take_while(|o| o.group == column.group).count();
            let end = u16::try_from(c + same - 1).unwrap_or(u16::MAX);
            if same > 1 {
                sheet.merge_range(row, at, row, end, &column.group, &format)?;
            } else {
                sheet.write_string_with_format(row, at, &column.group, &format)?;
            }
            for (at, one) in (at..).zip(&page.columns[c..c + same]) {
                sheet.write_string_with_format(row + 1, at, &one.title, &format)?;
            }
            c += same;
        }
        sheet.set_column_width(at, column.width)?;
    }
    for (at, column) in (0u16..).zip(&page.columns) {
        sheet.set_column_width(at, column.width)?;
    }
    sheet.set_row_height(row, 20)?.set_row_height(row + 1, 34)?;
    Ok(())
}

fn put(sheet: &mut Worksheet, r: u32, c: u16, cell: &Cell) -> Result<(), XlsxError> {
    let format = format(cell);
    match &cell.value {
        Value::Blank => sheet.write_blank(r, c, &format)?,
        Value::Text(text) => sheet.write_string_with_format(r, c, text, &format)?,
        Value::Number(n) => sheet.write_number_with_format(r, c, *n, &format)?,
        Value::Formula(formula, value) => {
            let formula = Formula::new(formula).set_result(value.to_string());
            sheet.write_formula_with_format(r, c, formula, &format)?
        }
        Value::Day(day) => {
            let (year, month, day) = (day.year(), day.month(), day.day());
            let day = ExcelDateTime::from_ymd(
                u16::try_from(year).unwrap_or(1900),
                u8::try_from(month).unwrap_or(1),
                u8::try_from(day).unwrap_or(1),
            )?;
            sheet.write_datetime_with_format(r, c, &day, &format)?
        }
    };
    Ok(())
}

/// Vietnamese separators where a program lets the file choose; Excel takes those of the computer.
fn format(cell: &Cell) -> Format {
    let base = Format::new().set_border(FormatBorder::Hair).set_align(FormatAlign::VerticalCenter);
    let base = if cell.total {
        base.set_bold().set_background_color(Color::RGB(0x00F2_F2F2))
    } else {
        base
    };
    if matches!(cell.value, Value::Day(_)) {
        return base.set_num_format("dd/mm/yyyy").set_align(FormatAlign::Center);
    }
    let word = || base.clone().set_align(FormatAlign::Center).set_text_wrap();
    match cell.look {
        Look::Text => base.set_text_wrap(),
        Look::Word => word(),
        Look::Whole => base.set_num_format("[$-42A]#,##0"),
        Look::Decimals(0) => base.set_num_format("[$-42A]#,##0"),
        Look::Decimals(n) => {
            base.set_num_format(format!("[$-42A]#,##0.{}", "0".repeat(usize::from(n))))
        }
        Look::Good => word().set_font_color(Color::RGB(0x0000_5A30)),
        Look::Bad => word().set_font_color(Color::RGB(0x00A0_1414)),
        Look::Open => word().set_font_color(Color::RGB(0x0080_5000)),
    }
}
