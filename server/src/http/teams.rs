//! `/teams`: helper teams.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use ntm_shared::api::Page;
use ntm_shared::api::household::Imported;
use ntm_shared::api::team::TeamRow;
use ntm_shared::team::read_teams;

use super::households::bad_table;
use super::query::ListQuery;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::teams as ops;
use crate::store::teams;

/// Imports a CSV of teams, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Query(query): Query<ListQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    // Criteria are numbered within a set; teams may name any number of a set in force.
    let criteria: BTreeSet<u16> = app
        .criteria
        .values()
        .filter(|set| set.from <= day && day <= set.to)
        .flat_map(|set| set.criteria.iter().filter_map(|c| c.id.parse().ok()))
        .collect();
    let teams = tokio::task::spawn_blocking(move || read_teams(&body, units, day, &criteria))
        .await
        .map_err(Fault::internal)?
        .map_err(|faults| bad_table(&faults))?;
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, &teams)).await?))
}

/// Every team.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
) -> Result<Json<Page<TeamRow>>, Fault> {
    let teams = app.db.read(|tx| Ok::<_, Fault>(teams::list(tx)?)).await?;
    Ok(Json(Page { items: teams.into_iter().map(TeamRow::from).collect(), next: None }))
}
