//! The phone door: what ODK Collect and other OpenRosa clients speak.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use ntm_shared::api::form::FormVersion;
use ntm_shared::problem;
use ntm_shared::text::nfc;
use ntm_shared::visit_form;
use quick_xml::escape::escape;
use serde::Deserialize;

use super::answer::{self, lang, openrosa_message};
use crate::app::App;
use crate::auth::Phone;
use crate::fault::Fault;
use crate::intake;
use crate::ops::access;
use crate::ops::entities::LIST;
use crate::ops::visits::{is_team_alone, teams_of};
use crate::outlive::outliving;
use crate::receipt::Receipt;
use crate::roster::{HOUSEHOLDS, Roster};
use crate::store::{Tx, entities, form_files, forms, rounds};

const XML: &str = "text/xml; charset=utf-8";
const CSV: &str = "text/csv; charset=utf-8";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListQuery {
    #[serde(rename = "formID")]
    form_id: Option<String>,
}

/// `GET formList`: the current version of every form of an open round in the collector's areas.
pub async fn form_list(
    State(app): State<Arc<App>>,
    phone: Phone,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xforms xmlns=\"http://openrosa.org/xforms/xformsList\">",
    );
    for form in offered(&app, &phone).await? {
        if query.form_id.as_ref().is_some_and(|wanted| *wanted != form.id) {
            continue;
        }
        let at = address(&phone, &form);
        let media = app.form(&form.id, &form.version).await?.is_some_and(|f| !f.media().is_empty());
        let manifest =
            if media { format!("<manifestUrl>{at}/manifest</manifestUrl>") } else { String::new() };
        xml += &format!(
            "<xform><formID>{}</formID><name>{}</name><version>{}</version><hash>{}</hash><downloadUrl>{at}/form.xml</downloadUrl>{manifest}</xform>",
            escape(&form.id),
            escape(&form.title),
            escape(&form.version),
            form.hash,
        );
    }
    xml += "</xforms>";
    Ok(cached(&headers, XML, xml.into_bytes()))
}

/// `GET form.xml`: the XForm, byte for byte as published.
pub async fn form(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<FormPath>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    require_offered(&app, &phone, &path.id).await?;
    let FormPath { id, version, .. } = path;
    let xform = app.db.read(move |tx| forms::xform(tx, &id, &version)).await?;
    let xform = xform.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    Ok(cached(&headers, XML, xform))
}

/// `GET manifest`: the files the form reads.
pub async fn manifest(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<FormPath>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    require_offered(&app, &phone, &path.id).await?;
    let roster = roster(&app, &phone).await?;
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest xmlns=\"http://openrosa.org/xforms/xformsManifest\">",
    );
    let base = format!("{}/forms/{}/{}", phone.base, part(&path.id), part(&path.version));
    for (name, hash) in files(&app, &roster, &path.id, &path.version).await? {
        // The roster is a list of entities: a phone keeps those it made itself until it is told
        // that they are gone.
        let (kind, integrity) = if name == format!("{LIST}.csv") {
            let url = format!("{}/entities/{LIST}/integrity", phone.base);
            (" type=\"entityList\"", format!("<integrityUrl>{url}</integrityUrl>"))
        } else {
            ("", String::new())
        };
        xml += &format!(
            "<mediaFile{kind}><filename>{}</filename><hash>md5:{}</hash><downloadUrl>{base}/media/{}</downloadUrl>{integrity}</mediaFile>",
            escape(&name),
            hash,
            part(&name),
        );
    }
    xml += "</manifest>";
    Ok(cached(&headers, XML, xml.into_bytes()))
}

/// The files a form reads, each with its MD5.
pub(super) async fn files(
    app: &App,
    roster: &Roster,
    id: &str,
    version: &str,
) -> Result<Vec<(String, String)>, Fault> {
    let form = app.form(id, version).await?;
    let form = form.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    let (id, version) = (id.to_owned(), version.to_owned());
    let given = app.db.read(move |tx| Ok::<_, Fault>(form_files::list(tx, &id, &version)?)).await?;
    let hash = |name: &String| {
        let of_form = || given.iter().find(|file| file.name == *name).map(|file| file.md5.clone());
        roster.file(name).map(|file| md5(file.as_bytes())).or_else(of_form)
    };
    // One that nobody provided is not named: named without bytes, the form would not install.
    Ok(form
        .media()
        .into_iter()
        .filter_map(|name| Some((hash(&name)?, name)))
        .map(|(h, n)| (n, h))
        .collect())
}

