//! `/travel`: minutes from seats to communes.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use ntm_shared::api::Page;
use ntm_shared::api::household::Imported;
use ntm_shared::api::reach::TravelRow;
use ntm_shared::travel::read_travel;

use super::query::ListQuery;
use super::teams::{known_agencies, rows};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::travel as ops;
use crate::store::{teams, travel};

/// Imports a CSV or XLSX table, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Query(query): Query<ListQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    let agencies = known_agencies(&app).await?;
    let teams = app.db.read(|tx| Ok::<_, Fault>(teams::list(tx)?)).await?;
    let teams: BTreeSet<String> = teams.into_iter().map(|team| team.id).collect();
    let read = move |csv: &[u8]| read_travel(csv, units, day, &teams, &agencies);
    let rows = rows(body, read).await?;
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, &rows)).await?))
}

/// Every time. No secret, wherever it is.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<TravelRow>>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    let all = app.db.read(|tx| Ok::<_, Fault>(travel::all(tx)?)).await?;
    let items = all.into_iter().map(|travel| TravelRow {
        commune_code: units.code(&travel.commune, day).unwrap_or_default().to_owned(),
        commune_name: units.name(&travel.commune, day).unwrap_or_default(),
        travel,
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}
