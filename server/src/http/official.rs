//! `/criteria/{set}/official`: figures an office issued.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use ntm_shared::api::Page;
use ntm_shared::api::household::Imported;
use ntm_shared::api::official::OfficialRow;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::official::read_values;
use ntm_shared::problem;

use super::households::bad_table;
use super::query::ListQuery;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::official as ops;
use crate::store::official;

fn set(app: &App, id: &str) -> Result<Arc<CriteriaSet>, Fault> {
    app.criteria.get(id).cloned().ok_or_else(|| Fault::new(&problem::NOT_FOUND))
}

/// Imports a CSV of values, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    let (day, units, set) = (query.day(&app), app.units, set(&app, &id)?);
    let values = tokio::task::spawn_blocking(move || read_values(&body, units, day, &set))
        .await
        .map_err(Fault::internal)?
        .map_err(|faults| bad_table(&faults))?;
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, &id, &values)).await?))
}

/// The values that speak of a day or one before it.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<OfficialRow>>, Fault> {
    set(&app, &id)?;
    let (area, day, units) = (query.area(&app)?, query.day(&app), app.units);
    let read = move |tx: &dyn crate::store::Tx| {
        Ok::<_, Fault>(official::list(tx, (&staff.user.id, &area), &id, day)?)
    };
    let rows = app.db.read(read).await?.into_iter().map(|value| OfficialRow {
        commune_code: units.code(&value.commune, day).unwrap_or_default().to_owned(),
        commune_name: units.name(&value.commune, day).unwrap_or_default(),
        value,
    });
    Ok(Json(Page { items: rows.collect(), next: None }))
}