/// `GET media/NAME`: one file of the roster, or one that was given with the form.
pub async fn media(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<FormPath>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let name = path.name.unwrap_or_default();
    let file = listed(&app, &phone, (&path.id, &path.version), &name).await?;
    let kind = if name.ends_with(".csv") { CSV } else { "application/octet-stream" };
    let answer = cached(&headers, kind, file.bytes);
    // Names of heads; a phone that has them already is told nothing.
    if file.names && answer.status() == StatusCode::OK {
        access::note(&app.db, &phone.by, "household.roster", "").await?;
    }
    Ok(answer)
}

/// A file that a form reads.
pub(super) struct Listed {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is of the roster, with the names of heads of households.
    pub names: bool,
}

/// A file that a form on offer reads: of the roster, or given with the form.
pub(super) async fn listed(
    app: &App,
    phone: &Phone,
    (id, version): (&str, &str),
    name: &str,
) -> Result<Listed, Fault> {
    require_offered(app, phone, id).await?;
    if let Some(file) = roster(app, phone).await?.file(name) {
        return Ok(Listed { bytes: file.into_bytes(), names: true });
    }
    let (id, version, name) = (id.to_owned(), version.to_owned(), nfc(name));
    let read = move |tx: &dyn Tx| Ok::<_, Fault>(form_files::get(tx, &id, &version, &name)?);
    let file = app.db.read(read).await?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    let blobs = app.blobs.clone();
    let bytes = tokio::task::spawn_blocking(move || blobs.read(&file.sha256)).await;
    let bytes = bytes.map_err(Fault::internal)?.map_err(|_| Fault::new(&problem::CORRUPT_BLOB))?;
    Ok(Listed { bytes, names: false })
}

/// Entities asked about in one request.
const ASKED: usize = 1000;

/// `?id=a,b`.
#[derive(Deserialize)]
pub struct IntegrityQuery {
    #[serde(default)]
    id: String,
}

/// `GET entities/households/integrity`: which of the entities a phone misses in the list it got are
/// gone. What never was on this collector's list is not spoken of.
pub async fn integrity(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<ListPath>,
    Query(query): Query<IntegrityQuery>,
) -> Result<Response, Fault> {
    if path.list != LIST {
        return Err(Fault::new(&problem::NOT_FOUND));
    }
    let ids: Vec<String> =
        query.id.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect();
    if ids.len() > ASKED {
        return Err(Fault::new(&problem::BAD_REQUEST));
    }
    let collector = phone.collector.id;
    let xml = app
        .db
        .read(move |tx| {
            let mut xml =
                String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<data><entities>");
            for id in ids {
                if let Some(deleted) = entities::deleted(tx, &collector, &id)? {
                    let id = escape(id.as_str());
                    xml += &format!("<entity id=\"{id}\"><deleted>{deleted}</deleted></entity>");
                }
            }
            xml += "</entities></data>";
            Ok::<_, Fault>(xml)
        })
        .await?;
    Ok((StatusCode::OK, [(CONTENT_TYPE, XML)], xml).into_response())
}

/// Path of an entity list. The token is there and not needed.
#[derive(Deserialize)]
pub struct ListPath {
    list: String,
}

/// `HEAD submission`: ready, and how much at a time. A phone that asks first sends nothing in vain
/// while the disk is full or failing.
pub async fn ready(State(app): State<Arc<App>>, phone: Phone) -> Result<impl IntoResponse, Fault> {
    app.db.disk().admit(0)?;
    Ok((StatusCode::NO_CONTENT, at_a_time(&app, &phone.collector.id)))
}

/// What this phone's network carries in a while: ODK Collect splits what it sends accordingly, and
/// each piece is kept.
fn at_a_time(app: &App, collector: &str) -> [(HeaderName, HeaderValue); 1] {
    let bytes = app.senders.at_a_time(collector, &app.config.limits);
    [(answer::AT_A_TIME, HeaderValue::from(bytes))]
}

