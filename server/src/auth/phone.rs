//! A collector's phone, known by an app-user token: in the path, as ODK Collect has it after
//! scanning a code; as `Bearer`; or, over TLS only, as the password of `Basic`.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ntm_shared::api::collector::Collector;
use ntm_shared::problem;
use serde::Deserialize;

use super::{Access, Guard, bearer, hurried};
use crate::address;
use crate::app::App;
use crate::fault::Fault;
use crate::ops::By;
use crate::secret;
use crate::store::{collectors, devices};

/// A collector's phone.
#[derive(Clone)]
pub struct Phone {
    /// The collector.
    pub collector: Collector,
    /// True when the token has expired: what it sends is stored, and flagged.
    pub expired: bool,
    /// Base address of this phone's door, with the token where it came in the path.
    pub base: String,
    /// The device whose token it is.
    pub device: String,
    /// The collector, now.
    pub by: By,
}

impl Guard for Phone {
    const ACCESS: Access = Access::Collector;
}

/// How often it is written down that a phone was heard of.
const SEEN_EVERY: std::time::Duration = std::time::Duration::from_secs(3600);

impl FromRequestParts<Arc<App>> for Phone {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Phone, Fault> {
        let bad = || Fault::new(&problem::BAD_TOKEN);
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| bad())?;
        let in_path = path.iter().find(|(name, _)| *name == "token").map(|(_, v)| v.to_owned());
        let home = address::of(parts, app);
        // Nobody learns from an address whether its token was good once. Our own app does, which sends its
        // token as `Bearer`: it lets go of what is safe on the server when it was shut out here. After a
        // restore the server may not know a good phone, and that phone has the only copy.
        let is_app = in_path.is_none() && bearer(parts).is_some();
        let unknown = || if is_app { Fault::new(&problem::UNKNOWN_TOKEN) } else { bad() };
        let (token, base) = match in_path {
            Some(token) => (token.clone(), format!("{home}/key/{token}")),
            None => match bearer(parts) {
                Some(token) => (token, home),
                None => (basic(parts, app)?.ok_or_else(unknown)?, home),
            },
        };
        let whole = token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit());
        if !whole {
            return Err(unknown());
        }
        let hash = secret::hash(&token);
        let good = known(app, hash).await?.ok_or_else(unknown)?;
        if good.0.revoked || good.1.device.revoked_at.is_some() {
            return Err(bad());
        }
        let (collector, device) = (good.0.clone(), &good.1);
        hurried(app, &device.device.id)?;
        let by = app.by(&collector.id);
        let expired = device.device.expires_at <= by.at;
        note(parts, app, device, &by).await?;
        let device = device.device.id.clone();
        Ok(Phone { expired, base, collector, device, by })
    }
}

/// Whose token that is; a phone that was shut out is found, too.
async fn known(
    app: &App,
    hash: Vec<u8>,
) -> Result<Option<Arc<(Collector, devices::Stored)>>, Fault> {
    let state = app.db.reference();
    if let Some(known) = app.reference.phones.get(state, &hash) {
        return Ok(Some(known));
    }
    let token = hash.clone();
    let found = app.db.glance(|tx| {
        let Some(device) = devices::by_token(tx, token)? else { return Ok(None) };
        let collector = collectors::by_id(tx, &device.collector)?;
        Ok::<_, Fault>(collector.map(|collector| Arc::new((collector, device))))
    });
    let found = found.await?;
    if let Some(found) = &found {
        app.reference.phones.put(state, hash, found.clone());
    }
    Ok(found)
}

#[derive(Deserialize)]
struct DeviceQuery {
    #[serde(rename = "deviceID")]
    device_id: Option<String>,
}

/// Writes down that the phone was heard of, now and then, and when its token is used by another
/// phone than the first: a code that was passed on.
async fn note(
    parts: &mut Parts,
    app: &Arc<App>,
    device: &devices::Stored,
    by: &By,
) -> Result<(), Fault> {
    let query = Query::<DeviceQuery>::try_from_uri(&parts.uri).ok();
    let said = query.and_then(|Query(query)| query.device_id).filter(|id| id.len() <= 200);
    let first = device.phone.is_none() && said.is_some();
    let other = said.is_some() && device.phone.is_some() && device.phone != said;
    let earlier = app.config.clock.stamp_before(SEEN_EVERY);
    let seen = device.device.last_seen_at.as_ref().is_some_and(|at| *at > earlier);
    let told = device.device.other_phone_at.as_ref().is_some_and(|at| *at > earlier);
    if seen && !first && (!other || told) {
        return Ok(());
    }
    let (id, at) = (device.device.id.clone(), by.at.clone());
    Ok(app.db.note(move |tx| devices::seen(tx, &id, &at, said.as_deref(), other)).await?)
}

/// The password of `Basic`, whoever it names.
///
/// # Errors
/// `needs_tls` where others could read it on the way.
fn basic(parts: &Parts, app: &App) -> Result<Option<String>, Fault> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(sent) = header.and_then(|value| value.strip_prefix("Basic ")) else { return Ok(None) };
    if !address::is_secure(&parts.headers, &parts.extensions, &app.config) {
        return Err(Fault::new(&problem::NEEDS_TLS));
    }
    let pair = STANDARD.decode(sent.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(pair.and_then(|pair| pair.split_once(':').map(|(_, password)| password.to_owned())))
}
