//! What browsers are told and refused: cookies, other sites' pages, headers.

use jiff::SignedDuration;
use ntm_shared::api::account::{BrowserSession, NewSession};
use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::json;

use crate::harness::{
    Answer, Multipart, NAM_CHAY, TestServer, Visit, client, password, photo, store,
};

fn ask(server: &TestServer, method: Method, path: &str) -> RequestBuilder {
    client().request(method, format!("{}{path}", server.url()))
}

fn answer(request: RequestBuilder) -> Answer {
    Answer::read(request.send().expect("an answer")).expect("an answer")
}

/// Signs the administrator in as a browser does; the cookie.
fn cookie(server: &TestServer) -> String {
    let new = NewSession { name: "admin".into(), password: password("admin") };
    let request = ask(server, Method::POST, "/api/v1/sessions?cookie=true").json(&new);
    let said = answer(request.header("Origin", server.url())).expect(201);
    let session: BrowserSession = said.json();
    assert_eq!(session.user.name, "admin");
    let cookie = said.header("set-cookie");
    for part in ["__Host-ntm=", "Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let token = cookie.split_once('=').unwrap().1;
    assert!(!said.text().contains(token), "a script sees the token");
    cookie
}

#[test]
fn a_browser_has_its_session_in_a_cookie_that_ends_when_it_is_idle() {
    let server = TestServer::start();
    let first = cookie(&server);
    let me = |cookie: &str| ask(&server, Method::GET, "/api/v1/me").header("Cookie", cookie);
    answer(me(&first)).expect(200);
    answer(me(&format!("a=b; {first}; c=d"))).expect(200);
    answer(me("__Host-ntm=")).expect(401);
    // Used every 20 minutes it lives on; left alone for 31 it is over.
    for _ in 0..3 {
        server.clock.advance(SignedDuration::from_mins(20));
        answer(me(&first)).expect(200);
    }
    server.clock.advance(SignedDuration::from_mins(31));
    answer(me(&first)).expect(401).problem("not_signed_in");
    // Signing out takes the cookie away and ends the session.
    let second = cookie(&server);
    assert_ne!(first, second);
    let out = ask(&server, Method::DELETE, "/api/v1/sessions/current").header("Cookie", &second);
    let out = answer(out.header("Origin", server.url()).header("X-Ntm", "1")).expect(204);
    assert!(out.header("set-cookie").starts_with("__Host-ntm=; Path=/; Max-Age=0"));
    answer(me(&second)).expect(401);
}

/// A51.
#[test]
fn pages_of_other_sites_change_nothing() {
    let server = TestServer::start();
    let cookie = cookie(&server);
    let before = store::census(server.data());
    let new =
        json!({ "id": "00000000-0000-4000-8000-00000000c51f", "name": "x", "areas": [NAM_CHAY.0] });
    let post = || ask(&server, Method::POST, "/api/v1/collectors").header("Cookie", &cookie);
    let ours = server.url().to_owned();
    let evil = ["https://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:1"];
    let mut refused: Vec<(String, RequestBuilder)> = evil
        .iter()
        .map(|origin| {
            let request = post().header("Origin", *origin).header("X-Ntm", "1").json(&new);
            (format!("Origin {origin:?}"), request)
        })
        .collect();
    refused.push(("no Origin".into(), post().header("X-Ntm", "1").json(&new)));
    refused.push(("no header of ours".into(), post().header("Origin", &ours).json(&new)));
    let form = post().header("Origin", "https://evil.example");
    let form = form.header("Content-Type", "text/plain").body(new.to_string());
    refused.push(("a form of text/plain".into(), form));
    let bearer = ask(&server, Method::POST, "/api/v1/collectors").bearer_auth(server.admin.token());
    let bearer = bearer.header("Origin", "https://evil.example").json(&new);
    refused.push(("a token from elsewhere".into(), bearer));
    let sign_in = NewSession { name: "admin".into(), password: password("admin") };
    let sign_in = ask(&server, Method::POST, "/api/v1/sessions?cookie=true").json(&sign_in);
    refused.push(("signing in".into(), sign_in.header("Origin", "https://evil.example")));
    for (what, request) in refused {
        let answer = answer(request);
        assert_eq!(answer.status, 403, "{what}: {}", answer.text());
        answer.problem("cross_origin");
    }
    assert_eq!(store::census(server.data()), before);
    // Text that is no JSON is refused even from our own page.
    let text = post().header("Origin", &ours).header("X-Ntm", "1");
    let text = answer(text.header("Content-Type", "text/plain").body(new.to_string()));
    assert_eq!(text.status, 400, "{}", text.text());
    // Our own page, and a command line, may.
    answer(post().header("Origin", &ours).header("X-Ntm", "1").json(&new)).expect(201);
    answer(
        ask(&server, Method::POST, "/api/v1/collectors")
            .bearer_auth(server.admin.token())
            .json(&new),
    )
    .expect(200);
}

/// A52: no page of another site reads anything, whatever it asks first.
#[test]
fn no_answer_allows_another_origin() {
    let server = TestServer::surveyed();
    let cookie = cookie(&server);
    let token = server.new_collector(&[NAM_CHAY.0]).token.unwrap();
    for route in ntm_server::routes() {
        let path = filled(&route.path, &token);
        for origin in ["https://evil.example", "null", server.url()] {
            for method in [Method::OPTIONS, Method::GET] {
                let request = ask(&server, method.clone(), &path)
                    .header("Origin", origin)
                    .header("Cookie", &cookie)
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "x-ntm, content-type");
                let answer = answer(request);
                let cors =
                    answer.headers.keys().find(|name| name.as_str().starts_with("access-control"));
                assert_eq!(cors, None, "{method} {path} from {origin}");
                let odd = method == Method::OPTIONS && answer.status < 400;
                assert!(!odd, "OPTIONS {path}: {}", answer.status);
            }
        }
    }
}

