//! `/submissions`: what came in, as staff see it; originals byte for byte.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use ntm_shared::api::Page;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use ntm_shared::problem;
use ntm_shared::text::nfc;

use super::query::{ListQuery, page};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::{EVERYWHERE, access, rounds};
use crate::store::submissions::{self, Filter};
use crate::store::{Tx, attachments, findings, reviews};

/// Submissions the user may see, in order of arrival; with `?held=true` those that `RoundStatus::held`
/// counts of the round asked for.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<SubmissionRow>>, Fault> {
    let (limit, actor) = (app.config.limits.page, staff.user.id.clone());
    let within = query.within.as_ref().map(|_| query.area(&app)).transpose()?;
    let after = query.after.parse().unwrap_or(0);
    let asked = [&query.round, &query.household, &within].map(|id| id.as_deref());
    let subject = asked.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let rows = if query.held {
        let round = query.round.ok_or_else(without_round)?;
        let (sets, area) = (app.criteria.clone(), within.unwrap_or_else(|| EVERYWHERE.into()));
        let held = move |tx: &dyn Tx| {
            let round = rounds::get(tx, &round)?.spec;
            let form = sets.get(&round.criteria_set).map_or("", |set| &set.household_form);
            let of = (round.id.as_str(), form);
            Ok::<_, Fault>(submissions::held_list(tx, (&actor, &area), of, after, limit + 1)?)
        };
        app.db.read(held).await?
    } else {
        let filter =
            Filter { round: query.round, form: query.form, household: query.household, within };
        let list = move |tx: &dyn Tx| {
            // Of a mistyped round nothing would be listed, as of one that nobody answered.
            if let Some(round) = &filter.round {
                rounds::spec(tx, round)?;
            }
            Ok::<_, Fault>(submissions::list(tx, &actor, filter, after, limit + 1)?)
        };
        app.db.read(list).await?
    };
    access::note(&app.db, &staff.by, "submission.list", &subject).await?;
    Ok(Json(page(rows, limit, |row| row.seq.to_string())))
}

fn without_round() -> Fault {
    Fault::with(
        &problem::BAD_VALUE,
        "Phiếu không rõ đợt hoặc hộ được liệt kê theo từng đợt: cần ?round=.",
        "What names no round or household is listed for one round: ?round= is needed.",
    )
}

/// One submission with its findings and files.
pub async fn show(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path(seq): Path<i64>,
) -> Result<Json<Submission>, Fault> {
    let actor = staff.user.id.clone();
    let shown = app
        .db
        .read(move |tx| {
            let row = visible(tx, &actor, seq)?;
            let findings_list = findings::list(tx, seq)?;
            Ok::<_, Fault>(Submission {
                row,
                findings_list,
                attachments: attachments::list(tx, seq)?,
                reviews: reviews::list(tx, seq)?,
            })
        })
        .await?;
    access::note(&app.db, &staff.by, "submission.show", &seq.to_string()).await?;
    Ok(Json(shown))
}

/// The XML as received.
pub async fn xml(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path(seq): Path<i64>,
) -> Result<Response, Fault> {
    let actor = staff.user.id.clone();
    let xml = app
        .db
        .read(move |tx| {
            visible(tx, &actor, seq)?;
            submissions::xml(tx, seq)?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))
        })
        .await?;
    access::note(&app.db, &staff.by, "submission.xml", &seq.to_string()).await?;
    Ok(original("text/xml; charset=utf-8", xml))
}

/// One file of a submission, byte for byte.
pub async fn attachment(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path((seq, name)): Path<(i64, String)>,
) -> Result<Response, Fault> {
    let (actor, name) = (staff.user.id.clone(), nfc(&name));
    let sha256 = app
        .db
        .read(move |tx| {
            visible(tx, &actor, seq)?;
            let named = attachments::list(tx, seq)?.into_iter().find(|file| file.name == name);
            named.and_then(|file| file.sha256).ok_or_else(|| Fault::new(&problem::NOT_FOUND))
        })
        .await?;
    let blobs = app.blobs.clone();
    let bytes = tokio::task::spawn_blocking(move || blobs.read(&sha256))
        .await
        .map_err(Fault::internal)?
        .map_err(|error| corrupt(&error))?;
    let subject = seq.to_string();
    access::note(&app.db, &staff.by, "submission.file", &subject).await?;
    Ok(picture(bytes))
}

/// A file as it is, its kind told by its first bytes, never by its name or the sender's word.
pub(super) fn picture(bytes: Vec<u8>) -> Response {
    let kind = match bytes.get(..8) {
        Some([0xFF, 0xD8, 0xFF, ..]) => "image/jpeg",
        Some([0x89, b'P', b'N', b'G', ..]) => "image/png",
        _ => "application/octet-stream",
    };
    original(kind, bytes)
}

/// Somebody else's bytes: to be saved, never to run in our pages.
fn original(kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_DISPOSITION, "attachment"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ];
    (headers, bytes).into_response()
}

/// A file that was stored and does not read back: other bytes are never given out for it.
pub(super) fn corrupt(error: &std::io::Error) -> Fault {
    Fault { cause: Some(error.kind().to_string()), ..Fault::new(&problem::CORRUPT_BLOB) }
}

/// A submission outside the user's areas looks like one that is not there.
pub(super) fn visible(tx: &dyn Tx, actor: &str, seq: i64) -> Result<SubmissionRow, Fault> {
    submissions::get(tx, actor, seq)?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))
}
