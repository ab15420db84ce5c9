//! What browsers see: where to click first, setting a password, and the app on collectors' phones.
//! Static files, embedded; no script from elsewhere, none inline.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use ntm_shared::problem;

use super::embedded::{self, WORKER};
use crate::auth::Anyone;
use crate::fault::Fault;

/// Where to click first.
pub async fn index(_: Anyone, headers: HeaderMap) -> Result<Response, Fault> {
    page("index.html", &headers).await
}

/// Choosing a password by a one-time link.
pub async fn setup(_: Anyone, headers: HeaderMap) -> Result<Response, Fault> {
    page("setup.html", &headers).await
}

/// The app on a phone; set up by a one-time code, which stands after the `#`.
pub async fn phone(_: Anyone, headers: HeaderMap) -> Result<Response, Fault> {
    page("phone.html", &headers).await
}

/// What the pages need.
pub async fn file(
    _: Anyone,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let mut response = page(&path, &headers).await?;
    let said = response.headers_mut();
    if path == WORKER {
        // It looks after the page above its own folder, and is asked for anew each time.
        let scope = HeaderName::from_static("service-worker-allowed");
        said.insert(scope, HeaderValue::from_static("/phone"));
    } else {
        // The worker fetches again, at once, what the page has just fetched.
        said.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    }
    Ok(response)
}

async fn page(path: &str, headers: &HeaderMap) -> Result<Response, Fault> {
    let served = embedded::file(path).ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    };
    // Pictures that the phone itself took are shown from its memory.
    let policy = "default-src 'self'; img-src 'self' blob:; object-src 'none'; \
        frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    let mut response = served.answer(headers, kind).await?;
    // A page's policy holds for what it loads; only a worker has one of its own.
    if path.ends_with(".html") || path.ends_with("/sw.js") {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    Ok(response)
}
