//! What lies between teams and communes over the wire: languages and travel times, as imported.

use serde::{Deserialize, Serialize};

use crate::language::Spoken;
use crate::travel::Travel;

/// A row of `GET /api/v1/languages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageRow {
    /// Official code of the commune on the day asked about.
    pub commune_code: String,
    /// Its full name.
    pub commune_name: String,
    /// What is spoken, since when, and who says so.
    #[serde(flatten)]
    pub spoken: Spoken,
}

/// A row of `GET /api/v1/travel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravelRow {
    /// Official code of the commune on the day asked about.
    pub commune_code: String,
    /// Its full name.
    pub commune_name: String,
    /// From where, how long, and who says so.
    #[serde(flatten)]
    pub travel: Travel,
}
