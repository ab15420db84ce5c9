//! Noting who read personal data.

use super::By;
use crate::fault::Fault;
use crate::store::{Tx, events};

/// Notes that `by` read `what` about `subject` (ids only). Access is logged apart from the event
/// chain, since reading changes nothing.
///
/// # Errors
/// What the store says.
pub fn note(tx: &dyn Tx, by: &By, what: &str, subject: &str) -> Result<(), Fault> {
    Ok(events::read_by(tx, &by.at, &by.actor, what, subject)?)
}
