//! Tables that people hand in and take away as CSV: reading them with faults that name line and
//! column, and writing cells that a spreadsheet cannot mistake for a formula.
//!
//! What reads a table of its own (units, the roster, teams) lists its [`Column`]s, gets [`Row`]s,
//! and takes cells out of them through [`Row`]'s accessors, which record a [`RowFault`] for every
//! cell that is not what the column promises. A table with one fault is refused whole; all its
//! faults (up to [`MAX_FAULTS`]) are told at once.

use serde::{Deserialize, Serialize};

use crate::text::Text;

mod read;
mod row;
mod write;

pub use read::{Column, column, read};
pub use row::Row;
pub use write::{cell_as_text, csv_cell, line, record};

/// How many faults of one table are told; a last one says that there are more.
pub const MAX_FAULTS: usize = 200;

/// What is wrong with one place of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// Name of the file, where several are read together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line in the file, from 1; the header is usually line 1.
    pub line: u64,
    /// Name of the column, where one cell is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Stable code in `snake_case`; part of the API.
    pub code: String,
    /// The sentence for people. It may quote codes, never names of persons.
    pub message: Text,
}

impl RowFault {
    /// A fault of a whole line.
    pub fn line(line: u64, code: &str, message: Text) -> Self {
        RowFault { file: None, line, column: None, code: code.into(), message }
    }

    /// A fault of one cell.
    pub fn cell(line: u64, column: &str, code: &str, message: Text) -> Self {
        RowFault { column: Some(column.into()), ..RowFault::line(line, code, message) }
    }

    /// The same fault, in the file `name`.
    pub fn in_file(self, name: &str) -> Self {
        RowFault { file: Some(name.into()), ..self }
    }
}

impl std::fmt::Display for RowFault {
    /// In English, for logs and test output.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {} ({})", self.message.en, self.code)
    }
}

/// The faults in the order of their lines, at most [`MAX_FAULTS`] and one that counts the rest.
pub fn told(mut faults: Vec<RowFault>) -> Vec<RowFault> {
    faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    if faults.len() > MAX_FAULTS {
        let rest = faults.len() - MAX_FAULTS;
        let line = faults[MAX_FAULTS].line;
        faults.truncate(MAX_FAULTS);
        faults.push(RowFault::line(
            line,
            "more_faults",
            Text::new(
                format!("Còn {rest} lỗi nữa từ dòng này."),
                format!("{rest} more faults from this line on."),
            ),
        ));
    }
    faults
}
