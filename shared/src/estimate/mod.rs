//! Estimates from moments: ratios, proportions and totals of a stratified sample, with Taylor
//! linearised standard errors, finite population correction and intervals.
//!
//! The village is the stratum. A village where every household responded contributes exactly zero
//! variance. [`stratified`] estimates from moments; [`design`] from rows, for any design. Intervals
//! ([`interval`], [`proportion`]) do not care where a variance came from. [`decision`] says what more
//! households would decide, [`looks`] what looking several times costs.

pub mod decision;
pub mod design;
pub mod interval;
pub mod looks;
pub mod normal;
pub mod proportion;
#[cfg(test)]
mod reference;
pub mod special;
pub mod stratified;

pub use interval::Interval;
pub use stratified::{Stratum, ratio, total};

/// An estimate and what its uncertainty rests on. Values are in the units of the moments' fixed
/// scale; the caller brings them to the units people read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The ratio or total.
    pub value: f64,
    /// Its variance, never negative.
    pub variance: f64,
    /// Degrees of freedom: households of the domain minus villages of the domain, over the villages
    /// that were sampled (a census carries no uncertainty and lends none of its size).
    pub df: f64,
    /// Responding households with something in the denominator.
    pub n: f64,
    /// Σ weight · y.
    pub numerator: f64,
    /// Σ weight · x.
    pub denominator: f64,
    /// 1 − n/N over all strata: the share of the population not observed.
    pub open: f64,
}

impl Estimate {
    /// Standard error.
    pub fn se(&self) -> f64 {
        self.variance.sqrt()
    }
}
