//! `/requests`: the register of what people ask about their own data.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::request::{NewRequest, NewStep, Request};

use super::query::{ListQuery, page};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::requests as ops;
use crate::store::requests;

/// Requests in the user's areas, by the day they are due.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::HandleRequests>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Request>>, Fault> {
    let (limit, today) = (app.config.limits.page, app.config.clock.today());
    let rows = app
        .db
        .read(move |tx| requests::list(tx, &staff.user.id, &query.after, limit + 1, today))
        .await?;
    Ok(Json(page(rows, limit, |row: &Request| row.id.clone())))
}

/// Writes a request down.
pub async fn add(
    State(app): State<Arc<App>>,
    staff: Scope<can::HandleRequests>,
    Json(new): Json<NewRequest>,
) -> Result<(StatusCode, Json<Request>), Fault> {
    let today = app.config.clock.today();
    let request = app.db.write(move |tx| ops::add(tx, &staff.by, &new, today)).await?;
    Ok((StatusCode::CREATED, Json(request)))
}

/// Writes down what was done about one.
pub async fn step(
    State(app): State<Arc<App>>,
    staff: Scope<can::HandleRequests>,
    Path(id): Path<String>,
    Json(new): Json<NewStep>,
) -> Result<Json<Request>, Fault> {
    let today = app.config.clock.today();
    Ok(Json(app.db.write(move |tx| ops::step(tx, &staff.by, &id, &new, today)).await?))
}
