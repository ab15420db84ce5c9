//! `/rounds/{id}/rota` and `/collectors/areas`: who surveys which village.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use ntm_shared::api::rota::{NewAreas, RotaRequest, RotaView};

use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::{access, collectors as ops, rounds};
use crate::rota::{self, Question};

/// The best rota for the villages and collectors the user reaches. Computed, not stored.
pub async fn plan(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Path(id): Path<String>,
    request: Option<Json<RotaRequest>>,
) -> Result<Json<RotaView>, Fault> {
    let asked = request.map(|Json(request)| request).unwrap_or_default();
    let (units, actor, round) = (app.units, staff.user.id.clone(), id.clone());
    let question: Question = app
        .db
        .read(move |tx| {
            let round = rounds::get(tx, &round)?;
            rota::question(tx, units, &actor, (round, &asked))
        })
        .await?;
    access::note(&app.db, &staff.by, "collector.rota", &id).await?;
    let solve = move || question.solve(units);
    Ok(Json(tokio::task::spawn_blocking(solve).await.map_err(Fault::internal)??))
}

/// Gives collectors their villages.
pub async fn areas(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Json(new): Json<NewAreas>,
) -> Result<StatusCode, Fault> {
    app.db.write(move |tx| ops::set_areas(tx, &staff.by, &new)).await?;
    Ok(StatusCode::NO_CONTENT)
}
