//! Secondary instances: the tables behind `instance('…')`, such as a collector's roster.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use super::table::Table;
use crate::answers::{NodeId, Tree};

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

impl Source {
    fn table(&self) -> &Table {
        match self {
            Source::Table(table) | Source::Xml(_, table) => table,
        }
    }
}

/// A column of a table, found once.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    source: Arc<Source>,
    column: usize,
}

impl Column {
    /// True if a row has this text in it.
    pub fn has(&self, text: &str) -> bool {
        self.source.table().has(self.column, text)
    }
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
        Some(self.source(id)?.table())
    }

    /// A column of the table of this id.
    pub(crate) fn column(&self, id: &str, column: &str) -> Option<Column> {
        let source = Arc::clone(self.source(id)?);
        let column = source.table().column(column)?;
        Some(Column { source, column })
    }

    pub(super) fn document(&self, id: &str) -> Option<Document<'_>> {
        Some(match self.source(id)?.as_ref() {
            Source::Table(table) => Document::Table(table),
            Source::Xml(tree, _) => Document::Xml(tree),
        })
    }

    fn source(&self, id: &str) -> Option<&Arc<Source>> {
        self.layers.iter().rev().find_map(|layer| layer.get(id))
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
