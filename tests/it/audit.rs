//! Who did, read and took away what, and whether the log was touched.

use ntm_shared::api::account::{Role, User};
use ntm_shared::api::audit::{Event, Export, Read, Verified};
use ntm_shared::api::submission::SubmissionRow;
use serde_json::json;

use crate::harness::{
    Api, Cli, NAM_CHAY, ROUND, TA_PHOI, TestServer, Visit, password, store, uuid,
};

fn whole(api: &Api) -> Verified {
    api.get("/events/chain").expect(200).json()
}

fn signed_in(server: &TestServer, name: &str) -> Cli {
    let cli = Cli::new();
    let login = ["--server", server.url(), "login", name, "--password-stdin"];
    cli.run_with(&login, &password(name)).expect(0);
    cli
}

/// Turns one thing in the log, with the server stopped, as somebody with the file could.
fn tampered(server: &mut TestServer, change: &str) -> Verified {
    server.stop();
    let db = rusqlite::Connection::open(server.data().join("data.db")).expect("the database");
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("a checkpoint");
    let path = server.data().join("data.db");
    let kept = std::fs::read(&path).expect("the database");
    assert_eq!(db.execute(change, []).expect("a change"), 1, "{change}");
    drop(db);
    server.restart();
    let found = whole(&server.admin);
    server.stop();
    for end in ["data.db-wal", "data.db-shm"] {
        let _ = std::fs::remove_file(server.data().join(end));
    }
    std::fs::write(path, kept).expect("the database as it was");
    server.restart();
    found
}

#[test]
fn whoever_changes_the_log_is_found_out() {
    let mut server = TestServer::surveyed();
    server.new_collector(&[NAM_CHAY.0]);
    let before = whole(&server.admin);
    let events: Vec<Event> = server.admin.all("/events");
    assert_eq!((before.events, before.broken), (events.len() as i64, None));
    assert_eq!(events.last().expect("events").hash, before.head);
    let last = before.events;
    for (what, broken) in [
        ("UPDATE event SET actor = 'someone' WHERE seq = 3".to_owned(), 3),
        ("UPDATE event SET data = '{}' WHERE verb = 'round.open'".to_owned(), 0),
        ("UPDATE event SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 1".to_owned(), 1),
        ("DELETE FROM event WHERE seq = 2".to_owned(), 2),
        (format!("DELETE FROM event WHERE seq = {last}"), last),
    ] {
        let found = tampered(&mut server, &what);
        match broken {
            0 => assert!(found.broken.is_some(), "{what}: {found:?}"),
            seq => assert_eq!(found.broken, Some(seq), "{what}: {found:?}"),
        }
    }
    assert_eq!(whole(&server.admin), before);
}

#[test]
fn the_command_line_verifies_and_lists() {
    let server = TestServer::surveyed();
    server.user("kiểm toán", Role::Auditor, &["10"]);
    let cli = signed_in(&server, "kiểm toán");
    let verified = cli.run(&["audit", "verify"]).expect(0);
    let head = verified.out.split_whitespace().last().expect("the head").to_owned();
    assert_eq!(head.len(), 64, "{}", verified.out);
    server.new_collector(&[NAM_CHAY.0]);
    let admin = signed_in(&server, "admin");
    admin.run(&["audit", "verify", "--head", &head]).expect(0);
    admin.run(&["audit", "verify", "--head", &"0".repeat(64)]).expect(1);
    let list = admin.run(&["audit", "list", "--what", "collector.create", "--csv"]).expect(0);
    assert!(list.out.contains("collector.create") && list.out.contains("admin"), "{}", list.out);
    assert!(!list.out.contains("Điều tra viên"), "the log holds a name: {}", list.out);
}

