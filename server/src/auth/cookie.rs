//! Sessions of browsers: a `__Host-` cookie that no script reads, and what keeps other sites from
//! using it.
//!
//! A cookie travels with every request, whoever caused it. So a request that changes something is
//! believed only when it comes from a page of ours: the browser says so in `Origin`, and the page
//! sets a header that another site may not set. `SameSite=Strict` is the third lock.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use ntm_shared::problem;

use crate::address;
use crate::app::App;
use crate::fault::Fault;
use crate::store::accounts;

/// The cookie. The prefix makes browsers refuse it without `Secure`, with a `Domain`, or elsewhere
/// than at the root.
const NAME: &str = "__Host-ntm";
/// The header a page of ours sets.
const OURS: &str = "x-ntm";

/// What gives a browser a session.
pub fn set(token: &str, seconds: u64) -> String {
    format!("{NAME}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict")
}

/// What takes it away again.
pub fn clear() -> String {
    set("", 0)
}

/// The token of the cookie, if there is one.
///
/// # Errors
/// `cross_origin` for a change that no page of ours asked for.
pub fn token(parts: &Parts, app: &App) -> Result<Option<String>, Fault> {
    let Some(token) = value(&parts.headers) else { return Ok(None) };
    if changes(&parts.method) {
        let origin = parts.headers.get(ORIGIN).and_then(|value| value.to_str().ok());
        let ours = origin.is_some_and(|origin| address::is_ours(parts, app, origin));
        if !ours || !parts.headers.contains_key(OURS) {
            return Err(Fault::new(&problem::CROSS_ORIGIN));
        }
    }
    Ok(Some(token))
}

/// Refuses a change that a page of another site asked for, whatever it is signed with.
///
/// # Errors
/// `cross_origin`.
pub fn same_origin(request: Request, app: &Arc<App>) -> Result<Request, Fault> {
    let (parts, body) = request.into_parts();
    if changes(&parts.method)
        && let Some(origin) = parts.headers.get(ORIGIN)
    {
        let ours = origin.to_str().is_ok_and(|origin| address::is_ours(&parts, app, origin));
        if !ours {
            return Err(Fault::new(&problem::CROSS_ORIGIN));
        }
    }
    Ok(Request::from_parts(parts, body))
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn value(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(name, _)| name.trim() == NAME);
    found.next().map(|(_, value)| value.trim().to_owned())
}

/// Moves the end of idleness on, at most once a minute.
pub(super) async fn keep_alive(app: &App, session: &[u8], until: String) -> Result<(), Fault> {
    let idle = app.config.limits.idle;
    let minute = std::time::Duration::from_secs(60);
    if app.config.clock.stamp_in(idle.saturating_sub(minute)) < until {
        return Ok(());
    }
    let (session, until) = (session.to_vec(), app.config.clock.stamp_in(idle));
    let note = move |tx: &dyn crate::store::Tx| accounts::keep_alive(tx, session.clone(), &until);
    Ok(app.db.note(note).await?)
}
