//! Attacks on accounts, tokens and areas, each with what must come of it; the number is that of the
//! list of attacks.

use std::time::Instant;

use ntm_shared::api::account::{NewSession, Role};
use ntm_shared::api::audit::Event;
use ntm_shared::api::collector::{CollectorToken, Device, Enrolment};
use ntm_shared::api::submission::{Submission, SubmissionRow};
use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Answer, Api, NAM_CHAY, Phone, RealServer, TA_PHOI, TestServer, Visit, client, password, photo,
    store, uuid,
};

fn try_in(url: &str, name: &str, password: &str, forwarded: &str) -> Answer {
    let new = NewSession { name: name.into(), password: password.into() };
    let request = client().post(format!("{url}/api/v1/sessions")).json(&new);
    let request = request.header("X-Forwarded-For", forwarded).header("Forwarded", forwarded);
    Answer::read(request.send().expect("an answer")).expect("an answer")
}

/// A43: SQL in every parameter of every list. Nothing fails inside, nothing is shown that would not
/// be shown, nothing is stored.
#[test]
fn sql_in_a_parameter_is_text() {
    let server = TestServer::surveyed();
    let officer = server.user("xã", Role::Commune, &[NAM_CHAY.0]);
    let auditor = server.user("kiểm toán", Role::Auditor, &[NAM_CHAY.0]);
    let made = server.new_collector(&[NAM_CHAY.0]);
    let outside = server.collector(&[TA_PHOI.0]);
    outside.send(&Visit::completed("u0036.01.001").xml(), &[]).unwrap().expect(201);
    let payloads = [
        "'",
        "' OR '1'='1",
        "' OR 1=1 --",
        "'; DROP TABLE household; --",
        "1 UNION SELECT password_hash FROM user",
        "') OR EXISTS (SELECT 1) --",
        "u0066' AND randomblob(100000000) --",
        "%' OR '%'='",
        "\\",
        "$1",
        "?1",
        "\u{0}",
        "1;ATTACH DATABASE '/tmp/x' AS x",
        "x' || (SELECT head FROM household) || '",
    ];
    let parameters = [
        "within",
        "at",
        "after",
        "level",
        "q",
        "round",
        "form",
        "household",
        "actor",
        "subject",
        "what",
        "cookie",
        "sort",
        "order",
        "$filter",
        "$orderby",
    ];
    let before = store::census(server.data());
    let mut asked = 0;
    for route in ntm_server::routes().iter().filter(|route| route.method == "GET") {
        let path = route.path.replace("{token}", made.token.as_deref().unwrap());
        let path = path.replace("{version}", "1").replace("{*path}", "page.css");
        for payload in payloads {
            let word: String = payload.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let in_path = path
                .split('/')
                .map(|part| if part.starts_with('{') { word.as_str() } else { part });
            let in_path = in_path.collect::<Vec<_>>().join("/");
            let all: Vec<String> = parameters.iter().map(|name| format!("{name}={word}")).collect();
            let each = parameters.iter().map(|name| format!("{in_path}?{name}={word}"));
            for target in each.chain([format!("{in_path}?{}", all.join("&"))]) {
                if target.contains("deviceID") {
                    continue;
                }
                let api = if route.who == "Audit" { &auditor } else { &officer };
                let request = client().get(format!("{}{target}", server.url()));
                let request = request.bearer_auth(api.token()).header("X-OpenRosa-Version", "1.0");
                let answer = Answer::read(request.send().unwrap()).unwrap();
                asked += 1;
                assert!(answer.status < 500, "{target}: {}", answer.text());
                for secret in ["u0036.01", "$argon2id$", "Tả Phời 1"] {
                    assert!(!answer.text().contains(secret), "{target}: {}", answer.text());
                }
            }
        }
    }
    println!("{asked} requests with SQL in them");
    let mut after = store::census(server.data());
    after.insert("access".into(), before["access"]);
    assert_eq!(after, before);
}

