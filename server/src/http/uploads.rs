//! One file of a submission, sent in parts by whoever speaks HTTP: the fields of the IETF's resumable
//! uploads (draft-ietf-httpbis-resumable-upload). `PUT` begins or sends all of it, `HEAD` says how much
//! has arrived, `PATCH` goes on from there. The answers have to be there already (`phone/offer`), and
//! whoever sends a file has to know their hash. What arrives is in the same place as a phone's pieces.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use ntm_shared::api::phone::{FileHash, Piece};
use ntm_shared::problem;
use ntm_shared::text::nfc;
use serde::Deserialize;

use crate::app::App;
use crate::auth::Phone;
use crate::blobs::is_hash;
use crate::fault::Fault;
use crate::ops::submissions::is_held;
use crate::outlive::outliving;
use crate::store::attachments;
use crate::sync::{self, Body, Whose};
use crate::upload;

/// Where a file is: what it belongs to, its name there, its hash.
pub const FILE: &str = "/phone/files/{form}/{instance}/{xml}/{name}/{sha256}";

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// What a `PATCH` has to carry.
const PART: &str = "application/partial-upload";
/// Digits of a number in a structured field (RFC 9651).
const DIGITS: usize = 15;

/// The path of a file.
#[derive(Clone, Deserialize)]
pub struct FilePath {
    form: String,
    instance: String,
    xml: String,
    name: String,
    sha256: String,
}

impl FilePath {
    fn whose(&self) -> Whose {
        let FilePath { form, instance, xml, .. } = self.clone();
        Whose { form, instance, xml_sha256: xml }
    }
}

/// How much of a file is there.
struct Arrived {
    offset: u64,
    complete: bool,
}

impl Arrived {
    async fn of(app: &App, path: &FilePath) -> Result<Arrived, Fault> {
        let (whose, name, sha256) = (path.whose(), nfc(&path.name), path.sha256.clone());
        let gone = || Fault::new(&problem::NOT_FOUND);
        if !is_hash(&sha256) {
            return Err(gone());
        }
        let found = app.db.read(move |tx| {
            let Some(seq) = whose.find(tx)? else { return Err(gone()) };
            let named = attachments::list(tx, seq)?;
            if !named.iter().any(|file| file.name == name) && !is_held(tx, seq)? {
                return Err(gone());
            }
            let there = attachments::there(tx, seq)?;
            let has = there.iter().any(|(of, hash)| *of == name && *hash == sha256);
            let bytes = named.iter().find(|file| file.name == name).and_then(|file| file.bytes);
            Ok::<_, Fault>((seq, has.then(|| bytes.unwrap_or_default())))
        });
        Ok(match found.await? {
            (_, Some(bytes)) => Arrived { offset: bytes, complete: true },
            (seq, None) => {
                Arrived { offset: app.blobs.arrived(seq, &path.sha256), complete: false }
            }
        })
    }

