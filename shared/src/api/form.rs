//! Published forms.

use serde::{Deserialize, Serialize};

/// A published form version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormVersion {
    /// Form id.
    pub id: String,
    /// Version string.
    pub version: String,
    /// Title in the form's default language.
    pub title: String,
    /// `md5:` and 32 hex digits of the XForm's bytes.
    pub hash: String,
    /// RFC 3339 instant of publication.
    pub published_at: String,
    /// True for the version phones are offered.
    pub current: bool,
}
