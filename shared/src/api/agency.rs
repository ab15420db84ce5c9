//! Agencies over the wire.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::agency::{Agency, AgencyKind};

/// An agency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgencyRow {
    /// Id from the import.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind of body.
    pub kind: AgencyKind,
    /// First day, if told.
    pub from: Option<Date>,
    /// Last day, if told.
    pub to: Option<Date>,
    /// Id of the agency that follows it.
    pub successor: Option<String>,
    /// Numbers of the criteria it appraises.
    pub appraises: Vec<u16>,
    /// Latitude of its seat in degrees, if told.
    pub lat: Option<f64>,
    /// Longitude of its seat in degrees, if told.
    pub lon: Option<f64>,
}

impl From<Agency> for AgencyRow {
    fn from(agency: Agency) -> AgencyRow {
        AgencyRow {
            id: agency.id,
            name: agency.name,
            kind: agency.kind,
            from: agency.from,
            to: agency.to,
            successor: agency.successor,
            appraises: agency.appraises.into_iter().collect(),
            lat: agency.seat.map(|seat| seat.lat),
            lon: agency.seat.map(|seat| seat.lon),
        }
    }
}
