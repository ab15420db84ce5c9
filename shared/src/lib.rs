//! What ntm *knows*, as pure data in and data out: units, forms, expressions, answers, criteria,
//! estimates, scores, samples, assignments and the wire types.
//!
//! Invariant: no input/output, clock, randomness, threads or async anywhere in this crate. Time,
//! ids and seeds are arguments. Field data is never "an error": reading and checking give a value
//! and findings.

pub mod agency;
pub mod answers;
pub mod api;
pub mod assign;
pub mod blocks;
pub mod check;
pub mod criteria;
pub mod data;
pub mod estimate;
pub mod expr;
pub mod finding;
pub mod form;
pub mod geo;
pub mod household;
pub mod language;
pub mod moment;
pub mod official;
pub mod password;
pub mod photo;
pub mod problem;
pub mod quality;
pub mod request;
pub mod sample;
pub mod score;
mod spelling;
pub mod table;
pub mod team;
pub mod text;
pub mod travel;
pub mod unit;
pub mod visit_form;
