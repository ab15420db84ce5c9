//! Staff accounts: one-time links, sign-in, roles and routes, areas, secrets.

use jiff::SignedDuration;
use ntm_shared::api::account::{NewSession, NewUser, OneTimeLink, Role, Session, User};
use ntm_shared::api::collector::{Collector, CollectorToken, NewCollector};
use ntm_shared::api::household::{HouseholdRow, MissingHousehold};
use ntm_shared::api::round::RoundStatus;
use ntm_shared::api::score::ScoreReport;
use ntm_shared::api::submission::SubmissionRow;
use ntm_shared::api::unit::UnitView;
use reqwest::Method;

use crate::harness::{
    Api, NAM_CHAY, Phone, ROUND, Roster, TA_PHOI, TestServer, Visit, password, store, uuid,
};

#[test]
fn the_first_administrator_comes_in_by_a_link_that_works_once() {
    let mut server = TestServer::bare(|_| ());
    let link = server.setup_link().unwrap();
    assert!(link.starts_with(server.url()) && link.contains("/setup#"), "{link}");
    let nobody = server.nobody();
    nobody.redeem(&link, "ngắn").expect(422).problem("weak_password");
    nobody
        .redeem(&format!("{}#{}", server.url(), "0".repeat(64)), &password("admin"))
        .expect(410)
        .problem("bad_link");
    nobody.redeem(&link, &password("admin")).expect(204);
    nobody.redeem(&link, &password("thief")).expect(410).problem("bad_link");
    let admin = nobody.sign_in("Admin ", &password("admin"));
    let me: User = admin.get("/me").expect(200).json();
    assert_eq!((me.name.as_str(), me.role, me.active), ("admin", Role::Administrator, true));
    server.restart();
    assert_eq!(server.setup_link(), None);
    server.nobody().sign_in("admin", &password("admin"));
    // Until somebody has a password, every start gives a link, and only the newest works.
    let mut unused = TestServer::bare(|_| ());
    let first = unused.setup_link().unwrap();
    unused.restart();
    let second = unused.setup_link().unwrap();
    assert_ne!(first.split('#').nth(1), second.split('#').nth(1));
    unused.nobody().redeem(&second, &password("admin")).expect(204);
}

#[test]
fn a_wrong_password_tells_nothing_and_many_lock_the_name() {
    let server = TestServer::with(|config| config.limits.failures = 3);
    server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    let try_in = |name: &str, password: &str| {
        server
            .nobody()
            .post("/sessions", &NewSession { name: name.into(), password: password.into() })
    };
    let wrong = try_in("lan", "sai mật khẩu").expect(401).problem("wrong_password");
    let nobody = try_in("không ai", "sai mật khẩu").expect(401).problem("wrong_password");
    assert_eq!((wrong.title, wrong.detail), (nobody.title, nobody.detail));
    try_in("lan", "").expect(401);
    try_in("lan", &"x".repeat(10_000)).expect(401);
    try_in("lan", "sai mật khẩu").expect(401);
    try_in("lan", &password("lan")).expect(429).problem("too_many_tries");
    try_in("admin", &password("admin")).expect(201);
}

#[test]
fn sessions_end_by_signing_out_by_time_and_by_revocation() {
    let server = TestServer::start();
    let lan = server.user("lan", Role::District, &["02770"]);
    lan.get("/me").expect(200);
    lan.delete("/sessions/current").expect(204);
    lan.get("/me").expect(401).problem("not_signed_in");

    let lan = server.nobody().sign_in("lan", &password("lan"));
    server.clock.advance(SignedDuration::from_hours(13));
    lan.get("/me").expect(401).problem("not_signed_in");

    let admin = server.nobody().sign_in("admin", &password("admin"));
    let lan = server.nobody().sign_in("lan", &password("lan"));
    let me: User = lan.get("/me").expect(200).json();
    admin.post(&format!("/users/{}/revoke", me.id), &()).expect(204);
    lan.get("/me").expect(401);
    let new = NewSession { name: "lan".into(), password: password("lan") };
    server.nobody().post("/sessions", &new).expect(401).problem("wrong_password");
    let own: User = admin.get("/me").expect(200).json();
    admin.post(&format!("/users/{}/revoke", own.id), &()).expect(403).problem("forbidden");
}

#[test]
fn a_lost_password_is_reset_by_a_link_that_ends_what_was_before() {
    let mut server = TestServer::start();
    let lan = server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    let me: User = lan.get("/me").expect(200).json();
    let link: OneTimeLink =
        server.admin.post(&format!("/users/{}/reset", me.id), &()).expect(200).json();
    server.nobody().sign_in("lan", &password("lan"));
    server.nobody().redeem(&link.link, &password("mới")).expect(204);
    server.nobody().redeem(&link.link, &password("nữa")).expect(410);
    let old = NewSession { name: "lan".into(), password: password("lan") };
    server.nobody().post("/sessions", &old).expect(401);
    lan.get("/me").expect(401);
    server.nobody().sign_in("lan", &password("mới"));

    let stale: OneTimeLink =
        server.admin.post(&format!("/users/{}/reset", me.id), &()).expect(200).json();
    server.clock.advance(SignedDuration::from_hours(73));
    server.nobody().redeem(&stale.link, &password("muộn")).expect(410).problem("bad_link");

    // The only administrator lost the password: the program itself gives a link while it is down.
    let reset = |server: &TestServer| {
        let mut command = std::process::Command::new(crate::harness::program("ntm-server"));
        command
            .args(["user", "reset", "admin", "--listen", "127.0.0.1:9", "--data"])
            .arg(server.data());
        command.output().unwrap()
    };
    assert!(!reset(&server).status.success(), "the folder is in use");
    server.stop();
    let out = reset(&server);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let link = String::from_utf8(out.stdout).unwrap();
    assert!(link.starts_with("http://127.0.0.1:9/setup#"), "{link}");
    // That program reads the real clock.
    server.clock.set(jiff::Timestamp::now());
    server.restart();
    server.nobody().redeem(link.trim(), &password("quản trị")).expect(204);
    server.nobody().sign_in("admin", &password("quản trị"));
}

