//! The address this server is known by to whoever is asking: what download links and one-time
//! links begin with.
//!
//! The public address from the settings, else what the request itself was sent to. A proxy says
//! what that was in `X-Forwarded-Proto` and `X-Forwarded-Host`; only trusted ones are believed.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::request::Parts;

use crate::app::App;

/// The address, without a slash at the end.
pub struct Address(pub String);

impl FromRequestParts<Arc<App>> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Address, Self::Rejection> {
        Ok(Address(of(parts, app)))
    }
}

/// The address of a request.
pub fn of(parts: &Parts, app: &App) -> String {
    let config = &app.config;
    if config.public_url.is_some() {
        return app.url.clone();
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trusted = peer.is_some_and(|ip| config.trusted_proxies.contains(&ip));
    let forwarded = |name: &str| if trusted { header(&parts.headers, name) } else { None };
    let scheme = match forwarded("x-forwarded-proto") {
        Some("https") => "https",
        Some(_) => "http",
        None if config.tls.is_some() => "https",
        None => "http",
    };
    let host = forwarded("x-forwarded-host").or_else(|| header(&parts.headers, HOST.as_str()));
    match host {
        Some(host) => format!("{scheme}://{host}"),
        None => app.url.clone(),
    }
}

/// A header that can stand in an address: nothing that would end it or mean something in XML.
fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b);
    (!value.is_empty() && value.len() <= 255 && value.bytes().all(plain)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_could_break_out_of_a_link_is_not_used() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "192.168.1.5:8787".parse().unwrap());
        assert_eq!(header(&headers, "host"), Some("192.168.1.5:8787"));
        headers.insert(HOST, "evil\"><x".parse().unwrap());
        assert_eq!(header(&headers, "host"), None);
    }
}
