//! `/reviews`: deciding about submissions; and what a collector's phone is told of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use ntm_shared::api::submission::{NewReview, ReturnedRow, Reviewed};

use super::query::{ListQuery, polled};
use crate::app::App;
use crate::auth::{Phone, Scope, can};
use crate::fault::Fault;
use crate::ops::reviews as ops;
use crate::store::reviews;

/// Decides about one or many submissions, all of them or none.
pub async fn decide(
    State(app): State<Arc<App>>,
    staff: Scope<can::Review>,
    Json(new): Json<NewReview>,
) -> Result<Json<Reviewed>, Fault> {
    let most = usize::try_from(app.config.limits.page).unwrap_or(usize::MAX);
    let by = staff.by;
    Ok(Json(app.db.write(move |tx| ops::decide(tx, &by, new, most)).await?))
}

/// The collector's own submissions that came back, each with the reason and the fields meant.
pub async fn returned(
    State(app): State<Arc<App>>,
    phone: Phone,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let limit = app.config.limits.page;
    let (collector, after) = (phone.collector.id, query.after.parse().unwrap_or(0));
    let rows = app.db.read(move |tx| reviews::returned(tx, &collector, after, limit + 1)).await?;
    polled(&headers, rows, limit, |row: &ReturnedRow| row.seq.to_string())
}
