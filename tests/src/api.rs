//! Staff at the JSON API, and what any request was answered.

use std::sync::OnceLock;
use std::time::Duration;

use ntm_shared::api::Page;
use ntm_shared::api::account::{NewPassword, NewSession, Session};
use ntm_shared::api::problem::ProblemBody;
use reqwest::Method;
use reqwest::blocking::Client;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The one HTTP client of this process, without proxies or redirects.
pub fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(fresh_client)
}

/// A client with connections of its own.
pub fn fresh_client() -> Client {
    // Another client of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        // A server that refused a body closes the connection, and the next request should not find it.
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .expect("an HTTP client")
}

/// A good password for `name`.
pub fn password(name: &str) -> String {
    format!("mật khẩu của {name}")
}

/// What a request was answered.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads the whole answer.
    pub fn read(response: reqwest::blocking::Response) -> reqwest::Result<Answer> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes()?.to_vec() })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, blank when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Insists on a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The problem it tells; insists on its code.
    #[track_caller]
    pub fn problem(&self, code: &str) -> ProblemBody {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: ProblemBody = self.json();
        assert_eq!((problem.code.as_str(), problem.status), (code, self.status), "{problem:?}");
        problem
    }
}

/// Someone at the API: signed in, or nobody.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    token: Option<String>,
    lang: Option<&'static str>,
}

impl Api {
    /// Nobody in particular.
    pub fn nobody(server: &str) -> Api {
        Api { base: format!("{server}/api/v1"), token: None, lang: None }
    }

    /// The same person, reading another language.
    pub fn reading(&self, lang: &'static str) -> Api {
        Api { lang: Some(lang), ..self.clone() }
    }

    /// The same door with this session token.
    pub fn with_token(&self, token: &str) -> Api {
        Api { token: Some(token.into()), ..self.clone() }
    }

    /// The session token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Signs in.
    #[track_caller]
    pub fn sign_in(&self, name: &str, password: &str) -> Api {
        let new = NewSession { name: name.into(), password: password.into() };
        let session: Session = self.post("/sessions", &new).expect(201).json();
        self.with_token(&session.token)
    }

    /// Redeems a one-time link.
    pub fn redeem(&self, link: &str, password: &str) -> Answer {
        let secret = link.split_once('#').expect("a link with a secret").1.to_owned();
        self.post("/password", &NewPassword { secret, password: password.into() })
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None)
    }

    /// POST of JSON.
    pub fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        let json = serde_json::to_vec(body).expect("JSON");
        self.send(Method::POST, path, Some(("application/json", json)))
    }

    /// POST of a text.
    pub fn post_text(&self, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(Method::POST, path, Some((kind, body.into())))
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None)
    }

    /// Any request.
    #[track_caller]
    pub fn send(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let mut request = client().request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(lang) = self.lang {
            request = request.header("Accept-Language", lang);
        }
        if let Some((kind, body)) = body {
            request = request.header("Content-Type", kind).body(body);
        }
        let response = request.send().unwrap_or_else(|e| panic!("{path}: {e}"));
        Answer::read(response).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// Every row of a list, page after page.
    #[track_caller]
    pub fn all<T: DeserializeOwned>(&self, path: &str) -> Vec<T> {
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page: Page<T> = self.get(&format!("{path}{joint}after={after}")).expect(200).json();
            rows.extend(page.items);
            let Some(next) = page.next else { return rows };
            assert_ne!(next, after, "{path}: the list does not advance");
            after = next;
        }
    }
}
