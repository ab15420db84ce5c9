//! The only place that speaks HTTP: staff requests with a session, and the bare requests a phone
//! makes. Requests that may be repeated safely are repeated, with back-off, when the network or a
//! restarting server swallows them.

use std::{
    io::Write,
    sync::{
        Arc, Once,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use ntm_shared::{
    api::{Page, problem::ProblemBody},
    text::{Lang, Text},
};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::failure::Failure;

/// Waits between tries; one try more than there are waits.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// Nothing moves for so long, and the connection is taken for dead.
const SILENCE: Duration = Duration::from_secs(20);

/// A connection pool. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Wire {
    http: reqwest::Client,
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

    /// `POST` of JSON, packed, once: who calls knows how to go on when it fails.
    pub async fn once_packed<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &B,
    ) -> anyhow::Result<T> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&serde_json::to_vec(body)?)?;
        let head = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
        self.watched(path, &head, packer.finish()?).await
    }

    /// `POST` of bytes, once.
    pub async fn once<T: DeserializeOwned>(
        &self,
        path: &[&str],
        bytes: Vec<u8>,
    ) -> anyhow::Result<T> {
        self.watched(path, &[(header::CONTENT_TYPE, "application/octet-stream")], bytes).await
    }

    /// A request that is given up when nothing moves for [`SILENCE`], however long it takes in all.
    async fn watched<T: DeserializeOwned>(
        &self,
        path: &[&str],
        head: &[(header::HeaderName, &str)],
        bytes: Vec<u8>,
    ) -> anyhow::Result<T> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        let moved = Arc::new(AtomicU64::new(0));
        let pieces: Vec<Vec<u8>> = bytes.chunks(8 * 1024).map(<[u8]>::to_vec).collect();
        let length = bytes.len();
        let counter = moved.clone();
        let stream = futures_util::stream::iter(pieces.into_iter().map(move |piece| {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(piece)
        }));
        let request = self.request(Method::POST, url, &Body::None);
        let request = request.header(header::CONTENT_LENGTH, length);
        let request =
            head.iter().fold(request, |request, (name, value)| request.header(name, *value));
        let sending = request.body(reqwest::Body::wrap_stream(stream)).send();
        let mut sending = std::pin::pin!(sending);
        let response = loop {
            let before = moved.load(Ordering::Relaxed);
            match tokio::time::timeout(SILENCE, &mut sending).await {
                Ok(answer) => break answer.map_err(|error| self.unreachable(&error))?,
                Err(_) if moved.load(Ordering::Relaxed) > before => {}
                Err(_) => {
                    let server = self.server().to_owned();
                    return Err(Failure::Unreachable { server, cause: "20 s".into() }.into());
                }
            }
        };
        if !response.status().is_success() {
            return Err(self.problem(response).await.into());
        }
        let answer = tokio::time::timeout(SILENCE, response.bytes()).await;
        let answer = answer.map_err(|_| Failure::Unreachable {
            server: self.server().to_owned(),
            cause: "20 s".into(),
        })?;
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        Ok(serde_json::from_slice(&answer)?)
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
