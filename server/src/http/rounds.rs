//! `/rounds`: opening, drawing, progress.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::erasure::NewRetention;
use ntm_shared::api::round::{Draw, NewDraw, NewRound, Round, RoundStatus};
use ntm_shared::problem;

use super::query::{ListQuery, unit_id};
use crate::app::App;
use crate::auth::{Action, Scope, can};
use crate::fault::Fault;
use crate::ops::{By, access, retention, rounds as ops};
use crate::progress;
use crate::store::rounds;

/// Rounds, newest first.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
) -> Result<Json<Page<Round>>, Fault> {
    let items = app.db.read(|tx| Ok::<_, Fault>(rounds::list(tx)?)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Opens a round.
pub async fn open(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Json(mut new): Json<NewRound>,
) -> Result<(StatusCode, Json<Round>), Fault> {
    for area in &mut new.areas {
        *area = unit_id(&app, area, new.starts)?;
    }
    if !app.criteria.contains_key(&new.criteria_set) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("Không có bộ tiêu chí «{}».", new.criteria_set),
            format!("There is no criteria set «{}».", new.criteria_set),
        ));
    }
    let round = app.db.write(move |tx| ops::open(tx, &staff.by, new)).await?;
    Ok((StatusCode::CREATED, Json(round)))
}

/// One round.
pub async fn show(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
    Path(id): Path<String>,
) -> Result<Json<Round>, Fault> {
    Ok(Json(app.db.read(move |tx| ops::get(tx, &id)).await?))
}

/// Closes a round.
pub async fn close(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Path(id): Path<String>,
) -> Result<Json<Round>, Fault> {
    Ok(Json(app.db.write(move |tx| ops::close(tx, &staff.by, &id)).await?))
}

/// Says until when what a round collected is kept.
pub async fn keep(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Path(id): Path<String>,
    Json(new): Json<NewRetention>,
) -> Result<Json<Round>, Fault> {
    Ok(Json(app.db.write(move |tx| retention::keep(tx, &staff.by, &id, &new)).await?))
}

/// Draws a sample; answers the list to print.
pub async fn draw(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Path(id): Path<String>,
    Json(new): Json<NewDraw>,
) -> Result<Json<Draw>, Fault> {
    // The answer is the list of names.
    staff.may(Action::ReadPersonal)?;
    let (round, module, by) = (id.clone(), new.module.clone(), staff.by.clone());
    app.db.write(move |tx| ops::draw(tx, &by, &id, &new)).await?;
    list_of(&app, staff.by, round, module).await
}

/// A sample as drawn.
pub async fn drawn(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path((round, module)): Path<(String, String)>,
) -> Result<Json<Draw>, Fault> {
    list_of(&app, staff.by, round, module).await
}

async fn list_of(app: &App, by: By, round: String, module: String) -> Result<Json<Draw>, Fault> {
    let (actor, units) = (by.actor.clone(), app.units);
    let subject = format!("{round} {module}");
    let draw = app.db.read(move |tx| progress::draw(tx, units, &actor, &round, &module)).await?;
    access::note(&app.db, &by, "round.draw", &subject).await?;
    Ok(Json(draw))
}

/// Expected, received, missing, per commune and village.
pub async fn status(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<RoundStatus>, Fault> {
    let area = query.area(&app)?;
    let (units, sets) = (app.units, app.criteria.clone());
    let status = app
        .db
        .read(move |tx| {
            let round = ops::get(tx, &id)?;
            let set = sets.get(&round.spec.criteria_set);
            let form = set.map(|set| set.household_form.clone()).unwrap_or_default();
            progress::status(tx, units, &staff.user.id, &area, &round, &form)
        })
        .await?;
    Ok(Json(status))
}
