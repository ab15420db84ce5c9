//! A sheet with its headings understood and its cells cleaned.

use std::collections::BTreeMap;

use super::sheet::{Row, Sheet};
use crate::form::draft::Draft;

/// Longest cell, in characters: the most that spreadsheet programs keep.
pub(super) const LONGEST_CELL: usize = 32_767;
/// Most columns of a sheet: as many as spreadsheet programs have.
pub(super) const MOST_COLUMNS: usize = 16_384;
/// Most rows of a sheet: as many as spreadsheet programs have.
pub(super) const MOST_ROWS: usize = 1_048_576;

/// A heading: `label::Tiếng Việt (vi)` is `label` in a language. Names are canonical: whatever
/// alias the author used, the column is called as in [`super::columns`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub language: Option<String>,
    /// As the author wrote it.
    pub heading: String,
}

/// How the headings of a kind of sheet are understood: the parts of a heading to a canonical name
/// and a language; none for a heading that is not known.
pub(super) type Headings = fn(&[&str]) -> Option<(String, Option<String>)>;

/// A sheet with named columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Number of the heading row; the first row when the sheet is empty.
    pub row: usize,
    /// Places of the columns whose headings are not known.
    pub unknown: Vec<usize>,
    /// By name: the columns, in order.
    places: BTreeMap<String, Vec<usize>>,
}

impl Table {
    /// Reads a sheet; what is too large or doubled is a fault of the draft.
    pub fn read(sheet: Sheet, headings: Headings, draft: &mut Draft) -> Table {
        let mut table = Table { name: sheet.name, row: 1, ..Table::default() };
        let mut rows = sheet.rows.into_iter();
        let Some(heading) = rows.next() else { return table };
        table.row = heading.number;
        if heading.cells.len() > MOST_COLUMNS || rows.len() > MOST_ROWS {
            draft.fault(
                (&table.name, heading.number, ""),
                format!("bảng quá lớn: nhiều nhất {MOST_COLUMNS} cột và {MOST_ROWS} dòng"),
                format!("the sheet is too large: at most {MOST_COLUMNS} columns, {MOST_ROWS} rows"),
            );
            return table;
        }
        // One `::` anywhere means that single colons are not delimiters.
        let double = heading.cells.iter().any(|c| c.contains("::"));
        for (place, text) in heading.cells.iter().enumerate() {
            table.heading(place, text, double, headings, draft);
        }
        table.rows.reserve(rows.len());
        for mut row in rows {
            let long = |c: &String| c.len() > LONGEST_CELL && c.chars().count() > LONGEST_CELL;
            if let Some(place) = row.cells.iter().position(long) {
                draft.fault(
                    (&table.name, row.number, table.heading_at(place)),
                    format!("ô dài quá {LONGEST_CELL} ký tự; rút ngắn lại"),
                    format!("the cell is longer than {LONGEST_CELL} characters; shorten it"),
                );
                continue;
            }
            row.cells.iter_mut().for_each(straighten_quotes);
            table.rows.push(row);
        }
        table
    }

    fn heading(
        &mut self,
        place: usize,
        text: &str,
        double: bool,
        headings: Headings,
        draft: &mut Draft,
    ) {
        let text = text.trim();
        let mut column = Column { heading: text.to_owned(), ..Column::default() };
        if !text.is_empty() && text.chars().count() <= LONGEST_CELL {
            let parts: Vec<String> = parts(text, double);
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            match headings(&parts) {
                Some((name, language)) => {
                    column.name = name;
                    column.language = language;
                }
                None => self.unknown.push(place),
            }
        }
        if !column.name.is_empty() {
            let places = self.places.entry(column.name.clone()).or_default();
            let twin = places.iter().find(|p| self.columns[**p].language == column.language);
            match twin {
                Some(twin) => {
                    let other = self.columns[*twin].heading.clone();
                    draft.fault(
                        (&self.name, self.row, text),
                        format!("trùng với cột \"{other}\"; giữ một trong hai"),
                        format!("says the same as column \"{other}\"; keep one of them"),
                    );
                    column.name.clear();
                }
                None => places.push(place),
            }
        }
        self.columns.push(column);
    }

    /// Runs of blanks in cells become one.
    pub fn collapse(&mut self) {
        for cell in self.rows.iter_mut().flat_map(|r| &mut r.cells).filter(|c| c.contains("  ")) {
            let words: Vec<&str> = cell.split(' ').filter(|w| !w.is_empty()).collect();
            *cell = words.join(" ");
        }
    }

    /// The heading of a column as its author wrote it.
    pub fn heading_at(&self, place: usize) -> &str {
        self.columns.get(place).map_or("", |c| c.heading.as_str())
    }

    /// The heading of the first column of this name as its author wrote it, else the name.
    pub fn heading_of<'n>(&'n self, name: &'n str) -> &'n str {
        match self.places.get(name).and_then(|p| p.first()) {
            Some(place) => self.heading_at(*place),
            None => name,
        }
    }

    /// True when there is such a column, in any language.
    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The cell of a row under a heading without language; `None` when blank.
    pub fn cell<'r>(&self, row: &'r Row, name: &str) -> Option<&'r str> {
        let places = self.places.get(name)?;
        let place = places.iter().find(|p| self.columns[**p].language.is_none())?;
        row.cells.get(*place).map(String::as_str).filter(|c| !c.is_empty())
    }

    /// The filled cells of a row under a name, with their languages.
    pub fn words<'r>(
        &self,
        row: &'r Row,
        name: &str,
    ) -> impl Iterator<Item = (Option<&str>, &'r str)> {
        let places = self.places.get(name).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| {
            let cell = row.cells.get(*place).filter(|c| !c.is_empty())?;
            Some((self.columns[*place].language.as_deref(), cell.as_str()))
        })
    }

    /// The filled cells of a row whose column has a name.
    pub fn filled<'r>(&self, row: &'r Row) -> impl Iterator<Item = (&Column, &'r str)> {
        let cells = self.columns.iter().zip(&row.cells);
        cells.filter(|(c, cell)| !c.name.is_empty() && !cell.is_empty()).map(|(c, t)| (c, &**t))
    }
}

/// The parts of a heading between its delimiters; `jr:count` stays one part.
fn parts(heading: &str, double: bool) -> Vec<String> {
    let delimiter = if double { "::" } else { ":" };
    let mut parts: Vec<String> = Vec::new();
    for part in heading.split(delimiter).map(str::trim) {
        match parts.last_mut() {
            Some(last) if last == "jr" => last.extend([":", part]),
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

/// A name of a column as spreadsheets vary it: lower case, blanks as underscores.
pub(super) fn snake(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

/// Word processors turn quotes into curly ones, which expressions do not know.
fn straighten_quotes(text: &mut String) {
    let straight = |c| match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        c => c,
    };
    if !text.is_ascii() && text.contains(['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}']) {
        *text = text.chars().map(straight).collect();
    }
}
