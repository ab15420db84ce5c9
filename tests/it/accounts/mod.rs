//! Staff accounts: one-time links, sign-in, areas, phones, secrets.

mod areas;
mod hygiene;
mod phones;

use jiff::SignedDuration;
use ntm_shared::api::account::{NewSession, NewUser, OneTimeLink, Role, Session, User};

use crate::harness::{NAM_CHAY, TestServer, password, program, store, uuid};

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
        let mut command = std::process::Command::new(program("ntm-server"));
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

#[test]
fn an_account_that_was_closed_stays_closed() {
    let mut server = TestServer::start();
    let invited = NewUser {
        id: uuid(),
        name: "lan".into(),
        role: Role::Commune,
        areas: vec![NAM_CHAY.0.into()],
    };
    let link: OneTimeLink = server.admin.post("/users", &invited).expect(201).json();
    // Never used yet: another link takes the first one's place.
    let reset = format!("/users/{}/reset", invited.id);
    let second: OneTimeLink = server.admin.post(&reset, &()).expect(200).json();
    server.nobody().redeem(&link.link, &password("lan")).expect(410);
    server.nobody().redeem(&second.link, &password("lan")).expect(204);
    let before: OneTimeLink = server.admin.post(&reset, &()).expect(200).json();

    server.admin.post(&format!("/users/{}/revoke", invited.id), &()).expect(204);
    server.admin.post(&reset, &()).expect(403).problem("forbidden");
    server.admin.post("/users/lan/reset", &()).expect(403).problem("forbidden");
    // What was said before the account was closed opens it no more, sent once again or used late.
    server.admin.post("/users", &invited).expect(409).problem("conflict");
    server.nobody().redeem(&before.link, &password("mới")).expect(410);
    let new = NewSession { name: "lan".into(), password: password("lan") };
    server.nobody().post("/sessions", &new).expect(401);
    // Neither does the program itself, while the server is down.
    server.stop();
    let mut command = std::process::Command::new(program("ntm-server"));
    command.args(["user", "reset", "lan", "--listen", "127.0.0.1:9", "--data"]).arg(server.data());
    let out = command.output().unwrap();
    assert!(!out.status.success() && out.stdout.is_empty());
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
