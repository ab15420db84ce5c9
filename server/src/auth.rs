//! Who is asking. Every handler of a door takes one of these extractors; what a person may do is
//! said by the role, where by the areas.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use ntm_shared::api::account::{Role, User};
use ntm_shared::api::collector::Collector;
use ntm_shared::problem;

use crate::address;
use crate::app::App;
use crate::fault::Fault;
use crate::ops::By;
use crate::secret;
use crate::store::{accounts, collectors};

/// What staff do; each role may do some of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make and close staff accounts.
    ManageAccounts,
    /// Publish forms.
    PublishForms,
    /// Open, draw and close rounds; import teams.
    ManageRounds,
    /// Apply assignments.
    Assign,
    /// Decide about submissions.
    Review,
    /// Import households; make and revoke collectors.
    ManageRoster,
    /// See names, answers and photos.
    ReadPersonal,
    /// See progress, scores and plans.
    Read,
}

/// The permission table.
fn may(role: Role, action: Action) -> bool {
    use Action::{
        Assign, ManageAccounts, ManageRoster, ManageRounds, PublishForms, Read, ReadPersonal,
        Review,
    };
    match role {
        Role::Administrator => true,
        Role::Province => !matches!(action, ManageAccounts),
        Role::District => matches!(action, ManageRoster | Review | ReadPersonal | Read),
        Role::Commune => matches!(action, ManageRoster | Review | ReadPersonal | Read),
        Role::Auditor => matches!(action, ReadPersonal | Read),
        Role::Team => !matches!(
            action,
            ManageAccounts
                | PublishForms
                | ManageRounds
                | Assign
                | ManageRoster
                | Review
                | ReadPersonal
        ),
    }
}

/// A signed-in staff user.
pub struct Staff {
    /// The user.
    pub user: User,
    /// SHA-256 of the session's token.
    pub session: Vec<u8>,
    /// The user, now.
    pub by: By,
}

impl Staff {
    /// # Errors
    /// `forbidden` when the role may not do `action`.
    pub fn may(&self, action: Action) -> Result<(), Fault> {
        if may(self.user.role, action) { Ok(()) } else { Err(Fault::new(&problem::FORBIDDEN)) }
    }
}

impl FromRequestParts<Arc<App>> for Staff {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Staff, Fault> {
        let denied = || Fault::new(&problem::NOT_SIGNED_IN);
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(denied)?;
        let session = secret::hash(token.trim());
        let (hash, now) = (session.clone(), app.config.clock.stamp());
        let user = app.db.read(move |tx| accounts::by_session(tx, hash, &now)).await?;
        let user = user.ok_or_else(denied)?;
        Ok(Staff { by: app.by(&user.id), user, session })
    }
}

/// A collector's phone, by the app-user token in the path.
pub struct Phone {
    /// The collector.
    pub collector: Collector,
    /// True when the token has expired: what it sends is stored, and flagged.
    pub expired: bool,
    /// Base address of this phone's door, token included.
    pub base: String,
    /// The collector, now.
    pub by: By,
}

impl FromRequestParts<Arc<App>> for Phone {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Phone, Fault> {
        let denied = || Fault::new(&problem::BAD_TOKEN);
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| denied())?;
        let token = path.iter().find(|(name, _)| *name == "token").map(|(_, value)| value);
        let token = token.filter(|t| t.len() == 64 && t.bytes().all(|b| b.is_ascii_hexdigit()));
        let token = token.ok_or_else(denied)?.to_owned();
        let hash = secret::hash(&token);
        let collector = app.db.read(move |tx| collectors::by_token(tx, hash)).await?;
        let collector = collector.filter(|c| !c.revoked).ok_or_else(denied)?;
        let by = app.by(&collector.id);
        let expired = collector.expires_at <= by.at;
        let base = format!("{}/key/{token}", address::of(parts, app));
        Ok(Phone { expired, base, collector, by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_administrator_makes_accounts_and_a_team_changes_nothing() {
        let roles = [Role::Province, Role::District, Role::Commune, Role::Team, Role::Auditor];
        assert!(may(Role::Administrator, Action::ManageAccounts));
        assert!(roles.iter().all(|role| !may(*role, Action::ManageAccounts)));
        assert!(roles.iter().all(|role| may(*role, Action::Read)));
        for role in [Role::Team, Role::Auditor] {
            for action in [
                Action::ManageRoster,
                Action::ManageRounds,
                Action::Assign,
                Action::PublishForms,
                Action::Review,
            ] {
                assert!(!may(role, action));
            }
        }
        assert!(!may(Role::Team, Action::ReadPersonal));
    }
}
