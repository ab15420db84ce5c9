//! `/rounds/{id}/scores`: communes scored from what has come in.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use ntm_shared::api::round::Round;
use ntm_shared::api::score::{self as api, ScoreReport};
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::official::OfficialValue;
use ntm_shared::problem;
use ntm_shared::score::{CommuneScore, watch};

use super::query::ListQuery;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::{EVERYWHERE, rounds};
use crate::scoring;
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
    let (round, set, scores) = compile(&app, staff.user.id, area, id, query.look).await?;
    let look = scoring::look(&round, &set, query.look)?;
    let (units, sets, spec) = (app.units, app.criteria.clone(), round.spec.clone());
    let before = match since {
        None => None,
        Some(since) => {
            app.db
                .read(move |tx| scoring::before(tx, units, &sets, (&actor, &within), &spec, &since))
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

/// Reads what a round says and scores it, off the async threads.
pub async fn compile(
    app: &App,
    actor: String,
    area: String,
    id: String,
    look: Option<u32>,
) -> Result<(Round, Arc<CriteriaSet>, Vec<CommuneScore>), Fault> {
    let (units, sets) = (app.units, app.criteria.clone());
    app.db
        .read(move |tx| {
            let round = rounds::get(tx, &id)?;
            let set = sets.get(&round.spec.criteria_set).cloned();
            let set = set.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
            let look = scoring::look(&round, &set, look)?;
            let inputs = scoring::inputs(tx, units, (&actor, &area), &round, &set, look)?;
            let scores = scoring::scores(&set, &inputs);
            Ok((round, set, scores))
        })
        .await
}
