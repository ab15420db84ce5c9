//! Staff accounts: making them, choosing passwords by one-time links, sessions.

use ntm_shared::api::account::{NewUser, Role, User, UserScope};
use ntm_shared::problem;
use ntm_shared::text::nfc;
use serde_json::json;

use super::{By, EVERYWHERE, SERVER};
use crate::fault::Fault;
use crate::store::{Tx, accounts, events, units};

/// A secret as stored, and until when it is good.
pub struct Secret {
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    /// RFC 3339 instant.
    pub expires_at: String,
}

/// Login names are compared in this form.
pub fn login_name(name: &str) -> String {
    nfc(name.trim()).to_lowercase()
}

/// Makes sure that there is an administrator, and gives a fresh link as long as none has a
/// password: the name to sign in with, or `None` when an administrator can already sign in.
///
/// # Errors
/// What the store says.
pub fn first_administrator(
    tx: &dyn Tx,
    by: &By,
    id: &str,
    link: Secret,
) -> Result<Option<String>, Fault> {
    const NAME: &str = "admin";
    if accounts::has_administrator(tx)? {
        return Ok(None);
    }
    let id = match accounts::by_name(tx, NAME)? {
        Some(known) => known.user.id,
        None => {
            let areas = vec![EVERYWHERE.to_owned()];
            let role = Role::Administrator;
            let user = User { id: id.into(), name: NAME.into(), role, areas, active: false };
            accounts::insert(tx, &user)?;
            user.id
        }
    };
    accounts::add_link(tx, link.hash, &id, &link.expires_at)?;
    by.event(tx, "user.invite", &id, &json!({ "role": "administrator" }))?;
    Ok(Some(NAME.into()))
}

/// Adds a user who chooses a password by the link. Repeating it only renews the link.
///
/// # Errors
/// `conflict` when the name or the id belongs to someone else, or to an account that was closed;
/// `out_of_area`.
pub fn create(tx: &dyn Tx, by: &By, new: NewUser, link: Secret) -> Result<User, Fault> {
    let areas = own_areas(tx, by, new.role, new.areas)?;
    let name = login_name(&new.name);
    if name.is_empty() {
        return Err(Fault::with(&problem::BAD_VALUE, "Thiếu tên đăng nhập.", "The name is empty."));
    }
    let user = User { id: new.id, name, role: new.role, areas, active: false };
    let known = match accounts::by_id(tx, &user.id)? {
        Some(known) => Some(known),
        None => accounts::by_name(tx, &user.name)?,
    };
    match known {
        None => accounts::insert(tx, &user)?,
        Some(known) => {
            let closed = is_closed(tx, &known.user)?;
            let same = User { active: false, ..known.user };
            if same != user || known.password_hash.is_some() || closed {
                return Err(Fault::new(&problem::CONFLICT));
            }
        }
    }
    accounts::add_link(tx, link.hash, &user.id, &link.expires_at)?;
    by.event(tx, "user.invite", &user.id, &json!({ "role": user.role, "areas": user.areas }))?;
    Ok(user)
}

/// Areas in order; those of an administrator are everywhere unless named.
///
/// # Errors
/// `out_of_area` when one lies outside one's own, or there is none.
fn own_areas(
    tx: &dyn Tx,
    by: &By,
    role: Role,
    mut areas: Vec<String>,
) -> Result<Vec<String>, Fault> {
    if role == Role::Administrator && areas.is_empty() {
        areas.push(EVERYWHERE.into());
    }
    areas.sort();
    areas.dedup();
    if areas.is_empty() || !units::covers(tx, &by.actor, &areas)? {
        return Err(Fault::new(&problem::OUT_OF_AREA));
    }
    Ok(areas)
}

/// Says what a user may do from now on, and where. Nobody changes the account they are signed in
/// with: an administrator is always left. Repeating it changes nothing.
///
/// # Errors
/// `not_found`, also outside one's areas; `forbidden`; `out_of_area`.
pub fn set_scope(tx: &dyn Tx, by: &By, id: &str, new: UserScope) -> Result<User, Fault> {
    if id == by.actor {
        return Err(Fault::new(&problem::FORBIDDEN));
    }
    let before = seen_by(tx, by, accounts::by_id(tx, id)?)?;
    let areas = own_areas(tx, by, new.role, new.areas)?;
    let user = User { role: new.role, areas, ..before.clone() };
    if user != before {
        accounts::set_role(tx, id, user.role)?;
        accounts::set_areas(tx, id, &user.areas)?;
        let was = json!({ "role": before.role, "areas": before.areas });
        let facts = json!({ "role": user.role, "areas": user.areas, "before": was });
        by.event(tx, "user.scope", id, &facts)?;
    }
    Ok(user)
}

