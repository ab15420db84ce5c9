//! `/submissions/…/attachments/…`: photos to look at and to pass on, without what the device wrote
//! into them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use ntm_shared::photo::{Kind, stripped};
use ntm_shared::problem;
use ntm_shared::text::nfc;

use super::submissions::{corrupt, visible};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::access;
use crate::photos;
use crate::store::attachments;
use crate::store::photos::State as Look;

/// A small picture, turned the right way up, drawn by us.
pub async fn thumbnail(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path((seq, name)): Path<(i64, String)>,
) -> Result<Response, Fault> {
    let (sha256, place) = file(&app, &staff, seq, name).await?;
    let bytes = photos::thumbnail(&app, &sha256).await?.map_err(|state| match state {
        Look::TooManyPixels => Fault::new(&problem::TOO_MANY_PIXELS),
        _ => Fault::new(&problem::NO_PICTURE),
    })?;
    access::note(&app.db, &staff.by, "submission.thumbnail", &seq.to_string()).await?;
    Ok(picture(Kind::Jpeg, format!("inline; filename=\"{seq}-{place}-thumbnail.jpg\""), bytes))
}

/// The same picture without position, time, owner or embedded thumbnail.
pub async fn copy(
    State(app): State<Arc<App>>,
    staff: Scope<can::ReadPersonal>,
    Path((seq, name)): Path<(i64, String)>,
) -> Result<Response, Fault> {
    let (sha256, place) = file(&app, &staff, seq, name).await?;
    let blobs = app.blobs.clone();
    let copied = tokio::task::spawn_blocking(move || {
        let bytes = blobs.read(&sha256)?;
        Ok::<_, std::io::Error>((Kind::of(&bytes), stripped(&bytes)))
    });
    let (kind, bytes) = copied.await.map_err(Fault::internal)?.map_err(|e| corrupt(&e))?;
    let bytes = bytes.ok_or_else(|| Fault::new(&problem::NO_PICTURE))?;
    access::note(&app.db, &staff.by, "submission.copy", &seq.to_string()).await?;
    let end = if kind == Kind::Png { "png" } else { "jpg" };
    Ok(picture(kind, format!("attachment; filename=\"{seq}-{place}.{end}\""), bytes))
}

/// The hash of a received file of a submission the user may see, and its place among them from 1.
async fn file(
    app: &Arc<App>,
    staff: &Scope<can::ReadPersonal>,
    seq: i64,
    name: String,
) -> Result<(String, usize), Fault> {
    let (actor, name) = (staff.user.id.clone(), nfc(&name));
    app.db
        .read(move |tx| {
            visible(tx, &actor, seq)?;
            let files = attachments::list(tx, seq)?;
            let place = files.iter().position(|file| file.name == name);
            let sha256 = place.and_then(|at| Some((files[at].sha256.clone()?, at + 1)));
            sha256.ok_or_else(|| Fault::new(&problem::NOT_FOUND))
        })
        .await
}

/// Never to run in our pages, never kept by a proxy, and by our word for what it is.
fn picture(kind: Kind, disposition: String, bytes: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, kind.mime().to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
