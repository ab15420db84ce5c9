//! What a pair of commune and team costs.

use serde::{Deserialize, Serialize};

use super::grid::root;
use super::instance::{Instance, Need, Offer};
use crate::geo::{Place, distance_m};

/// Where a commune or a team is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Site {
    /// On the Earth; distances are great circles.
    Earth(Place),
    /// On a plane, in metres; as in the reference instances.
    Plane {
        /// Metres east.
        x: i32,
        /// Metres north.
        y: i32,
    },
}

impl Site {
    /// Distance in whole metres, part metres dropped; `None` between Earth and plane.
    pub fn distance_m(self, other: Site) -> Option<i64> {
        match (self, other) {
            (Site::Earth(a), Site::Earth(b)) => Some(distance_m(a, b)),
            (Site::Plane { .. }, Site::Plane { .. }) => Some(root(self.square(other)?)),
            _ => None,
        }
    }

    /// Of the distance on the plane; of two 32-bit differences it fits an unsigned 64-bit number
    /// but for the farthest corners, which saturate.
    pub(super) fn square(self, other: Site) -> Option<u64> {
        let (Site::Plane { x, y }, Site::Plane { x: other_x, y: other_y }) = (self, other) else {
            return None;
        };
        let (dx, dy) = (x.abs_diff(other_x), y.abs_diff(other_y));
        Some(u64::from(dx).pow(2).saturating_add(u64::from(dy).pow(2)))
    }
}

/// What a pair costs, by cause, in points except where said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostParts {
    /// Distance in metres.
    pub distance_m: i64,
    /// Open criteria of the commune that the team is not strong in.
    pub missing_criteria: Vec<u16>,
    /// For the distance.
    pub distance: i64,
    /// For the missing criteria.
    pub missing: i64,
    /// Zero or less: for keeping a present pair.
    pub keep: i64,
    /// For a team that speaks none of the commune's languages.
    #[serde(default)]
    pub language: i64,
    /// For the team's load. In a plan: the pair's equal share, weight × n, so that the shares add
    /// up to weight × n². In an explanation: what the commune adds to the load, weight × (2n − 1),
    /// where the team has n communes with it.
    pub load: i64,
}

/// What a plan costs beside its pairs, in points: counted once, since no single pair causes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// In the coverage model: for every open criterion that none of its commune's teams is strong in.
    pub uncovered: i64,
    /// For the places left unfilled.
    pub unfilled: i64,
    /// For the communes that teams have too few.
    pub below_min: i64,
    /// For every two hard communes of a team.
    pub hardest: i64,
}

impl Beside {
    /// All points together.
    pub fn total(&self) -> i64 {
        self.uncovered + self.unfilled + self.below_min + self.hardest
    }
}

impl CostParts {
    /// All points together.
    pub fn total(&self) -> i64 {
        self.distance + self.missing + self.keep + self.language + self.load
    }

    /// The parts of a pair; `None` if no distance can be told.
    pub(super) fn of(instance: &Instance, need: &Need, offer: &Offer, load: i64) -> Option<Self> {
        let weights = &instance.weights;
        let distance_m = instance.distance(need, offer)?;
        let missing_criteria: Vec<u16> = need.open.difference(&offer.criteria).copied().collect();
        let count = i64::try_from(missing_criteria.len()).unwrap_or(i64::MAX);
        Some(CostParts {
            distance_m,
            distance: distance_m / weights.metres_per_point,
            missing: weights.missing * count,
            keep: if need.present.contains(&offer.id) { -weights.keep } else { 0 },
            language: weights.foreign(need, offer),
            load,
            missing_criteria,
        })
    }
}
