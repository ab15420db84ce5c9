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
    /// What reviewers decided, first decision first.
    #[serde(default)]
    pub reviews: Vec<Review>,
}

/// What a reviewer decides about a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// Good as it is.
    Approved,
    /// Something is wrong that the office sees to; it counts meanwhile.
    HasIssues,
    /// Does not count.
    Rejected,
    /// Back to its collector, to be corrected; it counts meanwhile.
    Returned,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Decision; 4] =
        [Decision::Approved, Decision::HasIssues, Decision::Rejected, Decision::Returned];

    /// Its word in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Approved => "approved",
            Decision::HasIssues => "hasIssues",
            Decision::Rejected => "rejected",
            Decision::Returned => "returned",
        }
    }

    /// Reads its word in data.
    pub fn read(word: &str) -> Option<Decision> {
        Decision::ALL.into_iter().find(|decision| decision.as_str() == word)
    }

    /// The state a submission is in after it, one of [`SubmissionRow::review`].
    pub fn state(self) -> &'static str {
        match self {
            Decision::Returned => Decision::HasIssues.as_str(),
            other => other.as_str(),
        }
    }
}

/// `POST /api/v1/reviews`: one decision about one or many submissions, all of them or none. Sending
/// the same again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    /// Client-made id.
    pub id: String,
    /// Server sequences of the submissions.
    pub submissions: Vec<i64>,
    /// What is decided.
    pub decision: Decision,
    /// Why, in words the collector can act on; needed unless approved.
    #[serde(default)]
    pub reason: String,
    /// Paths of the fields meant, as findings name them.
    #[serde(default)]
    pub fields: Vec<String>,
}

/// What a review came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Submissions decided about.
    pub submissions: u64,
}

/// A decision about one submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Id of the request it came with.
    pub id: String,
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// Paths of the fields meant.
    pub fields: Vec<String>,
    /// Id of the user who decided.
    pub by: String,
    /// That user's name.
    pub by_name: Option<String>,
    /// RFC 3339 instant.
    pub at: String,
}

/// A collector's own submission that came back: `GET /key/TOKEN/api/v1/returned`. Listed until it
/// was sent anew, or decided otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedRow {
    /// Server sequence.
    pub seq: i64,
    /// Instance id, by which the phone knows it.
    pub instance_id: String,
    /// Form id.
    pub form: String,
    /// Form version it was filled with.
    pub version: String,
    /// Round id.
    pub round: Option<String>,
    /// Household id.
    pub household: Option<String>,
    /// `returned` or `rejected`.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// Paths of the fields meant.
    pub fields: Vec<String>,
    /// When it was decided.
    pub at: String,
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
