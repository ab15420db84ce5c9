//! Collectors: the people with phones, known to the server by an app-user token.

use serde::{Deserialize, Serialize};

/// `POST /api/v1/collectors`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCollector {
    /// UUID made by the client; sending the same again changes nothing.
    pub id: String,
    /// Display name, seen by staff only.
    pub name: String,
    /// Unit ids (communes or villages), or official codes as of today.
    pub areas: Vec<String>,
    /// Days until the token expires (1–400); 180 when absent.
    #[serde(default)]
    pub days: Option<u32>,
}

/// A collector as staff see it; never contains the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collector {
    /// Own id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Unit ids.
    pub areas: Vec<String>,
    /// RFC 3339 instant after which what it sends is still stored, but flagged.
    pub expires_at: String,
    /// True once revoked: refused from then on.
    pub revoked: bool,
    /// When the collector's phone last spoke to the server.
    pub last_seen_at: Option<String>,
}

/// A collector just made, with the one sight of its token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CollectorToken {
    /// The collector.
    pub collector: Collector,
    /// App-user token; absent when this request repeated an earlier one (the token is shown once).
    pub token: Option<String>,
    /// Server address to type into ODK Collect, token included; absent like the token.
    pub url: Option<String>,
}
