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
    /// Whether an open round wants our app to ask for a PIN before it keeps anything, this token too.
    #[serde(default, skip_serializing_if = "is_no")]
    pub pin: bool,
}

fn is_no(said: &bool) -> bool {
    !said
}

/// `POST /api/v1/collectors/ID/devices` and `…/enrolments`: another phone for a collector.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    /// UUID made by the client; sending the same again changes nothing.
    pub id: String,
    /// What people call the phone; may be blank.
    #[serde(default)]
    pub label: String,
    /// Days until its token expires (1–400); 180 when absent.
    #[serde(default)]
    pub days: Option<u32>,
}

/// A phone of a collector; never contains the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Own id.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// RFC 3339 instant at which its token was made; blank when that is not known.
    pub created_at: String,
    /// RFC 3339 instant after which what it sends is still stored, but flagged.
    pub expires_at: String,
    /// Since when it is shut out.
    pub revoked_at: Option<String>,
    /// When it was last heard of, to the hour.
    pub last_seen_at: Option<String>,
    /// When another phone than the first last used its token: the code was passed on. Please check.
    pub other_phone_at: Option<String>,
    /// Numbers of forms that the app on it finished before others that came, and that never came
    /// themselves; the first hundred.
    #[serde(default)]
    pub missing: Vec<u64>,
}

/// A code that sets up one phone, once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Enrolment {
    /// Full address to open on the phone.
    pub link: String,
    /// RFC 3339 instant after which it is refused.
    pub expires_at: String,
}

/// `POST /api/v1/enrolments`: redeem such a code.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// The secret of the link (the part after `#`).
    pub secret: String,
    /// The token the phone made for itself: 64 lower-case hex digits, random. Asking again with the
    /// same secret and the same token is answered as the first time, for that answer may have been
    /// lost. Without one the server makes it, and the secret is good once.
    #[serde(default)]
    pub token: Option<String>,
}
