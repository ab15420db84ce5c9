//! `/sessions`, `/me`, `/password`, `/users`.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use ntm_shared::api::Page;
use ntm_shared::api::account::{
    BrowserSession, NewPassword, NewSession, NewUser, OneTimeLink, Session, User, UserScope,
};
use ntm_shared::password::{LONGEST, weakness};
use ntm_shared::problem;
use serde::Deserialize;

use super::query::{ListQuery, page};
use super::teams::area_id;
use crate::address::{Address, Network};
use crate::app::App;
use crate::auth::{Anyone, Scope, can, cookie};
use crate::fault::Fault;
use crate::ops::users::{self, Secret};
use crate::ops::{EVERYWHERE, access};
use crate::secret;
use crate::store::accounts;

/// `?cookie=`.
#[derive(Debug, Default, Deserialize)]
pub struct SignInQuery {
    /// For a browser: the session is a cookie, and no script sees its token.
    #[serde(default)]
    cookie: bool,
}

/// Signs in.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    _: Anyone,
    Network(network): Network,
    Query(query): Query<SignInQuery>,
    Json(new): Json<NewSession>,
) -> Result<Response, Fault> {
    let name = users::login_name(&new.name);
    app.tries.may(&name, &network, Instant::now()).map_err(|wait| Fault {
        wait: Some(wait.as_secs() + 1),
        ..Fault::new(&problem::TOO_MANY_TRIES)
    })?;
    if new.password.len() > LONGEST * 4 || name.len() > LONGEST {
        return Err(Fault::new(&problem::WRONG_PASSWORD));
    }
    let _waiting = app.sign_ins.try_acquire().map_err(|_| Fault::new(&problem::BUSY))?;
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
    let Some(user) = stored.as_ref().filter(|_| right).map(|stored| stored.user.clone()) else {
        let locked = app.tries.failed(&name, &network, Instant::now());
        if let Some(known) = stored.filter(|_| locked) {
            let by = app.by(&known.user.id);
            app.db.write(move |tx| users::lock_out(tx, &by)).await?;
        }
        return Err(Fault::new(&problem::WRONG_PASSWORD));
    };
    app.tries.succeeded(&name, &network, Instant::now());
    open_session(&app, user, query.cookie).await
}

async fn open_session(app: &App, user: User, in_cookie: bool) -> Result<Response, Fault> {
    let (clock, limits) = (&app.config.clock, &app.config.limits);
    let token = secret::fresh()?;
    let expires_at = clock.stamp_in(limits.session);
    let session = Secret { hash: secret::hash(&token), expires_at: expires_at.clone() };
    let idle_until = in_cookie.then(|| clock.stamp_in(limits.idle));
    let by = app.by(&user.id);
    app.db.write(move |tx| users::sign_in(tx, &by, session, idle_until)).await?;
    if !in_cookie {
        return Ok((StatusCode::CREATED, Json(Session { token, expires_at, user })).into_response());
    }
    let cookie = cookie::set(&token, limits.session.as_secs());
    let said = Json(BrowserSession { expires_at, user });
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie)], said).into_response())
}

/// Signs out.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    staff: Scope<can::BeSignedIn>,
) -> Result<Response, Fault> {
    app.db.write(move |tx| users::sign_out(tx, &staff.by, staff.session)).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie::clear())]).into_response())
}

/// Who is signed in.
pub async fn me(staff: Scope<can::BeSignedIn>) -> Json<User> {
    Json(staff.user)
}

/// Redeems a one-time link.
pub async fn choose_password(
    State(app): State<Arc<App>>,
    _: Anyone,
    Json(new): Json<NewPassword>,
) -> Result<StatusCode, Fault> {
    if weakness(&new.password).is_some() {
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
    staff: Scope<can::ManageAccounts>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<User>>, Fault> {
    let (limit, reader) = (app.config.limits.page, staff.user.id);
    let users = app
        .db
        .read(move |tx| Ok::<_, Fault>(accounts::list(tx, &reader, &query.after, limit + 1)?))
        .await?;
    access::note(&app.db, &staff.by, "user.list", EVERYWHERE).await?;
    Ok(Json(page(users, limit, |user| user.name.clone())))
}

/// Invites a user.
pub async fn create(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageAccounts>,
    Address(address): Address,
    Json(mut new): Json<NewUser>,
) -> Result<(StatusCode, Json<OneTimeLink>), Fault> {
    let today = app.config.clock.today();
    for area in &mut new.areas {
        *area = area_id(&app, area, today).await?;
    }
    let (secret, link) = fresh_link(&app)?;
    let user = app.db.write(move |tx| users::create(tx, &staff.by, new, link)).await?;
    Ok((StatusCode::CREATED, Json(one_time(&app, &address, &user, &secret))))
}

/// A way back after a lost password.
pub async fn reset(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageAccounts>,
    Address(address): Address,
    Path(id): Path<String>,
) -> Result<Json<OneTimeLink>, Fault> {
    let (secret, link) = fresh_link(&app)?;
    let user = app.db.write(move |tx| users::reset(tx, &staff.by, &id, link)).await?;
    Ok(Json(one_time(&app, &address, &user, &secret)))
}

/// Says what a user may do from now on, and where; who is signed in is held to it at once.
pub async fn set_scope(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageAccounts>,
    Path(id): Path<String>,
    Json(mut new): Json<UserScope>,
) -> Result<Json<User>, Fault> {
    let today = app.config.clock.today();
    for area in &mut new.areas {
        *area = area_id(&app, area, today).await?;
    }
    Ok(Json(app.db.write(move |tx| users::set_scope(tx, &staff.by, &id, new)).await?))
}

/// Closes an account.
pub async fn revoke(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageAccounts>,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
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