#[derive(Deserialize)]
pub struct SubmissionQuery {
    #[serde(rename = "deviceID")]
    device_id: Option<String>,
}

/// `POST submission`: 201 once everything is durable; 202 when it is kept for a person to place.
pub async fn receive(
    State(app): State<Arc<App>>,
    phone: Phone,
    Query(query): Query<SubmissionQuery>,
    request: Request,
) -> Result<Response, Fault> {
    let (lang, collector) = (lang(&request), phone.collector.id.clone());
    // Goes on when the connection ends, to put by what arrived.
    let receipt = outliving(intake::receive(app.clone(), phone, query.device_id, request)).await?;
    // ODK Collect takes 201 and 202 for sent.
    let status = match receipt {
        Receipt::Stored => StatusCode::CREATED,
        Receipt::Held | Receipt::Branch | Receipt::Erased => StatusCode::ACCEPTED,
    };
    let said = openrosa_message(status, "", receipt.message().get(lang));
    Ok((at_a_time(&app, &collector), said).into_response())
}

/// Path of a form's door. Extra names (the token) are there and not needed.
#[derive(Deserialize)]
pub struct FormPath {
    pub(super) id: String,
    pub(super) version: String,
    name: Option<String>,
}

pub(super) async fn offered(app: &App, phone: &Phone) -> Result<Vec<FormVersion>, Fault> {
    let collector = phone.collector.id.clone();
    // A team's phone logs visits, whatever forms a round has for collectors.
    let team = !teams_of(&phone.collector.areas).is_empty();
    let mut all = app
        .db
        .read(move |tx| {
            let mut wanted = rounds::forms_for(tx, &collector)?;
            if team && !wanted.is_empty() {
                wanted.insert(visit_form::FORM.to_owned());
            }
            let all = forms::list(tx)?;
            let offered = all.into_iter().filter(|f| f.current && wanted.contains(&f.id));
            Ok::<_, Fault>(offered.collect::<Vec<FormVersion>>())
        })
        .await?;
    if is_team_alone(&phone.collector.areas) {
        // It asks no household, and has none on its phone.
        let mut others = Vec::new();
        for offered in all {
            let form = app.form(&offered.id, &offered.version).await?;
            if !form.is_some_and(|form| form.media().contains(&HOUSEHOLDS.to_owned())) {
                others.push(offered);
            }
        }
        all = others;
    }
    Ok(all)
}

/// A form a collector was not given looks like one that is not there.
pub(super) async fn require_offered(app: &App, phone: &Phone, id: &str) -> Result<(), Fault> {
    let known = offered(app, phone).await?.iter().any(|form| form.id == id);
    if known { Ok(()) } else { Err(Fault::new(&problem::NOT_FOUND)) }
}

pub(super) async fn roster(app: &App, phone: &Phone) -> Result<Roster, Fault> {
    let (collector, units) = (phone.collector.id.clone(), app.units);
    let roster = app.db.read(move |tx| Roster::of_collector(tx, units, &collector)).await?;
    let places = is_team_alone(&phone.collector.areas);
    Ok(if places { roster.without_households() } else { roster })
}

fn address(phone: &Phone, form: &FormVersion) -> String {
    format!("{}/forms/{}/{}", phone.base, part(&form.id), part(&form.version))
}

/// One segment of a path, percent-encoded and safe inside XML (RFC 3986: unreserved stay).
fn part(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

fn md5(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// An answer phones poll: `304 Not Modified` when they have it already.
pub(super) fn cached(headers: &HeaderMap, kind: &'static str, body: Vec<u8>) -> Response {
    let tag = format!("\"{}\"", md5(&body));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    // A proxy that compresses may mark the tag as weak.
    let same = |given: &str| given.trim().trim_start_matches("W/") == tag || given.trim() == "*";
    if known.is_some_and(|tags| tags.split(',').any(same)) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    (StatusCode::OK, [(CONTENT_TYPE, kind.to_owned()), (ETAG, tag)], body).into_response()
}
