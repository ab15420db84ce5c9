//! `/rounds/{id}/quality`: figures about collectors and villages, for those who supervise.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use ntm_shared::api::quality::{NewQualityAnswer, QualityReport};
use ntm_shared::problem;

use super::query::ListQuery;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::{access, quality as ops, rounds};
use crate::quality::quality;

/// What is unlike the others; figures about people, so the reading is noted.
pub async fn show(
    State(app): State<Arc<App>>,
    staff: Scope<can::Review>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<QualityReport>, Fault> {
    let area = query.area(&app)?;
    let subject = format!("{id} {area}");
    let (units, sets, actor) = (app.units, app.criteria.clone(), staff.user.id.clone());
    let report = app
        .db
        .read(move |tx| {
            let round = rounds::get(tx, &id)?;
            let set = sets.get(&round.spec.criteria_set);
            let set = set.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
            quality(tx, units, (&actor, &area), &round, set)
        })
        .await?;
    access::note(&app.db, &staff.by, "quality.show", &subject).await?;
    Ok(Json(report))
}

/// Says what came of looking at a figure.
pub async fn answer(
    State(app): State<Arc<App>>,
    staff: Scope<can::Review>,
    Path(id): Path<String>,
    Json(new): Json<NewQualityAnswer>,
) -> Result<Json<NewQualityAnswer>, Fault> {
    let by = staff.by;
    Ok(Json(app.db.write(move |tx| ops::answer(tx, &by, &id, new)).await?))
}
