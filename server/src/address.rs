//! The address this server is known by to whoever is asking (what download links and one-time links
//! begin with), and the address they are asking from.
//!
//! The public address from the settings, else what the request itself was sent to. A proxy says
//! what that was in `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For`; only trusted ones
//! are believed.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::app::App;
use crate::config::Config;

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

/// The network a request comes from: what guesses are counted by.
pub struct Network(pub String);

impl FromRequestParts<Arc<App>> for Network {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Network, Self::Rejection> {
        let from = from(&parts.headers, peer(&parts.extensions), &app.config.trusted_proxies);
        Ok(Network(from.map_or_else(String::new, network)))
    }
}

/// The address of a request.
pub fn of(parts: &Parts, app: &App) -> String {
    if app.config.public_url.is_some() { app.url.clone() } else { asked(parts, app) }
}

/// What the request itself was sent to.
fn asked(parts: &Parts, app: &App) -> String {
    let config = &app.config;
    let secure = is_secure(&parts.headers, &parts.extensions, config);
    let scheme = if secure { "https" } else { "http" };
    let trusted = through_trusted(&parts.extensions, config);
    let forwarded = if trusted { header(&parts.headers, "x-forwarded-host") } else { None };
    match forwarded.or_else(|| header(&parts.headers, HOST.as_str())) {
        Some(host) => format!("{scheme}://{host}"),
        None => app.url.clone(),
    }
}

/// Whether pages of `origin` are this server's own.
pub fn is_ours(parts: &Parts, app: &App, origin: &str) -> bool {
    origin == app.url || origin == asked(parts, app)
}

/// Whether nobody on the way can read the request: TLS of our own, or a trusted proxy's.
pub fn is_secure(headers: &HeaderMap, extensions: &Extensions, config: &Config) -> bool {
    let forwarded = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    match forwarded.filter(|_| through_trusted(extensions, config)) {
        Some(scheme) => scheme == "https",
        None => config.tls.is_some(),
    }
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

fn through_trusted(extensions: &Extensions, config: &Config) -> bool {
    peer(extensions).is_some_and(|ip| config.trusted_proxies.contains(&ip))
}

/// Who is asking: the peer, or the last address that no trusted proxy vouches for. What stands
/// before it in `X-Forwarded-For` may be made up.
fn from(headers: &HeaderMap, peer: Option<IpAddr>, trusted: &[IpAddr]) -> Option<IpAddr> {
    let mut from = peer?.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        if !trusted.contains(&from) {
            break;
        }
        let Ok(before) = hop.parse::<IpAddr>() else { break };
        from = before.to_canonical();
    }
    Some(from)
}

/// A network is what one subscriber has: a /64 of IPv6, a /24 of IPv4.
fn network(from: IpAddr) -> String {
    match from {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
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

    #[test]
    fn only_what_trusted_proxies_add_says_who_is_asking() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxy = [ip("10.0.0.2")];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1, 203.0.113.9".parse().unwrap());
        assert_eq!(from(&headers, Some(ip("198.51.100.7")), &proxy), Some(ip("198.51.100.7")));
        assert_eq!(from(&headers, Some(proxy[0]), &proxy), Some(ip("203.0.113.9")));
        headers.insert("x-forwarded-for", "x, y".parse().unwrap());
        assert_eq!(from(&headers, Some(proxy[0]), &proxy), Some(proxy[0]));
        assert_eq!(network(ip("203.0.113.9")), network(ip("203.0.113.200")));
        assert_ne!(network(ip("2001:db8:1:2::1")), network(ip("2001:db8:1:3::1")));
    }
}
