//! Taking in a submission: the rows that make an acknowledgement true.

use ntm_shared::finding::{Finding, Severity};
use ntm_shared::form::Saved;
use ntm_shared::problem;
use ntm_shared::text::Text;
use serde_json::json;

use super::{By, counting, entities};
use crate::blobs::Stored;
use crate::fault::Fault;
use crate::store::attachments::Received;
use crate::store::submissions::NewSubmission;
use crate::store::{Tx, attachments, collectors, events, findings, submissions};

/// A submission read, placed and checked, with the blobs that are durable already.
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
}

/// What was done with it.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Server sequence.
    pub seq: i64,
    /// True when this was the first arrival.
    pub new: bool,
}

/// Stores an arrival. The same submission again adds the files that were missing; the same id with
/// other content is refused and the first kept.
///
/// # Errors
/// `instance_conflict`.
pub fn receive(tx: &dyn Tx, by: &By, arrival: Arrival) -> Result<Receipt, Fault> {
    let new = &arrival.submission;
    if let Some((seq, sha256, _)) = submissions::by_identity(tx, &new.form, &new.instance_id)? {
        if sha256 != new.xml_sha256 {
            return Err(Fault::new(&problem::INSTANCE_CONFLICT));
        }
        let (added, clashes) = take_files(tx, seq, &arrival.files)?;
        if added > 0 || !clashes.is_empty() {
            findings::add(tx, seq, &clashes)?;
            by.event(tx, "submission.files", &seq.to_string(), &json!({ "added": added }))?;
        }
        return Ok(Receipt { seq, new: false });
    }
    let seq = events::next(tx, "submission")?;
    let facts = json!({
        "form": new.form, "xml_sha256": new.xml_sha256, "round": new.round,
        "household": new.household, "files": arrival.files.iter().map(|(_, b)| &b.sha256).collect::<Vec<_>>(),
    });
    collectors::seen(tx, &new.collector, &by.at)?;
    let subject = counting::Subject::of(new, seq);
    let collector = new.collector.clone();
    submissions::insert(tx, seq, arrival.submission)?;
    attachments::expect(tx, seq, &arrival.names)?;
    let (_, clashes) = take_files(tx, seq, &arrival.files)?;
    findings::add(tx, seq, &arrival.findings)?;
    findings::add(tx, seq, &clashes)?;
    if let Some(saved) = &arrival.entity {
        entities::arrive(tx, seq, &collector, saved)?;
    }
    if arrival.countable
        && let Some(subject) = subject
    {
        counting::settle(tx, &subject)?;
    }
    by.event(tx, "submission.receive", &seq.to_string(), &facts)?;
    Ok(Receipt { seq, new: true })
}

/// How many files were new, and a finding for each that clashes with one already there.
fn take_files(
    tx: &dyn Tx,
    seq: i64,
    files: &[(String, Stored)],
) -> Result<(u64, Vec<Finding>), Fault> {
    let (mut added, mut clashes) = (0, Vec::new());
    for (name, blob) in files {
        match attachments::receive(tx, seq, name, blob)? {
            Received::New => added += 1,
            Received::Same | Received::Unnamed => {}
            Received::Other => clashes.push(Finding::whole(
                "file_clash",
                Severity::Warning,
                Text::new(
                    "Một tệp được gửi lại với nội dung khác; cả hai bản đều được giữ, bản đầu đang dùng.",
                    "A file was sent again with other content; both are kept, the first is current.",
                ),
            )),
        }
    }
    Ok((added, clashes))
}
