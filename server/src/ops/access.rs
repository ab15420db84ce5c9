//! Noting who read personal data.

use std::time::Duration;

use tokio::time::timeout;

use super::By;
use crate::fault::Fault;
use crate::store::{Db, events};

/// How long a reader waits for the commit that has the note in it. It is in the writer's queue then,
/// before whatever is answered: only a crash in that moment loses it.
const AWAITED: Duration = Duration::from_millis(10);

/// Notes that `by` read `what` about `subject` (ids only). Access is logged apart from the event
/// chain, since reading changes nothing. A slow disk does not make who reads wait. While the disk takes no writes the note waits in memory.
///
/// # Errors
/// What the store says.
pub async fn note(db: &Db, by: &By, what: &'static str, subject: &str) -> Result<(), Fault> {
    let (by, subject) = (by.clone(), subject.to_owned());
    let db = db.clone();
    let note = async move {
        let noted = db.note(move |tx| events::read_by(tx, &by.at, &by.actor, what, &subject)).await;
        if let Err(fault) = &noted {
            tracing::error!(%fault, "a read was not noted");
        }
        noted
    };
    match timeout(AWAITED, tokio::spawn(note)).await {
        Ok(noted) => Ok(noted.map_err(Fault::internal)??),
        Err(_) => Ok(()),
    }
}
