//! Moments: what a village's households add up to, exactly.
//!
//! A household gives each measure a [`Contribution`]: a numerator `y`, a denominator `x` and the
//! units whose answer is unknown. A [`Moment`] holds the sums a stratified ratio and its variance
//! need, as 128-bit integers at the measure's fixed decimal scale. Adding and taking away
//! contributions in any order gives the same bytes, so moments can be kept as submissions arrive
//! and rebuilt from the originals at any time.
//!
//! Moments of several villages may be merged for totals. Variances may not: they combine village by
//! village (see [`crate::estimate`]), because a merged moment has lost its strata.

mod packed;

use serde::{Deserialize, Serialize};

/// How a visit to a household ended: `/household/outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The interview was held.
    Completed,
    /// Nobody was at home.
    Absent,
    /// The household declined.
    Refused,
    /// The household has moved away.
    Moved,
    /// The household could not be found.
    NotFound,
    /// The submission names no outcome this version knows.
    Unclear,
}

impl Outcome {
    /// The form's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Completed => "completed",
            Outcome::Absent => "absent",
            Outcome::Refused => "refused",
            Outcome::Moved => "moved",
            Outcome::NotFound => "not_found",
            Outcome::Unclear => "unclear",
        }
    }

    /// Reads the form's word; a blank or unknown word is [`Outcome::Unclear`], never a completed
    /// interview.
    pub fn from_word(word: &str) -> Outcome {
        match word {
            "completed" => Outcome::Completed,
            "absent" => Outcome::Absent,
            "refused" => Outcome::Refused,
            "moved" => Outcome::Moved,
            "not_found" => Outcome::NotFound,
            _ => Outcome::Unclear,
        }
    }
}

/// Number of counting submissions by visit outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Interviews held.
    pub completed: i64,
    /// Nobody at home.
    pub absent: i64,
    /// Declined.
    pub refused: i64,
    /// Moved away.
    pub moved: i64,
    /// Not found.
    pub not_found: i64,
    /// No outcome this version knows.
    pub unclear: i64,
}

impl Outcomes {
    fn count(&mut self, outcome: Outcome, by: i64) {
        *match outcome {
            Outcome::Completed => &mut self.completed,
            Outcome::Absent => &mut self.absent,
            Outcome::Refused => &mut self.refused,
            Outcome::Moved => &mut self.moved,
            Outcome::NotFound => &mut self.not_found,
            Outcome::Unclear => &mut self.unclear,
        } += by;
    }

    fn plus(&mut self, other: &Outcomes, sign: i64) {
        self.completed += sign * other.completed;
        self.absent += sign * other.absent;
        self.refused += sign * other.refused;
        self.moved += sign * other.moved;
        self.not_found += sign * other.not_found;
        self.unclear += sign * other.unclear;
    }

    /// Adds the visits of another area.
    pub fn merge(&mut self, other: &Outcomes) {
        self.plus(other, 1);
    }

    /// Households somebody called at, whatever came of it.
    pub fn visited(&self) -> i64 {
        self.completed + self.absent + self.refused + self.moved + self.not_found + self.unclear
    }
}

/// What one household gives one measure, at the measure's fixed decimal scale.
///
/// `y`, `x` and `unknown` are bounded by [`Contribution::LIMIT`], which keeps every sum of squares
/// of ten million households inside 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Numerator: the household's total over its units with a known answer.
    #[serde(with = "decimal")]
    pub y: i128,
    /// Denominator: units (households, persons) of the measure's domain with a known answer.
    /// 0 when the household has none: it still counts as responding.
    #[serde(with = "decimal")]
    pub x: i128,
    /// Units of the domain whose answer is unknown; they are in neither `y` nor `x`.
    #[serde(rename = "u")]
    pub unknown: u64,
}

impl Contribution {
    /// Largest size of a numerator, denominator or unknown count.
    pub const LIMIT: i128 = 1_000_000_000_000;
}

/// Everything one submission gives: its outcome, and per measure of the criteria set (in the set's
/// order) its contribution; `None` where the household is not in that module's sample or the
/// interview was not held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contributions {
    /// How the visit ended.
    pub outcome: Outcome,
    /// Aligned with [`crate::criteria::CriteriaSet::measures`].
    pub measures: Vec<Option<Contribution>>,
}

/// Exact sums over the responding households of one village for one measure.
///
/// Sums are named after what is multiplied; `u` is the number of unknown units, which lets the best
/// and worst filling of unknown answers have an exact variance too. Counts are signed so that
/// moments form a commutative group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Responding households of the module's sample, those with `x = 0` included.
    pub n: i64,
    /// Households with `x > 0`.
    #[serde(rename = "d")]
    pub in_domain: i64,
    /// Households with at least one unknown unit.
    #[serde(rename = "k")]
    pub unknown_households: i64,
    /// Σy.
    #[serde(with = "decimal")]
    pub y: i128,
    /// Σx.
    #[serde(with = "decimal")]
    pub x: i128,
    /// Σu: unknown units (households or persons).
    #[serde(with = "decimal")]
    pub u: i128,
    /// Σy².
    #[serde(with = "decimal")]
    pub yy: i128,
    /// Σx².
    #[serde(with = "decimal")]
    pub xx: i128,
    /// Σxy.
    #[serde(with = "decimal")]
    pub xy: i128,
    /// Σu².
    #[serde(with = "decimal")]
    pub uu: i128,
    /// Σux.
    #[serde(with = "decimal")]
    pub ux: i128,
    /// Σuy.
    #[serde(with = "decimal")]
    pub uy: i128,
}

