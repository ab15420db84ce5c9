//! The register of what people ask about their own data. A household's id and dates; no names.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// To be shown what is kept.
    See,
    /// To have it corrected.
    Correct,
    /// To have it erased.
    Erase,
    /// To take consent back.
    Withdraw,
    /// To have its use restricted.
    Restrict,
    /// To object to its use.
    Object,
}

impl RequestKind {
    /// Every kind.
    pub const ALL: [RequestKind; 6] = [
        RequestKind::See,
        RequestKind::Correct,
        RequestKind::Erase,
        RequestKind::Withdraw,
        RequestKind::Restrict,
        RequestKind::Object,
    ];

    /// Its word in data.
    pub fn as_str(self) -> &'static str {
        match self {
            RequestKind::See => "see",
            RequestKind::Correct => "correct",
            RequestKind::Erase => "erase",
            RequestKind::Withdraw => "withdraw",
            RequestKind::Restrict => "restrict",
            RequestKind::Object => "object",
        }
    }

    /// Reads its word in data.
    pub fn read(word: &str) -> Option<RequestKind> {
        RequestKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// `POST /api/v1/requests`. Sending the same again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// UUID made by the client.
    pub id: String,
    /// Household id.
    pub household: String,
    /// What is asked.
    pub kind: RequestKind,
    /// The day the office received it.
    pub received: Date,
}

/// What the office did about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The person was told that it is being seen to.
    Answered,
    /// More time was taken, once, for a reason the person was told.
    Extended,
    /// It was carried out.
    Done,
    /// It was refused, for a reason the person was told.
    Refused,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 4] = [Step::Answered, Step::Extended, Step::Done, Step::Refused];

    /// Its word in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Answered => "answered",
            Step::Extended => "extended",
            Step::Done => "done",
            Step::Refused => "refused",
        }
    }

    /// Reads its word in data.
    pub fn read(word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.as_str() == word)
    }

    /// Whether nothing comes after it.
    pub fn closes(self) -> bool {
        matches!(self, Step::Done | Step::Refused)
    }
}

/// `POST /api/v1/requests/{id}/steps`. The same step again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    /// What was done.
    pub step: Step,
    /// Why; needed to extend and to refuse.
    #[serde(default)]
    pub reason: String,
}

/// A step as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRow {
    /// What was done.
    pub step: Step,
    /// Why.
    pub reason: String,
    /// Id of who did it.
    pub actor: String,
    /// Name of who did it, as it is today.
    pub actor_name: String,
    /// RFC 3339 instant.
    pub at: String,
}

/// A request as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Own id.
    pub id: String,
    /// Household id.
    pub household: String,
    /// What is asked.
    pub kind: RequestKind,
    /// The day the office received it.
    pub received: Date,
    /// Last day to tell the person that it is being seen to.
    pub answer_by: Date,
    /// Last day to carry it out.
    pub due: Date,
    /// `open`, `done` or `refused`.
    pub state: String,
    /// Whether the last day to answer or to carry it out has passed, and it was not done.
    pub overdue: bool,
    /// Id of who wrote it down.
    pub actor: String,
    /// Name of who wrote it down, as it is today.
    pub actor_name: String,
    /// RFC 3339 instant.
    pub at: String,
    /// What was done, first step first.
    pub steps: Vec<StepRow>,
}
