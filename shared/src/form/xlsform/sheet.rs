//! Sheets of an XLSForm: rows of cells, and the Markdown tables they can be written as.

use crate::text::nfc;

/// One sheet of a spreadsheet, or one Markdown table, as its author wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name: `survey`, `choices`, `settings`, `entities`; others are left alone.
    pub name: String,
    /// Its rows, the headings first; blank rows left out.
    pub rows: Vec<Row>,
}

/// A row: its number as an author sees it, and its cells, trimmed, in NFC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Row of the spreadsheet, or line of the file, from 1.
    pub number: usize,
    /// The cells from the first column on.
    pub cells: Vec<String>,
}

/// Reads Markdown tables as pyxform does: a row whose first cell is filled starts a sheet, the
/// next row is its heading; lines starting with `#` and text after the last `|` are comments.
pub fn read_markdown(source: &str) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    for (i, line) in source.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('#')
            || !line.starts_with('|')
            || line.chars().all(|c| "|- ".contains(c))
        {
            continue;
        }
        let mut cells = split_cells(line);
        let first = cells.remove(0);
        if !first.is_empty() {
            sheets.push(Sheet { name: first.to_lowercase(), ..Sheet::default() });
        }
        let Some(sheet) = sheets.last_mut() else { continue };
        if !cells.iter().all(String::is_empty) {
            sheet.rows.push(Row { number: i + 1, cells });
        }
    }
    sheets
}

/// The sheets as Markdown tables that [`read_markdown`] reads.
pub fn to_markdown(sheets: &[Sheet]) -> String {
    let mut text = String::new();
    for sheet in sheets {
        text += &format!("| {} |\n", sheet.name);
        for row in &sheet.rows {
            let cells = row.cells.iter().map(|c| c.replace('|', "\\|").replace('\n', " "));
            text += &format!("| | {} |\n", cells.collect::<Vec<_>>().join(" | "));
        }
        text.push('\n');
    }
    text
}

/// The cells between the first and the last bar; `\|` is a bar within a cell.
fn split_cells(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut chars = line.chars().skip(1).peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => cell.extend(chars.next()),
            '|' => {
                cells.push(nfc(cell.trim()));
                cell.clear();
            }
            c => cell.push(c),
        }
    }
    if cells.is_empty() {
        cells.push(String::new());
    }
    cells
}
