//! The wire types of `/api/v1`, shared by the server and the command line so that they cannot
//! drift apart. Keys are English `snake_case`; times are RFC 3339 UTC; dates are `YYYY-MM-DD`.

use serde::{Deserialize, Serialize};

pub mod account;
pub mod agency;
pub mod assignment;
pub mod audit;
pub mod collector;
pub mod contribution;
pub mod difficulty;
pub mod erasure;
pub mod form;
pub mod household;
pub mod measure;
pub mod official;
pub mod phone;
pub mod plan;
pub mod problem;
pub mod quality;
pub mod reach;
pub mod request;
pub mod rota;
pub mod round;
pub mod score;
pub mod submission;
pub mod support;
pub mod team;
pub mod told;
pub mod unit;
pub mod visit;
mod words;

/// One page of a list, in keyset order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Pass as `?after=` for the next page; absent on the last one.
    pub next: Option<String>,
}
