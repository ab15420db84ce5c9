//! Taking in a submission: the rows that make an acknowledgement true.

use ntm_shared::finding::{Finding, Severity};
use ntm_shared::form::Saved;
use ntm_shared::moment::Contributions;
use ntm_shared::problem;
use ntm_shared::text::Text;
use serde_json::json;

use super::{By, counting, edits, entities, erasures, salvage};
use crate::blobs::Stored;
use crate::fault::Fault;
use crate::reading::UNKNOWN_VERSION;
use crate::store::attachments::Received;
use crate::store::submissions::NewSubmission;
use crate::store::{self, Tx, attachments, collectors, events, findings, submissions};

/// A submission read, placed and checked, with the blobs that are durable already.
#[derive(Clone)]
pub struct Arrival {
    /// The submission.
    pub submission: NewSubmission,
    /// The files it names, in order.
    pub names: Vec<String>,
    /// The files that came with it: name and durable blob.
    pub files: Vec<(String, Stored)>,
    /// What the checks noticed.
    pub findings: Vec<Finding>,
    /// What it wants done with a household of the roster.
    pub entity: Option<Saved>,
    /// Whether it is about a frame household or a commune of its round, and so may count.
    pub countable: bool,
    /// Whether its round counts only what is approved.
    pub approved_only: bool,
    /// What the criteria set read from it, if it is an interview; in the submission as JSON.
    pub contributions: Option<Contributions>,
    /// Whether its form version is unknown: nobody can tell yet what it names and edits.
    pub held: bool,
}

/// What was done with it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Whether it is an edit that fits no chain, and a person must look.
    pub branch: bool,
    /// Bytes that were not there before.
    pub bytes: u64,
    /// Files that were not there before.
    pub files: u64,
    /// Whether it is about what was erased, and nothing of it was kept.
    pub erased: bool,
}

/// Stores an arrival. The same submission again adds the files that were missing; the same id with
/// other content is refused and the first kept.
///
/// # Errors
/// `instance_conflict`.
pub fn receive(tx: &dyn Tx, by: &By, arrival: &Arrival) -> Result<Receipt, Fault> {
    if erasures::turn_away(tx, by, arrival)? {
        return Ok(Receipt { erased: true, ..Receipt::default() });
    }
    match again(tx, by, arrival)? {
        Some(receipt) => Ok(receipt),
        None => store(tx, by, arrival),
    }
}

/// Adds to a submission that is there, if it is.
///
/// # Errors
/// `instance_conflict`.
pub fn again(tx: &dyn Tx, by: &By, arrival: &Arrival) -> Result<Option<Receipt>, Fault> {
    let new = &arrival.submission;
    let found = submissions::by_identity(tx, &new.form, &new.instance_id)?;
    let Some((seq, sha256, _)) = found else { return Ok(None) };
    if sha256 != new.xml_sha256 {
        return Err(Fault::new(&problem::INSTANCE_CONFLICT));
    }
    let salvaged = salvage::claim(tx, new)?;
    if arrival.held {
        let names: Vec<String> = arrival.files.iter().map(|(name, _)| name.clone()).collect();
        attachments::expect_more(tx, seq, &names)?;
    }
    let taken = take_files(tx, seq, arrival.files.iter().chain(&salvaged))?;
    if taken.added > 0 || !taken.clashes.is_empty() || !salvaged.is_empty() {
        findings::add(tx, seq, &taken.clashes)?;
        by.event(tx, "submission.files", &seq.to_string(), &json!({ "added": taken.added }))?;
    }
    let branch = store::edits::is_branch(tx, seq)?;
    Ok(Some(Receipt { branch, bytes: taken.bytes, files: taken.added, erased: false }))
}

/// Stores a submission that is not there, with what earlier attempts to send it left.
///
/// # Errors
/// What the store says.
pub fn store(tx: &dyn Tx, by: &By, arrival: &Arrival) -> Result<Receipt, Fault> {
    let new = &arrival.submission;
    let salvaged = salvage::claim(tx, new)?;
    let seq = events::next(tx, "submission")?;
    let files = || arrival.files.iter().chain(&salvaged);
    let facts = json!({
        "form": new.form, "xml_sha256": new.xml_sha256, "round": new.round,
        "household": new.household, "files": files().map(|(_, b)| &b.sha256).collect::<Vec<_>>(),
    });
    collectors::seen(tx, &new.collector, &by.at)?;
    let subject = counting::Subject::of(new, seq, arrival.approved_only)
        .filter(|_| arrival.countable)
        .map(|subject| subject.saying(arrival.contributions.as_ref()));
    // A held one takes its place among its versions when it is placed.
    let alone = arrival.held || !edits::is_linked(tx, new)?;
    // Most are alone: whether one counts is then known before its row is written, once.
    let standing = match &subject {
        Some(subject) if alone => Some(counting::standing(tx, subject)?),
        _ => None,
    };
    submissions::insert(tx, seq, new, standing.as_ref().map(|standing| standing.counts))?;
    attachments::expect(tx, seq, &arrival.names)?;
    if arrival.held {
        let names: Vec<String> = salvaged.iter().map(|(name, _)| name.clone()).collect();
        attachments::expect_more(tx, seq, &names)?;
    }
    let taken = take_files(tx, seq, files())?;
    findings::first(tx, seq, &arrival.findings)?;
    findings::add(tx, seq, &taken.clashes)?;
    let linked = if alone { edits::Linked::default() } else { edits::link(tx, seq, new)? };
    if let Some(saved) = &arrival.entity {
        entities::arrive(tx, seq, &new.collector, saved)?;
    }
    match (subject, standing) {
        (Some(subject), Some(standing)) => counting::follow(tx, &subject, standing)?,
        (Some(subject), None) if linked.replaced => counting::give_way(tx, &subject)?,
        (Some(subject), None) => counting::settle(tx, &subject)?,
        _ => {}
    }
    let xml = new.xml.len() as u64;
    by.event(tx, "submission.receive", &seq.to_string(), &facts)?;
    Ok(Receipt {
        branch: linked.branch,
        bytes: xml + taken.bytes,
        files: taken.added,
        erased: false,
    })
}

