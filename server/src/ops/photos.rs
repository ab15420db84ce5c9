//! Keeping what was read from a submission's photos, and what is odd about them.

use ntm_shared::finding::{Finding, Severity};
use ntm_shared::text::Text;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::photos::{self, Seen};
use crate::store::{Tx, findings, submissions};

/// Other submissions named per photo: more tell a reviewer nothing new.
const NAMED: i64 = 5;

/// The photos of a submission, looked at.
pub struct Looked {
    /// Number of the event by which they came.
    pub event: i64,
    /// The submission.
    pub submission: i64,
    /// Its household.
    pub household: Option<String>,
    /// Path of the question of each photo, where it is known, and what was read from it.
    pub photos: Vec<(Option<String>, Seen)>,
    /// What is odd about each alone.
    pub findings: Vec<Finding>,
}

/// Keeps it, and compares the photos with those of other households. `bits` is how many bits the
/// likenesses of two photos of the same picture may differ in. A second time nothing changes.
///
/// # Errors
/// What the store says.
pub fn look(tx: &dyn Tx, by: &By, looked: Looked, bits: u32) -> Result<(), Fault> {
    // A second worker, or the same one after a crash, finds it done.
    if photos::cursor(tx)? >= looked.event {
        return Ok(());
    }
    photos::follow(tx, looked.event)?;
    // Erased while it was looked at.
    if submissions::review(tx, looked.submission)?.is_none() {
        return Ok(());
    }
    let mut noted = 0;
    noted += add(tx, looked.submission, &looked.findings)?;
    for (field, seen) in &looked.photos {
        photos::put(tx, seen)?;
        let Some(household) = &looked.household else { continue };
        let ours = looked.submission;
        for (other, _) in photos::elsewhere(tx, &seen.sha256, household, NAMED)? {
            noted += add(tx, ours, &[same(field.clone(), other)])?;
            noted += add(tx, other, &[same(None, ours)])?;
        }
        for like in photos::alike(tx, seen, bits)? {
            for (other, _) in photos::elsewhere(tx, &like, household, NAMED)? {
                noted += add(tx, ours, &[alike(field.clone(), other)])?;
                noted += add(tx, other, &[alike(None, ours)])?;
            }
        }
    }
    let facts = json!({ "photos": looked.photos.len(), "findings": noted });
    by.event(tx, "submission.photos", &looked.submission.to_string(), &facts)?;
    Ok(())
}

/// Adds what the submission does not have already.
fn add(tx: &dyn Tx, submission: i64, new: &[Finding]) -> Result<usize, Fault> {
    let known = findings::list(tx, submission)?;
    let new: Vec<Finding> = new.iter().filter(|f| !known.contains(f)).cloned().collect();
    findings::add(tx, submission, &new)?;
    Ok(new.len())
}

fn same(field: Option<String>, other: i64) -> Finding {
    let message = Text::new(
        format!("Đúng tệp ảnh này có trong phiếu số {other} của hộ khác."),
        format!("The very same photo is in submission {other} of another household."),
    );
    Finding { code: "photo_same".into(), severity: Severity::Warning, field, message }
}

fn alike(field: Option<String>, other: i64) -> Finding {
    let message = Text::new(
        format!("Ảnh trông giống hệt một ảnh trong phiếu số {other} của hộ khác."),
        format!("The photo looks the same as one in submission {other} of another household."),
    );
    Finding { code: "photo_alike".into(), severity: Severity::Warning, field, message }
}
