//! `/erasures`: erasing for good, what was erased, and what phones are told to forget.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use ntm_shared::api::Page;
use ntm_shared::api::erasure::{Erasure, Forgotten, NewErasure};

use super::query::{ListQuery, page, polled};
use crate::app::App;
use crate::auth::{Phone, Scope, can};
use crate::erasing;
use crate::fault::Fault;
use crate::outlive::outliving;
use crate::store::erasures;

/// Erases a household, or a round past its retention: 200 when nothing is left on the disk, 202 when
/// the server has to go on by itself.
pub async fn erase(
    State(app): State<Arc<App>>,
    staff: Scope<can::Erase>,
    Json(new): Json<NewErasure>,
) -> Result<(StatusCode, Json<Erasure>), Fault> {
    // Goes on when whoever asked hangs up.
    let erasure = outliving(erasing::erase(app, staff.by, new)).await?;
    let done = erasure.finished_at.is_some();
    Ok((if done { StatusCode::OK } else { StatusCode::ACCEPTED }, Json(erasure)))
}

/// Erasures by people whose areas are within the reader's, in order.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::Audit>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Erasure>>, Fault> {
    let limit = app.config.limits.page;
    let rows =
        app.db.read(move |tx| erasures::list(tx, &staff.user.id, &query.after, limit + 1)).await?;
    Ok(Json(page(rows, limit, |row: &Erasure| row.id.clone())))
}

/// The households of the collector's areas that a phone has to forget: drafts, sent forms, photos.
pub async fn forgotten(
    State(app): State<Arc<App>>,
    phone: Phone,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let limit = app.config.limits.page;
    let (collector, after) = (phone.collector.id, query.after.parse().unwrap_or(0));
    let rows = app.db.read(move |tx| erasures::forgotten(tx, &collector, after, limit + 1)).await?;
    polled(&headers, rows, limit, |row: &Forgotten| row.seq.to_string())
}
