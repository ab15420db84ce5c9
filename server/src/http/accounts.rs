//! `/sessions`, `/me`, `/password`, `/users`.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::account::{NewPassword, NewSession, NewUser, OneTimeLink, Session, User};
use ntm_shared::problem;

use super::query::{ListQuery, page, unit_id};
use crate::address::Address;
use crate::app::App;
use crate::auth::{Action, Staff};
use crate::fault::Fault;
use crate::ops::users::{self, Secret};
use crate::secret;
use crate::store::accounts;

/// Shortest password.
const SHORTEST: usize = 10;
/// Longest, so that hashing stays bounded.
const LONGEST: usize = 200;

/// Signs in.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    Json(new): Json<NewSession>,
) -> Result<(StatusCode, Json<Session>), Fault> {
    let name = users::login_name(&new.name);
    if !app.tries.may(&name, Instant::now()) {
        return Err(Fault::new(&problem::TOO_MANY_TRIES));
    }
    if new.password.len() > LONGEST * 4 {
        return Err(Fault::new(&problem::WRONG_PASSWORD));
    }
    let wanted = name.clone();
    let stored = app.db.read(move |tx| accounts::by_name(tx, &wanted)).await?;
    let stored = stored.filter(|stored| stored.user.active);
    let hash = stored.as_ref().and_then(|stored| stored.password_hash.clone());
    let permit = app.hashes.acquire().await.map_err(Fault::internal)?;
    let right = tokio::task::spawn_blocking(move || {
        secret::verify_password(&new.password, hash.as_deref())
    })
    .await
    .map_err(Fault::internal)?;
    drop(permit);
    let Some(stored) = stored.filter(|_| right) else {
        app.tries.failed(&name, Instant::now());
        return Err(Fault::new(&problem::WRONG_PASSWORD));
    };
    app.tries.succeeded(&name);
    let token = secret::fresh()?;
    let expires_at = app.config.clock.stamp_in(app.config.limits.session);
    let session = Secret { hash: secret::hash(&token), expires_at: expires_at.clone() };
    let by = app.by(&stored.user.id);
    app.db.write(move |tx| users::sign_in(tx, &by, session)).await?;
    Ok((StatusCode::CREATED, Json(Session { token, expires_at, user: stored.user })))
}

/// Signs out.
pub async fn sign_out(State(app): State<Arc<App>>, staff: Staff) -> Result<StatusCode, Fault> {
    app.db.write(move |tx| users::sign_out(tx, &staff.by, staff.session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in.
pub async fn me(staff: Staff) -> Json<User> {
    Json(staff.user)
}

/// Redeems a one-time link.
pub async fn choose_password(
    State(app): State<Arc<App>>,
    Json(new): Json<NewPassword>,
) -> Result<StatusCode, Fault> {
    let length = new.password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(Fault::new(&problem::WEAK_PASSWORD));
    }
    let permit = app.hashes.acquire().await.map_err(Fault::internal)?;
    let hash = tokio::task::spawn_blocking(move || secret::hash_password(&new.password))
        .await
        .map_err(Fault::internal)??;
    drop(permit);
    let (at, link) = (app.config.clock.stamp(), secret::hash(&new.secret));
    app.db.write(move |tx| users::choose_password(tx, &at, link, &hash)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Staff users.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Staff,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<User>>, Fault> {
    staff.may(Action::ManageAccounts)?;
    let limit = app.config.limits.page;
    let users =
        app.db.read(move |tx| Ok::<_, Fault>(accounts::list(tx, &query.after, limit + 1)?)).await?;
    Ok(Json(page(users, limit, |user| user.name.clone())))
}

/// Invites a user.
pub async fn create(
    State(app): State<Arc<App>>,
    staff: Staff,
    Address(address): Address,
    Json(mut new): Json<NewUser>,
) -> Result<(StatusCode, Json<OneTimeLink>), Fault> {
    staff.may(Action::ManageAccounts)?;
    let today = app.config.clock.today();
    for area in &mut new.areas {
        *area = unit_id(&app, area, today)?;
    }
    let (secret, link) = fresh_link(&app)?;
    let user = app.db.write(move |tx| users::create(tx, &staff.by, new, link)).await?;
    Ok((StatusCode::CREATED, Json(one_time(&app, &address, &user, &secret))))
}

/// A way back after a lost password.
pub async fn reset(
    State(app): State<Arc<App>>,
    staff: Staff,
    Address(address): Address,
    Path(id): Path<String>,
) -> Result<Json<OneTimeLink>, Fault> {
    staff.may(Action::ManageAccounts)?;
    let (secret, link) = fresh_link(&app)?;
    let user = app.db.write(move |tx| users::reset(tx, &staff.by, &id, link)).await?;
    Ok(Json(one_time(&app, &address, &user, &secret)))
}

/// Closes an account.
pub async fn revoke(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    staff.may(Action::ManageAccounts)?;
    app.db.write(move |tx| users::revoke(tx, &staff.by, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn fresh_link(app: &App) -> Result<(String, Secret), Fault> {
    let secret = secret::fresh()?;
    let expires_at = app.config.clock.stamp_in(app.config.limits.link);
    let link = Secret { hash: secret::hash(&secret), expires_at };
    Ok((secret, link))
}

fn one_time(app: &App, address: &str, user: &User, secret: &str) -> OneTimeLink {
    OneTimeLink {
        name: user.name.clone(),
        // After the '#': a browser does not send it, so it stays out of every log.
        link: format!("{address}/setup#{secret}"),
        expires_at: app.config.clock.stamp_in(app.config.limits.link),
    }
}
