//! The few pages a browser sees: where to click first, and setting a password. Static files,
//! embedded; no script from elsewhere, none inline.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::app::App;

#[derive(RustEmbed)]
#[folder = "web"]
struct Web;

/// `/`, `/setup` and the files they need.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(|| async { file("index.html") }))
        .route("/setup", get(|| async { file("setup.html") }))
        .route(
            "/web/{*path}",
            get(|uri: Uri| async move { file(uri.path().trim_start_matches("/web/")) }),
        )
}

fn file(path: &str) -> Response {
    let Some(file) = Web::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "application/octet-stream",
    };
    let policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    ([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, policy)], file.data.into_owned())
        .into_response()
}
