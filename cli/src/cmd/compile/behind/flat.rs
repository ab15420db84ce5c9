//! Figures, villages and households in one CSV file: rows of three kinds share the columns that mean the
//! same.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::print::{Cell, Column};

/// The columns, in order.
const KEYS: [&str; 21] = [
    "level",
    "id",
    "part",
    "village_name",
    "household",
    "code",
    "head",
    "standing",
    "value",
    "interval",
    "threshold",
    "numerator",
    "denominator",
    "n",
    "N",
    "coverage",
    "unknown",
    "verdict",
    "reason",
    "submission",
    "export",
];

/// A row, whatever it is about.
#[derive(Serialize)]
pub struct Flat {
    #[serde(skip)]
    cells: BTreeMap<String, Cell>,
}

impl Flat {
    /// A row as a table of its kind has it.
    pub fn of<T>(level: &'static str, row: &T, columns: &[Column<T>]) -> Flat {
        let cells = columns.iter().map(|column| (column.key.to_string(), (column.cell)(row)));
        Flat { cells: cells.collect() }.with("level", Cell::Text(level.to_owned()))
    }

    /// The same with one cell more.
    #[must_use]
    pub fn with(mut self, key: &str, cell: Cell) -> Flat {
        self.cells.insert(key.to_owned(), cell);
        self
    }
}

/// The columns of the file.
pub fn columns() -> Vec<Column<Flat>> {
    let of = |key: &'static str| {
        Column::csv(key, move |row: &Flat| row.cells.get(key).cloned().unwrap_or(Cell::Empty))
    };
    KEYS.into_iter().map(of).collect()
}
