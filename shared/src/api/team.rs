//! Helper teams over the wire.

use serde::{Deserialize, Serialize};

/// A helper team of an agency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamRow {
    /// Id from the import.
    pub id: String,
    /// Agency.
    pub agency: String,
    /// Team name.
    pub name: String,
    /// Most communes it can lead.
    pub capacity: u32,
    /// Latitude of its seat in degrees.
    pub lat: f64,
    /// Longitude of its seat in degrees.
    pub lon: f64,
    /// Ids of the criteria it is strong in.
    pub criteria: Vec<String>,
    /// Commune unit ids it leads at present.
    pub present: Vec<String>,
}
