//! Which role may use which route.

use ntm_shared::api::account::Role;
use reqwest::Method;

use crate::harness::{NAM_CHAY, TestServer, root, store};

/// Every route with who may use it: Administrator, Province, District, Commune, Team, auditor (X).
const ROUTES: [(&str, &str, &str); 41] = [
    ("DELETE", "/sessions/current", "APDCTX"),
    ("GET", "/me", "APDCTX"),
    ("GET", "/users", "A"),
    ("POST", "/users", "A"),
    ("POST", "/users/none/reset", "A"),
    ("POST", "/users/none/revoke", "A"),
    ("GET", "/collectors", "APDC"),
    ("POST", "/collectors", "APDC"),
    ("POST", "/collectors/none/revoke", "APDC"),
    ("GET", "/units", "APDCTX"),
    ("GET", "/units/02770", "APDCTX"),
    ("GET", "/households", "APDCX"),
    ("POST", "/households", "APDC"),
    ("GET", "/forms", "APDCTX"),
    ("POST", "/forms", "AP"),
    ("GET", "/forms/none/1/source", "APDCTX"),
    ("GET", "/forms/none/1/xform", "APDCTX"),
    ("POST", "/forms/none/1/files/a.csv", "AP"),
    ("GET", "/criteria", "APDCTX"),
    ("GET", "/rounds", "APDCTX"),
    ("POST", "/rounds", "AP"),
    ("GET", "/rounds/2024-10", "APDCTX"),
    ("POST", "/rounds/none/close", "AP"),
    ("POST", "/rounds/2024-10/draw", "AP"),
    ("GET", "/rounds/2024-10/draws/income", "APDCX"),
    ("GET", "/rounds/2024-10/status", "APDCTX"),
    ("GET", "/rounds/2024-10/missing", "APDCX"),
    ("GET", "/rounds/2024-10/scores", "APDCTX"),
    ("POST", "/rounds/2024-10/plan", "APDCTX"),
    ("GET", "/rounds/2024-10/plan/02770", "APDCTX"),
    ("GET", "/submissions", "APDCX"),
    ("GET", "/submissions/1", "APDCX"),
    ("GET", "/submissions/1/xml", "APDCX"),
    ("GET", "/submissions/1/attachments/a.jpg", "APDCX"),
    ("GET", "/submissions/1/attachments/a.jpg/thumbnail", "APDCX"),
    ("GET", "/submissions/1/attachments/a.jpg/copy", "APDCX"),
    ("POST", "/reviews", "APDC"),
    ("POST", "/teams", "AP"),
    ("GET", "/teams", "APDCTX"),
    ("POST", "/assignments", "AP"),
    ("GET", "/assignments", "APDCTX"),
];

/// A body of the right shape that no one can be granted.
fn body(path: &str) -> Option<(&'static str, Vec<u8>)> {
    let json = |text: &str| Some(("application/json", text.as_bytes().to_vec()));
    match path {
        "/users" => json(r#"{"id":"x","name":"x","role":"commune","areas":["99999"]}"#),
        "/collectors" => json(r#"{"id":"x","name":"x","areas":["99999"]}"#),
        "/rounds" => json(
            r#"{"id":"x","name":"x","starts":"2024-10-01","ends":"2024-10-02","areas":["99999"],"forms":["household"],"criteria_set":"x"}"#,
        ),
        "/rounds/2024-10/draw" => json(r#"{"module":"income","seed":1}"#),
        "/assignments" => {
            json(r#"{"id":"x","round":"none","decision":"x","from":"2024-10-01","pairs":[]}"#)
        }
        "/reviews" => json(r#"{"id":"x","submissions":[1],"decision":"approved"}"#),
        "/households" | "/teams" | "/forms" => Some(("text/csv", b"x".to_vec())),
        _ => None,
    }
}

#[test]
fn every_route_is_open_to_the_roles_it_is_for_and_to_no_other() {
    let server = TestServer::surveyed();
    let people = [
        ('A', server.admin.clone()),
        ('P', server.user("tinh", Role::Province, &["10"])),
        ('D', server.user("huyen", Role::District, &["083"])),
        ('C', server.user("xa", Role::Commune, &[NAM_CHAY.0])),
        ('T', server.user("to", Role::Team, &[NAM_CHAY.0])),
        ('X', server.user("kiem-toan", Role::Auditor, &[NAM_CHAY.0])),
    ];
    let before = store::census(server.data());
    let mut wrong = Vec::new();
    for (method, path, roles) in ROUTES {
        let method: Method = method.parse().unwrap();
        let body = if method == Method::POST { body(path) } else { None };
        for (letter, api) in &people {
            if path == "/sessions/current" {
                continue; // it would end the session the other rows need
            }
            let status = api.send(method.clone(), path, body.clone()).status;
            let refused = matches!(status, 401 | 403);
            if refused == roles.contains(*letter) {
                wrong.push(format!("{letter} {method} {path}: {status}"));
            }
        }
        let anonymous = [
            server.nobody(),
            server.nobody().with_token(&"0".repeat(64)),
            server.nobody().with_token(""),
        ];
        for api in anonymous {
            let answer = api.send(method.clone(), path, body.clone());
            if answer.status != 401 {
                wrong.push(format!("anonymous {method} {path}: {}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut after = store::census(server.data());
    // What the allowed have read is noted.
    after.insert("access".into(), before["access"]);
    assert_eq!(after, before, "a bare request changed something");
}

#[test]
fn the_table_of_routes_here_is_that_of_the_server() {
    let source = std::fs::read_to_string(root().join("server/src/http/mod.rs")).unwrap();
    let open = ["/sessions", "/password"];
    for line in source.lines().filter_map(|line| line.trim().strip_prefix(".route(\"/")) {
        let path = format!("/{}", line.split('"').next().unwrap());
        let phone = [
            "/formList",
            "/forms/{id}/{version}/form.xml",
            "/forms/{id}/{version}/manifest",
            "/forms/{id}/{version}/media",
            "/submission\"",
            "/health",
            "/returned",
            "/entities/{list}/integrity",
        ];
        if open.contains(&path.as_str()) || phone.iter().any(|p| format!("{path}\"").starts_with(p))
        {
            continue;
        }
        let fits = |route: &str| {
            let (ours, theirs): (Vec<&str>, Vec<&str>) =
                (route.split('/').collect(), path.split('/').collect());
            ours.len() == theirs.len()
                && ours.iter().zip(&theirs).all(|(a, b)| a == b || b.starts_with('{'))
        };
        for verb in ["get(", "post(", "delete("].iter().filter(|verb| line.contains(**verb)) {
            let method = verb.trim_end_matches('(').to_uppercase();
            let known = ROUTES.iter().any(|(m, route, _)| *m == method && fits(route));
            assert!(known, "{method} {path} is in no row");
        }
    }
}
