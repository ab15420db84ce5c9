//! Which collector surveys which villages in a round: asked with `POST /api/v1/rounds/{id}/rota`
//! (computed, not stored), put into force as collectors' areas with `POST /api/v1/collectors/areas`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a rota is asked to be. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RotaRequest {
    /// Households that a collector surveys in a day, 1 to 100; 8 without.
    pub per_day: Option<u32>,
    /// Days that collectors work, 1 to 400; those of the round without.
    pub days: Option<u32>,
    /// Ids of the collectors; without, all whose areas the user reaches and that are not revoked, but
    /// for phones of helper teams that have no area of their own and no home.
    pub collectors: BTreeSet<String>,
    /// Where collectors live, by id: a unit's id, or its code on the round's first day. Their first
    /// area without.
    pub homes: BTreeMap<String, String>,
    /// Languages that collectors speak, by id.
    pub languages: BTreeMap<String, BTreeSet<String>>,
    /// The largest distance in metres.
    pub max_distance_m: Option<i64>,
}

/// A rota: every village and its collector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RotaView {
    /// True for made-up data: outputs then bear "DỮ LIỆU MẪU".
    pub made_up: bool,
    /// The day whose names and codes are meant.
    pub date: Date,
    /// Households that a collector has time for.
    pub room: u32,
    /// Points of the whole rota, part points dropped: 100 m of every way count one, keeping a village
    /// −120, another language 60, a household beyond a collector's time 1,000, and a collector's
    /// households in mean villages, squared, 10.
    pub objective: i64,
    /// Proven: no rota has fewer points.
    pub bound: i64,
    /// By commune code, then village code.
    pub villages: Vec<RotaVillage>,
    /// By name, then id.
    pub collectors: Vec<RotaCollector>,
}

/// A village and its collector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RotaVillage {
    /// Village unit id.
    pub village: String,
    /// Its name.
    pub village_name: String,
    /// Its code within the commune.
    pub village_code: String,
    /// Official code of its commune.
    pub commune_code: String,
    /// Name of its commune.
    pub commune_name: String,
    /// Households to survey.
    pub households: u32,
    /// Id of the collector; nobody is near enough without.
    pub collector: Option<String>,
    /// Name of the collector.
    pub collector_name: Option<String>,
    /// From the collector's home in metres, great circle.
    pub distance_m: Option<i64>,
    /// Whether it is one of the collector's areas already.
    pub kept: bool,
}

/// What a collector has to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RotaCollector {
    /// Id.
    pub collector: String,
    /// Name.
    pub collector_name: String,
    /// How many villages.
    pub villages: u32,
    /// How many households.
    pub households: u32,
    /// Days that takes.
    pub days: u32,
    /// Households beyond the time there is.
    pub over: u32,
}

/// `POST /api/v1/collectors/areas`: collectors get these villages as their areas, instead of the
/// communes and villages they had; a helper team's phone stays one. Sending the same again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAreas {
    /// Village unit ids by the collector's id; none may be empty.
    pub areas: BTreeMap<String, BTreeSet<String>>,
}
