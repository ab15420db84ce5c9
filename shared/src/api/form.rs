//! Published forms.

use serde::{Deserialize, Serialize};

use crate::form::{Change, Effect, FormFault, Together};
use crate::text::Text;

/// A published form version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormVersion {
    /// Form id.
    pub id: String,
    /// Version string.
    pub version: String,
    /// Title in the form's default language.
    pub title: String,
    /// `md5:` and 32 hex digits of the XForm's bytes.
    pub hash: String,
    /// RFC 3339 instant of publication.
    pub published_at: String,
    /// True for the version phones are offered.
    pub current: bool,
}

/// What was published, or would be: the version, what its author should know, and what changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The version.
    #[serde(flatten)]
    pub form: FormVersion,
    /// What works, but not as its author may think.
    pub warnings: Vec<FormNote>,
    /// The version it was held against: the newest one that has data. Absent while there is none.
    pub compared_with: Option<String>,
    /// Whether the data of both can be compiled together.
    pub together: Option<Together>,
    /// What changed since that version.
    pub changes: Vec<FormChange>,
}

/// A fault or a warning about a form's source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormNote {
    /// The sheet; empty for the file as a whole.
    pub sheet: String,
    /// The row of the spreadsheet or the line of the file; 0 for the whole sheet.
    pub row: usize,
    /// The column's heading; empty when the row as a whole is meant.
    pub column: String,
    /// What is the matter and what to do.
    pub message: Text,
}

impl From<&FormFault> for FormNote {
    fn from(fault: &FormFault) -> FormNote {
        FormNote {
            sheet: fault.sheet.clone(),
            row: fault.row,
            column: fault.column.clone(),
            message: fault.message.clone(),
        }
    }
}

/// A change from one version of a form to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormChange {
    /// Stable code.
    pub code: String,
    /// Path of the field; absent for the form as a whole.
    pub field: Option<String>,
    /// What it does to compiling the data of both versions together.
    pub effect: Effect,
    /// The sentence for people.
    pub message: Text,
}

impl From<&Change> for FormChange {
    fn from(change: &Change) -> FormChange {
        FormChange {
            code: change.code.to_owned(),
            field: change.field.clone(),
            effect: change.effect,
            message: change.message.clone(),
        }
    }
}