/// Adds durable files to a submission that is there: to the one with this number, if its answers are
/// still those. `None` when there is no such submission any more.
///
/// # Errors
/// What the store says.
pub fn add(
    tx: &dyn Tx,
    by: &By,
    seq: i64,
    files: &[(String, Stored)],
) -> Result<Option<Receipt>, Fault> {
    if submissions::review(tx, seq)?.is_none() {
        return Ok(None);
    }
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    name_if_held(tx, seq, &names)?;
    let taken = take_files(tx, seq, files.iter())?;
    if taken.added > 0 || !taken.clashes.is_empty() {
        findings::add(tx, seq, &taken.clashes)?;
        by.event(tx, "submission.files", &seq.to_string(), &json!({ "added": taken.added }))?;
    }
    Ok(Some(Receipt { bytes: taken.bytes, files: taken.added, ..Receipt::default() }))
}

/// Whether a submission's form version is unknown: which files it names only its sender can tell.
///
/// # Errors
/// What the store says.
pub fn is_held(tx: &dyn Tx, seq: i64) -> Result<bool, Fault> {
    Ok(findings::list(tx, seq)?.iter().any(|finding| finding.code == UNKNOWN_VERSION))
}

/// Adds the files its sender names to those of a submission that [`is_held`].
///
/// # Errors
/// What the store says.
pub fn name_if_held(tx: &dyn Tx, seq: i64, names: &[String]) -> Result<(), Fault> {
    if is_held(tx, seq)? {
        attachments::expect_more(tx, seq, names)?;
    }
    Ok(())
}

/// Notes that somebody sent other answers under the id of a submission: nothing of it is stored, but
/// it is not passed over in silence either.
///
/// # Errors
/// What the store says.
pub fn contest(
    tx: &dyn Tx,
    by: &By,
    form: &str,
    instance: &str,
    xml_sha256: &str,
) -> Result<(), Fault> {
    let Some((seq, ..)) = submissions::by_identity(tx, form, instance)? else { return Ok(()) };
    let before = findings::list(tx, seq)?;
    if !before.iter().any(|finding| finding.code == CONTESTED) {
        let text = Text::new(
            "Có máy gửi nội dung khác với cùng instanceID; bản đầu được giữ, bản kia bị từ chối.",
            "Other content was sent with this instanceID; the first was kept, the other refused.",
        );
        findings::add(tx, seq, &[Finding::whole(CONTESTED, Severity::Warning, text)])?;
    }
    let facts = json!({ "xml_sha256": xml_sha256 });
    by.event(tx, "submission.contest", &seq.to_string(), &facts)?;
    Ok(())
}

/// The finding of a submission under whose id somebody sent other answers.
pub const CONTESTED: &str = "instance_contested";

struct Taken {
    added: u64,
    bytes: u64,
    clashes: Vec<Finding>,
}

/// What of the files was new, and a finding for each that clashes with one already there.
fn take_files<'f>(
    tx: &dyn Tx,
    seq: i64,
    files: impl Iterator<Item = &'f (String, Stored)>,
) -> Result<Taken, Fault> {
    let mut taken = Taken { added: 0, bytes: 0, clashes: Vec::new() };
    for (name, blob) in files {
        match attachments::receive(tx, seq, name, blob)? {
            Received::New => {
                taken.added += 1;
                taken.bytes += blob.bytes;
            }
            Received::Same | Received::Unnamed => {}
            Received::Other => {
                taken.bytes += blob.bytes;
                taken.clashes.push(Finding::whole(
                    "file_clash",
                    Severity::Warning,
                    Text::new(
                        "Một tệp được gửi lại với nội dung khác; cả hai bản đều được giữ, bản đầu đang dùng.",
                        "A file was sent again with other content; both are kept, the first is current.",
                    ),
                ));
            }
        }
    }
    Ok(taken)
}
