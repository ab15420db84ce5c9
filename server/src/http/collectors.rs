//! `/collectors`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::collector::{Collector, CollectorToken, NewCollector};
use ntm_shared::text::nfc;

use super::devices::{days, expiry};
use super::query::{ListQuery, page};
use super::teams::area_id;
use crate::address::Address;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::{EVERYWHERE, access, collectors as ops};
use crate::secret;
use crate::store::collectors;

/// Collectors within the user's areas.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Collector>>, Fault> {
    let limit = app.config.limits.page;
    let actor = staff.user.id.clone();
    let rows = app
        .db
        .read(move |tx| Ok::<_, Fault>(collectors::list(tx, &actor, &query.after, limit + 1)?))
        .await?;
    access::note(&app.db, &staff.by, "collector.list", EVERYWHERE).await?;
    Ok(Json(page(rows, limit, |c| c.id.clone())))
}

/// Adds a collector; the token is in this answer and never again.
pub async fn create(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Address(address): Address,
    Json(new): Json<NewCollector>,
) -> Result<(StatusCode, Json<CollectorToken>), Fault> {
    let days = days(new.days)?;
    let today = app.config.clock.today();
    let mut areas = Vec::with_capacity(new.areas.len());
    for area in &new.areas {
        areas.push(area_id(&app, area, today).await?);
    }
    areas.sort();
    areas.dedup();
    let collector = Collector {
        id: new.id,
        name: nfc(new.name.trim()),
        areas,
        expires_at: expiry(&app, days),
        revoked: false,
        last_seen_at: None,
    };
    let token = secret::fresh()?;
    let hash = secret::hash(&token);
    let (collector, fresh) =
        app.db.write(move |tx| ops::create(tx, &staff.by, collector, hash)).await?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    let url = fresh.then(|| format!("{address}/key/{token}"));
    let token = fresh.then_some(token);
    Ok((status, Json(CollectorToken { collector, token, url, pin: false })))
}

/// Revokes a collector's token.
pub async fn revoke(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    app.db.write(move |tx| ops::revoke(tx, &staff.by, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
