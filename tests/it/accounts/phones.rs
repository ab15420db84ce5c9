//! Phones of collectors: a token each, shown once, in a QR code; shut out one by one.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use jiff::SignedDuration;
use ntm_server::Tls;
use ntm_shared::api::collector::{Collector, CollectorToken, Device, Enrolment};
use ntm_shared::api::submission::SubmissionRow;
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::harness::{
    Cli, Multipart, NAM_CHAY, Phone, TestServer, Visit, ask_often, client, password, root, sha256,
    uuid,
};

/// A picture of `side` pixels, of which `dark` are dark.
fn read_code(side: usize, dark: impl Fn(usize, usize) -> bool) -> String {
    let pixel = |x: usize, y: usize| if dark(x, y) { 0 } else { 255 };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, pixel);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "codes in the picture");
    grids[0].decode().expect("a code that reads").1
}

fn read_png(path: &std::path::Path) -> String {
    let picture = image::open(path).expect("a picture").into_luma8();
    let side = picture.width() as usize;
    read_code(side, |x, y| picture.get_pixel(x as u32, y as u32).0[0] < 128)
}

/// Draws the one path of squares that the file is.
fn read_svg(path: &std::path::Path) -> String {
    let text = std::fs::read_to_string(path).expect("a picture");
    let side: usize =
        text.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let squares = text.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    let dark: std::collections::BTreeSet<(usize, usize)> = squares
        .split('M')
        .skip(1)
        .map(|square| {
            let (x, y) =
                square.strip_suffix("h1v1h-1z").expect("a square").split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        })
        .collect();
    read_code(side * 4, |x, y| dark.contains(&(x / 4, y / 4)))
}

/// What a terminal shows: two modules a character.
fn read_terminal(lines: &[&str]) -> String {
    let rows: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
    let side = rows[0].len();
    let dark = |x: usize, y: usize| match rows.get(y / 2).map(|row| row[x]) {
        Some('█') => true,
        Some('▀') => y.is_multiple_of(2),
        Some('▄') => !y.is_multiple_of(2),
        _ => false,
    };
    read_code(side * 4, |x, y| dark(x / 4, y / 4))
}

/// The settings in a code, as ODK Collect reads them: base64, zlib, JSON.
fn settings(code: &str) -> Value {
    let mut json = String::new();
    let zlib = STANDARD.decode(code).expect("base64 without line breaks");
    ZlibDecoder::new(zlib.as_slice()).read_to_string(&mut json).expect("zlib");
    serde_json::from_str(&json).expect("JSON")
}

fn signed_in(server: &TestServer) -> Cli {
    let cli = Cli::new();
    let admin = password("admin");
    cli.run_with(&["--server", server.url(), "login", "admin", "--password-stdin"], &admin)
        .expect(0);
    cli
}

#[test]
fn a_qr_code_sets_up_collect_and_every_phone_has_its_own() {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    let (png, svg) = (cli.home().join("một.png"), cli.home().join("hai.svg"));
    let add =
        ["collector", "add", "Lan", "--area", NAM_CHAY.0, "--at", "2024-10-15", "--qr", "một.png"];
    let added = cli.run(&add).expect(0);
    let found = settings(&read_png(&png));
    assert_eq!(found["general"]["server_url"], added.out.trim());
    assert!(found["admin"].is_object() && found["project"]["name"].is_string(), "{found}");
    cli.run(&["collector", "qr", "Lan", "--label", "máy hai", "--out", "hai.svg"]).expect(0);
    let second = settings(&read_svg(&svg));
    let shown = cli.run(&["collector", "qr", "Lan", "--label", "máy ba"]).expect(0);
    let mut lines: Vec<&str> = shown.out.lines().collect();
    let address = lines.pop().expect("the address");
    let third = settings(&read_terminal(&lines));
    assert_eq!(third["general"]["server_url"], address);

    let phones = [&found, &second, &third]
        .map(|settings| Phone::new(settings["general"]["server_url"].as_str().unwrap()));
    for (phone, household) in phones.iter().zip(["u0066.01.001", "u0066.01.002", "u0066.01.003"]) {
        assert!(!phone.form_list().is_empty());
        phone.send(&Visit::completed(household).xml(), &[]).unwrap().expect(201);
    }
    cli.run(&["collector", "revoke", "Lan", "--phone", "máy hai"]).expect(0);
    phones[1].get("/formList").expect(401);
    phones[0].get("/formList").expect(200);
    phones[2].get("/formList").expect(200);
    let listed = cli.run(&["collector", "phones", "Lan", "--json"]).expect(0);
    let listed: Vec<Device> = serde_json::from_str(&listed.out).unwrap();
    let revoked: Vec<&str> =
        listed.iter().filter(|d| d.revoked_at.is_some()).map(|d| d.label.as_str()).collect();
    assert_eq!((listed.len(), revoked), (3, vec!["máy hai"]));
    cli.run(&["collector", "revoke", "Lan"]).expect(0);
    phones[0].get("/formList").expect(401);
    // Where it came from is one collector, whichever phone.
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    assert_eq!(rows.len(), 3);
    #[cfg(unix)]
    for path in [png, svg] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    cli.run(&["collector", "add", "Páo", "--area", NAM_CHAY.0, "--qr", "một.gif"]).expect(2);
}

