//! `/phone`: what our own app on a phone asks: what there is to do, forms compiled, and sending.

use std::io::Read;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use axum::response::Response;
use flate2::read::GzDecoder;
use ntm_shared::api::phone::{
    Heard, HeardItem, KnownList, ListChanges, Offer, OfferedFile, OfferedForm, OpenRound, Pull,
    State as Reached,
};
use ntm_shared::blocks::{self, Part};
use ntm_shared::problem;
use ntm_shared::text::Lang;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::answer::lang;
use super::openrosa::{self, FormPath, cached};
use super::packed::Packed;
use crate::app::App;
use crate::auth::Phone;
use crate::fault::Fault;
use crate::ops::access;
use crate::ops::visits::teams_of;
use crate::outlive::outliving;
use crate::scoring::Known;
use crate::standing::{Reader, of_teams};
use crate::store::{erasures, meta, reviews, rounds, submissions};
use crate::{sync, upload};

/// `?forgotten=`.
#[derive(Deserialize)]
pub struct PullQuery {
    /// The number of the last household that the phone has forgotten.
    #[serde(default)]
    forgotten: i64,
}

/// What there is to do; 304 when the phone knows it.
pub async fn pull(
    State(app): State<Arc<App>>,
    phone: Phone,
    Query(query): Query<PullQuery>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let mut forms = Vec::new();
    let listed = openrosa::offered(&app, &phone).await?;
    let roster = openrosa::roster(&app, &phone).await?;
    for form in listed {
        let files = openrosa::files(&app, &roster, &form.id, &form.version).await?;
        let files = files.into_iter().map(|(name, md5)| OfferedFile { name, md5 }).collect();
        forms.push(OfferedForm { id: form.id, version: form.version, title: form.title, files });
    }
    let (collector, limit) = (phone.collector.id.clone(), app.config.limits.page);
    let (name, team) = (phone.collector.name, !teams_of(&phone.collector.areas).is_empty());
    let said = app
        .db
        .read(move |tx| {
            let open = rounds::for_phone(tx, &collector)?.into_iter();
            let round = |r: ntm_shared::api::round::NewRound| OpenRound {
                id: r.id,
                name: r.name,
                starts: r.starts,
                ends: r.ends,
                pin: r.pin,
            };
            Ok::<_, Fault>(Pull {
                epoch: meta::get(tx, meta::EPOCH)?.unwrap_or_default(),
                collector: name,
                team,
                rounds: open.map(round).collect(),
                forms,
                received: submissions::households_of(tx, &collector)?,
                returned: reviews::returned(tx, &collector, 0, limit)?,
                forgotten: erasures::forgotten(tx, &collector, query.forgotten, limit)?,
            })
        })
        .await?;
    let body = serde_json::to_vec(&said).map_err(Fault::internal)?;
    Ok(cached(&headers, "application/json", body))
}

/// The communes that the phone's helper team has today; 304 when the phone knows it.
pub async fn communes(
    State(app): State<Arc<App>>,
    phone: Phone,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (state, kept, lang) = (app.db.reference(), app.clone(), said_in(&headers));
    let said = app
        .db
        .read(move |tx| {
            let known = Known { units: kept.units, kept: &kept.reference, state };
            let collector = &phone.collector;
            let reader = Reader {
                actor: &collector.id,
                areas: &collector.areas,
                today: kept.config.clock.today(),
                lang,
            };
            of_teams(tx, &known, &kept.criteria, &reader)
        })
        .await?;
    let body = serde_json::to_vec(&said).map_err(Fault::internal)?;
    Ok(cached(&headers, "application/json", body))
}

/// `?lang=`: the one language whose texts are wanted. `?packed=true`: in fewer bytes, for an app that
/// knows how to unpack them.
#[derive(Deserialize)]
pub struct FormQuery {
    lang: Option<String>,
    #[serde(default)]
    packed: bool,
}

/// The type of a packed form (`Form::to_packed`).
const PACKED: &str = "application/json; charset=windows-1258";

/// A form, compiled: also a version that is no longer offered, for drafts begun with it.
pub async fn form(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<FormPath>,
    Query(query): Query<FormQuery>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    openrosa::require_offered(&app, &phone, &path.id).await?;
    let form = app.form(&path.id, &path.version).await?;
    let form = form.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    if query.packed {
        let packed = Packed::once(form.to_packed(query.lang.as_deref()));
        return packed.answer(&headers, PACKED).await;
    }
    let json = query.lang.map_or_else(|| form.to_json(), |lang| form.to_json_in(&lang));
    let packed = Packed::once(json.into_bytes());
    packed.answer(&headers, "application/json").await
}

