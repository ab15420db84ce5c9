//! `/teams`: helper teams.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use jiff::civil::Date;
use ntm_shared::api::Page;
use ntm_shared::api::household::Imported;
use ntm_shared::api::team::TeamRow;
use ntm_shared::problem;
use ntm_shared::table::record;
use ntm_shared::team::read_teams;

use super::households::bad_table;
use super::query::ListQuery;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::teams as ops;
use crate::store::{agencies, teams};

/// Imports a CSV or XLSX table of teams, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Query(query): Query<ListQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    let criteria = criteria_in_force(&app, day);
    let known = app.db.read(|tx| Ok::<_, Fault>(agencies::all(tx)?)).await?;
    let known: BTreeSet<String> = known.into_keys().collect();
    let read = move || Ok(read_teams(&table(&body)?, units, day, &criteria, &known));
    let rows = tokio::task::spawn_blocking(read).await.map_err(Fault::internal)?;
    let rows = rows.and_then(|read| read.map_err(|faults| bad_table(&faults)))?;
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, &rows)).await?))
}

/// Every team, without the names and telephones of its people.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
) -> Result<Json<Page<TeamRow>>, Fault> {
    let teams = app.db.read(|tx| Ok::<_, Fault>(teams::list(tx)?)).await?;
    Ok(Json(Page { items: teams.into_iter().map(TeamRow::from).collect(), next: None }))
}

/// Numbers of the criteria of every set in force. They are numbered within a set; a table may name
/// any of them.
fn criteria_in_force(app: &App, day: Date) -> BTreeSet<u16> {
    let sets = app.criteria.values().filter(|set| set.from <= day && day <= set.to);
    sets.flat_map(|set| set.criteria.iter().filter_map(|c| c.id.parse().ok())).collect()
}

/// The CSV of an uploaded table. Of a spreadsheet it is the first sheet, each row on the line of its
/// own number, so that faults name the row the author sees.
///
/// # Errors
/// `bad_value` for a spreadsheet that cannot be read.
pub fn table(body: &[u8]) -> Result<Vec<u8>, Fault> {
    if !ntm_spreadsheet::is_spreadsheet(body) {
        return Ok(body.to_vec());
    }
    let sheets = ntm_spreadsheet::read(body).map_err(|fault| {
        Fault::with(&problem::BAD_VALUE, fault.message.vi.clone(), fault.message.en.clone())
    })?;
    let (mut csv, mut line) = (String::new(), 1);
    for row in sheets.first().map(|sheet| &sheet.rows[..]).unwrap_or_default() {
        while line < row.number {
            csv.push('\n');
            line += 1;
        }
        // A line break within a cell would count as a line of the file.
        let cells: Vec<String> =
            row.cells.iter().map(|cell| cell.replace(['\n', '\r'], " ")).collect();
        csv.push_str(&record(cells.iter().map(String::as_str)));
        line += 1;
    }
    Ok(csv.into_bytes())
}