fn filled(path: &str, token: &str) -> String {
    let path = path.replace("{token}", token).replace("{id}", "none").replace("{seq}", "1");
    path.replace("{version}", "1").replace("{*path}", "page.css").replace(['{', '}'], "")
}

/// A53.
#[test]
fn every_answer_bears_the_headers_that_browsers_need() {
    let server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let (url, token) = (made.url.unwrap(), made.token.unwrap());
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    let upload = Multipart::of(&visit.xml()).photo("a.jpg", &photo::jpeg(5));
    crate::harness::Phone::new(&url).post(&upload).expect(201);
    let mut seen = std::collections::BTreeSet::new();
    let mut look = |what: &str, answer: Answer| {
        seen.insert(answer.status);
        let header = |name: &str| answer.header(name).to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
        // A script has no window that another site could hold.
        let (opener, frame) = match header("content-type").starts_with("text/html") {
            true => ("same-origin", "DENY"),
            false => ("", ""),
        };
        assert_eq!(header("cross-origin-opener-policy"), opener, "{what}");
        assert_eq!(header("x-frame-options"), frame, "{what}");
        let policy = header("content-security-policy");
        let framed = policy.contains("frame-ancestors 'none'") || policy.starts_with("sandbox");
        assert!(framed && policy.contains("default-src"), "{what}: {policy:?}");
        assert!(!policy.contains("unsafe"), "{what}: {policy:?}");
        assert!(!header("cache-control").is_empty(), "{what}");
        // What phones poll is asked for again; what staff see is nowhere kept.
        if what.contains("/api/") && !what.contains("/key/") {
            assert!(header("cache-control").contains("no-store"), "{what}");
        }
        assert_eq!(header("server"), "", "{what}");
    };
    for route in ntm_server::routes() {
        let path = filled(&route.path, &token);
        for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT, Method::OPTIONS] {
            let request = ask(&server, method.clone(), &path);
            look(&format!("{method} {path}"), answer(request));
            if method == Method::GET {
                let request = ask(&server, method, &path).bearer_auth(server.admin.token());
                look(&format!("GET {path} signed in"), answer(request));
            }
        }
    }
    for path in ["/nowhere", "/api/v1/nowhere", "/key/x/nowhere", "/web/nowhere", "/../x", "/%00"] {
        look(path, answer(ask(&server, Method::GET, path)));
    }
    // A file that is damaged: 500.
    for file in store::blob_files(server.data()) {
        std::fs::write(&file, b"damaged").unwrap();
        let path = "/api/v1/submissions/1/attachments/a.jpg";
        let request = ask(&server, Method::GET, path).bearer_auth(server.admin.token());
        look(path, answer(request));
        std::fs::write(&file, photo::jpeg(5)).unwrap();
    }
    for status in [200, 400, 401, 404, 405, 500] {
        assert!(seen.contains(&status), "nothing was answered {status}: {seen:?}");
    }
}
