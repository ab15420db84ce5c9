//! Turning faults into answers in the reader's language: problem JSON on the API, an
//! `<OpenRosaResponse>` on the phone door.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ntm_shared::api::problem::{Place, ProblemBody};
use ntm_shared::problem;
use ntm_shared::text::Lang;
use quick_xml::escape::escape;
use tower_http::catch_panic::CatchPanicLayer;

use crate::address;
use crate::app::App;
use crate::fault::Fault;

impl IntoResponse for Fault {
    /// The status now; the body once the door and the reader's language are known.
    fn into_response(self) -> Response {
        if let Some(cause) = &self.cause {
            tracing::error!(code = self.problem.code, %cause, "request failed");
        }
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// The reader's language.
pub fn lang(request: &Request) -> Lang {
    let header = request.headers().get(header::ACCEPT_LANGUAGE);
    header.and_then(|h| h.to_str().ok()).map_or(Lang::Vi, Lang::from_accept_language)
}

/// A fault without a handler of its own (a body that is too large, a query that does not read) is
/// a fault all the same.
fn fault_of(response: &Response) -> Option<Arc<Fault>> {
    if let Some(fault) = response.extensions().get::<Arc<Fault>>() {
        return Some(fault.clone());
    }
    // Whoever answers in JSON has said what is wrong: `/health` of a server in trouble.
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind == "application/json") {
        return None;
    }
    let problem = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => &problem::TOO_LARGE,
        StatusCode::METHOD_NOT_ALLOWED => &problem::WRONG_METHOD,
        StatusCode::NOT_FOUND => &problem::NOT_FOUND,
        status if status.is_client_error() => &problem::BAD_REQUEST,
        status if status.is_server_error() => &problem::INTERNAL,
        _ => return None,
    };
    Some(Arc::new(Fault::new(problem)))
}

/// Seconds after which trying again may help, where waiting is what helps.
fn retry_after(fault: &Fault) -> Option<HeaderValue> {
    if let Some(seconds) = fault.wait {
        return Some(seconds.into());
    }
    match fault.problem.status {
        503 if fault.problem.code == problem::BUSY.code => Some(HeaderValue::from_static("60")),
        429 if fault.problem.code == problem::OVER_QUOTA.code => {
            Some(HeaderValue::from_static("3600"))
        }
        503 | 507 => Some(HeaderValue::from_static("600")),
        _ => None,
    }
}

/// A handler that panics is answered for like one that failed.
pub fn panics() -> CatchPanicLayer<fn(Box<dyn std::any::Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| Fault::internal("a handler panicked").into_response())
}

/// Problem details (RFC 9457) for the API.
pub async fn as_problem_json(request: Request, next: Next) -> Response {
    let lang = lang(&request);
    let response = next.run(request).await;
    let Some(fault) = fault_of(&response) else { return response };
    let problem = fault.problem;
    let places = fault.places.iter().map(|place| Place {
        line: place.line,
        field: place.field.clone(),
        code: place.code.clone(),
        message: place.message.get(lang).into(),
    });
    let body = ProblemBody {
        kind: format!("about:blank#{}", problem.code),
        code: problem.code.into(),
        status: problem.status,
        title: problem.title(lang).into(),
        help: problem.help(lang).into(),
        detail: fault.detail.get(lang).into(),
        places: places.collect(),
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, Json(body)).into_response();
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = retry_after(&fault) {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    // What a handler says beside the fault, as where a file goes on.
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            answer.headers_mut().insert(name.clone(), value.clone());
        }
    }
    answer
}

/// An OpenRosa answer with one message; `nature` is empty or `error`.
pub fn openrosa_message(status: StatusCode, nature: &str, message: &str) -> Response {
    let nature = if nature.is_empty() { String::new() } else { format!(" nature=\"{nature}\"") };
    let body = format!(
        "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message{nature}>{}</message></OpenRosaResponse>",
        escape(message)
    );
    (status, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response()
}

/// How many bytes a phone should send in one request.
pub const AT_A_TIME: HeaderName = HeaderName::from_static("x-openrosa-accept-content-length");

/// The phone door: OpenRosa headers on every answer, errors as `<OpenRosaResponse>`. With `asks`, who
/// brings no token is asked for a password, where nobody on the way can read it.
pub fn openrosa(router: Router<Arc<App>>, app: &App, asks: bool) -> Router<Arc<App>> {
    let limit = HeaderValue::from(app.config.limits.at_a_time().1);
    let config = app.config.clone();
    router.layer(panics()).layer(middleware::from_fn(move |request: Request, next: Next| {
        let (limit, config) = (limit.clone(), config.clone());
        async move {
            let lang = lang(&request);
            let may_ask =
                asks && address::is_secure(request.headers(), request.extensions(), &config);
            let versioned = request.headers().get("x-openrosa-version").is_some();
            let spoken = versioned || !needs_version(request.uri().path());
            let response = if spoken {
                next.run(request).await
            } else {
                Fault::new(&problem::OPENROSA_VERSION).into_response()
            };
            let mut response = match fault_of(&response) {
                Some(fault) => as_openrosa(&fault, lang),
                None => response,
            };
            let status = response.status();
            let headers = response.headers_mut();
            if status == StatusCode::UNAUTHORIZED && may_ask {
                let realm = HeaderValue::from_static("Basic realm=\"ntm\", charset=\"UTF-8\"");
                headers.insert(header::WWW_AUTHENTICATE, realm);
            }
            headers.insert("x-openrosa-version", HeaderValue::from_static("1.0"));
            headers.entry(AT_A_TIME).or_insert(limit);
            if let Ok(date) = HeaderValue::from_str(&http_date(config.clock.now())) {
                headers.insert(header::DATE, date);
            }
            response
        }
    }))
}

/// Forms and media may be fetched by anything; the list and submissions are OpenRosa's own.
fn needs_version(path: &str) -> bool {
    path.ends_with("/formList") || path.ends_with("/submission")
}

fn as_openrosa(fault: &Fault, lang: Lang) -> Response {
    let problem = fault.problem;
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let detail = fault.detail.get(lang);
    let parts = [problem.title(lang), detail, problem.help(lang)];
    let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let mut answer =
        openrosa_message(status, "error", &format!("{} ({})", words.join(" "), problem.code));
    if let Some(seconds) = retry_after(fault) {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    answer
}

/// IMF-fixdate (RFC 9110, 5.6.7).
fn http_date(at: jiff::Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// An address that leads nowhere.
pub async fn not_found() -> Fault {
    Fault::new(&problem::NOT_FOUND)
}

/// An address that takes another method.
pub async fn wrong_method() -> Fault {
    Fault::new(&problem::WRONG_METHOD)
}