/// A47: one name, one address that says it is a hundred.
#[test]
fn guessing_a_password_ends_after_ten_tries_whatever_address_is_claimed() {
    let server = TestServer::start();
    server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    server.user("páo", Role::Commune, &[NAM_CHAY.0]);
    let statuses: Vec<u16> = (0..1000)
        .map(|n| try_in(server.url(), "lan", "đoán mò", &format!("203.0.113.{}", n % 100)).status)
        .collect();
    assert_eq!(statuses[..10], [401; 10]);
    assert!(statuses[10..].iter().all(|status| *status == 429));
    let waiting = try_in(server.url(), "lan", &password("lan"), "198.51.100.1").expect(429);
    waiting.problem("too_many_tries");
    let wait: u64 = waiting.header("retry-after").parse().expect("seconds");
    assert!((1..=901).contains(&wait), "{wait}");
    // The neighbour behind the same address comes in; what happened is written down once.
    try_in(server.url(), "páo", &password("páo"), "203.0.113.1").expect(201);
    let locks: Vec<Event> = server.admin.all("/events?what=session.lock");
    assert_eq!(locks.iter().map(|lock| lock.actor_name.as_str()).collect::<Vec<_>>(), ["lan"]);
}

/// A47 behind a proxy that is trusted: there the address counts, and a stranger does not lock out
/// who is at home.
#[test]
fn strangers_do_not_lock_out_who_is_at_home() {
    let server = TestServer::with(|config| {
        config.trusted_proxies = vec![[127, 0, 0, 1].into()];
        config.limits.failures = 3;
    });
    server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    let home = "192.0.2.7";
    try_in(server.url(), "lan", &password("lan"), home).expect(201);
    // What a stranger writes before its own address is not believed.
    let stranger = |n: u32| format!("{home}, 203.0.{n}.9");
    let statuses: Vec<u16> =
        (0..5).map(|_| try_in(server.url(), "lan", "đoán", &stranger(1)).status).collect();
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    for n in 2..12 {
        for _ in 0..3 {
            try_in(server.url(), "lan", "đoán", &stranger(n));
        }
    }
    // All strangers together have had enough tries by now.
    try_in(server.url(), "lan", &password("lan"), &stranger(99)).expect(429);
    try_in(server.url(), "lan", &password("lan"), home).expect(201);
}

/// A48: a name that is unknown takes as long as a wrong password. Taken in turns, so that a busy
/// machine slows both; without the work done for nobody the two differ fortyfold.
#[test]
fn an_unknown_name_answers_like_a_wrong_password_and_as_slowly() {
    let server = TestServer::with(|config| config.limits.failures = 10_000);
    server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    let mut times = [Vec::new(), Vec::new()];
    let mut bodies = [String::new(), String::new()];
    for n in 0..60 {
        for (side, name) in ["lan".to_owned(), format!("không ai {n}")].iter().enumerate() {
            let start = Instant::now();
            let answer = try_in(server.url(), name, "sai mật khẩu", "").expect(401);
            times[side].push(start.elapsed());
            bodies[side] = answer.text();
        }
    }
    assert_eq!(bodies[0], bodies[1]);
    let medians = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    });
    let ratio = medians[0] / medians[1];
    println!("known {:.1} ms, unknown {:.1} ms", medians[0] * 1e3, medians[1] * 1e3);
    assert!((0.5..2.0).contains(&ratio), "{medians:?}");
}

/// A55: everything a phone and an office do, with logs at their most talkative; no token is in the
/// log, in the data folder, in an answer or in what is exported.
#[test]
fn no_token_is_in_logs_or_in_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = RealServer::configured(folder.path(), &[("RUST_LOG", "trace")]);
    let admin = server.administrator();
    let roster = crate::harness::Roster::small();
    admin.post_text("/households?at=2024-10-15", "text/csv", roster.csv()).expect(200);
    admin.post("/rounds", &crate::harness::round()).expect(201);
    let new = json!({ "id": uuid(), "name": "Lan", "areas": ["u0066"] });
    let made: CollectorToken = admin.post("/collectors", &new).expect(201).json();
    let (token, phone) = (made.token.unwrap(), Phone::new(&made.url.unwrap()));
    phone.fetch(&phone.form("household"));
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    phone.send(&visit.xml(), &[("a.jpg".into(), photo::jpeg(7))]).unwrap().expect(201);
    // A damaged file is something to log.
    let blob = store::blob_files(folder.path()).remove(0);
    std::fs::write(&blob, b"damaged").unwrap();
    admin.get("/submissions/1/attachments/a.jpg").expect(500);
    std::fs::write(&blob, photo::jpeg(7)).unwrap();
    let mut said = vec![
        phone.get("/nowhere").text(),
        phone.get("/forms/none/1/form.xml").text(),
        phone.request(Method::POST, "/submission").body("x").send().unwrap().text().unwrap(),
        phone.request(Method::PUT, "/submission").send().unwrap().text().unwrap(),
    ];
    admin.post(&format!("/collectors/{}/revoke", made.collector.id), &()).expect(204);
    said.push(phone.get("/formList").expect(401).text());
    for path in
        ["/events", "/reads", "/collectors", &format!("/collectors/{}/devices", made.collector.id)]
    {
        said.push(admin.get(path).expect(200).text());
    }
    assert!(server.terminate());
    let secrets = [token.as_str(), admin.token()];
    for (n, text) in said.iter().enumerate() {
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "answer {n}: {text}");
    }
    assert!(!server.log().is_empty(), "nothing was logged: the test proves nothing");
    let log = server.log();
    assert!(secrets.iter().all(|secret| !log.contains(secret)), "a token is in the log");
    assert!(!log.contains('\u{1b}'), "a file has colours: {log}");
    for path in store::files(folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a token is in {}", path.display());
        }
    }
}

