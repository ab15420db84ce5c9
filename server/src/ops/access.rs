//! Noting who read personal data.

use super::By;
use crate::fault::Fault;
use crate::store::{Db, events};

/// Notes that `by` read `what` about `subject` (ids only). Access is logged apart from the event
/// chain, since reading changes nothing. While the disk takes no writes the note waits in memory.
///
/// # Errors
/// What the store says.
pub async fn note(db: &Db, by: &By, what: &'static str, subject: &str) -> Result<(), Fault> {
    let (by, subject) = (by.clone(), subject.to_owned());
    Ok(db.note(move |tx| events::read_by(tx, &by.at, &by.actor, what, &subject)).await?)
}
