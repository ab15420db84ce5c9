//! `/rounds/{id}/plan` and `/assignments`: helper teams for communes.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use ntm_shared::api::Page;
use ntm_shared::api::assignment::{
    AnnexRow, Assignment, CommuneRef, ExplainView, NewAssignments, TeamRef,
};
use ntm_shared::api::plan::{PlanAnswer, PlanRequest};
use ntm_shared::api::round::Round;
use ntm_shared::api::told::Told;
use ntm_shared::assign::{Contradiction, Kind, Plan, explain as why, plan_as};
use ntm_shared::problem;
use ntm_shared::team::Team;
use ntm_shared::unit::{Level, Units};

use super::query::{ListQuery, unit_id};
use super::scores::compile;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::{Fault, FaultPlace};
use crate::ops::{EVERYWHERE, access, assignments as ops, rounds};
use crate::planning::{self, Question};
use crate::store::assignments::{self, Stored};
use crate::store::teams;

/// The best plan for the communes the user may see. Computed, not stored.
pub async fn plan(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    request: Option<Json<PlanRequest>>,
) -> Result<Json<PlanAnswer>, Fault> {
    let request = request.map(|Json(request)| request).unwrap_or_default();
    let solved = solve(&app, staff.user.id, id, request).await?;
    let units = app.units;
    let told = move || PlanAnswer::new(&solved.told(units), &solved.plan);
    Ok(Json(tokio::task::spawn_blocking(told).await.map_err(Fault::internal)?))
}

/// Every team as a choice for one commune, in the plan as it comes.
pub async fn explain(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path((id, commune)): Path<(String, String)>,
) -> Result<Json<ExplainView>, Fault> {
    why_in(&app, staff.user.id, (id, commune), PlanRequest::default()).await
}

/// Every team as a choice for one commune, in the plan that is asked for: pins, capacities, another day.
pub async fn explain_as(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path((id, commune)): Path<(String, String)>,
    request: Option<Json<PlanRequest>>,
) -> Result<Json<ExplainView>, Fault> {
    let request = request.map(|Json(request)| request).unwrap_or_default();
    why_in(&app, staff.user.id, (id, commune), request).await
}

async fn why_in(
    app: &Arc<App>,
    actor: String,
    (id, commune): (String, String),
    request: PlanRequest,
) -> Result<Json<ExplainView>, Fault> {
    let solved = solve(app, actor, id, request).await?;
    // The round's codes first; a later plan may speak of communes that came later.
    let commune = unit_id(app, &commune, solved.round.spec.starts)
        .or_else(|_| unit_id(app, &commune, solved.date))?;
    let explanation = why(&solved.question.instance, &solved.plan, &commune);
    let explanation = explanation.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    let units = app.units;
    let told = move || ExplainView::new(&solved.told(units), &solved.plan, &explanation);
    Ok(Json(tokio::task::spawn_blocking(told).await.map_err(Fault::internal)?))
}

struct Solved {
    round: Round,
    date: Date,
    question: Question,
    pinned: BTreeSet<(String, String)>,
    plan: Plan,
}

impl Solved {
    fn told(&self, units: &'static Units) -> Told<'_> {
        Told {
            instance: &self.question.instance,
            teams: &self.question.teams,
            leads: &self.question.leads,
            present: &self.question.present,
            pinned: &self.pinned,
            appraises: &self.question.appraises,
            units,
            date: self.date,
            made_up: self.round.spec.made_up,
        }
    }
}

async fn solve(
    app: &Arc<App>,
    actor: String,
    id: String,
    mut request: PlanRequest,
) -> Result<Solved, Fault> {
    let (round, _, scores) =
        compile(app, actor.clone(), EVERYWHERE.into(), id.clone(), None).await?;
    let (units, date) = (app.units, request.at.unwrap_or(round.spec.ends));
    for pair in request.pins.iter_mut().chain(&mut request.forbid) {
        pair.commune = there(app, &pair.commune, date)?;
    }
    for commune in &mut request.priority {
        *commune = there(app, commune, date)?;
    }
    let asked = request.clone();
    let mut question = app
        .db
        .read(move |tx| {
            let about = (id.as_str(), date, asked.weights);
            planning::question(tx, units, &actor, about, &scores)
        })
        .await?;
    if question.teams.is_empty() {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Chưa có tổ giúp đỡ nào. Nhập trước: ntm team import.",
            "There are no helper teams. Import them first: ntm team import.",
        ));
    }
    let mut pinned = question.instance.required.clone();
    pinned.extend(request.pins.iter().map(|pair| (pair.commune.clone(), pair.team.clone())));
    let solved = move || {
        question.instance.sizes = request.sizes(&question.instance, &question.households);
        question.instance =
            request.shape(question.instance).map_err(|found| contradictory(&found))?;
        let kind = request.model.unwrap_or(Kind::Coverage);
        let plan = plan_as(&question.instance, kind).map_err(|found| contradictory(&found))?;
        Ok(Solved { round, date, question, pinned, plan })
    };
    tokio::task::spawn_blocking(solved).await.map_err(Fault::internal)?
}