#[test]
fn the_code_for_the_web_opens_a_page_of_ours() {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    cli.run(&["collector", "add", "Lan", "--area", NAM_CHAY.0, "--at", "2024-10-15"]).expect(0);
    let shown = cli.run(&["collector", "qr", "Lan", "--web", "--out", "web.png"]).expect(0);
    assert!(shown.out.trim().ends_with("web.png"), "{}", shown.out);
    let link = read_png(&cli.home().join("web.png"));
    let (page, secret) = link.split_once('#').expect("a secret");
    assert_eq!(page, format!("{}/phone", server.url()));
    assert_eq!(client().get(page).send().unwrap().status(), 200);
    server.nobody().post("/enrolments", &json!({ "secret": secret })).expect(201);
    server.nobody().post("/enrolments", &json!({ "secret": secret })).expect(410);
}

/// The answer to the first asking may be lost: the phone asks again with the token it made.
#[test]
fn a_phone_that_made_its_token_may_ask_again() {
    let server = TestServer::surveyed();
    let id = server.new_collector(&[NAM_CHAY.0]).collector.id;
    let code = || -> String {
        let new = json!({ "id": uuid(), "label": "máy" });
        let path = format!("/collectors/{id}/enrolments");
        let made: Enrolment = server.admin.post(&path, &new).expect(201).json();
        made.link.split_once('#').unwrap().1.to_owned()
    };
    let own = |n: u8| sha256(&[n]);
    let ask = |code: &str, token: &str| {
        server.nobody().post("/enrolments", &json!({ "secret": code, "token": token }))
    };
    let devices = || -> Vec<Device> { server.admin.all(&format!("/collectors/{id}/devices")) };
    let first = code();
    for bad in ["", "x", &"0".repeat(64), &own(1).to_uppercase(), &first] {
        ask(&first, bad).expect(422).problem("bad_value");
    }
    for _ in 0..3 {
        let said: CollectorToken = ask(&first, &own(1)).expect(201).json();
        assert_eq!(said.token, Some(own(1)));
        assert_eq!(said.url, Some(format!("{}/key/{}", server.url(), own(1))));
    }
    assert_eq!(devices().len(), 2, "one phone more");
    let phone = server.nobody().with_token(&own(1));
    phone.get("/phone/pull").expect(200);
    // Nobody else by that code, and no token of another phone by another code.
    ask(&first, &own(2)).expect(410).problem("bad_link");
    server.nobody().post("/enrolments", &json!({ "secret": first })).expect(410);
    let second = code();
    ask(&second, &own(1)).expect(409);
    ask(&second, &own(2)).expect(201);
    ask(&first, &own(2)).expect(410);
    // Who was shut out does not come in again.
    let own_id = devices().into_iter().find(|one| one.label == "máy").unwrap().id;
    server.admin.post(&format!("/collectors/{id}/devices/{own_id}/revoke"), &()).expect(204);
    phone.get("/phone/pull").expect(401).problem("bad_token");
    ask(&first, &own(1)).expect(410);
    server.nobody().with_token(&own(9)).get("/phone/pull").expect(401).problem("unknown_token");
}

