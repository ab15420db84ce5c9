//! `/rounds/{id}/scores`: communes scored from what has come in.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use ntm_shared::api::round::Round;
use ntm_shared::api::score::ScoreReport;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::problem;
use ntm_shared::score::CommuneScore;

use super::query::ListQuery;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::rounds;
use crate::scoring;

/// Scores of the communes the user may see, by code.
pub async fn show(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ScoreReport>, Fault> {
    let (round, _, scores) = compile(&app, staff.user.id, query.area(&app)?, id).await?;
    Ok(Json(ScoreReport {
        round: round.spec.id,
        round_name: round.spec.name,
        criteria_set: round.spec.criteria_set,
        made_up: round.spec.made_up,
        at: round.spec.ends,
        communes: scores.iter().map(Into::into).collect(),
    }))
}

/// Reads what a round says and scores it, off the async threads.
pub async fn compile(
    app: &App,
    actor: String,
    area: String,
    id: String,
) -> Result<(Round, Arc<CriteriaSet>, Vec<CommuneScore>), Fault> {
    let (units, sets) = (app.units, app.criteria.clone());
    app.db
        .read(move |tx| {
            let round = rounds::get(tx, &id)?;
            let set = sets.get(&round.spec.criteria_set).cloned();
            let set = set.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
            let inputs = scoring::inputs(tx, units, (&actor, &area), &round, &set)?;
            let scores = scoring::scores(&set, &inputs);
            Ok((round, set, scores))
        })
        .await
}