/// Forgets some of the secrets that ran out before now: sessions, links, codes of phones; how many.
/// They open nothing any more; kept, they would be rows for ever.
///
/// # Errors
/// What the store says.
pub fn sweep(tx: &dyn Tx, by: &By) -> Result<u64, Fault> {
    let swept = accounts::sweep(tx, &by.at, AT_ONCE)?;
    if swept > 0 {
        by.event(tx, "session.sweep", SERVER, &json!({ "secrets": swept }))?;
    }
    Ok(swept)
}

/// Secrets swept out in one transaction, of each kind.
const AT_ONCE: i64 = 500;

/// An account with areas outside one's own looks like one that is not there.
fn seen_by(tx: &dyn Tx, by: &By, known: Option<accounts::Stored>) -> Result<User, Fault> {
    let user = known.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?.user;
    if units::covers(tx, &by.actor, &user.areas)? {
        Ok(user)
    } else {
        Err(Fault::new(&problem::NOT_FOUND))
    }
}

/// Gives a user a link to choose a new password: the way back after a lost one. The old password
/// works until then.
///
/// # Errors
/// `not_found`; `forbidden` for an account that was revoked.
pub fn reset(tx: &dyn Tx, by: &By, id_or_name: &str, link: Secret) -> Result<User, Fault> {
    let known = match accounts::by_id(tx, id_or_name)? {
        Some(known) => Some(known),
        None => accounts::by_name(tx, &login_name(id_or_name))?,
    };
    let user = seen_by(tx, by, known)?;
    if is_closed(tx, &user)? {
        return Err(Fault::with(
            &problem::FORBIDDEN,
            "Tài khoản đã đóng, không mở lại được: tạo tài khoản mới.",
            "The account was closed and is not opened again: make a new one.",
        ));
    }
    accounts::add_link(tx, link.hash, &user.id, &link.expires_at)?;
    by.event(tx, "user.reset", &user.id, &json!({}))?;
    Ok(user)
}

/// Whether an account was closed, and not only never used.
fn is_closed(tx: &dyn Tx, user: &User) -> Result<bool, Fault> {
    Ok(!user.active && events::said(tx, "user.revoke", &user.id)?.is_some())
}

/// Closes an account. Nobody closes the one they are signed in with.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn revoke(tx: &dyn Tx, by: &By, id: &str) -> Result<(), Fault> {
    if id == by.actor {
        return Err(Fault::new(&problem::FORBIDDEN));
    }
    seen_by(tx, by, accounts::by_id(tx, id)?)?;
    accounts::close(tx, id)?;
    by.event(tx, "user.revoke", id, &json!({}))?;
    Ok(())
}

/// Redeems a one-time link.
///
/// # Errors
/// `bad_link` when it was used, replaced or has expired.
pub fn choose_password(
    tx: &dyn Tx,
    at: &str,
    link_hash: Vec<u8>,
    password_hash: &str,
) -> Result<(), Fault> {
    let user =
        accounts::use_link(tx, link_hash, at)?.ok_or_else(|| Fault::new(&problem::BAD_LINK))?;
    accounts::set_password(tx, &user, password_hash)?;
    let by = By { actor: user.clone(), at: at.into() };
    by.event(tx, "user.password", &user, &json!({}))?;
    Ok(())
}

/// Opens a session for a user whose password was verified.
///
/// # Errors
/// What the store says.
pub fn sign_in(
    tx: &dyn Tx,
    by: &By,
    session: Secret,
    idle_until: Option<String>,
) -> Result<(), Fault> {
    accounts::open_session(tx, session.hash, &by.actor, &session.expires_at, idle_until)?;
    by.event(tx, "session.open", &by.actor, &json!({}))?;
    Ok(())
}

/// Notes that so many wrong passwords were given for an account that it must wait.
///
/// # Errors
/// What the store says.
pub fn lock_out(tx: &dyn Tx, by: &By) -> Result<(), Fault> {
    by.event(tx, "session.lock", &by.actor, &json!({}))?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// What the store says.
pub fn sign_out(tx: &dyn Tx, by: &By, token_hash: Vec<u8>) -> Result<(), Fault> {
    accounts::end_session(tx, token_hash)?;
    by.event(tx, "session.end", &by.actor, &json!({}))?;
    Ok(())
}