#[test]
fn a_phone_is_added_once_and_extends_the_collector() {
    let server = TestServer::surveyed();
    let first = server.new_collector(&[NAM_CHAY.0]).collector;
    let path = format!("/collectors/{}/devices", first.id);
    let new = json!({ "id": uuid(), "label": "máy", "days": 300 });
    let made: CollectorToken = server.admin.post(&path, &new).expect(201).json();
    assert!(made.token.is_some() && made.collector.expires_at > first.expires_at);
    let again: CollectorToken = server.admin.post(&path, &new).expect(200).json();
    assert_eq!((again.token, again.url), (None, None));
    let other = json!({ "id": new["id"], "label": "máy khác" });
    server.admin.post(&path, &other).expect(409);
    server.admin.post(&path, &json!({ "id": uuid(), "days": 401 })).expect(422);
    server.admin.post(&path, &json!({ "id": uuid(), "label": "x".repeat(101) })).expect(422);
    for n in 2..20 {
        server.admin.post(&path, &json!({ "id": uuid(), "label": n.to_string() })).expect(201);
    }
    server.admin.post(&path, &json!({ "id": uuid() })).expect(409);
}

/// A code that was photographed and passed on works, and shows.
#[test]
fn a_token_used_by_another_phone_is_pointed_out() {
    let server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let phone = Phone::new(made.url.as_deref().unwrap());
    let devices = || -> Vec<Device> {
        server.admin.all(&format!("/collectors/{}/devices", made.collector.id))
    };
    phone.get("/formList?deviceID=collect%3Aone").expect(200);
    phone.get("/formList?deviceID=collect%3Aone").expect(200);
    let one = devices().remove(0);
    assert!(one.last_seen_at.is_some() && one.other_phone_at.is_none(), "{one:?}");
    phone.get("/formList?deviceID=collect%3Atwo").expect(200);
    assert!(devices()[0].other_phone_at.is_some());
    let all: Vec<Collector> = server.admin.all("/collectors");
    assert_eq!(all.len(), 1);
}

/// A phone that runs wild waits; its neighbours, behind the same address, do not.
#[test]
fn one_phone_that_asks_too_fast_waits_and_no_other() {
    let server = TestServer::with(|config| {
        config.limits.phone_rate = 1;
        config.limits.phone_burst = 5;
    });
    server.import(&crate::harness::Roster::small());
    server.open_round(&crate::harness::round());
    let (wild, honest) = (server.collector(&[NAM_CHAY.0]), server.collector(&[NAM_CHAY.0]));
    let answers: Vec<_> = (0..30).map(|_| wild.get("/formList")).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(refused.len() >= 5, "{} of 30 refused", refused.len());
    assert!(refused[0].text().contains("too_many_requests"), "{}", refused[0].text());
    assert!(refused[0].header("retry-after").parse::<u64>().unwrap() >= 1);
    honest.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);
    let wait = std::time::Duration::from_secs(30);
    ask_often("the phone may ask again", wait, || wild.get("/formList").status == 200);
}

