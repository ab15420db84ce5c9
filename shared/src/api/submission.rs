//! Submissions as staff see them.

use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// One row of a list of submissions; no answers in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionRow {
    /// Server sequence: the order of arrival.
    pub seq: i64,
    /// Form id.
    pub form: String,
    /// Form version it was filled with.
    pub version: String,
    /// Instance id, as the phone made it.
    pub instance_id: String,
    /// Round id; absent while held.
    pub round: Option<String>,
    /// Household id, for household forms.
    pub household: Option<String>,
    /// Village unit id of the roster household.
    pub village: Option<String>,
    /// Commune unit id.
    pub commune: Option<String>,
    /// Visit outcome.
    pub outcome: Option<String>,
    /// `received`, `hasIssues`, `edited`, `approved` or `rejected`.
    pub review: String,
    /// True when this submission is the one that counts for its household.
    pub counts: bool,
    /// RFC 3339 instant of arrival.
    pub received_at: String,
    /// Files the submission names.
    pub attachments_expected: u64,
    /// Of these, received.
    pub attachments_present: u64,
    /// Findings.
    pub findings: u64,
}

/// A submission with what was found about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The row.
    #[serde(flatten)]
    pub row: SubmissionRow,
    /// The findings.
    pub findings_list: Vec<Finding>,
    /// The files it names, in the order it names them.
    pub attachments: Vec<AttachmentRow>,
}

/// A file a submission names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// Name in the submission.
    pub name: String,
    /// SHA-256 of the bytes in hex; absent while missing.
    pub sha256: Option<String>,
    /// Size in bytes.
    pub bytes: Option<u64>,
}
