//! `/households`: the roster.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use ntm_shared::api::Page;
use ntm_shared::api::household::{FailingHousehold, HouseholdRow, Imported, MissingHousehold};
use ntm_shared::household::read_roster;
use ntm_shared::problem;
use ntm_shared::score::failing as failing_of;
use ntm_shared::table::RowFault;

use super::query::{ListQuery, page};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::{Fault, FaultPlace};
use crate::ops::{access, households as ops, rounds};
use crate::store::households;
use crate::store::households::{After, Named};

/// Imports a CSV roster, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Query(query): Query<ListQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    let rows = tokio::task::spawn_blocking(move || read_roster(&body, units, day))
        .await
        .map_err(Fault::internal)?
        .map_err(|faults| bad_table(&faults))?;
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, rows, day)).await?))
}

/// A table that was refused, with its places.
pub fn bad_table(faults: &[RowFault]) -> Fault {
    let places = faults.iter().map(|fault| FaultPlace {
        line: Some(fault.line),
        field: fault.column.clone(),
        code: fault.code.clone(),
        message: fault.message.clone(),
    });
    Fault { places: places.collect(), ..Fault::new(&problem::BAD_TABLE) }
}

/// Households within the user's areas; names, so the reading is noted.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<HouseholdRow>>, Fault> {
    let (area, limit, day) = (query.area(&app)?, app.config.limits.page, query.day(&app));
    let (actor, within) = (staff.user.id.clone(), area.clone());
    let rows = app
        .db
        .read(move |tx| {
            let after = After::read(&query.after);
            Ok::<_, Fault>(households::list(tx, &actor, &within, &after, limit + 1)?)
        })
        .await?;
    access::note(&app.db, &staff.by, "household.list", &area).await?;
    let rows = rows.into_iter().map(|named| row(&app, named, day)).collect();
    Ok(Json(page(rows, limit, key)))
}

/// Households of a round without a completed interview.
pub async fn missing(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path(round): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<MissingHousehold>>, Fault> {
    let area = query.area(&app)?;
    let limit = app.config.limits.page;
    let (actor, within, id) = (staff.user.id.clone(), area.clone(), round.clone());
    let sets = app.criteria.clone();
    let (rows, day) = app
        .db
        .read(move |tx| {
            let round = rounds::get(tx, &id)?;
            let set = sets.get(&round.spec.criteria_set);
            let form = set.map(|set| set.household_form.clone()).unwrap_or_default();
            let after = After::read(&query.after);
            let rows = households::missing(tx, (&actor, &within), &id, &form, &after, limit + 1)?;
            Ok::<_, Fault>((rows, round.spec.starts))
        })
        .await?;
    let subject = format!("{round} {area}");
    access::note(&app.db, &staff.by, "household.missing", &subject).await?;
    let rows = rows
        .into_iter()
        .map(|(named, last_attempt)| MissingHousehold {
            household: row(&app, named, day),
            last_attempt,
        })
        .collect();
    Ok(Json(page(rows, limit, |row: &MissingHousehold| key(&row.household))))
}

/// Households of a round that do not pass some indicator, or the one asked for with `?q=`.
pub async fn failing(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path(round): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<FailingHousehold>>, Fault> {
    let area = query.area(&app)?;
    let limit = app.config.limits.page;
    let (actor, within, id) = (staff.user.id.clone(), area.clone(), round.clone());
    let (sets, indicator) = (app.criteria.clone(), query.q.clone());
    let (rows, day) = app
        .db
        .read(move |tx| {
            let round = rounds::get(tx, &id)?;
            let set = sets.get(&round.spec.criteria_set);
            let set = set.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
            if let Some(asked) = &indicator
                && !set.indicators().any(|(_, known)| known.id == *asked)
            {
                return Err(no_indicator(asked, &set.id));
            }
            let wanted = |reading: &str| {
                let mut open = failing_of(set, &serde_json::from_str(reading).ok()?);
                open.retain(|o| indicator.as_ref().is_none_or(|wanted| o.indicator == *wanted));
                (!open.is_empty()).then_some(open)
            };
            let of = (id.as_str(), set.household_form.as_str());
            let after = After::read(&query.after);
            let rows = households::read_as(tx, (&actor, &within), of, &after, limit + 1, wanted)?;
            Ok::<_, Fault>((rows, round.spec.starts))
        })
        .await?;
    let subject = format!("{round} {area}");
    access::note(&app.db, &staff.by, "household.failing", &subject).await?;
    let rows = rows
        .into_iter()
        .map(|(named, open)| FailingHousehold { household: row(&app, named, day), open })
        .collect();
    Ok(Json(page(rows, limit, |row: &FailingHousehold| key(&row.household))))
}

fn no_indicator(asked: &str, set: &str) -> Fault {
    let asked: String = asked.chars().take(40).collect();
    Fault::with(
        &problem::NOT_FOUND,
        format!("Không có chỉ tiêu {asked} trong bộ {set}; xem: ntm criteria show {set}"),
        format!("There is no indicator {asked} in {set}; see: ntm criteria show {set}"),
    )
}

/// What a page of households goes on after.
pub(super) fn key(row: &HouseholdRow) -> String {
    After::key(&row.village, &row.id)
}

/// A household as it is told.
pub(super) fn row(
    app: &App,
    (household, village_name): Named,
    day: jiff::civil::Date,
) -> HouseholdRow {
    HouseholdRow {
        commune_code: app.units.code(&household.commune, day).unwrap_or_default().into(),
        commune_name: app.units.name(&household.commune, day).unwrap_or_default(),
        id: household.id,
        code: household.code,
        head: household.head,
        members: household.members.and_then(|m| u32::try_from(m).ok()),
        village: household.village,
        village_name,
        commune: household.commune,
    }
}