#[test]
fn every_read_of_names_is_noted_by_whom_what_and_when_and_not_the_content() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    phone.fetch(&phone.form("household"));
    phone.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);
    let officer = server.user("xã", Role::Commune, &[NAM_CHAY.0]);
    let me: User = officer.get("/me").expect(200).json();
    let rows: Vec<SubmissionRow> = officer.all("/submissions");
    let seq = rows[0].seq;
    officer.get("/households?q=Giàng").expect(200);
    officer.get(&format!("/rounds/{ROUND}/missing")).expect(200);
    officer.get(&format!("/submissions/{seq}")).expect(200);
    officer.get(&format!("/submissions/{seq}/xml")).expect(200);
    officer.get("/collectors").expect(200);
    // Refused, so not read.
    officer.get("/submissions/99").expect(404);
    let reads: Vec<Read> = server.admin.all(&format!("/reads?actor={}", me.id));
    let kinds: Vec<&str> = reads.iter().map(|read| read.what.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "submission.list",
            "household.list",
            "household.missing",
            "submission.show",
            "submission.xml",
            "collector.list"
        ]
    );
    assert!(reads.iter().all(|read| read.actor_name == "xã" && !read.at.is_empty()));
    assert_eq!(reads[3].subject, seq.to_string());
    let text = serde_json::to_string(&reads).unwrap();
    assert!(!text.contains("Giàng"), "{text}");
    let phones: Vec<Read> = server.admin.all("/reads?what=household.roster");
    assert!(!phones.is_empty());
}

#[test]
fn a_list_of_names_leaves_only_with_a_reason_and_bears_a_mark() {
    let server = TestServer::surveyed();
    server.user("xã", Role::Commune, &[NAM_CHAY.0]);
    server.user("xã khác", Role::Commune, &[TA_PHOI.0]);
    let cli = signed_in(&server, "xã");
    for list in [vec!["household", "list"], vec!["household", "missing", "--round", ROUND]] {
        for format in ["--csv", "--json"] {
            let bare = [&list[..], &[format]].concat();
            let refused = cli.run(&bare).expect(2);
            assert!(refused.out.is_empty() && refused.err.contains("--reason"), "{}", refused.err);
            let short = [&bare[..], &["--reason", "x"]].concat();
            assert!(cli.run(&short).expect(2).err.contains("(bad_value)"));
            let good = [&bare[..], &["--reason", "in cho trưởng thôn"]].concat();
            let out = cli.run(&good).expect(0).out;
            assert!(out.contains("Giàng A Páo"), "{out}");
            let exports: Vec<Export> = server.admin.all("/exports");
            let export = exports.iter().max_by_key(|e| e.id.clone()).expect("an export");
            assert_eq!(
                (export.actor_name.as_str(), export.reason.as_str()),
                ("xã", "in cho trưởng thôn")
            );
            let marks = out.matches(&export.watermark()).count();
            assert_eq!(marks, out.matches("Giàng A Páo").count(), "{out}");
        }
    }
    // On the screen no reason is asked for.
    cli.run(&["household", "list"]).expect(0);
    let everything = server.admin.get("/events?what=export.make").expect(200).text();
    assert!(!everything.contains("trưởng thôn"), "the chain holds a person's words");
    // Roles without the permission may look and not take.
    let auditor = server.user("kiểm toán", Role::Auditor, &[NAM_CHAY.0]);
    let new = json!({ "id": uuid(), "list": "households", "reason": "in cho trưởng thôn" });
    auditor.post("/exports", &new).expect(403);
    auditor.get("/households").expect(200);
    // Repeating says the same; another under the same id is refused.
    let first: Export = server.admin.post("/exports", &new).expect(201).json();
    assert_eq!(first, server.admin.post("/exports", &new).expect(201).json());
    let other = json!({ "id": new["id"], "list": "missing", "reason": "in cho trưởng thôn" });
    server.admin.post("/exports", &other).expect(409);
}

#[test]
fn originals_leave_with_a_mark_beside_them() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    phone.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);
    let cli = signed_in(&server, "admin");
    let export = ["submission", "export", "--round", ROUND, "--out", "phieu"];
    cli.run(&export).expect(2);
    cli.run(&[&export[..], &["--reason", "lưu hồ sơ đợt một"]].concat()).expect(0);
    let mark = std::fs::read_to_string(cli.home().join("phieu/EXPORT.txt")).expect("a mark");
    let made: Vec<Export> = server.admin.all("/exports");
    assert_eq!(mark.trim(), made[0].watermark());
    assert_eq!(store::files(&cli.home().join("phieu")).len(), 2);
}
