//! The app on phones, in Debian's Chromium on the screens of cheap phones. What a collector does is in
//! `tests/web/app/`; here stands what the server has of it afterwards. Pictures of every screen lie in
//! `tmp/phone` of the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use ntm_shared::api::collector::Enrolment;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use serde_json::{Value, json};

use crate::harness::{NAM_CHAY, Roster, TA_PHOI, TestServer, photo, root, round, sha256, uuid};
use ntm_engine_tests::peer;

/// Runs a script of `tests/web/app`; what it says on its last line.
fn run(script: &str, ask: &Value) -> Value {
    let out = Command::new("node")
        .arg(root().join("tests/web/app").join(script))
        .arg(ask.to_string())
        .env("NTM_TEST_PEERS", peer("web").parent().expect("a folder"))
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let heard = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{script}: {heard}\n{said}");
    serde_json::from_str(said.lines().last().unwrap_or_default()).expect("JSON on the last line")
}

/// A link that sets up a phone of a new collector.
fn link(server: &TestServer, area: &str) -> String {
    let id = server.new_collector(&[area]).collector.id;
    let new = json!({ "id": uuid(), "label": "máy thử" });
    let made: Enrolment =
        server.admin.post(&format!("/collectors/{id}/enrolments"), &new).expect(201).json();
    made.link
}

fn screens() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("phone");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn a_collectors_day_on_a_phone() {
    for (width, height) in [(390, 844), (360, 640)] {
        let server = TestServer::surveyed();
        let folder = tempfile::tempdir().unwrap();
        let photos: Vec<PathBuf> = (0..6)
            .map(|n| {
                let path = folder.path().join(format!("{n}.jpg"));
                std::fs::write(&path, photo::heavy(n + 900, 3_000_000)).unwrap();
                path
            })
            .collect();
        let day = run(
            "walk.js",
            &json!({
                "server": server.url(), "link": link(&server, NAM_CHAY.0), "admin": server.admin.token(),
                "out": screens(), "width": width, "height": height, "photos": photos,
            }),
        );
        println!("{width}x{height}: {}", day["measured"]);
        assert_eq!(day["faults"], json!([]), "faults in the page");
        assert_eq!(day["axe"], json!([]), "what axe found");
        assert!(day["measured"]["cuts"].as_u64() >= Some(3), "the network was too good: {day}");
        // Everything once, byte for byte.
        let records = day["all"].as_array().unwrap();
        let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
        assert_eq!((records.len(), rows.len()), (4, 4));
        for record in records {
            let id = record["instanceID"].as_str().unwrap();
            let row = rows.iter().find(|row| row.instance_id == id).expect("it is there");
            let xml = server.admin.get(&format!("/submissions/{}/xml", row.seq)).expect(200).body;
            assert_eq!(String::from_utf8(xml).unwrap(), record["xml"].as_str().unwrap());
            let path = format!("/submissions/{}", row.seq);
            let submission: Submission = server.admin.get(&path).expect(200).json();
            let files = record["files"].as_array().unwrap();
            assert!(!files.is_empty());
            assert_eq!(submission.attachments.len(), files.len());
            for file in files {
                let name = file["name"].as_str().unwrap();
                let path = format!("/submissions/{}/attachments/{name}", row.seq);
                let bytes = server.admin.get(&path).expect(200).body;
                assert_eq!(sha256(&bytes), file["sha256"].as_str().unwrap(), "{name}");
            }
        }
        let edits = records.iter().filter(|record| record["edits"].is_string()).count();
        assert_eq!(edits, 1);
        // An edit with one new photo sends one photo.
        let one = records.iter().find(|record| record["edits"].is_string()).unwrap();
        let sizes: Vec<u64> =
            one["files"].as_array().unwrap().iter().map(|f| f["bytes"].as_u64().unwrap()).collect();
        let (all, sent) =
            (sizes.iter().sum::<u64>(), day["measured"]["edit_bytes"].as_u64().unwrap());
        assert!(sizes.len() > 1 && sent < all, "{sent} bytes of {all}");
    }
}

#[test]
fn the_app_is_light_and_finds_one_household_among_thousands() {
    let server = TestServer::start();
    let mut roster = Roster::small();
    for village in 3..=102 {
        for household in 1..=50 {
            roster.add(TA_PHOI.0, village, household);
        }
    }
    server.import(&roster);
    server.open_round(&round());
    let said = run(
        "measure.js",
        &json!({
            "server": server.url(), "out": screens(),
            "links": [link(&server, NAM_CHAY.0), link(&server, TA_PHOI.0)],
        }),
    );
    println!("{said:#}");
    let of = |name: &str| said[name].as_u64().unwrap_or(u64::MAX);
    // What is sent is sent, whatever the machine's mood; times are printed above.
    // Until the first screen can be used, and until all works without a network; headers of every answer
    // included, which are a fifth of it.
    assert!(of("first_screen_bytes") <= 40_000, "{said}");
    assert!(of("app_bytes") <= 75_000, "{said}");
    assert!(of("form_bytes") <= 18_000, "{said}");
    assert_eq!((of("households"), of("found")), (5010, 1), "{said}");
}
