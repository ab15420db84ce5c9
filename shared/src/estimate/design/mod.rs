//! Estimates from rows with weights: any stratified design of one or more stages, by Taylor
//! linearisation, the way R `survey` does it.
//!
//! A [`Design`] says how the rows were drawn. An estimate turns every row into a *score* u, zero
//! outside its domain (a domain never drops units), and [`variance`] adds up what the scores of one
//! stage's units spread around their stratum's mean:
//! Σ_h (1 − f_h) n_h/(n_h − 1) Σ_i (z_i − z̄_h)², and f_h times the same one stage further down
//! (Särndal, Swensson, Wretman 1992, 4.3 and 5.5; Lumley 2010, 2.5).

mod calibrate;
mod contrast;
mod direct;
mod domain;
mod estimators;
mod quantile;
#[cfg(test)]
mod reference;
mod stage;
#[cfg(test)]
mod tests;
mod variance;

use calibrate::Projection;
pub use calibrate::{Calibration, CalibrationFault};
pub use domain::Domains;
pub use quantile::Quantile;
pub use stage::Lonely;
use stage::Stage;

/// How rows were drawn from their population.
#[derive(Clone, Debug)]
pub struct Design {
    /// By row: how many units of the population it stands for.
    weights: Vec<f64>,
    stages: Vec<Stage>,
    lonely: Lonely,
    /// What calibration took out of every score.
    projection: Option<Projection>,
}

/// The columns a design is made of. Codes are dense: 0, 1, 2, …
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// By row: its weight, positive.
    pub weights: Vec<f64>,
    /// By row: the stratum of its first stage; one stratum when absent.
    pub strata: Option<Vec<u32>>,
    /// By stage, by row: the unit it was drawn in, numbered within the unit around it; rows are the
    /// units when there is no stage.
    pub clusters: Vec<Vec<u32>>,
    /// By stage, by row: how many units the stratum (at later stages: the unit around) has in the
    /// population, or the share of them that was drawn when that is at most 1. Fewer than there are
    /// stages: the rest were drawn with replacement.
    pub fpc: Vec<Vec<f64>>,
    /// What to do about strata with one unit.
    pub lonely: Lonely,
}

/// Why columns make no design.
#[derive(Clone, Debug, PartialEq)]
pub enum DesignFault {
    /// A weight is not a positive number (row).
    Weight(usize),
    /// A population is missing or is not positive (stage from 0, row).
    Population(usize, usize),
    /// Rows of one stratum say different populations (stage, row).
    Unequal(usize, usize),
    /// More units were drawn than the population has (stage, row).
    TooFew(usize, usize),
    /// A stratum has one unit, and [`Lonely::Fail`] was asked for (stage, row).
    Lonely(usize, usize),
    /// There is no row.
    Empty,
}

impl Design {
    /// The design of these columns.
    ///
    /// # Errors
    /// [`DesignFault`].
    pub fn new(columns: Columns) -> Result<Design, DesignFault> {
        let Columns { weights, strata, clusters, fpc, lonely } = columns;
        if weights.is_empty() {
            return Err(DesignFault::Empty);
        }
        if let Some(row) = weights.iter().position(|w| !(w.is_finite() && *w > 0.0)) {
            return Err(DesignFault::Weight(row));
        }
        let stages = stage::build(weights.len(), strata, clusters, &fpc, lonely)?;
        Ok(Design { weights, stages, lonely, projection: None })
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// The weights, after calibration.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// How many strata with one unit were joined to a neighbour ([`Lonely::Collapse`]).
    pub fn collapsed(&self) -> usize {
        self.stages.iter().map(|stage| stage.collapsed).sum()
    }
}
