//! A sheet with its headings understood.

use super::sheet::{Row, Sheet};

/// A sheet with named columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
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

impl Table {
    pub fn read(sheet: &Sheet) -> Table {
        let Some((heading, rows)) = sheet.rows.split_first() else { return Table::default() };
        let columns = heading.cells.iter().map(|c| Column::read(c)).collect();
        Table { columns, rows: rows.to_vec(), row: heading.number }
    }

    /// The cell of a row under a heading without language; `None` when blank.
    pub fn cell<'r>(&self, row: &'r Row, name: &str) -> Option<&'r str> {
        let place = self.columns.iter().position(|c| c.name == name && c.language.is_none())?;
        row.cells.get(place).map(String::as_str).filter(|c| !c.is_empty())
    }
}
