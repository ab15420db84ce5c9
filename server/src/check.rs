//! Verifying a data folder or a backup: pages, references, the event chain, every original and file
//! against its hash, every moment against the originals. Reads only, and names what is damaged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use md5::Md5;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::moment::VillageMoments;
use sha2::{Digest, Sha256};

use crate::blobs::{Blobs, is_hash};
use crate::fault::Fault;
use crate::ops;
use crate::store::{
    Db, StoreFault, Tx, attachments, edits, erasures, events, moments, retention, rounds, salvage,
    whole,
};

/// Rows read at a time.
const PAGE: i64 = 256;

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Submissions read and hashed.
    pub submissions: u64,
    /// Files read and hashed.
    pub files: u64,
    /// Events whose chain was followed.
    pub events: u64,
    /// Records of which an upload that broke off left parts.
    pub quarantined: u64,
    /// Files that no row names: an upload in flight, or what a crash left for the sweep.
    pub orphans: u64,
    /// Erasures of which something may be left on the disk: a server that runs goes on with them.
    pub erasing: u64,
    /// What is wrong, by number and hash; no personal data.
    pub faults: Vec<String>,
}

/// Checks the data folder, beside a running server or without one.
///
/// # Errors
/// When there is no database to read.
pub async fn check(data: &Path) -> anyhow::Result<Checked> {
    let db = Db::open_read_only(&data.join("data.db"))?;
    check_all(db, Blobs::at(data)).await
}

/// Checks a database with the files that belong to it.
///
/// # Errors
/// When the database cannot be read at all.
pub async fn check_all(db: Db, blobs: Blobs) -> anyhow::Result<Checked> {
    let sets = crate::criteria_sets()?;
    let checked = db.read(move |tx| Ok::<_, Fault>(everything(tx, &blobs, &sets))).await;
    checked.map_err(crate::anyhow_fault)
}

type Sets = BTreeMap<String, Arc<CriteriaSet>>;

fn everything(tx: &dyn Tx, blobs: &Blobs, sets: &Sets) -> Checked {
    let mut found = Checked::default();
    // A damaged page ends one of these, not the others.
    found.lines("pages", whole::pages(tx));
    found.lines("references", whole::dangling(tx));
    found.lines("contradiction", whole::contradictions(tx));
    match events::verify(tx) {
        Ok(count) => found.events = count.unsigned_abs(),
        Err(fault) => found.faults.push(fault.to_string()),
    }
    let read = originals(tx, &mut found);
    found.section("submissions", read);
    let read = forms(tx, &mut found);
    found.section("forms", read);
    let read = files(tx, blobs, &mut found);
    found.section("files", read);
    let read = quarantine(tx, blobs, &mut found);
    found.section("quarantine", read);
    let read = erasing(tx, blobs, &mut found);
    found.section("erasures", read);
    let read = strays(tx, blobs, &mut found);
    found.section("blobs", read);
    let read = sums(tx, sets, &mut found);
    found.section("moments", read);
    found
}

impl Checked {
    fn lines(&mut self, what: &str, lines: Result<Vec<String>, StoreFault>) {
        match lines {
            Ok(lines) => self.faults.extend(lines.iter().map(|line| format!("{what}: {line}"))),
            Err(fault) => self.faults.push(format!("{what}: {fault}")),
        }
    }

    fn section(&mut self, what: &str, read: Result<(), Fault>) {
        if let Err(fault) = read {
            let cause = fault.cause.unwrap_or_else(|| fault.problem.code.into());
            self.faults.push(format!("{what}: reading broke off: {cause}"));
        }
    }
}

/// Every submission is, byte for byte, what came.
fn originals(tx: &dyn Tx, found: &mut Checked) -> Result<(), Fault> {
    let mut after = 0;
    loop {
        let page = whole::originals_after(tx, after, PAGE)?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = *last;
        for (seq, xml, sha256) in page {
            found.submissions += 1;
            if hex::encode(Sha256::digest(&xml)) != sha256 {
                found.faults.push(format!("submission {seq}: the XML is not what was received"));
            }
        }
    }
}

/// Every published form is what phones were told.
fn forms(tx: &dyn Tx, found: &mut Checked) -> Result<(), Fault> {
    for (form, xform, md5) in whole::forms(tx)? {
        if hex::encode(Md5::digest(&xform)) != md5 {
            found.faults.push(format!("form {form}: the XForm is not what was published"));
        }
    }
    Ok(())
}

