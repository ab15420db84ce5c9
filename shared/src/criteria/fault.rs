//! What is wrong with a data file.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// One fault of a data file, for the officer who edits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFault {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: Text,
}

impl fmt::Display for DataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message.en)
    }
}

/// The line, from 1, of a byte offset.
pub(super) fn line_at(source: &str, offset: usize) -> usize {
    let end = offset.min(source.len());
    1 + source.as_bytes()[..end].iter().filter(|b| **b == b'\n').count()
}
