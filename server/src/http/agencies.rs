//! `/agencies`: the bodies whose teams help communes.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use ntm_shared::agency::{read_agencies, table_of};
use ntm_shared::api::Page;
use ntm_shared::api::agency::AgencyRow;
use ntm_shared::api::household::Imported;

use super::query::ListQuery;
use super::teams::{known_agencies, rows};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::agencies as ops;
use crate::store::agencies;

/// Imports a CSV or XLSX table of agencies, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    // Agencies outlive criteria sets: a number of any set will do.
    let sets = app.criteria.values().flat_map(|set| &set.criteria);
    let criteria: BTreeSet<u16> = sets.filter_map(|c| c.id.parse().ok()).collect();
    let stored = known_agencies(&app).await?;
    let rows = rows(body, move |csv| read_agencies(csv, &stored, &criteria)).await?;
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, &rows)).await?))
}

/// Every agency as a table that can be imported.
pub async fn table(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
) -> Result<Json<Vec<Vec<String>>>, Fault> {
    let all = app.db.read(|tx| Ok::<_, Fault>(agencies::all(tx)?)).await?;
    Ok(Json(table_of(&all.values().collect::<Vec<_>>())))
}

/// Every agency; with `at`, those that exist on that day.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<AgencyRow>>, Fault> {
    let rows = app.db.read(|tx| Ok::<_, Fault>(agencies::all(tx)?)).await?;
    let there = rows.into_values().filter(|agency| query.at.is_none_or(|day| agency.exists(day)));
    Ok(Json(Page { items: there.map(AgencyRow::from).collect(), next: None }))
}
