//! Staff accounts: roles, sessions, one-time links.

use serde::{Deserialize, Serialize};

/// What a staff user may do; where is said by the user's areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, everywhere, including accounts.
    Administrator,
    /// Province office: rounds, forms, scores and assignments of its areas.
    Province,
    /// District office: rosters, collectors and scores of its areas.
    District,
    /// Commune office: roster and coverage of its commune.
    Commune,
    /// Helper team: reads the scores of its communes, writes down its visits there.
    Team,
    /// Reads everything in its areas, changes nothing.
    Auditor,
}

/// `POST /api/v1/sessions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// Login name, compared after NFC and lower-casing.
    pub name: String,
    /// Password.
    pub password: String,
}

/// A session just opened. The token is shown this once and stored only as a hash.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Bearer token.
    pub token: String,
    /// RFC 3339 instant after which the token is refused.
    pub expires_at: String,
    /// Whose session it is.
    pub user: User,
}

/// A session just opened by a browser: its token is in a cookie that no script reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BrowserSession {
    /// RFC 3339 instant after which it has ended.
    pub expires_at: String,
    /// Whose session it is.
    pub user: User,
}

/// A staff user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Own id (UUID), made by the client.
    pub id: String,
    /// Login name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Unit ids the user is scoped to; empty for an administrator means everywhere.
    pub areas: Vec<String>,
    /// False until the one-time link was used, and after the account was revoked.
    pub active: bool,
}

/// `POST /api/v1/users`. The answer carries a one-time link for the new user to choose a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// UUID made by the client; sending the same again changes nothing.
    pub id: String,
    /// Login name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Unit ids, or official codes as of today.
    pub areas: Vec<String>,
}

/// `POST /api/v1/users/{id}/scope`: what the user may do from now on, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserScope {
    /// What the user may do.
    pub role: Role,
    /// Unit ids, or official codes as of today; empty for an administrator means everywhere.
    pub areas: Vec<String>,
}

/// A one-time link: set or reset a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// Whose password it sets.
    pub name: String,
    /// Full address to open; works once.
    pub link: String,
    /// RFC 3339 instant after which it is refused.
    pub expires_at: String,
}

/// `POST /api/v1/password`: redeem a one-time link.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The secret of the link (the part after `#`).
    pub secret: String,
    /// At least 12 characters, and none that everybody thinks of first.
    pub password: String,
}