/// ODK Collect with a user name and a password: the password is the token, and it is only taken
/// where nobody can read it on the way.
#[test]
fn basic_is_for_tls_only() {
    let folder = root().join("tests/it/fixtures/tls");
    let server = TestServer::bare(|config| {
        let file = |name: &str| folder.join(name);
        config.tls = Some(Tls { certificate: file("cert.pem"), key: file("key.pem") });
    });
    let pem = std::fs::read(folder.join("cert.pem")).expect("the certificate");
    let trusted = reqwest::Certificate::from_pem(&pem).expect("PEM");
    client();
    let tls = Client::builder().no_proxy().tls_certs_only([trusted]).build().expect("a client");
    let ask = |method: Method, path: &str| {
        tls.request(method, format!("{}{path}", server.url())).header("X-OpenRosa-Version", "1.0")
    };
    let link = server.setup_link().unwrap();
    let secret = link.split_once('#').unwrap().1;
    let chosen = json!({ "secret": secret, "password": password("admin") });
    assert_eq!(ask(Method::POST, "/api/v1/password").json(&chosen).send().unwrap().status(), 204);
    let signed = json!({ "name": "admin", "password": password("admin") });
    let session: Value =
        ask(Method::POST, "/api/v1/sessions").json(&signed).send().unwrap().json().unwrap();
    let new = json!({ "id": uuid(), "name": "Lan", "areas": [NAM_CHAY.0] });
    let made = ask(Method::POST, "/api/v1/collectors").json(&new);
    let made: CollectorToken =
        made.bearer_auth(session["token"].as_str().unwrap()).send().unwrap().json().unwrap();
    let token = made.token.unwrap();

    let nobody = ask(Method::GET, "/formList").send().unwrap();
    assert_eq!(nobody.status(), 401);
    assert!(nobody.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic"));
    assert!(nobody.headers().contains_key("strict-transport-security"));
    let list = ask(Method::GET, "/formList").basic_auth("lan", Some(&token)).send().unwrap();
    assert_eq!(list.status(), 200);
    assert!(!list.text().unwrap().contains(&token), "the token is in an address");
    for (name, wrong) in [("lan", "sai"), (token.as_str(), ""), ("", "")] {
        let answer = ask(Method::GET, "/formList").basic_auth(name, Some(wrong)).send().unwrap();
        assert_eq!(answer.status(), 401, "{name}");
    }
    let keyed = ask(Method::GET, &format!("/key/{}/formList", "0".repeat(64))).send().unwrap();
    assert!(keyed.status() == 401 && !keyed.headers().contains_key("www-authenticate"));
}

#[test]
fn basic_behind_a_proxy_needs_one_that_is_trusted_and_says_https() {
    let mut server = TestServer::surveyed();
    let token = server.new_collector(&[NAM_CHAY.0]).token.unwrap();
    let ask = |server: &TestServer, scheme: &str| {
        let request = client().get(format!("{}/formList", server.url()));
        let request = request.header("X-OpenRosa-Version", "1.0").basic_auth("lan", Some(&token));
        request.header("X-Forwarded-Proto", scheme).send().unwrap()
    };
    let refused = ask(&server, "https");
    assert_eq!(refused.status(), 403);
    assert!(!refused.headers().contains_key("www-authenticate"));
    assert!(refused.text().unwrap().contains("needs_tls"));
    server.restart_with(|config| config.trusted_proxies = vec![[127, 0, 0, 1].into()]);
    assert_eq!(ask(&server, "http").status(), 403);
    let list = ask(&server, "https");
    assert_eq!(list.status(), 200);
    assert!(list.headers().contains_key("strict-transport-security"));
    // With the token in a header the same door is open to a web app, TLS or not.
    let request = client().post(format!("{}/submission", server.url())).bearer_auth(&token);
    let upload = Multipart::of(&Visit::completed("u0066.01.001").xml());
    let request = request.header("X-OpenRosa-Version", "1.0");
    let request = request.header("Content-Type", Multipart::kind()).body(upload.body());
    assert_eq!(request.send().unwrap().status(), 201);
}

/// What an older server stored: one token a collector. It works on, as that of a first phone.
#[test]
fn the_token_of_an_older_server_works_on() {
    let mut server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    server.stop();
    {
        let db = rusqlite::Connection::open(server.data().join("data.db")).unwrap();
        db.execute_batch(
            "UPDATE collector SET token_hash = (SELECT d.token_hash FROM device d WHERE d.id = collector.id);
             DROP TABLE device; DROP TABLE enrolment; DROP TABLE export;
             ALTER TABLE session DROP COLUMN idle_until;",
        )
        .unwrap();
        let migration =
            std::fs::read_to_string(root().join("server/src/store/migrations/0003_devices.sql"));
        db.execute_batch(&migration.unwrap()).unwrap();
        let next =
            std::fs::read_to_string(root().join("server/src/store/migrations/0004_exports.sql"));
        db.execute_batch(&next.unwrap()).unwrap();
    }
    server.restart();
    let address = made.url.unwrap();
    let path = address.split_once("/key/").unwrap().1;
    Phone::new(&format!("{}/key/{path}", server.url())).get("/formList").expect(200);
    server.clock.advance(SignedDuration::from_hours(1));
    let devices: Vec<Device> =
        server.admin.all(&format!("/collectors/{}/devices", made.collector.id));
    assert_eq!(devices.len(), 1);
}
