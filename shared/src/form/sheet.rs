//! Sheets of an XLSForm: rows of named cells, and the Markdown tables they can be written as.

use crate::text::nfc;

/// One sheet: its headings and its rows, each with the number an author sees.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Number of the heading row.
    pub row: usize,
}

/// A heading: `label::Tiếng Việt (vi)` is `label` in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub language: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub number: usize,
    pub cells: Vec<String>,
}

impl Column {
    fn read(heading: &str) -> Column {
        let (name, language) = match heading.split_once("::") {
            Some((name, language)) => (name, Some(language.trim().to_owned())),
            None => (heading, None),
        };
        let name = name.trim().to_lowercase().replace(' ', "_");
        let name = match name.as_str() {
            "readonly" => "read_only",
            "calculate" => "calculation",
            "relevance" => "relevant",
            "constraint_msg" => "constraint_message",
            "title" => "form_title",
            "id_string" => "form_id",
            other => other,
        };
        Column { name: name.to_owned(), language }
    }

    /// The heading as an author wrote it, roughly.
    pub fn heading(&self) -> String {
        match &self.language {
            Some(language) => format!("{}::{language}", self.name),
            None => self.name.clone(),
        }
    }
}

impl Sheet {
    /// The cell of a row under a heading without language; `None` when blank.
    pub fn cell<'r>(&self, row: &'r Row, name: &str) -> Option<&'r str> {
        let place = self.columns.iter().position(|c| c.name == name && c.language.is_none())?;
        row.cells.get(place).map(String::as_str).filter(|c| !c.is_empty())
    }
}

/// Reads Markdown tables as pyxform does: a row whose first cell is filled starts a sheet, the
/// next row is its heading; lines starting with `#` and text after the last `|` are comments.
pub(super) fn read_markdown(source: &str) -> Vec<Sheet> {
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
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if sheet.columns.is_empty() {
            sheet.columns = cells.iter().map(|c| Column::read(c)).collect();
            sheet.row = i + 1;
        } else {
            sheet.rows.push(Row { number: i + 1, cells });
        }
    }
    sheets
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