impl Moment {
    fn of(c: &Contribution) -> Moment {
        let (y, x, u) = (c.y, c.x, i128::from(c.unknown));
        Moment {
            n: 1,
            in_domain: i64::from(x > 0),
            unknown_households: i64::from(u > 0),
            y,
            x,
            u,
            yy: y * y,
            xx: x * x,
            xy: x * y,
            uu: u * u,
            ux: u * x,
            uy: u * y,
        }
    }

    /// Adds (`sign` 1) or takes away (`sign` −1) another moment.
    fn plus(&mut self, o: &Moment, sign: i8) {
        let (s, t) = (i128::from(sign), i64::from(sign));
        self.n += t * o.n;
        self.in_domain += t * o.in_domain;
        self.unknown_households += t * o.unknown_households;
        self.y += s * o.y;
        self.x += s * o.x;
        self.u += s * o.u;
        self.yy += s * o.yy;
        self.xx += s * o.xx;
        self.xy += s * o.xy;
        self.uu += s * o.uu;
        self.ux += s * o.ux;
        self.uy += s * o.uy;
    }

    /// Adds one household.
    pub fn add(&mut self, contribution: &Contribution) {
        self.plus(&Moment::of(contribution), 1);
    }

    /// Takes one household away; the inverse of [`Moment::add`].
    pub fn remove(&mut self, contribution: &Contribution) {
        self.plus(&Moment::of(contribution), -1);
    }

    /// Adds another moment: totals of a larger area.
    pub fn merge(&mut self, other: &Moment) {
        self.plus(other, 1);
    }

    /// The moment in which every unknown unit had answered: as yes (`y + u`) or as no (`y`), both
    /// over `x + u`. `one` is 1 at the numerator's scale.
    pub fn filled(&self, yes: bool, one: i128) -> Moment {
        let s = if yes { one } else { 0 };
        Moment {
            in_domain: self.n.min(self.in_domain + self.unknown_households),
            unknown_households: 0,
            y: self.y + s * self.u,
            x: self.x + self.u,
            u: 0,
            yy: self.yy + 2 * s * self.uy + s * s * self.uu,
            xx: self.xx + 2 * self.ux + self.uu,
            xy: self.xy + self.uy + s * (self.ux + self.uu),
            uu: 0,
            ux: 0,
            uy: 0,
            n: self.n,
        }
    }
}

/// The moments of one village in one round: per measure of the criteria set, beside visit outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageMoments {
    /// Counting submissions by outcome.
    pub outcomes: Outcomes,
    /// Aligned with [`crate::criteria::CriteriaSet::measures`].
    pub measures: Vec<Moment>,
}

impl VillageMoments {
    /// Moments of a village nobody has sent anything about, for a set of `measures` measures.
    pub fn empty(measures: usize) -> VillageMoments {
        VillageMoments {
            outcomes: Outcomes::default(),
            measures: vec![Moment::default(); measures],
        }
    }

    /// Adds one household's contributions. Measures beyond the present number are appended.
    pub fn add(&mut self, contributions: &Contributions) {
        self.apply(contributions, 1);
    }

    /// Takes one household's contributions away; the inverse of [`VillageMoments::add`].
    pub fn remove(&mut self, contributions: &Contributions) {
        self.apply(contributions, -1);
    }

    fn apply(&mut self, contributions: &Contributions, sign: i8) {
        self.outcomes.count(contributions.outcome, i64::from(sign));
        self.reach(contributions.measures.len());
        for (moment, given) in self.measures.iter_mut().zip(&contributions.measures) {
            if let Some(given) = given {
                moment.plus(&Moment::of(given), sign);
            }
        }
    }

    /// Adds the moments of another village: totals of a larger area, not a design to take variances
    /// from.
    pub fn merge(&mut self, other: &VillageMoments) {
        self.outcomes.merge(&other.outcomes);
        self.reach(other.measures.len());
        for (moment, given) in self.measures.iter_mut().zip(&other.measures) {
            moment.merge(given);
        }
    }

    fn reach(&mut self, measures: usize) {
        if self.measures.len() < measures {
            self.measures.resize(measures, Moment::default());
        }
    }
}

/// 128-bit integers as decimal strings: JSON numbers lose digits beyond 2⁵³ in most readers.
mod decimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &i128, s: S) -> Result<S::Ok, S::Error> {
        // What most households give most measures needs no formatting.
        match value {
            0 => s.serialize_str("0"),
            1 => s.serialize_str("1"),
            _ => s.collect_str(value),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<i128, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
