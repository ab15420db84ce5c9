//! Who is asking. Every handler takes one of the guards here, and says with it who may call it: the
//! route table takes no handler without one (`http/table.rs`). What a person may do is said by the
//! role, where by the areas.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use ntm_shared::api::account::{Role, User};
use ntm_shared::problem;

use crate::app::App;
use crate::fault::Fault;
use crate::ops::By;
use crate::secret;
use crate::store::accounts;

pub mod cookie;
mod phone;

pub use phone::Phone;

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
    /// Write down visits, difficulties and support.
    FollowUp,
    /// Decide about submissions.
    Review,
    /// Import households; make and revoke collectors.
    ManageRoster,
    /// Take lists of names away in a file.
    Export,
    /// Erase households, and rounds past their retention.
    Erase,
    /// Keep the register of what people ask about their own data.
    HandleRequests,
    /// See who did and read what.
    Audit,
    /// See names, answers and photos.
    ReadPersonal,
    /// See progress, scores and plans.
    Read,
}

/// The permission table.
fn may(role: Role, action: Action) -> bool {
    use Action::{
        Audit, Erase, Export, FollowUp, HandleRequests, ManageAccounts, ManageRoster, Read,
        ReadPersonal, Review,
    };
    match role {
        Role::Administrator => true,
        Role::Province => !matches!(action, ManageAccounts | Audit | Erase),
        Role::District | Role::Commune => {
            matches!(
                action,
                ManageRoster | Review | FollowUp | Export | HandleRequests | ReadPersonal | Read
            )
        }
        Role::Auditor => matches!(action, Audit | ReadPersonal | Read),
        Role::Team => matches!(action, FollowUp | Read),
    }
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: nothing behind it is anyone's.
    Anyone,
    /// A collector's phone.
    Collector,
    /// Whoever is signed in.
    SignedIn,
    /// Staff whose role may do this.
    Staff(Action),
}

/// An extractor that settles who is asking.
pub trait Guard {
    /// Whom it lets through.
    const ACCESS: Access;
}

/// Anybody at all.
pub struct Anyone;

impl Guard for Anyone {
    const ACCESS: Access = Access::Anyone;
}

impl FromRequestParts<Arc<App>> for Anyone {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &Arc<App>) -> Result<Anyone, Self::Rejection> {
        Ok(Anyone)
    }
}

/// A permission as a type.
pub trait Permission: Send + Sync + 'static {
    /// What it permits; nothing but being signed in without.
    const ACTION: Option<Action>;
}

/// The permissions a [`Scope`] can ask for.
pub mod can {
    use super::{Action, Permission};

    macro_rules! permissions {
        ($($name:ident)*) => { $(
            /// See the action of this name.
            pub struct $name;
            impl Permission for $name {
                const ACTION: Option<Action> = Some(Action::$name);
            }
        )* };
    }
    permissions! {
        ManageAccounts PublishForms ManageRounds Assign ManageRoster Review Export Erase
        FollowUp HandleRequests Audit ReadPersonal Read
    }

    /// Whatever anyone signed in may do.
    pub struct BeSignedIn;
    impl Permission for BeSignedIn {
        const ACTION: Option<Action> = None;
    }
}

/// A signed-in staff user who may do `P`, in areas that queries are given the user's id for.
pub struct Scope<P> {
    /// The user.
    pub user: User,
    /// SHA-256 of the session's token.
    pub session: Vec<u8>,
    /// The user, now.
    pub by: By,
    permission: PhantomData<P>,
}

impl<P> Scope<P> {
    /// # Errors
    /// `forbidden` when the role may not do `action` as well.
    pub fn may(&self, action: Action) -> Result<(), Fault> {
        if may(self.user.role, action) { Ok(()) } else { Err(Fault::new(&problem::FORBIDDEN)) }
    }
}

impl<P: Permission> Guard for Scope<P> {
    const ACCESS: Access = match P::ACTION {
        Some(action) => Access::Staff(action),
        None => Access::SignedIn,
    };
}

impl<P: Permission> FromRequestParts<Arc<App>> for Scope<P> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Scope<P>, Fault> {
        let denied = || Fault::new(&problem::NOT_SIGNED_IN);
        let token = match bearer(parts) {
            Some(token) => token,
            None => cookie::token(parts, app)?.ok_or_else(denied)?,
        };
        let session = secret::hash(&token);
        let (hash, now) = (session.clone(), app.config.clock.stamp());
        let found = app.db.read(move |tx| accounts::by_session(tx, hash, &now)).await?;
        let (user, idle_until) = found.ok_or_else(denied)?;
        if let Some(until) = idle_until {
            cookie::keep_alive(app, &session, until).await?;
        }
        let scope = Scope { by: app.by(&user.id), user, session, permission: PhantomData };
        if let Some(action) = P::ACTION {
            scope.may(action)?;
        }
        Ok(scope)
    }
}

/// The token of `Authorization: Bearer`.
fn bearer(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    Some(header.strip_prefix("Bearer ")?.trim().to_owned())
}

/// Waiting makes it good again.
fn hurried(app: &App, whose: &str) -> Result<(), Fault> {
    app.pace.step(whose, Instant::now()).map_err(|wait| Fault {
        wait: Some(wait.as_secs() + 1),
        ..Fault::new(&problem::TOO_MANY_REQUESTS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_administrator_makes_accounts_and_a_team_only_follows_up() {
        let roles = [Role::Province, Role::District, Role::Commune, Role::Team, Role::Auditor];
        assert!(may(Role::Administrator, Action::ManageAccounts));
        assert!(roles.iter().all(|role| !may(*role, Action::ManageAccounts)));
        assert!(roles.iter().all(|role| !may(*role, Action::Erase)));
        assert!(roles.iter().all(|role| may(*role, Action::Read)));
        for role in [Role::Team, Role::Auditor] {
            for action in [
                Action::ManageRoster,
                Action::ManageRounds,
                Action::Assign,
                Action::PublishForms,
                Action::Review,
                Action::Export,
                Action::HandleRequests,
            ] {
                assert!(!may(role, action));
            }
        }
        assert!(may(Role::Team, Action::FollowUp) && !may(Role::Auditor, Action::FollowUp));
        assert!(!may(Role::Team, Action::ReadPersonal));
        assert!(!may(Role::Team, Action::Audit));
    }
}
