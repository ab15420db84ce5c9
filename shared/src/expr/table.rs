//! Tables: rows of text with named columns.

use std::ops::Range;
use std::sync::Arc;

use foldhash::HashMap;
use thiserror::Error;

use crate::text::nfc;

/// Most rows that are looked through faster than an index is asked.
const FEW: usize = 8;

/// A table: named columns, rows of text. Rows are found quickly by their `name`.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Arc<[String]>,
    /// Where the column `name` stands.
    name: Option<usize>,
    rows: usize,
    /// The text of all cells, one after the other.
    text: String,
    /// Where each cell ends in it.
    ends: Vec<usize>,
    /// Empty while there are few rows.
    by_name: HashMap<String, Vec<usize>>,
}

/// Why a CSV file is not a table.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {what}")]
pub struct TableFault {
    /// Line of the file, from 1.
    pub line: u64,
    /// What is wrong there.
    pub what: String,
}

impl Table {
    /// An empty table with these columns.
    pub fn new<S: Into<String>>(columns: impl IntoIterator<Item = S>) -> Table {
        Table::of(columns.into_iter().map(Into::into).collect())
    }

    /// An empty table with columns that others have, too.
    pub(crate) fn of(columns: Arc<[String]>) -> Table {
        let name = columns.iter().position(|c| c == "name");
        // Room for one row, which is all there is of a roster that one household is checked against.
        let text = String::with_capacity(16 * columns.len());
        let ends = Vec::with_capacity(columns.len());
        Table { columns, name, text, ends, ..Table::default() }
    }

    /// Adds a row; missing cells are blank, surplus ones are left out.
    pub fn push<S: AsRef<str>>(&mut self, row: impl IntoIterator<Item = S>) {
        let mut cells = row.into_iter();
        for _ in 0..self.columns.len() {
            if let Some(cell) = cells.next() {
                self.text.push_str(cell.as_ref());
            }
            self.ends.push(self.text.len());
        }
        self.rows += 1;
        if self.rows == FEW + 1 {
            (0..self.rows).for_each(|row| self.index(row));
        } else if self.rows > FEW {
            self.index(self.rows - 1);
        }
    }

    fn index(&mut self, row: usize) {
        if let Some(column) = self.name {
            let name = self.cell(row, column).to_owned();
            self.by_name.entry(name).or_default().push(row);
        }
    }

    /// Reads CSV with a header line (RFC 4180, UTF-8, a byte order mark is allowed).
    ///
    /// # Errors
    /// [`TableFault`] when a row cannot be read or has more cells than the header.
    pub fn from_csv(source: &str) -> Result<Table, TableFault> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let mut reader = csv::ReaderBuilder::new().from_reader(source.as_bytes());
        let fault = |e: csv::Error| TableFault {
            line: e.position().map_or(1, csv::Position::line),
            what: e.to_string(),
        };
        let header = reader.headers().map_err(fault)?;
        let mut table = Table::new(header.iter().map(|c| nfc(c.trim())));
        for row in reader.records() {
            table.push(row.map_err(fault)?.iter().map(nfc));
        }
        Ok(table)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns' names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// A column's place.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == name)
    }

    /// The text of a cell; blank outside the table.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let width = self.columns.len();
        if column >= width || row >= self.rows {
            return "";
        }
        &self.text[self.span(row, column)]
    }

    fn span(&self, row: usize, column: usize) -> Range<usize> {
        let place = row * self.columns.len() + column;
        place.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[place]
    }

    /// The rows whose `name` is this, in order.
    pub fn rows_named<'t>(&'t self, name: &'t str) -> impl Iterator<Item = usize> + use<'t> {
        let indexed: &[usize] = self.by_name.get(name).map_or(&[], Vec::as_slice);
        let column = self.name.filter(|_| self.rows <= FEW);
        indexed.iter().copied().chain(self.scan(column, name))
    }

    /// The rows with this text in a column, in order.
    pub(crate) fn rows_with<'t>(
        &'t self,
        column: &str,
        text: &'t str,
    ) -> impl Iterator<Item = usize> + use<'t> {
        let named = column == "name";
        let rows = named.then(|| self.rows_named(text)).into_iter().flatten();
        rows.chain(self.scan(if named { None } else { self.column(column) }, text))
    }

    /// True if a row has this text in this column.
    pub(super) fn has(&self, column: usize, text: &str) -> bool {
        if self.rows > FEW && self.name == Some(column) {
            return self.by_name.contains_key(text);
        }
        self.scan(Some(column), text).next().is_some()
    }

    fn scan<'t>(
        &'t self,
        column: Option<usize>,
        text: &'t str,
    ) -> impl Iterator<Item = usize> + use<'t> {
        column.into_iter().flat_map(move |column| {
            let bytes = self.text.as_bytes();
            (0..self.rows).filter(move |row| bytes[self.span(*row, column)] == *text.as_bytes())
        })
    }

    /// A column's text in the first row of this `name`.
    pub fn lookup(&self, name: &str, column: &str) -> Option<&str> {
        Some(self.cell(self.rows_named(name).next()?, self.column(column)?))
    }
}
