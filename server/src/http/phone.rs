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
use ntm_shared::api::phone::{Heard, HeardItem, Offer, OfferedFile, OfferedForm, OpenRound, Pull};
use ntm_shared::problem;
use ntm_shared::text::Lang;
use serde::Deserialize;

use super::answer::lang;
use super::openrosa::{self, FormPath, cached};
use crate::app::App;
use crate::auth::Phone;
use crate::fault::Fault;
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
    let name = phone.collector.name;
    let said = app
        .db
        .read(move |tx| {
            let open = rounds::for_phone(tx, &collector)?.into_iter();
            let round = |r: ntm_shared::api::round::NewRound| OpenRound {
                id: r.id,
                name: r.name,
                starts: r.starts,
                ends: r.ends,
            };
            Ok::<_, Fault>(Pull {
                epoch: meta::get(tx, meta::EPOCH)?.unwrap_or_default(),
                collector: name,
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

/// A form, compiled: also a version that is no longer offered, for drafts begun with it.
pub async fn form(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<FormPath>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    openrosa::require_offered(&app, &phone, &path.id).await?;
    let form = app.form(&path.id, &path.version).await?;
    let form = form.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    Ok(cached(&headers, "application/json", form.to_json().into_bytes()))
}

/// Takes in answers; says which files are missing.
pub async fn offer(
    State(app): State<Arc<App>>,
    phone: Phone,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Heard>, Fault> {
    let lang = said_in(&headers);
    let packed = headers.get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    let limit = app.config.limits.table;
    let body = if packed { unpack(body, limit).await? } else { body };
    let offer: Offer =
        serde_json::from_slice(&body).map_err(|_| Fault::new(&problem::BAD_REQUEST))?;
    if offer.items.len() > sync::ITEMS {
        return Err(Fault::new(&problem::TOO_LARGE));
    }
    let _turn = upload::room(&app, &phone.collector.id, Some(body.len() as u64)).await?;
    // A task of its own: an item begun is brought to its end when the connection ends.
    let (taking, by) = (app.clone(), phone.clone());
    let items = tokio::spawn(async move {
        let mut items = Vec::with_capacity(offer.items.len());
        for item in offer.items {
            items.push(sync::take(&taking, &by, offer.device.clone(), item, lang).await?);
        }
        Ok::<_, Fault>(items)
    });
    heard(&app, &phone, items.await.map_err(Fault::internal)??).await
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
    let pushing = tokio::spawn(sync::push(app.clone(), phone.clone(), body, lang));
    heard(&app, &phone, pushing.await.map_err(Fault::internal)??).await
}

async fn heard(app: &App, phone: &Phone, items: Vec<HeardItem>) -> Result<Json<Heard>, Fault> {
    let epoch = app.db.glance(|tx| Ok::<_, Fault>(meta::get(tx, meta::EPOCH)?)).await?;
    let at_a_time = app.senders.at_a_time(&phone.collector.id, &app.config.limits);
    Ok(Json(Heard { epoch: epoch.unwrap_or_default(), at_a_time, items }))
}

fn said_in(headers: &HeaderMap) -> Lang {
    let header = headers.get(axum::http::header::ACCEPT_LANGUAGE);
    header.and_then(|h| h.to_str().ok()).map_or(Lang::Vi, Lang::from_accept_language)
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
