//! Administrative units as they stood on a date.

use serde::{Deserialize, Serialize};

/// A unit as of a date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitView {
    /// Own stable id.
    pub id: String,
    /// Official code on that date.
    pub code: String,
    /// Full name on that date, e.g. "Xã Nậm Chảy".
    pub name: String,
    /// `province`, `district`, `commune` or `village`.
    pub level: String,
    /// Parent unit's id on that date.
    pub parent: Option<String>,
    /// Names of the units above, nearest first.
    pub within: Vec<String>,
    /// First day, when known.
    pub valid_from: Option<String>,
    /// Last day, when it has ended.
    pub valid_to: Option<String>,
    /// Latitude in degrees (WGS 84).
    pub lat: Option<f64>,
    /// Longitude in degrees (WGS 84).
    pub lon: Option<f64>,
    /// Ids of the units that took over.
    pub successors: Vec<String>,
    /// Ids of the units this one took over.
    pub predecessors: Vec<String>,
}
