//! What every answer says to a browser, and which requests are refused for where they come from.
//! There is no CORS: no page of another site reads anything here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::address;
use crate::app::App;
use crate::auth::cookie;

/// Headers every answer has, unless the handler said something stricter.
const ALWAYS: [(HeaderName, &str); 4] = [
    // What is no page has no forms and no base; pages say their own.
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What pages have besides: for those that say no policy of their own, the same with all that a page may
/// do; that no window of another site holds them, to browsers that do not know `frame-ancestors`, too; and
/// what they may ask the phone for. Scripts and pictures are no pages, and weigh enough.
const OF_PAGES: [(HeaderName, &str); 4] = [
    (X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
    ),
];

/// Sets them, on whatever is answered. What staff are answered is in no cache; what phones are
/// answered may be kept and is asked for again (they poll with `If-None-Match`).
pub async fn on_every_answer(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let secure = address::is_secure(request.headers(), request.extensions(), &app.config);
    let staff = request.uri().path().starts_with(super::API);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let of_pages = if kind.starts_with(b"text/html") { &OF_PAGES[..] } else { &[] };
    for (name, value) in of_pages.iter().chain(&ALWAYS) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let cache = if staff { "no-store" } else { "private, no-cache" };
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(cache));
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// Refuses changes that pages of other sites ask for.
pub async fn same_origin(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match cookie::same_origin(request, &app) {
        Ok(request) => next.run(request).await,
        Err(fault) => fault.into_response(),
    }
}
