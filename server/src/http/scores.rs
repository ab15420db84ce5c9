//! `/rounds/{id}/scores`: communes scored from what has come in.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::civil::Date;
use ntm_shared::api::round::Round;
use ntm_shared::api::score::{self as api, Rebuilt, ScoreReport};
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::official::OfficialValue;
use ntm_shared::problem;
use ntm_shared::score::{CommuneScore, Lapses, watch};

use super::query::ListQuery;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::{EVERYWHERE, rounds};
use crate::rereading;
use crate::scoring::{self, Known};
use crate::store::{Tx, official};

/// Scores of the communes the user may see, by code.
pub async fn show(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ScoreReport>, Fault> {
    let (area, since) = (query.area(&app)?, query.since.clone());
    let (actor, within, reader) = (staff.user.id.clone(), area.clone(), staff.user.id.clone());
    let asked = Asked {
        look: query.look,
        as_of: query.as_of.map(|day| (day, query.days.unwrap_or(rereading::DAYS))),
        rebuild: query.rebuild,
    };
    let Compiled { round, set, scores, lapses, rebuilt } =
        compiled(&app, staff.user.id, area, id, asked).await?;
    let look = scoring::look(&round, &set, query.look)?;
    let before = match since {
        None => None,
        Some(since) => {
            let (state, kept, spec) = (app.db.reference(), app.clone(), round.spec.clone());
            app.db
                .read(move |tx| {
                    let known = Known { units: kept.units, kept: &kept.reference, state };
                    let reader = (actor.as_str(), within.as_str());
                    scoring::before(tx, &known, &kept.criteria, reader, &spec, &since)
                })
                .await?
        }
    };
    let (set_id, day, actor) = (round.spec.criteria_set.clone(), round.spec.ends, reader);
    let read =
        move |tx: &dyn Tx| Ok::<_, Fault>(official::list(tx, (&actor, EVERYWHERE), &set_id, day)?);
    let issued = app.db.read(read).await?;
    let earlier =
        before.as_ref().map(|(id, name, scores)| (id.as_str(), name.as_str(), scores.as_slice()));
    Ok(Json(ScoreReport {
        look: look.map(|look| [look.number, look.planned]),
        as_of: query.as_of,
        lapses,
        rebuilt,
        communes: scores.iter().map(|score| beside(score, &issued, before.as_ref())).collect(),
        watch: watch(&set, &scores, earlier),
        round: round.spec.id,
        round_name: round.spec.name,
        criteria_set: round.spec.criteria_set,
        made_up: round.spec.made_up,
        at: round.spec.ends,
    }))
}

/// A score with official values and those of the round before beside its own.
fn beside(
    score: &CommuneScore,
    issued: &[OfficialValue],
    before: Option<&scoring::Before>,
) -> api::CommuneScore {
    let mut shown = api::CommuneScore::from(score);
    let was = before.and_then(|(_, _, scores)| scores.iter().find(|was| was.id == score.id));
    shown.beside(issued, was);
    shown
}

/// How scores are asked for.
#[derive(Default)]
struct Asked {
    look: Option<u32>,
    /// The day on which answers that hold to a day are judged, and how far ahead to look.
    as_of: Option<(Date, u16)>,
    rebuild: bool,
}

/// What a round comes to.
struct Compiled {
    round: Round,
    set: Arc<CriteriaSet>,
    scores: Vec<CommuneScore>,
    lapses: Option<Lapses>,
    rebuilt: Option<Rebuilt>,
}

/// Reads what a round says and scores it, off the async threads.
pub async fn compile(
    app: &Arc<App>,
    actor: String,
    area: String,
    id: String,
    look: Option<u32>,
) -> Result<(Round, Arc<CriteriaSet>, Vec<CommuneScore>), Fault> {
    let asked = Asked { look, ..Asked::default() };
    let compiled = compiled(app, actor, area, id, asked).await?;
    Ok((compiled.round, compiled.set, compiled.scores))
}

async fn compiled(
    app: &Arc<App>,
    actor: String,
    area: String,
    id: String,
    asked: Asked,
) -> Result<Compiled, Fault> {
    let _one = match asked.rebuild || asked.as_of.is_some() {
        true => Some(app.rereading.lock().await),
        false => None,
    };
    let (state, kept) = (app.db.reference(), app.clone());
    app.db
        .read(move |tx| {
            let round = rounds::get(tx, &id)?;
            let set = kept.criteria.get(&round.spec.criteria_set).cloned();
            let set = set.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
            let look = scoring::look(&round, &set, asked.look)?;
            let known = Known { units: kept.units, kept: &kept.reference, state };
            let reader = (actor.as_str(), area.as_str());
            let mut inputs = match scoring::inputs(tx, &known, reader, &round, &set, look) {
                Err(fault) if fault.problem.code == problem::NO_CASE_TO_COMPILE.code => {
                    return Err(scoring::nothing_there(tx, reader, &round)?);
                }
                inputs => inputs?,
            };
            let rebuilt = match asked.rebuild {
                true => Some(rereading::rebuild(tx, &round, &set, &mut inputs)?),
                false => None,
            };
            let (scores, lapses) = match asked.as_of {
                None => (scoring::scores(&set, &inputs), None),
                Some(days) => {
                    let (scores, lapses) = rereading::as_of(tx, &round, &set, inputs, days)?;
                    (scores, Some(lapses))
                }
            };
            Ok(Compiled { round, set, scores, lapses, rebuilt })
        })
        .await
}
