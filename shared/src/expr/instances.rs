//! Secondary instances: the tables behind `instance('…')`, such as a collector's roster.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;
use thiserror::Error;

use crate::answers::{NodeId, Tree};
use crate::text::nfc;

/// Most columns taken from the items of an XML document.
const MAX_COLUMNS: usize = 64;

/// Tables by instance id (`households` for `households.csv`). Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Instances {
    /// Later ones win.
    layers: Vec<Arc<HashMap<String, Arc<Source>>>>,
}

/// Where the nodes of an instance come from.
#[derive(Clone, Debug)]
enum Source {
    Table(Table),
    /// A document, and its items as a table: what choices are looked up in.
    Xml(Tree, Table),
}

/// The document of an instance.
#[derive(Clone, Copy, Debug)]
pub(super) enum Document<'a> {
    Table(&'a Table),
    Xml(&'a Tree),
}

impl Instances {
    /// No tables.
    pub fn new() -> Instances {
        Instances::default()
    }

    /// Adds or replaces a table.
    pub fn insert(&mut self, id: &str, table: Table) {
        self.put(id, Source::Table(table));
    }

    /// Adds or replaces an XML document. The elements that its root's children `item` hold are
    /// also a table.
    pub fn insert_xml(&mut self, id: &str, document: Tree) {
        let table = items(&document);
        self.put(id, Source::Xml(document, table));
    }

    fn put(&mut self, id: &str, source: Source) {
        if self.layers.is_empty() {
            self.layers.push(Arc::default());
        }
        if let Some(layer) = self.layers.last_mut() {
            Arc::make_mut(layer).insert(id.to_owned(), Arc::new(source));
        }
    }

    /// The table of this id.
    pub fn get(&self, id: &str) -> Option<&Table> {
        match self.source(id)? {
            Source::Table(table) | Source::Xml(_, table) => Some(table),
        }
    }

    pub(super) fn document(&self, id: &str) -> Option<Document<'_>> {
        Some(match self.source(id)? {
            Source::Table(table) => Document::Table(table),
            Source::Xml(tree, _) => Document::Xml(tree),
        })
    }

    fn source(&self, id: &str) -> Option<&Source> {
        self.layers.iter().rev().find_map(|layer| layer.get(id)).map(Arc::as_ref)
    }

    /// These tables and those of `other`, which win.
    pub fn with(&self, other: &Instances) -> Instances {
        Instances { layers: self.layers.iter().chain(&other.layers).cloned().collect() }
    }
}

/// The items of a document as a table: a column for every name their elements have.
fn items(document: &Tree) -> Table {
    let rows: Vec<NodeId> = document.named(document.root(), "item").collect();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut columns: Vec<&str> = Vec::new();
    for cell in rows.iter().flat_map(|row| document.children(*row)) {
        // So that an item of many names cannot make a table of its square.
        if columns.len() < MAX_COLUMNS {
            places.entry(document.name(*cell)).or_insert_with_key(|name| {
                columns.push(name);
                columns.len() - 1
            });
        }
    }
    let mut table = Table::new(columns);
    for row in rows {
        let mut cells = vec![""; places.len()];
        for cell in document.children(row).iter().rev() {
            if let Some(place) = places.get(document.name(*cell)) {
                cells[*place] = document.text(*cell);
            }
        }
        table.push(cells);
    }
    table
}

/// A table: named columns, rows of text. Rows are found quickly by their `name`.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<String>,
    rows: usize,
    cells: Vec<String>,
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
        let columns = columns.into_iter().map(Into::into).collect();
        Table { columns, ..Table::default() }
    }

    /// Adds a row; missing cells are blank, surplus ones are left out.
    pub fn push<S: Into<String>>(&mut self, row: impl IntoIterator<Item = S>) {
        let number = self.rows;
        let mut cells = row.into_iter().map(Into::into);
        for column in 0..self.columns.len() {
            let cell = cells.next().unwrap_or_default();
            if self.columns[column] == "name" {
                self.by_name.entry(cell.clone()).or_default().push(number);
            }
            self.cells.push(cell);
        }
        self.rows += 1;
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
        if column >= width {
            return "";
        }
        self.cells.get(row * width + column).map_or("", String::as_str)
    }

    /// The rows whose `name` is this, in order.
    pub fn rows_named(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The rows with this text in a column, in order.
    pub(crate) fn rows_with<'t>(
        &'t self,
        column: &str,
        text: &'t str,
    ) -> impl Iterator<Item = usize> + use<'t> {
        // A few rows are looked through faster than an index is asked.
        let indexed = column == "name" && self.len() > 8;
        let named: &[usize] = if indexed { self.rows_named(text) } else { &[] };
        let column = self.column(column).filter(|_| !indexed);
        let scan = column.into_iter().flat_map(move |column| {
            (0..self.len()).filter(move |row| self.cell(*row, column) == text)
        });
        named.iter().copied().chain(scan)
    }

    /// A column's text in the first row of this `name`.
    pub fn lookup(&self, name: &str, column: &str) -> Option<&str> {
        Some(self.cell(*self.rows_named(name).first()?, self.column(column)?))
    }
}
