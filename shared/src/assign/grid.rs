//! An instance as numbers: places in lists sorted by id instead of ids, costs instead of reasons.

use std::collections::{BTreeMap, BTreeSet};

use super::cost::Site;
use super::instance::{Instance, Offer};

/// What the solvers work on. Rows are the communes' pairs with teams that have places left.
pub(super) struct Grid<'i> {
    /// Lists sorted by id, free of contradictions.
    pub instance: &'i Instance,
    /// Required pairs; they are in no row.
    pub fixed: Vec<(u32, u32)>,
    /// Places of each commune that required pairs leave open.
    pub wanted: Vec<u32>,
    /// Communes of which a team should not have two.
    pub hard: Vec<bool>,
    /// Required pairs of each team: all, and with hard communes.
    pub taken: [Vec<u32>; 2],
    /// Where each commune's row begins; one more at the end.
    rows: Vec<usize>,
    /// The teams of the rows.
    pub team: Vec<u32>,
    /// What the pairs cost, load left out; in the coverage model missing criteria too.
    pub cost: Vec<i64>,
    /// Coverage model: which open criteria the pairs cover, as bits.
    pub covers: Vec<u64>,
    /// Coverage model: open criteria that no required pair covers.
    pub open: Vec<u64>,
}

/// Criteria as bits of words.
struct Bits {
    place: BTreeMap<u16, usize>,
    words: usize,
}

impl Bits {
    fn of(instance: &Instance) -> Self {
        let known: BTreeSet<u16> =
            instance.needs.iter().flat_map(|n| n.open.iter().copied()).collect();
        let words = known.len().div_ceil(64).max(1);
        Bits { place: known.into_iter().enumerate().map(|(at, c)| (c, at)).collect(), words }
    }

    fn pack<'c>(&self, sets: impl Iterator<Item = &'c BTreeSet<u16>>) -> Vec<u64> {
        let mut packed = Vec::new();
        for set in sets {
            let start = packed.len();
            packed.resize(start + self.words, 0);
            for at in set.iter().filter_map(|c| self.place.get(c)) {
                packed[start + at / 64] |= 1 << (at % 64);
            }
        }
        packed
    }
}

