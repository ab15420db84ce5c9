//! Visits of helper teams to their communes over the wire.
//!
//! `POST /api/v1/visits` and `GET /api/v1/visits` speak [`NewVisit`] and [`Visit`]. The same visit sent
//! again changes nothing, so a phone may send until it is answered; its photos follow one by one with
//! `POST /api/v1/visits/{id}/photos/{sha256}` (the bytes as the body), before or after, in any order.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::assignment::{CommuneRef, TeamRef};

/// The most characters of a text that people write.
pub const LONGEST: usize = 2_000;
/// The most photos of one visit.
pub const MOST_PHOTOS: usize = 20;

/// A visit of a team to a commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewVisit {
    /// UUID made by the client.
    pub id: String,
    /// Commune unit id, or its code on `day`.
    pub commune: String,
    /// The team; one's own without, where the account is a team's.
    #[serde(default)]
    pub team: Option<String>,
    /// The day of the visit: today or before.
    pub day: Date,
    /// Criteria met of 19, as the commune tells: 0 to 19.
    #[serde(default)]
    pub criteria_met: Option<u8>,
    /// Numbers of the criteria that are open.
    #[serde(default)]
    pub open_criteria: BTreeSet<u16>,
    /// What was agreed to do next, by whom (the office, no persons' names), by when.
    #[serde(default)]
    pub plan: String,
    /// SHA-256 of its photos in lower-case hex.
    #[serde(default)]
    pub photos: BTreeSet<String>,
}

/// A visit as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Own id.
    pub id: String,
    /// The commune, named as on the day of the visit.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// The team.
    #[serde(flatten)]
    pub team: TeamRef,
    /// The day of the visit.
    pub day: Date,
    /// Criteria met of 19, as the commune told.
    pub criteria_met: Option<u8>,
    /// Numbers of the criteria that were open.
    pub open_criteria: BTreeSet<u16>,
    /// What was agreed to do next.
    pub plan: String,
    /// Its photos.
    pub photos: Vec<VisitPhoto>,
    /// Id of who wrote it down.
    pub actor: String,
    /// RFC 3339 instant.
    pub at: String,
}

/// A photo of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitPhoto {
    /// SHA-256 of its bytes in lower-case hex.
    pub sha256: String,
    /// Whether its bytes have arrived, and are safe.
    pub received: bool,
}

/// A commune and a team that was not there for long: `GET /api/v1/visits/lacking?days=30`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// The commune, named as on the day asked about.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// The team.
    #[serde(flatten)]
    pub team: TeamRef,
    /// `lead` or `support`.
    pub role: String,
    /// The day of the team's last visit there; none yet without.
    pub last: Option<Date>,
    /// Whole days since then, or since the assignment began.
    pub days: i32,
}