/// What became of a list that the phone has an older version of.
pub async fn changes(
    State(app): State<Arc<App>>,
    phone: Phone,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<ListChanges>, Fault> {
    let body = plain(&app, &headers, body).await?;
    let known: KnownList =
        serde_json::from_slice(&body).map_err(|_| Fault::new(&problem::BAD_REQUEST))?;
    let file = openrosa::listed(&app, &phone, (&known.form, &known.version), &known.name).await?;
    // What is no text has no lines: it is fetched as a whole.
    let list = String::from_utf8(file.bytes).map_err(|_| Fault::new(&problem::BAD_REQUEST))?;
    let parts = blocks::changes(&known.blocks, &list);
    // Names of heads; a phone that has them already is told nothing.
    if file.names && parts.iter().any(|part| matches!(part, Part::New(_))) {
        access::note(&app.db, &phone.by, "household.roster", "").await?;
    }
    Ok(Json(ListChanges { sha256: hex::encode(Sha256::digest(&list)), parts }))
}

/// Takes in answers; says which files are missing.
pub async fn offer(
    State(app): State<Arc<App>>,
    phone: Phone,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Heard>, Fault> {
    let lang = said_in(&headers);
    let body = plain(&app, &headers, body).await?;
    let offer: Offer =
        serde_json::from_slice(&body).map_err(|_| Fault::new(&problem::BAD_REQUEST))?;
    if offer.items.len() > sync::ITEMS {
        return Err(Fault::new(&problem::TOO_LARGE));
    }
    let _turn = upload::room(&app, &phone.collector.id, Some(body.len() as u64)).await?;
    // An item begun is brought to its end when the connection ends.
    let (taking, by) = (app.clone(), phone.clone());
    let work = outliving(async move {
        let mut numbers = Vec::new();
        let mut items = Vec::with_capacity(offer.items.len());
        for mut item in offer.items {
            let number = item.nth.take();
            let heard = sync::take(&taking, &by, offer.device.clone(), item, lang).await?;
            // What was refused is still on the phone, and only there.
            numbers.extend(number.filter(|_| heard.state != Reached::Refused));
            items.push(heard);
        }
        Ok::<_, Fault>((items, sync::count(&taking, &by, numbers).await?))
    });
    let (items, missing) = work.await?;
    let Json(heard) = heard(&app, &phone, items).await?;
    Ok(Json(Heard { missing, ..heard }))
}

/// Takes in pieces of files.
pub async fn push(
    State(app): State<Arc<App>>,
    phone: Phone,
    request: Request,
) -> Result<Json<Heard>, Fault> {
    let lang = lang(&request);
    let body = upload::plain(&app, &phone.collector.id, request).await?;
    // As with uploads: what arrived is put by when the connection ends.
    let pushing = outliving(sync::push(app.clone(), phone.clone(), body, lang));
    heard(&app, &phone, pushing.await?).await
}

async fn heard(app: &App, phone: &Phone, items: Vec<HeardItem>) -> Result<Json<Heard>, Fault> {
    let epoch = app.db.glance(|tx| Ok::<_, Fault>(meta::get(tx, meta::EPOCH)?)).await?;
    let at_a_time = app.senders.at_a_time(&phone.collector.id, &app.config.limits);
    let epoch = epoch.unwrap_or_default();
    Ok(Json(Heard { epoch, at_a_time, items, missing: Vec::new() }))
}

fn said_in(headers: &HeaderMap) -> Lang {
    let header = headers.get(axum::http::header::ACCEPT_LANGUAGE);
    header.and_then(|h| h.to_str().ok()).map_or(Lang::Vi, Lang::from_accept_language)
}

/// A body as it was before it was packed.
async fn plain(app: &App, headers: &HeaderMap, body: Bytes) -> Result<Bytes, Fault> {
    let packed = headers.get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    if packed { unpack(body, app.config.limits.table).await } else { Ok(body) }
}

/// Unpacks, up to `limit`: a few bytes could become thousands of megabytes.
async fn unpack(body: Bytes, limit: usize) -> Result<Bytes, Fault> {
    let work = move || {
        let mut plain = Vec::new();
        let read = GzDecoder::new(&body[..]).take(limit as u64 + 1).read_to_end(&mut plain);
        match read {
            Ok(bytes) if bytes <= limit => Ok(Bytes::from(plain)),
            Ok(_) => Err(Fault::new(&problem::TOO_LARGE)),
            Err(_) => Err(Fault::new(&problem::BAD_REQUEST)),
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(Fault::internal)?
}
