//! Official values over the wire.

use serde::{Deserialize, Serialize};

use crate::official::OfficialValue;

/// A value with its commune's code and name of the day asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficialRow {
    /// Official code.
    pub commune_code: String,
    /// Name.
    pub commune_name: String,
    /// The value.
    #[serde(flatten)]
    pub value: OfficialValue,
}
