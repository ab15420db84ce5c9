//! `/rounds/{id}/plan` and `/assignments`: helper teams for communes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::assignment::{
    Assignment, CommuneRef, ExplainView, NewAssignments, PlanView, TeamRef,
};
use ntm_shared::api::round::Round;
use ntm_shared::assign::{Contradiction, Instance, Plan, Weights, explain as why, plan as best};
use ntm_shared::problem;
use ntm_shared::team::Team;

use super::query::{ListQuery, unit_id};
use super::scores::compile;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::{Fault, FaultPlace};
use crate::ops::{EVERYWHERE, assignments as ops, rounds};
use crate::scoring;
use crate::store::assignments::{self, Stored};
use crate::store::teams;

/// The plan of least cost for the communes the user may see. Computed, not stored.
pub async fn plan(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    weights: Option<Json<Weights>>,
) -> Result<Json<PlanView>, Fault> {
    let weights = weights.map(|Json(weights)| weights).unwrap_or_default();
    let solved = solve(&app, staff.user.id, id, weights).await?;
    let spec = &solved.round.spec;
    let (made_up, date) = (spec.made_up, spec.ends);
    Ok(Json(PlanView::new(&solved.instance, &solved.plan, &solved.teams, app.units, date, made_up)))
}

/// Every team as a choice for one commune.
pub async fn explain(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path((id, commune)): Path<(String, String)>,
) -> Result<Json<ExplainView>, Fault> {
    let solved = solve(&app, staff.user.id, id, Weights::default()).await?;
    let spec = &solved.round.spec;
    let commune = unit_id(&app, &commune, spec.starts)?;
    let explanation = why(&solved.instance, &solved.plan, &commune);
    let explanation = explanation.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    let (made_up, date) = (spec.made_up, spec.ends);
    Ok(Json(ExplainView::new(
        &solved.instance,
        &explanation,
        &solved.teams,
        app.units,
        date,
        made_up,
    )))
}

struct Solved {
    round: Round,
    instance: Instance,
    teams: Vec<Team>,
    plan: Plan,
}

async fn solve(app: &App, actor: String, id: String, weights: Weights) -> Result<Solved, Fault> {
    let (round, _, scores) = compile(app, actor.clone(), EVERYWHERE.into(), id, None).await?;
    let (units, date) = (app.units, round.spec.ends);
    app.db
        .read(move |tx| {
            let (instance, teams) = scoring::instance(tx, units, &actor, date, &scores, weights)?;
            if teams.is_empty() {
                return Err(Fault::with(
                    &problem::BAD_VALUE,
                    "Chưa có tổ giúp đỡ nào. Nhập trước: ntm team import.",
                    "There are no helper teams. Import them first: ntm team import.",
                ));
            }
            let plan = best(&instance).map_err(|found| contradictory(&found))?;
            Ok(Solved { round, instance, teams, plan })
        })
        .await
}

fn contradictory(found: &[Contradiction]) -> Fault {
    let places = found.iter().map(|c| FaultPlace {
        line: None,
        field: None,
        code: c.code.clone(),
        message: c.message.clone(),
    });
    Fault { places: places.collect(), ..Fault::new(&problem::BAD_VALUE) }
}

/// Puts a plan into force by decision.
pub async fn apply(
    State(app): State<Arc<App>>,
    staff: Scope<can::Assign>,
    Json(mut new): Json<NewAssignments>,
) -> Result<(StatusCode, Json<Page<Assignment>>), Fault> {
    for pair in &mut new.pairs {
        pair.commune = unit_id(&app, &pair.commune, new.from)?;
    }
    let day = new.from;
    let (stored, teams) = app
        .db
        .write(move |tx| {
            rounds::get(tx, &new.round)?;
            Ok::<_, Fault>((ops::apply(tx, &staff.by, &new)?, teams::list(tx)?))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(view(&app, stored, &teams, day))))
}

/// The assignments in force on a day.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Assignment>>, Fault> {
    let day = query.day(&app);
    let (stored, teams) = app
        .db
        .read(move |tx| {
            let stored = assignments::on(tx, &staff.user.id, &day.to_string())?;
            Ok::<_, Fault>((stored, teams::list(tx)?))
        })
        .await?;
    Ok(Json(view(&app, stored, &teams, day)))
}

fn view(
    app: &App,
    stored: Vec<Stored>,
    teams: &[Team],
    day: jiff::civil::Date,
) -> Page<Assignment> {
    let row = |stored: Stored| {
        let team = teams.iter().find(|team| team.id == stored.team);
        Assignment {
            commune: CommuneRef {
                commune_code: app.units.code(&stored.commune, day).unwrap_or_default().into(),
                commune_name: app.units.name(&stored.commune, day).unwrap_or_default(),
                commune: stored.commune,
            },
            team: TeamRef {
                team_name: team.map(|t| t.name.clone()).unwrap_or_default(),
                agency: team.map(|t| t.agency.clone()).unwrap_or_default(),
                team: stored.team,
            },
            role: stored.role,
            decision: stored.decision,
            from: stored.from.parse().unwrap_or(day),
            to: stored.to.and_then(|to| to.parse().ok()),
        }
    };
    Page { items: stored.into_iter().map(row).collect(), next: None }
}
