//! `/languages`: languages of communes.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use ntm_shared::api::Page;
use ntm_shared::api::household::Imported;
use ntm_shared::api::reach::LanguageRow;
use ntm_shared::language::read_languages;

use super::query::ListQuery;
use super::teams::rows;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::languages as ops;
use crate::store::languages;

/// Imports a CSV or XLSX table, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Query(query): Query<ListQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    let rows = rows(body, move |csv: &[u8]| read_languages(csv, units, day)).await?;
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, &rows)).await?))
}

/// What is spoken where on a day. No secret, wherever it is.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<LanguageRow>>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    let all = app.db.read(|tx| Ok::<_, Fault>(languages::all(tx)?)).await?;
    let items = all.into_iter().filter(|spoken| spoken.is_so(day)).map(|spoken| LanguageRow {
        commune_code: units.code(&spoken.commune, day).unwrap_or_default().to_owned(),
        commune_name: units.name(&spoken.commune, day).unwrap_or_default(),
        spoken,
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}
