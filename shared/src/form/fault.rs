//! What is wrong with a form, where, and what to do about it.

use std::fmt;

use crate::text::Text;

/// One fault of a form's source, placed so that an author finds it in the spreadsheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormFault {
    /// The sheet: `survey`, `choices` or `settings`.
    pub sheet: String,
    /// The row: the line of the Markdown file, or the row of the spreadsheet; 0 for the whole sheet.
    pub row: usize,
    /// The column's heading; empty when the row as a whole is meant.
    pub column: String,
    /// What is wrong and what to do.
    pub message: Text,
}

impl FormFault {
    pub(super) fn new(
        sheet: &str,
        row: usize,
        column: &str,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) -> FormFault {
        FormFault { sheet: sheet.into(), row, column: column.into(), message: Text::new(vi, en) }
    }
}

impl fmt::Display for FormFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sheet)?;
        if self.row > 0 {
            write!(f, ", row {}", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": {}", self.message.en)
    }
}

impl std::error::Error for FormFault {}
