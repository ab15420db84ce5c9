//! What a failed request answers: RFC 9457 problem details with ntm's stable code.

use serde::{Deserialize, Serialize};

/// An `application/problem+json` body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemBody {
    /// `about:blank#<code>`; the code is what programs should look at.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable code in `snake_case` from the problem table.
    pub code: String,
    /// HTTP status.
    pub status: u16,
    /// What happened, in the reader's language.
    pub title: String,
    /// What to do next, in the reader's language.
    pub help: String,
    /// What exactly was wrong here; empty when the title says all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Places in the input, when the input was a table or a document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
}

/// A place in the input that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Line of the file, from 1 (the header is line 1).
    pub line: Option<u64>,
    /// Column or field name.
    pub field: Option<String>,
    /// Stable code of this fault.
    pub code: String,
    /// The sentence for people, in the reader's language.
    pub message: String,
}
