//! The only place that speaks HTTP: staff requests with a session, and the bare requests a phone
//! makes. Requests that may be repeated safely are repeated, with back-off, when the network or a
//! restarting server swallows them.

use std::{io::Write, time::Duration};

use ntm_shared::{
    api::{Page, problem::ProblemBody},
    text::{Lang, Text},
};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::failure::Failure;

mod watched;
mod wire;

pub use wire::{Part, Reply, Wire};

/// Waits between tries; one try more than there are waits.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// A staff client of one server.
#[derive(Clone, Debug)]
pub struct Client {
    wire: Wire,
    base: Url,
    token: Option<String>,
    lang: Lang,
}

/// What a request carries.
enum Body<'a> {
    None,
    Json(serde_json::Value),
    Bytes(&'static str, &'a [u8]),
}

impl Client {
    /// A client of `server` (`http://` or `https://`), signed in when there is a token.
    pub fn new(server: &str, token: Option<String>, lang: Lang) -> anyhow::Result<Client> {
        let base = Url::parse(server).ok().filter(|url| url.has_host() && !url.cannot_be_a_base());
        let base =
            base.filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(|| {
                Failure::local(
                    Text::new(
                        format!("Địa chỉ máy chủ không hợp lệ: {server}"),
                        format!("Not a server address: {server}"),
                    ),
                    Text::new(
                        "viết đủ http:// hoặc https://, ví dụ http://127.0.0.1:8787",
                        "write it in full, as http://127.0.0.1:8787",
                    ),
                )
            })?;
        Ok(Client { wire: Wire::new()?, base, token, lang })
    }

    /// The same client with this session.
    pub fn with_token(self, token: Option<String>) -> Client {
        Client { token, ..self }
    }

    /// The server's address without a final slash.
    pub fn server(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// True when what is sent can be read on the way: plain HTTP to another machine.
    pub fn is_exposed(&self) -> bool {
        let local = matches!(self.base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        self.base.scheme() == "http" && !local
    }

    /// The connection pool, for requests that are not staff requests.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// `GET /api/v1/…`.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> anyhow::Result<T> {
        self.json(self.send(Method::GET, path, query, Body::None).await?).await
    }

    /// Every row of a list, page by page.
    pub async fn all<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> anyhow::Result<Vec<T>> {
        let mut rows = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut query = query.to_vec();
            if let Some(after) = &after {
                query.push(("after", after));
            }
            let page: Page<T> = self.get(path, &query).await?;
            rows.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(rows),
            }
        }
    }

    /// `POST` of JSON, answered with JSON.
    pub async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &B,
    ) -> anyhow::Result<T> {
        let body = Body::Json(serde_json::to_value(body)?);
        self.json(self.send(Method::POST, path, &[], body).await?).await
    }

    /// `POST` of JSON whose answer has nothing to read.
    pub async fn tell<B: Serialize>(&self, path: &[&str], body: &B) -> anyhow::Result<()> {
        let body = Body::Json(serde_json::to_value(body)?);
        self.send(Method::POST, path, &[], body).await.map(drop)
    }

    /// `POST` without a body, answered with JSON.
    pub async fn act<T: DeserializeOwned>(&self, path: &[&str]) -> anyhow::Result<T> {
        self.json(self.send(Method::POST, path, &[], Body::None).await?).await
    }

    /// `POST` without a body whose answer has nothing to read.
    pub async fn act_only(&self, path: &[&str]) -> anyhow::Result<()> {
        self.send(Method::POST, path, &[], Body::None).await.map(drop)
    }

    /// `POST` of a file, answered with JSON.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        mime: &'static str,
        bytes: &[u8],
    ) -> anyhow::Result<T> {
        let body = Body::Bytes(mime, bytes);
        self.json(self.send(Method::POST, path, query, body).await?).await
    }

    /// `POST` of bytes whose answer has nothing to read.
    pub async fn put_bytes(
        &self,
        path: &[&str],
        mime: &'static str,
        bytes: &[u8],
    ) -> anyhow::Result<()> {
        self.send(Method::POST, path, &[], Body::Bytes(mime, bytes)).await.map(drop)
    }

    /// `DELETE`, answered with nothing.
    pub async fn delete(&self, path: &[&str]) -> anyhow::Result<()> {
        self.send(Method::DELETE, path, &[], Body::None).await.map(drop)
    }

    /// Streams a file to `into` and returns its size in bytes.
    pub async fn download(&self, path: &[&str], into: &mut dyn Write) -> anyhow::Result<u64> {
        let mut response = self.send(Method::GET, path, &[], Body::None).await?;
        let mut size = 0;
        while let Some(chunk) = response.chunk().await.map_err(|e| self.unreachable(&e))? {
            into.write_all(&chunk)?;
            size += chunk.len() as u64;
        }
        Ok(size)
    }

    /// Every request of this API may be sent again with the same outcome, so all are retried when
    /// no answer came or the server says it cannot answer now.
    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> anyhow::Result<Response> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut waits = BACK_OFF.iter();
        loop {
            let request = self.request(method.clone(), url.clone(), &body);
            let (again, failure) = match request.send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    let again = matches!(response.status().as_u16(), 502..=504);
                    (again, self.problem(response).await)
                }
                Err(error) => (true, self.unreachable(&error)),
            };
            match waits.next() {
                Some(wait) if again => tokio::time::sleep(*wait).await,
                _ => return Err(failure.into()),
            }
        }
    }

    fn request(&self, method: Method, url: Url, body: &Body<'_>) -> RequestBuilder {
        let lang = match self.lang {
            Lang::Vi => "vi",
            Lang::En => "en",
        };
        let request = self.wire.http.request(method, url).header(header::ACCEPT_LANGUAGE, lang);
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        match body {
            Body::None => request,
            Body::Json(value) => request.json(value),
            Body::Bytes(mime, bytes) => {
                request.header(header::CONTENT_TYPE, *mime).body(bytes.to_vec())
            }
        }
    }

    async fn problem(&self, response: Response) -> Failure {
        let status = response.status();
        let bytes = response.bytes().await.unwrap_or_default();
        match serde_json::from_slice::<ProblemBody>(&bytes) {
            Ok(problem) => Failure::Problem(problem),
            Err(_) => self.not_ntm(status),
        }
    }

    async fn json<T: DeserializeOwned>(&self, response: Response) -> anyhow::Result<T> {
        let status = response.status();
        let bytes = response.bytes().await.map_err(|e| self.unreachable(&e))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| anyhow::Error::new(error).context(self.not_ntm(status).to_string()))
    }

    fn not_ntm(&self, status: StatusCode) -> Failure {
        Failure::NotNtm { server: self.server().to_owned(), status: status.as_u16() }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        // The address is named already, without the path and what it may give away.
        let mut causes = Vec::new();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        Failure::Unreachable { server: self.server().to_owned(), cause: causes.join(": ") }
    }
}
