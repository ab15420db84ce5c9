//! Placing a submission that was held until its form version was published.

use ntm_shared::finding::Finding;
use ntm_shared::form::Saved;
use serde_json::json;

use super::edits::REPLACED;
use super::submissions::CONTESTED;
use super::{By, counting, edits, entities};
use crate::fault::Fault;
use crate::place::EXPIRED_TOKEN;
use crate::reading::UNKNOWN_VERSION;
use crate::store::submissions::NewSubmission;
use crate::store::{Tx, attachments, findings, held, submissions};

/// A held submission, read with the form that has been published since.
pub struct Placing {
    /// Server sequence.
    pub seq: i64,
    /// Where it belongs and what was read from it.
    pub submission: NewSubmission,
    /// The files it names, in order.
    pub names: Vec<String>,
    /// What the checks noticed.
    pub findings: Vec<Finding>,
    /// What it wants done with a household of the roster.
    pub entity: Option<Saved>,
    /// Whether it may count.
    pub countable: bool,
    /// Whether its round counts only what is approved.
    pub approved_only: bool,
}

/// Places it as if its form had been known when it arrived; a second time nothing changes.
///
/// # Errors
/// What the store says.
pub fn place(tx: &dyn Tx, by: &By, placing: Placing) -> Result<(), Fault> {
    let seq = placing.seq;
    let before = findings::list(tx, seq)?;
    if !before.iter().any(|finding| finding.code == UNKNOWN_VERSION) {
        return Ok(());
    }
    // What was noticed about its arrival stays true.
    let of_arrival =
        |f: &Finding| [EXPIRED_TOKEN, CONTESTED, REPLACED, "file_clash"].contains(&&*f.code);
    let mut all: Vec<Finding> = before.into_iter().filter(of_arrival).collect();
    all.extend(placing.findings);
    findings::replace(tx, seq, &all)?;
    held::place(tx, seq, &placing.submission)?;
    attachments::expect(tx, seq, &placing.names)?;
    let linked = edits::link(tx, seq, &placing.submission)?;
    if let Some(saved) = &placing.entity {
        entities::arrive(tx, seq, &placing.submission.collector, saved)?;
    }
    if placing.countable
        && let Some(subject) =
            counting::Subject::of(&placing.submission, seq, placing.approved_only)
    {
        match linked.replaced {
            true => counting::give_way(tx, &subject)?,
            false => counting::settle(tx, &subject)?,
        }
        // Somebody may have decided about it while it was held.
        if matches!(submissions::review(tx, seq)?.as_deref(), Some("rejected" | "approved")) {
            counting::reconsider_all(tx, seq)?;
        }
    }
    let facts =
        json!({ "round": placing.submission.round, "household": placing.submission.household });
    by.event(tx, "submission.place", &seq.to_string(), &facts)?;
    Ok(())
}
