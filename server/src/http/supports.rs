//! `/supports`: what was given to communes, and its sums.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use ntm_shared::api::Page;
use ntm_shared::api::support::{
    Beneficiary, By, NewSupport, Support, SupportKind, SupportSaid, SupportTotal,
};
use ntm_shared::text::Lang;

use super::assignments::there;
use super::query::page;
use super::visits::{FollowQuery, commune};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::supports as ops;
use crate::ops::visits::wrong;
use crate::store::supports::{self, Stored};
use crate::store::teams;
use crate::visiting;

fn view(app: &App, stored: Stored) -> Support {
    let NewSupport {
        id,
        commune: unit,
        team,
        visit,
        day,
        kind,
        value,
        beneficiary,
        village,
        count,
        detail,
    } = stored.said;
    Support {
        commune: commune(app, &unit, day),
        said: SupportSaid {
            id,
            team,
            visit,
            day,
            kind,
            value,
            beneficiary,
            village,
            count,
            detail,
        },
        actor: stored.actor,
        at: stored.at,
    }
}

/// Supports, those written down last first.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<FollowQuery>,
) -> Result<Json<Page<Support>>, Fault> {
    let which = query.which(&app, &staff.user.id)?;
    let rows = app.db.read(move |tx| Ok::<_, Fault>(supports::list(tx, &which)?)).await?;
    let Page { items, next } = page(rows, app.config.limits.page, |row| row.seq.to_string());
    Ok(Json(Page { items: items.into_iter().map(|row| view(&app, row)).collect(), next }))
}

/// Writes support down.
pub async fn add(
    State(app): State<Arc<App>>,
    staff: Scope<can::FollowUp>,
    Json(mut new): Json<NewSupport>,
) -> Result<(StatusCode, Json<Support>), Fault> {
    new.commune = there(&app, &new.commune, new.day)?;
    let known = visiting::known(&app, new.day);
    let stored = app.db.write(move |tx| ops::add(tx, &staff.by, &new, &known)).await?;
    Ok((StatusCode::CREATED, Json(view(&app, stored))))
}

/// Sums of supports `?by=` team, commune, kind or beneficiary, `?from=` one day `?to=` another.
pub async fn totals(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<FollowQuery>,
) -> Result<Json<Page<SupportTotal>>, Fault> {
    let by = query.by.as_deref().map_or(Some(By::Team), By::read).ok_or_else(|| {
        let all = By::ALL.iter().map(|by| by.as_str()).collect::<Vec<_>>().join(", ");
        wrong("by", "unknown_key", format!("Cộng theo: {all}."), format!("Add up by: {all}."))
    })?;
    let which = query.which(&app, &staff.user.id)?;
    let day = query.at.unwrap_or_else(|| app.config.clock.today());
    let from = query.from.unwrap_or(Date::ZERO).to_string();
    let to = query.to.unwrap_or(Date::MAX).to_string();
    let (sums, teams) = app
        .db
        .read(move |tx| {
            let sums = supports::totals(tx, &which, by, (&from, &to))?;
            Ok::<_, Fault>((sums, teams::list(tx)?))
        })
        .await?;
    let vi = |names: Option<[&str; 2]>| names.map(|names| names[Lang::Vi as usize].to_owned());
    let name = |key: &str| match by {
        By::Team => teams.iter().find(|team| team.id == key).map(|team| team.name.clone()),
        By::Commune => Some(commune(&app, key, day).commune_name),
        By::Kind => vi(SupportKind::read(key).map(SupportKind::names)),
        By::Beneficiary => vi(Beneficiary::read(key).map(Beneficiary::names)),
    };
    let items = sums.into_iter().map(|(key, supports, value, unvalued)| SupportTotal {
        name: name(&key).unwrap_or_default(),
        key,
        supports,
        value,
        unvalued,
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}
