//! `/difficulties`: what stands in the way of communes, and whose it is to resolve.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use ntm_shared::api::Page;
use ntm_shared::api::difficulty::{Difficulty, NewDifficulty, NewStep};

use super::assignments::there;
use super::query::page;
use super::visits::{FollowQuery, commune};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::difficulties as ops;
use crate::store::difficulties::{self, Stored};
use crate::visiting;

fn view(app: &App, stored: Stored, today: Date) -> Difficulty {
    let said = stored.said;
    Difficulty {
        commune: commune(app, &said.commune, said.day),
        id: said.id,
        team: said.team,
        visit: said.visit,
        day: said.day,
        category: said.category,
        description: said.description,
        tier: stored.tier,
        owner: stored.owner,
        deadline: stored.deadline,
        resolved: stored.resolved,
        overdue: stored.resolved.is_none() && stored.deadline < today,
        steps: stored.steps,
        actor: stored.actor,
        at: stored.at,
    }
}

/// Difficulties, those written down last first.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<FollowQuery>,
) -> Result<Json<Page<Difficulty>>, Fault> {
    let (which, today) = (query.which(&app, &staff.user.id)?, app.config.clock.today());
    let open_before = match (query.overdue, query.open) {
        (true, _) => Some(today),
        (_, true) => Some(Date::MAX),
        _ => None,
    };
    let rows =
        app.db.read(move |tx| Ok::<_, Fault>(difficulties::list(tx, &which, open_before)?)).await?;
    let Page { items, next } = page(rows, app.config.limits.page, |row| row.seq.to_string());
    Ok(Json(Page { items: items.into_iter().map(|row| view(&app, row, today)).collect(), next }))
}

/// Writes a difficulty down.
pub async fn add(
    State(app): State<Arc<App>>,
    staff: Scope<can::FollowUp>,
    Json(mut new): Json<NewDifficulty>,
) -> Result<(StatusCode, Json<Difficulty>), Fault> {
    new.commune = there(&app, &new.commune, new.day)?;
    let known = visiting::known(&app, new.day);
    let today = known.today;
    let stored = app.db.write(move |tx| ops::add(tx, &staff.by, &new, &known)).await?;
    Ok((StatusCode::CREATED, Json(view(&app, stored, today))))
}

/// Passes a difficulty on, or says that it is resolved.
pub async fn step(
    State(app): State<Arc<App>>,
    staff: Scope<can::FollowUp>,
    Path(id): Path<String>,
    Json(new): Json<NewStep>,
) -> Result<Json<Difficulty>, Fault> {
    let known = visiting::known(&app, new.day);
    let today = known.today;
    let stored = app.db.write(move |tx| ops::step(tx, &staff.by, &id, &new, &known)).await?;
    Ok(Json(view(&app, stored, today)))
}
