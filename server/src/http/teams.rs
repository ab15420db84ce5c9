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
use ntm_shared::table::{RowFault, record};
use ntm_shared::team::{read_teams, table_of};

use super::households::bad_table;
use super::query::{ListQuery, unit_id};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::visits::{TEAM, unknown_team};
use crate::ops::{access, teams as ops};
use crate::store::{agencies, teams};

/// Imports a CSV or XLSX table of teams, all of it or nothing.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Query(query): Query<ListQuery>,
    body: Bytes,
) -> Result<Json<Imported>, Fault> {
    let (day, units) = (query.day(&app), app.units);
    let criteria = app.criteria_in_force(day);
    let known = known_agencies(&app).await?;
    let read = move |csv: &[u8]| read_teams(csv, units, day, &criteria, &known);
    let rows = rows(body, read).await?;
    let today = app.config.clock.today();
    Ok(Json(app.db.write(move |tx| ops::import(tx, &staff.by, &rows, today)).await?))
}

/// Every team, without the names and telephones of its people.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
) -> Result<Json<Page<TeamRow>>, Fault> {
    let teams = app.db.read(|tx| Ok::<_, Fault>(teams::list(tx)?)).await?;
    Ok(Json(Page { items: teams.into_iter().map(TeamRow::from).collect(), next: None }))
}

/// Every team as a table that can be imported on the same day: with the names and telephones of people
/// of the whole province, so it is for those who import it.
pub async fn table(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRounds>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<Vec<String>>>, Fault> {
    let day = query.day(&app);
    let teams = app.db.read(|tx| Ok::<_, Fault>(teams::list(tx)?)).await?;
    access::note(&app.db, &staff.by, "team.table", &day.to_string()).await?;
    Ok(Json(table_of(&teams, app.units, day)))
}

/// A unit by id or code, or the communes of a team: `team:ID`.
///
/// # Errors
/// `unknown_unit`; `bad_value` for a team there is not.
pub(super) async fn area_id(app: &App, text: &str, day: Date) -> Result<String, Fault> {
    let Some(team) = text.strip_prefix(TEAM).map(str::to_owned) else {
        return unit_id(app, text, day);
    };
    let teams = app.db.read(|tx| Ok::<_, Fault>(teams::list(tx)?)).await?;
    match teams.iter().any(|known| known.id == team) {
        true => Ok(text.to_owned()),
        false => Err(unknown_team(&team)),
    }
}

/// Ids of every agency there is or was.
pub async fn known_agencies(app: &App) -> Result<BTreeSet<String>, Fault> {
    let all = app.db.read(|tx| Ok::<_, Fault>(agencies::all(tx)?)).await?;
    Ok(all.into_keys().collect())
}

/// The rows of an uploaded CSV or XLSX table, read off the async threads.
///
/// # Errors
/// `bad_value` for a spreadsheet that cannot be read, else every fault of the table at once.
pub async fn rows<T: Send + 'static>(
    body: Bytes,
    read: impl FnOnce(&[u8]) -> Result<Vec<T>, Vec<RowFault>> + Send + 'static,
) -> Result<Vec<T>, Fault> {
    let read = move || read(&as_csv(&body)?).map_err(|faults| bad_table(&faults));
    tokio::task::spawn_blocking(read).await.map_err(Fault::internal)?
}

/// The CSV of an uploaded table. Of a spreadsheet it is the first sheet, each row on the line of its
/// own number, so that faults name the row the author sees.
///
/// # Errors
/// `bad_value` for a spreadsheet that cannot be read.
fn as_csv(body: &[u8]) -> Result<Vec<u8>, Fault> {
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
