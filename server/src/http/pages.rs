//! The few pages a browser sees: where to click first, setting a password, setting up a phone.
//! Static files, embedded; no script from elsewhere, none inline.

use axum::extract::Path;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use ntm_shared::problem;
use rust_embed::RustEmbed;

use crate::auth::Anyone;
use crate::fault::Fault;

#[derive(RustEmbed)]
#[folder = "web"]
struct Web;

/// Where to click first.
pub async fn index(_: Anyone) -> Result<Response, Fault> {
    embedded("index.html")
}

/// Choosing a password by a one-time link.
pub async fn setup(_: Anyone) -> Result<Response, Fault> {
    embedded("setup.html")
}

/// Setting up a phone by a one-time code.
pub async fn phone(_: Anyone) -> Result<Response, Fault> {
    embedded("phone.html")
}

/// What the pages need.
pub async fn file(_: Anyone, Path(path): Path<String>) -> Result<Response, Fault> {
    embedded(&path)
}

fn embedded(path: &str) -> Result<Response, Fault> {
    let file = Web::get(path).ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "application/octet-stream",
    };
    let policy = "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    Ok(([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, policy)], file.data.into_owned())
        .into_response())
}
