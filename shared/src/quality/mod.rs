//! Data quality: what in a collector's or a village's answers is unlike the others, for a person who
//! supervises to look at. Nothing here accuses: a flag says "please check", says from how many
//! interviews, and is left out where there are too few. Figures only; which answers they come from
//! stands in `shared/data/checks/quality.toml`.

mod compare;
mod digits;
mod flags;

mod outlier;
#[cfg(test)]
mod reference;
mod rules;
mod watched;

pub use compare::{Enumerators, Funnel, ShareOf, enumerator_effect, false_discovery, funnel};
pub use digits::{Digits, Leading, Whipple, leading_digits, terminal_digits, whipple};
pub use flags::{Flag, Metric, Report, Who, report};

pub use outlier::{Winsorised, mad, median, outliers, robust_z, winsorise};
pub use rules::{Fields, Rules};
pub use watched::{Interview, Seen};