/// Every blob a row speaks of is there with its bytes.
fn files(tx: &dyn Tx, blobs: &Blobs, found: &mut Checked) -> Result<(), Fault> {
    let mut after = String::new();
    loop {
        let page = attachments::blobs_after(tx, &after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for (sha256, bytes) in page {
            found.files += 1;
            let Some(wrong) = wrong_with(blobs, &sha256, bytes) else { continue };
            let of: Vec<String> = attachments::submissions_with(tx, &sha256)?
                .iter()
                .map(|seq| format!("submission {seq}"))
                .collect();
            found.faults.push(format!("blob {sha256} {wrong} ({})", of.join(", ")));
        }
    }
}

/// What parts wait for the rest is there with its bytes, and no edit counts beside its original.
fn quarantine(tx: &dyn Tx, blobs: &Blobs, found: &mut Checked) -> Result<(), Fault> {
    if !salvage::there(tx)? {
        return Ok(());
    }
    for seq in edits::counting_though_replaced(tx)? {
        found.faults.push(format!("submission {seq} counts although an edit replaced it"));
    }
    found.quarantined = salvage::count(tx)?;
    let mut after = String::new();
    loop {
        let page = salvage::blobs_after(tx, &after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for (sha256, bytes) in page {
            if let Some(wrong) = wrong_with(blobs, &sha256, bytes) {
                found.faults.push(format!("blob {sha256} {wrong} (quarantine)"));
            }
        }
    }
}

/// Nothing is left of what was erased.
fn erasing(tx: &dyn Tx, blobs: &Blobs, found: &mut Checked) -> Result<(), Fault> {
    if !erasures::there(tx)? {
        return Ok(());
    }
    found.erasing = erasures::open(tx)?.len() as u64;
    if found.erasing > 0 {
        return Ok(());
    }
    for sha256 in salvage::unnamed(tx, erasures::all_files(tx)?)? {
        if blobs.path(&sha256).exists() {
            found.faults.push(format!("blob {sha256} was erased and is there"));
        }
    }
    Ok(())
}

fn wrong_with(blobs: &Blobs, sha256: &str, bytes: u64) -> Option<&'static str> {
    match blobs.verify(sha256) {
        Ok(length) if length == bytes => None,
        Ok(_) => Some("another length than noted"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some("missing"),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Some("changed"),
        Err(_) => Some("not readable"),
    }
}

/// Files that no row names are counted; files that are no blobs at all should not be there.
fn strays(tx: &dyn Tx, blobs: &Blobs, found: &mut Checked) -> Result<(), Fault> {
    blobs.each(|name, _| {
        // What a copy that broke off left is written over by the next.
        if !is_hash(name) && !name.ends_with(".partial") {
            found.faults.push(format!("a file among the blobs that is none: {name}"));
        } else if is_hash(name) && !salvage::unnamed(tx, vec![name.to_owned()])?.is_empty() {
            found.orphans += 1;
        }
        Ok::<_, Fault>(())
    })
}

/// Readings and moments are what the originals say by the rules of today.
fn sums(tx: &dyn Tx, sets: &Sets, found: &mut Checked) -> Result<(), Fault> {
    for round in rounds::list(tx)? {
        let Some(set) = sets.get(&round.spec.criteria_set) else { continue };
        if round.erased_at.is_some() {
            sealed(tx, &round.spec.id, found)?;
            continue;
        }
        let fold = ops::moments::fold(tx, &round, set, |said| {
            if said.kept != Some(said.now) {
                let seq = said.seq;
                found.faults.push(format!("submission {seq}: reads differently than it did"));
            }
            Ok(())
        })?;
        for seq in &fold.unreadable {
            found.faults.push(format!("submission {seq}: the XML no longer reads"));
        }
        let sums = fold.sums.into_iter().map(|((village, _), sums)| (village, sums)).collect();
        compare(tx, &round.spec.id, &sums, found)?;
    }
    Ok(())
}

/// The moments of a round that was erased are what the event says they were then.
fn sealed(tx: &dyn Tx, round: &str, found: &mut Checked) -> Result<(), Fault> {
    let said = events::said(tx, "round.erase", round)?;
    let said = said.as_ref().and_then(|facts| facts["moments"].as_str());
    let sums = hex::encode(Sha256::digest(retention::sums(tx, round)?.as_bytes()));
    if said != Some(&sums) {
        found.faults.push(format!("round {round}: the sealed moments are not what they were"));
    }
    Ok(())
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
    let villages: std::collections::BTreeSet<&String> = sums.keys().chain(kept.keys()).collect();
    for village in villages {
        if text(sums.get(village)) != text(kept.get(village)) {
            found.faults.push(format!("round {round}, village {village}: moments differ"));
        }
    }
    Ok(())
}