    fn said(&self, status: StatusCode) -> Response {
        let complete = HeaderValue::from_static(if self.complete { "?1" } else { "?0" });
        let fields = [
            (OFFSET, HeaderValue::from(self.offset)),
            (COMPLETE, complete),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (status, fields).into_response()
    }
}

/// `HEAD`: how much has arrived.
pub async fn show(
    State(app): State<Arc<App>>,
    _: Phone,
    Path(path): Path<FilePath>,
) -> Result<Response, Fault> {
    Ok(Arrived::of(&app, &path).await?.said(StatusCode::NO_CONTENT))
}

/// `PUT`: the file, or its beginning.
pub async fn put(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<FilePath>,
    request: Request,
) -> Result<Response, Fault> {
    // Whatever has arrived of it is the beginning of the same bytes, and is passed over.
    let part = Part::read(request.headers(), 0);
    take(app, phone, path, part, request).await
}

/// `PATCH`: goes on where the file ended.
pub async fn append(
    State(app): State<Arc<App>>,
    phone: Phone,
    Path(path): Path<FilePath>,
    request: Request,
) -> Result<Response, Fault> {
    let headers = request.headers();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let offset = number(headers, &OFFSET);
    let part = offset.and_then(|offset| match offset {
        Some(offset) if kind == Some(PART) => Part::read(headers, offset),
        _ => Err(Fault::with(
            &problem::BAD_REQUEST,
            format!("Cần Content-Type: {PART} và Upload-Offset."),
            format!("Content-Type: {PART} and Upload-Offset are needed."),
        )),
    });
    take(app, phone, path, part, request).await
}

/// What the fields say of a body.
struct Part {
    offset: u64,
    length: u64,
    /// Bytes of the whole file, once this is its end.
    end: Option<u64>,
}

impl Part {
    fn read(headers: &HeaderMap, offset: u64) -> Result<Part, Fault> {
        let bad = |vi: &str, en: &str| Fault::with(&problem::BAD_REQUEST, vi, en);
        let length = number(headers, &CONTENT_LENGTH)?
            .ok_or_else(|| bad("Thiếu Content-Length.", "Content-Length is missing."))?;
        let complete = match headers.get(COMPLETE).map(HeaderValue::as_bytes) {
            None | Some(b"?1") => true,
            Some(b"?0") => false,
            Some(_) => return Err(bad("Upload-Complete sai.", "Upload-Complete is wrong.")),
        };
        let end = offset.checked_add(length);
        let end = end.ok_or_else(|| bad("Upload-Offset sai.", "Upload-Offset is wrong."))?;
        let whole = number(headers, &LENGTH)?;
        if whole.is_some_and(|whole| end > whole || (complete && end != whole)) {
            return Err(bad("Upload-Length không khớp.", "Upload-Length does not fit."));
        }
        Ok(Part { offset, length, end: complete.then_some(end) })
    }
}

async fn take(
    app: Arc<App>,
    phone: Phone,
    path: FilePath,
    part: Result<Part, Fault>,
    request: Request,
) -> Result<Response, Fault> {
    let append = request.method() == Method::PATCH;
    let mut body = upload::plain(&app, &phone.collector.id, request).await?;
    let checked = match part {
        Ok(part) => Arrived::of(&app, &path).await.map(|now| (part, now)),
        Err(fault) => Err(fault),
    };
    // Whoever is refused hears it: what is still coming is let pass.
    let part = match checked {
        Ok((part, now)) if append && now.offset != part.offset => {
            body.hear_out().await;
            let mut said = Fault::new(&problem::UPLOAD_OFFSET).into_response();
            said.headers_mut().extend(now.said(StatusCode::CONFLICT).headers().clone());
            return Ok(said);
        }
        Ok((part, _)) => part,
        Err(fault) => {
            body.hear_out().await;
            return Err(fault);
        }
    };
    let Whose { form, instance, xml_sha256 } = path.whose();
    let file = |bytes| FileHash { name: path.name.clone(), sha256: path.sha256.clone(), bytes };
    let piece = Piece {
        id: String::new(),
        form,
        instance,
        xml_sha256,
        file: file(part.end.unwrap_or(u64::MAX)),
        offset: part.offset,
        length: part.length,
    };
    // As with a push: what arrived is put by when the connection ends.
    let (taking, by) = (app.clone(), phone.clone());
    let work =
        outliving(
            async move { sync::take_pieces(&taking, &by, &mut Body::of(body), &[piece]).await },
        );
    work.await?;
    let now = Arrived::of(&app, &path).await?;
    // What came to its end and is not there was another file; it begins anew.
    if part.end.is_some_and(|bytes| bytes > 0) && !now.complete && now.offset == 0 {
        return Err(Fault::new(&problem::UPLOAD_HASH));
    }
    Ok(now.said(if append { StatusCode::NO_CONTENT } else { StatusCode::CREATED }))
}

/// A number of a field; `None` where the field is not given.
fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Fault> {
    let mut given = headers.get_all(name).iter();
    let (first, second) = (given.next(), given.next());
    let Some(value) = first else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| second.is_none() && text.len() <= DIGITS);
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|text| text.parse().ok());
    let wrong = || {
        let (vi, en) = (format!("{name} sai."), format!("{name} is wrong."));
        Fault::with(&problem::BAD_REQUEST, vi, en)
    };
    number.map(Some).ok_or_else(wrong)
}
