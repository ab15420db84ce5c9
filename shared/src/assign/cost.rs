//! What a pair of commune and team costs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::instance::{Instance, Need, Offer, Weights};
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
            (Site::Plane { .. }, Site::Plane { .. }) => {
                i64::try_from(self.square(other)?.isqrt()).ok()
            }
            _ => None,
        }
    }

    /// Whether the other site is at most `limit` metres away; exact on the plane.
    pub fn within_m(self, other: Site, limit: i64) -> bool {
        match self.square(other) {
            Some(square) => limit >= 0 && i128::from(square) <= i128::from(limit).pow(2),
            None => self.distance_m(other).is_some_and(|metres| metres <= limit),
        }
    }

    /// Of the distance on the plane; of two 32-bit differences it fits an unsigned 64-bit number
    /// but for the farthest corners, which saturate.
    fn square(self, other: Site) -> Option<u64> {
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
    /// For the team's load. In a plan: the pair's equal share, weight × n, so that the shares add
    /// up to weight × n². For a pair that is not in the plan: what the load would add, weight ×
    /// (2n + 1).
    pub load: i64,
}

impl CostParts {
    /// All points together.
    pub fn total(&self) -> i64 {
        self.distance + self.missing + self.keep + self.load
    }

    /// The parts of a pair; `None` if no distance can be told.
    pub(super) fn of(
        need: &Need,
        offer: &Offer,
        weights: &Weights,
        load: i64,
    ) -> Option<CostParts> {
        let distance_m = need.site.distance_m(offer.site)?;
        let missing_criteria: Vec<u16> = need.open.difference(&offer.criteria).copied().collect();
        let count = i64::try_from(missing_criteria.len()).unwrap_or(i64::MAX);
        Some(CostParts {
            distance_m,
            distance: distance_m / weights.metres_per_point,
            missing: weights.missing * count,
            keep: if need.present.contains(&offer.id) { -weights.keep } else { 0 },
            load,
            missing_criteria,
        })
    }
}

/// The same cost without load, fast, for all pairs: criteria as bits.
pub(super) struct PairCosts<'i> {
    instance: &'i Instance,
    open: Vec<Vec<u64>>,
    strong: Vec<Vec<u64>>,
}

impl<'i> PairCosts<'i> {
    pub(super) fn new(instance: &'i Instance) -> Self {
        let known: BTreeSet<u16> =
            instance.needs.iter().flat_map(|n| n.open.iter().copied()).collect();
        let bit: BTreeMap<u16, usize> =
            known.into_iter().enumerate().map(|(at, c)| (c, at)).collect();
        let bits = |criteria: &BTreeSet<u16>| {
            let mut words = vec![0_u64; bit.len().div_ceil(64)];
            for at in criteria.iter().filter_map(|c| bit.get(c)) {
                words[at / 64] |= 1 << (at % 64);
            }
            words
        };
        PairCosts {
            instance,
            open: instance.needs.iter().map(|n| bits(&n.open)).collect(),
            strong: instance.offers.iter().map(|o| bits(&o.criteria)).collect(),
        }
    }

    /// The cost of the pair at these places of the instance's lists; `None` if too far.
    pub(super) fn of(&self, need: usize, offer: usize) -> Option<i64> {
        let weights = &self.instance.weights;
        let (n, o) = (&self.instance.needs[need], &self.instance.offers[offer]);
        if self.instance.max_distance_m.is_some_and(|limit| !n.site.within_m(o.site, limit)) {
            return None;
        }
        let words = self.open[need].iter().zip(&self.strong[offer]);
        let missing: u32 = words.map(|(open, strong)| (open & !strong).count_ones()).sum();
        let keep = if n.present.contains(&o.id) { weights.keep } else { 0 };
        let distance = n.site.distance_m(o.site)? / weights.metres_per_point;
        Some(distance + weights.missing * i64::from(missing) - keep)
    }
}