/// A commune by id or code that there is on a day.
pub(super) fn there(app: &App, text: &str, day: Date) -> Result<String, Fault> {
    let id = unit_id(app, text, day)?;
    if app.units.by_id(&id).is_some_and(|unit| unit.life.contains(day)) {
        return Ok(id);
    }
    let names = |date: Date| app.units.heirs(&id, date);
    let heirs: Vec<String> =
        names(day).iter().filter_map(|unit| unit.code(day)).map(str::to_owned).collect();
    let heirs = heirs.join(", ");
    Err(Fault::with(
        &problem::UNKNOWN_UNIT,
        format!("Xã {id} không còn vào ngày {day}. Nay là: {heirs}."),
        format!("Commune {id} is not there on {day}. It has become: {heirs}."),
    ))
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
        pair.commune = there(&app, &pair.commune, new.from)?;
    }
    let (units, day, today) = (app.units, new.from, app.config.clock.today());
    let (stored, teams) = app
        .db
        .write(move |tx| {
            rounds::get(tx, &new.round)?;
            Ok::<_, Fault>((ops::apply(tx, &staff.by, &new, (units, today))?, teams::list(tx)?))
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

/// All assignments there ever were of a commune (`within`) or of a team, first to last.
pub async fn history(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<Page<Assignment>>, Fault> {
    let day = app.config.clock.today();
    let commune = query.commune.as_deref().map(|text| unit_id(&app, text, query.at.unwrap_or(day)));
    let commune = commune.transpose()?;
    let limit = app.config.limits.page;
    let (stored, teams) = app
        .db
        .read(move |tx| {
            let of = (commune.as_deref(), query.team.as_deref());
            let stored = assignments::history(tx, &staff.user.id, of, limit)?;
            Ok::<_, Fault>((stored, teams::list(tx)?))
        })
        .await?;
    Ok(Json(view(&app, stored, &teams, day)))
}

/// The assignments in force on a day with the people of the teams, as a decision's annex lists them.
pub async fn annex(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<AnnexRow>>, Fault> {
    let day = query.day(&app);
    let actor = staff.user.id.clone();
    let (stored, teams) = app
        .db
        .read(move |tx| {
            let stored = assignments::on(tx, &actor, &day.to_string())?;
            Ok::<_, Fault>((stored, teams::list(tx)?))
        })
        .await?;
    access::note(&app.db, &staff.by, "assignment.annex", &day.to_string()).await?;
    let place = |id: &str| app.units.place(id, day);
    let row = |assignment: Assignment| {
        let team = teams.iter().find(|team| team.id == assignment.team.team);
        let people = team.map(|team| team.people.clone()).unwrap_or_default();
        AnnexRow {
            people,
            seat: team.map(|team| team.seat),
            place: place(&assignment.commune.commune),
            district: district(&app, &assignment.commune.commune, day),
            assignment,
        }
    };
    let mut items: Vec<AnnexRow> =
        view(&app, stored, &teams, day).items.into_iter().map(row).collect();
    items.sort_by_cached_key(|row| {
        let of = &row.assignment;
        (of.commune.commune_code.clone(), of.role.clone(), of.team.team.clone())
    });
    Ok(Json(Page { items, next: None }))
}

/// The district that a commune, or what it has become, lies in on a day, while there are districts.
fn district(app: &App, commune: &str, day: Date) -> Option<String> {
    let above = app.units.above(commune, day);
    above.iter().find(|unit| unit.level == Level::District).map(|unit| unit.full_name(day))
}

/// `?commune=&team=&at=`.
#[derive(Debug, serde::Deserialize)]
pub struct HistoryQuery {
    /// Commune by id or code.
    commune: Option<String>,
    /// Team id.
    team: Option<String>,
    /// The day whose codes are meant.
    at: Option<Date>,
}

fn view(app: &App, stored: Vec<Stored>, teams: &[Team], day: Date) -> Page<Assignment> {
    // What is not there any more is named as it was when it was assigned.
    let name = |stored: &Stored| {
        let then = stored.from.parse().unwrap_or(day);
        let names = [day, then].into_iter().find_map(|on| app.units.name(&stored.commune, on));
        names.unwrap_or_default()
    };
    let row = |stored: Stored| {
        let team = teams.iter().find(|team| team.id == stored.team);
        Assignment {
            commune: CommuneRef {
                commune_code: app.units.code(&stored.commune, day).unwrap_or_default().into(),
                commune_name: name(&stored),
                commune: stored.commune,
            },
            team: TeamRef {
                team_name: team.map(|t| t.name.clone()).unwrap_or_default(),
                agency: team.map(|t| t.agency.clone()).unwrap_or_default(),
                team: stored.team,
            },
            role: stored.role,
            pinned: stored.pinned,
            decision: stored.decision,
            from: stored.from.parse().unwrap_or(day),
            to: stored.to.and_then(|to| to.parse().ok()),
        }
    };
    Page { items: stored.into_iter().map(row).collect(), next: None }
}
