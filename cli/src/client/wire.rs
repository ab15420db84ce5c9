//! The bare requests a phone makes, and the connections that all requests share.

use std::{sync::Once, time::Duration};

use reqwest::RequestBuilder;

/// A connection pool. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Wire {
    pub(super) http: reqwest::Client,
}

/// An answer read whole.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers with lower-case names, in order of arrival.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// One part of a multipart body.
#[derive(Clone, Debug)]
pub struct Part {
    /// Part name, and file name where `file` is absent.
    pub name: String,
    /// File name.
    pub file: String,
    /// Media type.
    pub mime: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Wire {
    /// A pool that follows no redirects: a session must not travel to another host.
    pub fn new() -> anyhow::Result<Wire> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Err means that somebody installed one before, which serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let http = reqwest::Client::builder()
            .user_agent(concat!("ntm/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(120))
            .build()?;
        Ok(Wire { http })
    }

    /// `GET` with headers.
    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> anyhow::Result<Reply> {
        self.exchange(with(self.http.get(url), headers)).await
    }

    /// `HEAD` with headers.
    pub async fn head(&self, url: &str, headers: &[(&str, &str)]) -> anyhow::Result<Reply> {
        self.exchange(with(self.http.head(url), headers)).await
    }

    /// `POST` of a multipart body, parts in the given order.
    pub async fn multipart(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        parts: Vec<Part>,
    ) -> anyhow::Result<Reply> {
        let mut form = reqwest::multipart::Form::new();
        for part in parts {
            let body = reqwest::multipart::Part::bytes(part.bytes).file_name(part.file);
            form = form.part(part.name, body.mime_str(part.mime)?);
        }
        self.exchange(with(self.http.post(url), headers).multipart(form)).await
    }

    async fn exchange(&self, request: RequestBuilder) -> anyhow::Result<Reply> {
        // A phone's address holds its token; it must not end up in a message.
        let response = request.send().await.map_err(reqwest::Error::without_url)?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into()))
            .collect();
        let body = response.bytes().await.map_err(reqwest::Error::without_url)?;
        Ok(Reply { status, headers, body: body.to_vec() })
    }
}

fn with(request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}
