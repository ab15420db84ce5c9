//! `/forms`: publishing forms, and what was published.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use ntm_shared::api::Page;
use ntm_shared::api::form::{FormChange, FormVersion, Published};
use ntm_shared::form::together;
use ntm_shared::problem;
use ntm_shared::text::nfc;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::held;
use crate::ops::forms::{self as ops, Publishing};
use crate::publish;
use crate::roster;
use crate::store::forms;

/// Every published version.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
) -> Result<Json<Page<FormVersion>>, Fault> {
    let items = app.db.read(|tx| Ok::<_, Fault>(forms::list(tx)?)).await?;
    Ok(Json(Page { items, next: None }))
}

/// `?force=&check=`.
#[derive(Debug, Default, Deserialize)]
pub struct PublishQuery {
    /// Publish even what keeps data of both versions from being compiled together.
    #[serde(default)]
    force: bool,
    /// Only say what would come of it.
    #[serde(default)]
    check: bool,
}

/// Publishes a form: an `.xlsx` file, Markdown tables or an XForm, told apart by their first bytes,
/// never by the sender's word.
pub async fn publish(
    State(app): State<Arc<App>>,
    staff: Scope<can::PublishForms>,
    Query(query): Query<PublishQuery>,
    body: Bytes,
) -> Result<(StatusCode, Json<Published>), Fault> {
    let (form, new) = tokio::task::spawn_blocking(move || publish::compile(&body))
        .await
        .map_err(Fault::internal)??;
    let form = Arc::new(form);
    let compared = publish::compare(&app, &form).await?;
    let (with, changes) = (compared.with.clone(), compared.changes.clone());
    let new = Publishing { form: new, compared, force: query.force };
    let (version, fresh) = if query.check {
        let unpublished = FormVersion {
            id: new.form.id.clone(),
            version: new.form.version.clone(),
            title: new.form.title.clone(),
            hash: format!("md5:{}", new.form.md5),
            published_at: String::new(),
            current: false,
        };
        let known = app.db.read(move |tx| ops::judge(tx, &new)).await?;
        (known.unwrap_or(unpublished), false)
    } else {
        app.db.write(move |tx| ops::publish(tx, &staff.by, &new)).await?
    };
    if fresh && let Err(fault) = held::follow(&app).await {
        // Published it is; what is left is placed when the server starts next.
        tracing::error!(code = fault.problem.code, cause = ?fault.cause, "held submissions");
    }
    let published = Published {
        form: version,
        warnings: publish::warnings(&form),
        together: with.is_some().then(|| together(&changes)),
        compared_with: with,
        changes: changes.iter().map(FormChange::from).collect(),
    };
    Ok((if fresh { StatusCode::CREATED } else { StatusCode::OK }, Json(published)))
}

/// Gives a published version one of the files it reads beside the roster, e.g. a list of crops.
pub async fn attach(
    State(app): State<Arc<App>>,
    staff: Scope<can::PublishForms>,
    Path((id, version, name)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Fault> {
    let form = app.form(&id, &version).await?.ok_or_else(|| Fault::new(&problem::UNKNOWN_FORM))?;
    let name = nfc(&name);
    if roster::FILES.contains(&name.as_str()) || !form.media().contains(&name) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("Biểu mẫu không đọc tệp {name} do người dùng gửi kèm."),
            format!("The form reads no file {name} that is sent with it."),
        ));
    }
    let md5 = hex::encode(Md5::digest(&body));
    let _naming = app.blobs.naming().await;
    let blobs = app.blobs.clone();
    let stored = tokio::task::spawn_blocking(move || {
        let mut incoming = blobs.begin()?;
        incoming.write(&body)?;
        blobs.finish(incoming)
    });
    let blob = stored.await.map_err(Fault::internal)??;
    let said = json!({ "name": name, "bytes": blob.bytes, "hash": format!("md5:{md5}") });
    let new = ops::Attaching { form: id, version, name, blob, md5 };
    let fresh = app.db.write(move |tx| ops::attach(tx, &staff.by, &new)).await?;
    Ok((if fresh { StatusCode::CREATED } else { StatusCode::OK }, Json(said)))
}

/// The source of a version, as published: Markdown tables or an XForm.
pub async fn source(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let found = app.db.read(move |tx| Ok::<_, Fault>(forms::source(tx, &id, &version)?)).await?;
    let source = found.ok_or_else(|| Fault::new(&problem::UNKNOWN_FORM))?;
    let kind = match publish::is_xform(&source) {
        true => "application/xml; charset=utf-8",
        false => "text/markdown; charset=utf-8",
    };
    Ok(file(kind, source.into_bytes()))
}

/// The XForm of a version, byte for byte as phones get it.
pub async fn xform(
    State(app): State<Arc<App>>,
    _: Scope<can::Read>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let found = app.db.read(move |tx| Ok::<_, Fault>(forms::xform(tx, &id, &version)?)).await?;
    let xform = found.ok_or_else(|| Fault::new(&problem::UNKNOWN_FORM))?;
    Ok(file("application/xml; charset=utf-8", xform))
}

/// Somebody else's text: to be saved, never to run in our pages.
fn file(kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_DISPOSITION, "attachment"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ];
    (headers, bytes).into_response()
}
