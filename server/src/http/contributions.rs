//! `/rounds/{id}/contributions`: where one number of a score comes from, village by village and
//! household by household.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use ntm_shared::api::Page;
use ntm_shared::api::contribution::{Explained, HouseholdContribution};
use ntm_shared::api::round::Round;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::problem;

use super::households::{key, row};
use super::query::{ListQuery, page};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::contributions::{explained, indicator, places, stand};
use crate::fault::Fault;
use crate::ops::{access, rounds};
use crate::scoring::{self, Known};
use crate::store::households::After;
use crate::store::{Tx, contributions as store};

/// Households on a page at most: what is unknown about one is read from its original.
const PAGE: i64 = 200;

/// The rule of the indicator `?q=`, and what the villages of an area add to it.
pub async fn villages(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Explained>, Fault> {
    let area = query.area(&app)?;
    let (state, kept, actor) = (app.db.reference(), app.clone(), staff.user.id);
    let told = app
        .db
        .read(move |tx| {
            let (round, set) = asked(tx, &kept, &id)?;
            let indicator = indicator(&set, query.q.as_deref())?;
            let known = Known { units: kept.units, kept: &kept.reference, state };
            let within = (actor.as_str(), area.as_str());
            let communes = scoring::inputs(tx, &known, within, &round, &set, None)?;
            Ok::<_, Fault>(explained(&set, indicator, &round, &communes))
        })
        .await?;
    Ok(Json(told))
}

/// How the households of a round stand in the indicator `?q=`; names and answers, so the reading is
/// noted.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<HouseholdContribution>>, Fault> {
    let area = query.area(&app)?;
    let limit = app.config.limits.page.min(PAGE);
    let subject = format!("{id} {area}");
    let (kept, actor, within) = (app.clone(), staff.user.id.clone(), area);
    let (rows, day) = app
        .db
        .read(move |tx| {
            let (round, set) = asked(tx, &kept, &id)?;
            let indicator = indicator(&set, query.q.as_deref())?;
            let day = round.spec.starts;
            let about = places(indicator);
            let Some(first) = about.first().filter(|_| round.erased_at.is_none()) else {
                return Ok::<_, Fault>((Vec::new(), day));
            };
            let module = set.measures()[*first].module.as_str();
            let of = (id.as_str(), set.household_form.as_str(), module);
            let after = After::read(&query.after);
            let stored = store::list(tx, (&actor, &within), of, &after, limit + 1)?;
            let rows = stored.into_iter().map(|stored| {
                let stand = stand(tx, (&round, &set), (indicator, about), &stored)?;
                Ok((stored.household, stand))
            });
            Ok((rows.collect::<Result<Vec<_>, Fault>>()?, day))
        })
        .await?;
    access::note(&app.db, &staff.by, "household.contributions", &subject).await?;
    let rows = rows.into_iter().map(|(named, stand)| HouseholdContribution {
        household: row(&app, named, day),
        submission: stand.submission,
        standing: stand.standing,
        given: stand.given,
        parts: stand.parts,
        answers: stand.answers,
    });
    Ok(Json(page(rows.collect(), limit, |row: &HouseholdContribution| key(&row.household))))
}

fn asked(tx: &dyn Tx, app: &App, id: &str) -> Result<(Round, Arc<CriteriaSet>), Fault> {
    let round = rounds::get(tx, id)?;
    let set = app.criteria.get(&round.spec.criteria_set).cloned();
    Ok((round, set.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?))
}