/// Every route with who may use it: Administrator, Province, District, Commune, Team, auditor (X).
const ROUTES: [(&str, &str, &str); 35] = [
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
    let source =
        std::fs::read_to_string(crate::harness::root().join("server/src/http/mod.rs")).unwrap();
    let open = ["/sessions", "/password"];
    for line in source.lines().filter_map(|line| line.trim().strip_prefix(".route(\"/")) {
        let path = format!("/{}", line.split('"').next().unwrap());
        let phone = ["/formList", "/forms/{id}/{version}", "/submission\"", "/health"];
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

#[test]
fn people_see_only_their_area() {
    let server = TestServer::surveyed();
    let phones: Vec<CollectorToken> =
        [NAM_CHAY, TA_PHOI].map(|c| server.new_collector(&[c.0])).into();
    for (made, household) in phones.iter().zip(["u0066.01.001", "u0036.01.001"]) {
        let phone = Phone::new(made.url.as_ref().unwrap());
        phone.send(&Visit::completed(household).xml(), &[]).unwrap().expect(201);
    }
    let district = server.user("muong-khuong", Role::District, &["083"]);
    let me: User = district.get("/me").expect(200).json();
    let unit: UnitView =
        district.get(&format!("/units/{}?at=2024-10-15", me.areas[0])).expect(200).json();
    assert_eq!(unit.name, "Huyện Mường Khương");

    let households: Vec<HouseholdRow> = district.all("/households");
    assert_eq!(households.len(), 10);
    assert!(households.iter().all(|h| h.commune == NAM_CHAY.1));
    let missing: Vec<MissingHousehold> = district.all(&format!("/rounds/{ROUND}/missing"));
    assert_eq!(missing.len(), 9);
    let villages: Vec<UnitView> = district.all("/units?level=village");
    assert!(
        villages.len() == 2 && villages.iter().all(|v| v.id.starts_with(NAM_CHAY.1)),
        "{villages:?}"
    );
    let collectors: Vec<Collector> = district.all("/collectors");
    assert_eq!(collectors.iter().map(|c| &c.id).collect::<Vec<_>>(), [&phones[0].collector.id]);
    let scores: ScoreReport = district.get(&format!("/rounds/{ROUND}/scores")).expect(200).json();
    assert_eq!(scores.communes.iter().map(|c| c.code.as_str()).collect::<Vec<_>>(), [NAM_CHAY.0]);
    let status: RoundStatus = district.get(&format!("/rounds/{ROUND}/status")).expect(200).json();
    assert_eq!((status.total.expected, status.total.received), (10, 1));
    let rows: Vec<SubmissionRow> = district.all("/submissions");
    assert_eq!(rows.iter().map(|r| r.commune.as_deref()).collect::<Vec<_>>(), [Some(NAM_CHAY.1)]);
    let all: Vec<SubmissionRow> = server.admin.all("/submissions");
    let hidden = all.iter().find(|r| r.commune.as_deref() == Some(TA_PHOI.1)).unwrap().seq;
    for path in ["", "/xml", "/attachments/a.jpg"] {
        district.get(&format!("/submissions/{hidden}{path}")).expect(404);
    }
    for path in ["/households?within=02677&at=2024-10-15", "/submissions?within=u0036"] {
        assert_eq!(district.all::<serde_json::Value>(path), [serde_json::Value::Null; 0], "{path}");
    }
    elsewhere(&server, &district, &phones[1].collector.id);
}

/// What a district may not do outside itself.
fn elsewhere(server: &TestServer, district: &Api, collector: &str) {
    let mut roster = Roster::default();
    roster.add(TA_PHOI.0, 1, 9);
    let import = district.post_text("/households?at=2024-10-15", "text/csv", roster.csv());
    import.expect(403).problem("out_of_area");
    let new =
        NewCollector { id: uuid(), name: "A".into(), areas: vec![TA_PHOI.0.into()], days: None };
    district.post("/collectors", &new).expect(403).problem("out_of_area");
    let revoked = district.post(&format!("/collectors/{collector}/revoke"), &()).status;
    assert!(matches!(revoked, 403 | 404), "{revoked}");
    let everywhere = NewUser { id: uuid(), name: "a".into(), role: Role::District, areas: vec![] };
    server.admin.post("/users", &everywhere).expect(403);
}

#[test]
fn no_secret_is_stored_in_clear() {
    let mut server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let lan = server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    let new = NewUser {
        id: uuid(),
        name: "hoa".into(),
        role: Role::Commune,
        areas: vec![NAM_CHAY.0.into()],
    };
    let link: OneTimeLink = server.admin.post("/users", &new).expect(201).json();
    let session: Session = {
        let new = NewSession { name: "lan".into(), password: password("lan") };
        server.nobody().post("/sessions", &new).expect(201).json()
    };
    let secrets = [
        made.token.unwrap(),
        lan.token().to_owned(),
        session.token,
        link.link.split_once('#').unwrap().1.to_owned(),
        password("lan"),
        password("admin"),
    ];
    server.stop();
    for path in store::files(server.data()) {
        // The log of the database goes away when its last connection does.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret is in {}", path.display());
        }
    }
    let db = store::open(server.data());
    let hashes: Vec<String> = {
        let mut rows =
            db.prepare("SELECT password_hash FROM user WHERE password_hash IS NOT NULL").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(hashes.len(), 2);
    assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$")), "{hashes:?}");
}
