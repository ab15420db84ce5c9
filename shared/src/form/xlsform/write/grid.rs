//! Rows of named cells to a sheet: only columns that say something, in the order people know.

use std::collections::{BTreeMap, BTreeSet};

use super::super::sheet::{Row, Sheet};

/// The order of columns; others follow.
const ORDER: [&str; 28] = [
    "form_title",
    "form_id",
    "version",
    "default_language",
    "list_name",
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "image",
    "big-image",
    "audio",
    "video",
    "relevant",
    "required",
    "required_message",
    "constraint",
    "constraint_message",
    "calculation",
    "default",
    "trigger",
    "read_only",
    "appearance",
    "parameters",
    "choice_filter",
    "repeat_count",
    "save_to",
];

/// A column: place in the order, name, place of its language, its heading.
type Column = (usize, String, usize, String);

/// The cells of a row.
#[derive(Default)]
pub(super) struct Cells(BTreeMap<Column, String>);

impl Cells {
    /// Fills a cell; a blank one stays out.
    pub fn put(&mut self, name: &str, value: impl Into<String>) {
        self.put_in(name, None, value);
    }

    /// The same in a language: its place and its name.
    pub fn put_in(
        &mut self,
        name: &str,
        language: Option<(usize, &str)>,
        value: impl Into<String>,
    ) {
        let value = value.into();
        if value.trim().is_empty() {
            return;
        }
        let place = ORDER.iter().position(|n| *n == name).unwrap_or(ORDER.len());
        let (number, heading) = match language {
            Some((n, language)) => (n, format!("{name}::{language}")),
            None => (0, name.to_owned()),
        };
        self.0.insert((place, name.to_owned(), number, heading), value);
    }
}

/// A sheet that grows.
#[derive(Default)]
pub(super) struct Grid(Vec<Cells>);

impl Grid {
    pub fn push(&mut self, cells: Cells) {
        self.0.push(cells);
    }

    /// The sheet; none when nothing is on it.
    pub fn sheet(self, name: &str) -> Option<Sheet> {
        let columns: BTreeSet<&Column> = self.0.iter().flat_map(|row| row.0.keys()).collect();
        if columns.is_empty() {
            return None;
        }
        let headings = columns.iter().map(|c| c.3.clone()).collect();
        let mut rows = vec![Row { number: 1, cells: headings }];
        for (n, row) in self.0.iter().enumerate() {
            let cell = |c: &&Column| row.0.get(*c).cloned().unwrap_or_default();
            rows.push(Row { number: n + 2, cells: columns.iter().map(cell).collect() });
        }
        Some(Sheet { name: name.to_owned(), rows })
    }
}
