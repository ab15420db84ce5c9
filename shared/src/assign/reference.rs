//! Bare instances as JSON, as in `tests/reference/assign/`: places on a plane in metres, weights
//! under `params`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::cost::Site;
use super::instance::{Instance, Need, Offer, Weights};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    params: Params,
    communes: Vec<Commune>,
    teams: Vec<Team>,
    #[serde(default)]
    forbidden: BTreeSet<(String, String)>,
    #[serde(default)]
    required: BTreeSet<(String, String)>,
}

/// Absent weights have their defaults.
#[derive(Default, Deserialize)]
struct Params {
    travel_unit_m: Option<i64>,
    w_miss: Option<i64>,
    w_keep: Option<i64>,
    w_fair: Option<i64>,
    m_unmet: Option<i64>,
    m_low: Option<i64>,
    dmax_m: Option<i64>,
}

#[derive(Deserialize)]
struct Commune {
    id: String,
    x: i32,
    y: i32,
    k: u32,
    #[serde(default)]
    fail: BTreeSet<u16>,
    #[serde(default)]
    prev: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Team {
    id: String,
    x: i32,
    y: i32,
    #[serde(default)]
    cap_min: u32,
    cap_max: u32,
    #[serde(default)]
    skills: BTreeSet<u16>,
}

impl Instance {
    /// Reads a bare instance:
    ///
    /// ```json
    /// {"params": {"travel_unit_m": 100, "w_miss": 150, "w_keep": 120, "w_fair": 10,
    ///             "m_unmet": 100000, "m_low": 20000, "dmax_m": 15000},
    ///  "communes": [{"id": "C1", "x": 7402, "y": 18572, "k": 1, "fail": [8, 12], "prev": ["T2"]}],
    ///  "teams": [{"id": "T1", "x": 6497, "y": 4582, "cap_min": 1, "cap_max": 2, "skills": [8]}],
    ///  "forbidden": [["C1", "T3"]], "required": [["C3", "T4"]]}
    /// ```
    ///
    /// `k` is how many teams a commune wants, `fail` its open criteria, `prev` its present teams.
    /// Without `dmax_m` any distance is allowed.
    pub fn from_reference_json(json: &str) -> Result<Instance, serde_json::Error> {
        let File { params, communes, teams, forbidden, required } = serde_json::from_str(json)?;
        let default = Weights::default();
        let weights = Weights {
            metres_per_point: params.travel_unit_m.unwrap_or(default.metres_per_point),
            missing: params.w_miss.unwrap_or(default.missing),
            keep: params.w_keep.unwrap_or(default.keep),
            load: params.w_fair.unwrap_or(default.load),
            unfilled: params.m_unmet.unwrap_or(default.unfilled),
            below_min: params.m_low.unwrap_or(default.below_min),
            ..default
        };
        let need = |c: Commune| Need {
            present: c.prev,
            ..Need::new(c.id, Site::Plane { x: c.x, y: c.y }, c.k, c.fail)
        };
        let offer = |t: Team| Offer {
            id: t.id,
            site: Site::Plane { x: t.x, y: t.y },
            min: t.cap_min,
            max: t.cap_max,
            criteria: t.skills,
            languages: BTreeSet::new(),
        };
        Ok(Instance {
            needs: communes.into_iter().map(need).collect(),
            offers: teams.into_iter().map(offer).collect(),
            weights,
            max_distance_m: params.dmax_m,
            forbidden,
            required,
            ..Instance::default()
        })
    }
}