/// A56: revoked, of another server, cut short, made up: one answer, nothing stored. An expired token
/// is no reason to refuse what was filled in: it is stored and flagged.
#[test]
fn a_token_that_is_not_good_is_refused_in_one_way_and_an_expired_one_is_flagged() {
    let server = TestServer::surveyed();
    let other = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let token = made.token.clone().unwrap();
    let revoked = server.new_collector(&[NAM_CHAY.0]);
    server.admin.post(&format!("/collectors/{}/revoke", revoked.collector.id), &()).expect(204);
    let bad = [
        revoked.token.unwrap(),
        other.new_collector(&[NAM_CHAY.0]).token.unwrap(),
        token[..63].to_owned(),
        format!("{token}0"),
        token.to_uppercase(),
        "0".repeat(64),
        "%27%20OR%201=1".into(),
        server.admin.token().into(),
    ];
    let xml = Visit::completed("u0066.01.001").xml();
    let before = store::census(server.data());
    let mut bodies = std::collections::BTreeSet::new();
    for token in &bad {
        let phone = Phone::new(&format!("{}/key/{token}", server.url()));
        bodies.insert(phone.get("/formList").expect(401).text());
        let upload = crate::harness::Multipart::of(&xml);
        bodies.insert(phone.post(&upload).expect(401).text());
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(store::census(server.data()), before);
    server.clock.advance(jiff::SignedDuration::from_hours(24 * 181));
    let phone = Phone::new(made.url.as_deref().unwrap());
    phone.send(&xml, &[]).unwrap().expect(201);
    let admin = server.nobody().sign_in("admin", &password("admin"));
    let rows: Vec<SubmissionRow> = admin.all("/submissions");
    let shown: Submission = admin.get(&format!("/submissions/{}", rows[0].seq)).expect(200).json();
    assert!(
        shown.findings_list.iter().any(|f| f.code == "expired_token"),
        "{:?}",
        shown.findings_list
    );
}

/// A57.
#[test]
fn a_code_that_sets_up_a_phone_works_once() {
    let server = TestServer::surveyed();
    let id = server.new_collector(&[NAM_CHAY.0]).collector.id;
    let invite = |server: &TestServer| -> String {
        let new = json!({ "id": uuid(), "label": "máy hai" });
        let made: Enrolment =
            server.admin.post(&format!("/collectors/{id}/enrolments"), &new).expect(201).json();
        assert!(made.link.starts_with(&format!("{}/phone#", server.url())), "{}", made.link);
        made.link.split_once('#').unwrap().1.to_owned()
    };
    let redeem = |server: &TestServer, secret: &str| {
        server.nobody().post("/enrolments", &json!({ "secret": secret }))
    };
    let devices = |api: &Api| -> Vec<Device> { api.all(&format!("/collectors/{id}/devices")) };
    let code = invite(&server);
    let first: CollectorToken = redeem(&server, &code).expect(201).json();
    redeem(&server, &code).expect(410).problem("bad_link");
    assert_eq!(devices(&server.admin).len(), 2);
    assert!(!Phone::new(&first.url.unwrap()).form_list().is_empty());
    // Old codes are refused, and those of a collector who was shut out.
    let (late, shut) = (invite(&server), invite(&server));
    server.admin.post(&format!("/collectors/{id}/revoke"), &()).expect(204);
    redeem(&server, &shut).expect(409);
    server.clock.advance(jiff::SignedDuration::from_hours(73));
    redeem(&server, &late).expect(410);
    let admin = server.nobody().sign_in("admin", &password("admin"));
    assert_eq!(devices(&admin).len(), 2);
}
