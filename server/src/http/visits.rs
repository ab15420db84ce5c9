//! `/visits`: what helper teams saw, and which communes they were not in for long.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use ntm_shared::api::Page;
use ntm_shared::api::assignment::{CommuneRef, TeamRef};
use ntm_shared::api::visit::{Lacking, NewVisit, Visit};
use ntm_shared::problem;
use ntm_shared::team::Team;
use serde::Deserialize;

use super::assignments::there;
use super::query::{page, unit_id};
use super::submissions::{corrupt, picture};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::visits as ops;
use crate::ops::{EVERYWHERE, access};
use crate::store::teams;
use crate::store::visits::{self, Stored, Which};
use crate::{following, visiting};

/// What lists of what teams did are asked by.
#[derive(Debug, Default, Deserialize)]
pub struct FollowQuery {
    /// Unit id or official code.
    within: Option<String>,
    /// The day on which codes are read.
    pub at: Option<Date>,
    /// Key of the last row of the page before; blank for the first.
    #[serde(default)]
    after: String,
    /// Team id.
    team: Option<String>,
    /// Days without a visit; 30 without.
    days: Option<u16>,
    /// Only difficulties that are not resolved.
    #[serde(default)]
    pub open: bool,
    /// Only those whose deadline has passed.
    #[serde(default)]
    pub overdue: bool,
    /// What is added up by.
    pub by: Option<String>,
    /// First day that is added up.
    pub from: Option<Date>,
    /// Last day that is added up.
    pub to: Option<Date>,
}

impl FollowQuery {
    /// Which rows are meant.
    ///
    /// # Errors
    /// `unknown_unit`.
    pub fn which(&self, app: &App, actor: &str) -> Result<Which, Fault> {
        let day = self.at.unwrap_or_else(|| app.config.clock.today());
        let area = match &self.within {
            None => EVERYWHERE.to_owned(),
            Some(text) => unit_id(app, text, day)?,
        };
        Ok(Which {
            actor: actor.to_owned(),
            area,
            team: self.team.clone().unwrap_or_default(),
            before: self.after.parse().unwrap_or(i64::MAX),
            limit: app.config.limits.page + 1,
        })
    }
}

/// A commune as it is called on a day.
pub fn commune(app: &App, id: &str, day: Date) -> CommuneRef {
    CommuneRef {
        commune_code: app.units.code(id, day).unwrap_or_default().into(),
        commune_name: app.units.name(id, day).unwrap_or_default(),
        commune: id.to_owned(),
    }
}

fn team(teams: &[Team], id: &str) -> TeamRef {
    let team = teams.iter().find(|team| team.id == id);
    TeamRef {
        team_name: team.map(|t| t.name.clone()).unwrap_or_default(),
        agency: team.map(|t| t.agency.clone()).unwrap_or_default(),
        team: id.to_owned(),
    }
}

fn view(app: &App, stored: Stored, teams: &[Team]) -> Visit {
    let said = stored.said;
    Visit {
        commune: commune(app, &said.commune, said.day),
        team: team(teams, said.team.as_deref().unwrap_or_default()),
        id: said.id,
        day: said.day,
        criteria_met: said.criteria_met,
        open_criteria: said.open_criteria,
        plan: said.plan,
        photos: stored.photos,
        actor: stored.actor,
        at: stored.at,
    }
}

/// Visits, those written down last first.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<FollowQuery>,
) -> Result<Json<Page<Visit>>, Fault> {
    let which = query.which(&app, &staff.user.id)?;
    let (rows, teams) = app
        .db
        .read(move |tx| Ok::<_, Fault>((visits::list(tx, &which)?, teams::list(tx)?)))
        .await?;
    let Page { items, next } = page(rows, app.config.limits.page, |row| row.seq.to_string());
    Ok(Json(Page { items: items.into_iter().map(|row| view(&app, row, &teams)).collect(), next }))
}

/// Writes a visit down.
pub async fn add(
    State(app): State<Arc<App>>,
    staff: Scope<can::FollowUp>,
    Json(mut new): Json<NewVisit>,
) -> Result<(StatusCode, Json<Visit>), Fault> {
    new.commune = there(&app, &new.commune, new.day)?;
    let known = visiting::known(&app, new.day);
    let (stored, teams) = app
        .db
        .write(move |tx| Ok::<_, Fault>((ops::add(tx, &staff.by, &new, &known)?, teams::list(tx)?)))
        .await?;
    Ok((StatusCode::CREATED, Json(view(&app, stored, &teams))))
}

/// Teams that were not in a commune of theirs for more than `?days=` days on `?at=`.
pub async fn lacking(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<FollowQuery>,
) -> Result<Json<Page<Lacking>>, Fault> {
    let day = query.at.unwrap_or_else(|| app.config.clock.today());
    let days = i32::from(query.days.unwrap_or(following::DAYS));
    let units = app.units;
    let (rows, teams) = app
        .db
        .read(move |tx| {
            let rows = following::lacking(tx, units, &staff.user.id, (day, days))?;
            Ok::<_, Fault>((rows, teams::list(tx)?))
        })
        .await?;
    let row = |row: following::Lacking| Lacking {
        commune: commune(&app, &row.commune, day),
        team: team(&teams, &row.team),
        role: row.role,
        last: row.last,
        days: row.days,
    };
    Ok(Json(Page { items: rows.into_iter().map(row).collect(), next: None }))
}

/// Receives a photo that a visit names: the bytes as they are.
pub async fn receive(
    State(app): State<Arc<App>>,
    staff: Scope<can::FollowUp>,
    Path((id, sha256)): Path<(String, String)>,
    body: Bytes,
) -> Result<StatusCode, Fault> {
    let (by, visit, hash) = (staff.by.clone(), id.clone(), sha256.clone());
    app.db.read(move |tx| ops::with_photo(tx, &by, &visit, &hash).map(drop)).await?;
    let _naming = app.blobs.naming().await;
    let blobs = app.blobs.clone();
    let stored = tokio::task::spawn_blocking(move || {
        let mut incoming = blobs.begin()?;
        incoming.write(&body)?;
        blobs.finish(incoming)
    });
    let blob = stored.await.map_err(Fault::internal)??;
    if blob.sha256 != sha256 {
        // Nothing names it: it is swept out.
        let (vi, en) = ("Tệp không đúng với mã SHA-256.", "The file has another SHA-256.");
        return Err(ops::wrong("sha256", "bad_hash", vi, en));
    }
    let fresh = app.db.write(move |tx| ops::photo(tx, &staff.by, &id, &blob)).await?;
    Ok(if fresh { StatusCode::CREATED } else { StatusCode::OK })
}

/// A photo of a visit, byte for byte.
pub async fn photo(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path((id, sha256)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (by, visit, hash) = (staff.by.clone(), id.clone(), sha256.clone());
    let visit = app.db.read(move |tx| ops::with_photo(tx, &by, &visit, &hash)).await?;
    if !visit.photos.iter().any(|photo| photo.sha256 == sha256 && photo.received) {
        return Err(Fault::new(&problem::NOT_FOUND));
    }
    let blobs = app.blobs.clone();
    let bytes = tokio::task::spawn_blocking(move || blobs.read(&sha256))
        .await
        .map_err(Fault::internal)?
        .map_err(|error| corrupt(&error))?;
    access::note(&app.db, &staff.by, "visit.photo", &id).await?;
    Ok(picture(bytes))
}
