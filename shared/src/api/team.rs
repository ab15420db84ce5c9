//! Helper teams over the wire.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::team::Team;

/// A helper team of an agency, without the names of its people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamRow {
    /// Id from the import.
    pub id: String,
    /// Agency.
    pub agency: String,
    /// Team name.
    pub name: String,
    /// Fewest communes it should lead.
    pub capacity_min: u32,
    /// Most communes it can lead.
    pub capacity_max: u32,
    /// Latitude of its seat in degrees.
    pub lat: f64,
    /// Longitude of its seat in degrees.
    pub lon: f64,
    /// Numbers of the criteria it is strong in.
    pub criteria: Vec<u16>,
    /// Commune unit ids it leads at present.
    pub present: Vec<String>,
    /// Id of its agency, if agencies are listed.
    pub agency_id: Option<String>,
    /// Languages it speaks.
    pub languages: Vec<String>,
    /// First day it can help, if told.
    pub from: Option<Date>,
    /// Last day it can help, if told.
    pub to: Option<Date>,
}

impl From<Team> for TeamRow {
    fn from(team: Team) -> TeamRow {
        TeamRow {
            id: team.id,
            agency: team.agency,
            name: team.name,
            capacity_min: team.capacity_min,
            capacity_max: team.capacity_max,
            lat: team.seat.lat,
            lon: team.seat.lon,
            criteria: team.criteria.into_iter().collect(),
            present: team.present.into_iter().collect(),
            agency_id: team.agency_id,
            languages: team.languages.into_iter().collect(),
            from: team.from,
            to: team.to,
        }
    }
}
