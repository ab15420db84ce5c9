//! Verifying a data folder: the event chain, every photo against its hash, every moment against
//! the originals. Reads only.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ntm_shared::criteria::CriteriaSet;
use ntm_shared::moment::VillageMoments;

use crate::blobs::Blobs;
use crate::fault::Fault;
use crate::ops;
use crate::store::{Db, Tx, attachments, events, moments, rounds, submissions};

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Submissions read.
    pub submissions: u64,
    /// Files read and hashed.
    pub files: u64,
    /// Events whose chain was followed.
    pub events: u64,
    /// What is wrong, by number and hash; no personal data.
    pub faults: Vec<String>,
}

/// Checks the data folder, beside a running server or without one.
///
/// # Errors
/// When there is no database to read.
pub async fn check(data: &Path) -> anyhow::Result<Checked> {
    let db = Db::open_read_only(&data.join("data.db"))?;
    let blobs = Blobs::at(data);
    let sets = crate::criteria_sets()?;
    let checked = db.read(move |tx| everything(tx, &blobs, &sets)).await;
    checked.map_err(crate::anyhow_fault)
}

type Sets = BTreeMap<String, Arc<CriteriaSet>>;

fn everything(tx: &dyn Tx, blobs: &Blobs, sets: &Sets) -> Result<Checked, Fault> {
    let mut found = Checked::default();
    match events::verify(tx) {
        Ok(count) => found.events = count.unsigned_abs(),
        Err(fault) => found.faults.push(fault.to_string()),
    }
    for seq in submissions::all(tx)? {
        found.submissions += 1;
        for file in attachments::list(tx, seq)? {
            let Some(sha256) = file.sha256 else { continue };
            found.files += 1;
            if blobs.read(&sha256).is_err() {
                found.faults.push(format!("submission {seq}: blob {sha256} missing or changed"));
            }
        }
    }
    for round in rounds::list(tx)? {
        let Some(set) = sets.get(&round.spec.criteria_set) else { continue };
        let fold = ops::moments::fold(tx, &round, set)?;
        for seq in &fold.unreadable {
            found.faults.push(format!("submission {seq}: the XML no longer reads"));
        }
        for (seq, kept, read) in &fold.readings {
            if kept.as_ref() != Some(read) {
                found.faults.push(format!("submission {seq}: reads differently than it did"));
            }
        }
        let sums = fold.sums.into_iter().map(|((village, _), sums)| (village, sums)).collect();
        compare(tx, &round.spec.id, &sums, &mut found)?;
    }
    Ok(found)
}

/// Moments are the fold of what counts, byte for byte.
fn compare(
    tx: &dyn Tx,
    round: &str,
    sums: &BTreeMap<String, VillageMoments>,
    found: &mut Checked,
) -> Result<(), Fault> {
    let kept: BTreeMap<String, VillageMoments> =
        moments::of_round(tx, round)?.into_iter().collect();
    let text = |m: Option<&VillageMoments>| m.and_then(|m| serde_json::to_string(m).ok());
    for village in sums.keys().chain(kept.keys()) {
        if text(sums.get(village)) != text(kept.get(village)) {
            found.faults.push(format!("round {round}, village {village}: moments differ"));
        }
    }
    Ok(())
}
