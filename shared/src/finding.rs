//! Findings: what a check noticed in a submission.
//!
//! A finding never refuses or alters data. It names a field, has a stable code for programs and a
//! message for people in Vietnamese and English. Messages quote no answers, because findings are
//! listed, counted and logged.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// How much a finding matters to whoever reviews the submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Note,
    /// Should be looked at.
    Warning,
    /// The form's own rules say this cannot be right.
    Error,
}

/// Something a check noticed in a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code in `snake_case`, e.g. `constraint`; part of the API.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// Path of the field in the submission, repeats numbered from 1
    /// (`/household/members/member[2]/sex`); absent when it concerns the whole submission.
    pub field: Option<String>,
    /// The sentence for people. Contains no answer of the respondent.
    pub message: Text,
}

impl Finding {
    /// A finding about one field.
    pub fn field(code: &str, severity: Severity, field: impl Into<String>, message: Text) -> Self {
        Finding { code: code.into(), severity, field: Some(field.into()), message }
    }

    /// A finding about the whole submission.
    pub fn whole(code: &str, severity: Severity, message: Text) -> Self {
        Finding { code: code.into(), severity, field: None, message }
    }
}