impl<'i> Grid<'i> {
    /// Rows in which missing criteria count for every pair (`coverage` false), or with what pairs
    /// cover beside them.
    pub fn new(instance: &'i Instance, coverage: bool) -> Self {
        let (needs, offers, weights) = (&instance.needs, &instance.offers, &instance.weights);
        let fixed = places(instance, &instance.required);
        let forbidden = places(instance, &instance.forbidden);
        let hard: Vec<bool> = needs.iter().map(|n| n.hard && weights.hardest > 0).collect();
        let mut wanted: Vec<u32> = needs.iter().map(|n| n.wanted).collect();
        let mut taken = [vec![0; offers.len()], vec![0; offers.len()]];
        for (need, offer) in &fixed {
            wanted[*need as usize] -= 1;
            taken[0][*offer as usize] += 1;
            taken[1][*offer as usize] += u32::from(hard[*need as usize]);
        }
        let bits = Bits::of(instance);
        let w = bits.words;
        let open = bits.pack(needs.iter().map(|n| &n.open));
        let strong = bits.pack(offers.iter().map(|o| &o.criteria));
        let index: BTreeMap<&str, u32> =
            (0..).zip(offers).map(|(at, o)| (o.id.as_str(), at)).collect();
        let free: Vec<(u32, &Offer)> =
            (0..).zip(offers).filter(|(at, o)| taken[0][*at as usize] < o.max).collect();

        let mut grid = Grid {
            instance,
            wanted,
            hard,
            taken,
            rows: Vec::with_capacity(needs.len() + 1),
            team: Vec::new(),
            cost: Vec::new(),
            covers: Vec::new(),
            open: Vec::new(),
            fixed,
        };
        let mut adjust = vec![0_i64; offers.len()];
        let mut out = vec![false; offers.len()];
        for (at, need) in needs.iter().enumerate() {
            grid.rows.push(grid.team.len());
            let mine = |list: &'_ [(u32, u32)]| {
                let start = list.partition_point(|pair| (pair.0 as usize) < at);
                let end = list.partition_point(|pair| (pair.0 as usize) <= at);
                start..end
            };
            let (shut, held) = (&forbidden[mine(&forbidden)], &grid.fixed[mine(&grid.fixed)]);
            let open = &open[at * w..(at + 1) * w];
            if coverage {
                let helped = held.iter().fold(0, |bits, pair| bits | strong[pair.1 as usize * w]);
                grid.open.push(open[0] & !helped);
            }
            if grid.wanted[at] == 0 {
                continue;
            }
            let kept: Vec<u32> =
                need.present.iter().filter_map(|id| index.get(id.as_str()).copied()).collect();
            kept.iter().for_each(|team| adjust[*team as usize] = -weights.keep);
            shut.iter().chain(held).for_each(|pair| out[pair.1 as usize] = true);
            for (team, offer) in &free {
                let team_at = *team as usize;
                let Some(travel) = instance.reach(need, offer) else { continue };
                if out[team_at] {
                    continue;
                }
                let strong = &strong[team_at * w..(team_at + 1) * w];
                let mut cost = travel / weights.metres_per_point + adjust[team_at];
                if coverage {
                    grid.covers.push(open[0] & strong[0]);
                } else {
                    let missing: u32 =
                        open.iter().zip(strong).map(|(o, s)| (o & !s).count_ones()).sum();
                    cost += weights.missing * i64::from(missing);
                }
                grid.team.push(*team);
                grid.cost.push(cost + weights.foreign(need, offer));
            }
            kept.iter().for_each(|team| adjust[*team as usize] = 0);
            shut.iter().chain(held).for_each(|pair| out[pair.1 as usize] = false);
        }
        grid.rows.push(grid.team.len());
        grid
    }

    /// The places of a commune's pairs in the lists of pairs.
    pub fn row(&self, commune: usize) -> std::ops::Range<usize> {
        self.rows[commune]..self.rows[commune + 1]
    }

    /// The commune of a pair.
    pub fn commune_of(&self, pair: usize) -> usize {
        self.rows.partition_point(|start| *start <= pair) - 1
    }

    /// What a place left unfilled in a commune costs.
    pub fn unfilled(&self, commune: usize) -> i64 {
        self.instance.unfilled(&self.instance.needs[commune])
    }
}

/// Pairs of ids as sorted pairs of places; unknown ones are left out.
fn places(instance: &Instance, set: &BTreeSet<(String, String)>) -> Vec<(u32, u32)> {
    let found = set.iter().filter_map(|(commune, team)| {
        let need = instance.needs.binary_search_by(|n| n.id.cmp(commune)).ok()?;
        let offer = instance.offers.binary_search_by(|o| o.id.cmp(team)).ok()?;
        Some((need as u32, offer as u32))
    });
    found.collect()
}

/// The whole metres between two places on a plane, from the square of the distance. Exact: the
/// square root of a double is right to the last bit below 2^52, and corrected by the integers above.
pub(super) fn root(square: u64) -> i64 {
    if square >= 1 << 52 {
        return i64::try_from(square.isqrt()).unwrap_or(i64::MAX);
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 2^26")]
    let root = (square as f64).sqrt() as u64;
    let root = if root * root > square { root - 1 } else { root };
    i64::try_from(root).unwrap_or(i64::MAX)
}

/// The largest distance at which a pair is allowed, both as metres and as a square.
pub(super) fn within(a: Site, b: Site, limit: Option<i64>) -> Option<i64> {
    if let (Site::Plane { .. }, Some(square)) = (a, a.square(b)) {
        let near = limit.is_none_or(|m| m >= 0 && i128::from(square) <= i128::from(m).pow(2));
        return near.then(|| root(square));
    }
    a.distance_m(b).filter(|metres| limit.is_none_or(|limit| *metres <= limit))
}
