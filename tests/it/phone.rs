//! The app on phones, in Debian's Chromium on the screens of cheap phones. What a collector does is in
//! `tests/web/app/`; here stands what the server has of it afterwards. Pictures of every screen lie in
//! `tmp/phone` of the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use ntm_shared::api::collector::Enrolment;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use serde_json::{Value, json};

use crate::harness::{
    Cli, NAM_CHAY, Roster, TA_PHOI, TestServer, password, photo, root, round, sha256, uuid,
};
use ntm_engine_tests::peer;

mod fill;
mod kept;
mod lock;
mod weight;

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

/// Photos as a camera takes them.
fn photos(folder: &Path, count: u64, bytes: usize) -> Vec<PathBuf> {
    let one = |n: u64| {
        let path = folder.join(format!("{n}.jpg"));
        std::fs::write(&path, photo::heavy(n + 900, bytes)).unwrap();
        path
    };
    (0..count).map(one).collect()
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
        let photos = photos(folder.path(), 6, 3_000_000);
        let day = run(
            "walk.js",
            &json!({
                "server": server.url(), "link": link(&server, NAM_CHAY.0), "admin": server.admin.token(),
                "out": screens(), "width": width, "height": height, "photos": photos,
                "words": WORDS,
            }),
        );
        println!("{width}x{height}: {}", day["measured"]);
        the_file_of_a_phone_is_sent_elsewhere(&day, 3);
        assert_eq!(day["faults"], json!([]), "faults in the page");
        assert_eq!(day["axe"], json!([]), "what axe found");
        assert!(day["measured"]["cuts"].as_u64() >= Some(3), "the network was too good: {day}");
        let records = everything_once(&server, &day["all"]);
        assert_eq!(records.len(), 4);
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

/// What a phone sent is on the server once, byte for byte.
fn everything_once<'d>(server: &TestServer, all: &'d Value) -> &'d [Value] {
    let records = all.as_array().unwrap();
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    assert_eq!(records.len(), rows.len());
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
    records
}

/// What the app wrote to a file before it could send, sent by `ntm submit` to another server that knows the
/// same households: the same forms, byte for byte.
fn the_file_of_a_phone_is_sent_elsewhere(day: &Value, forms: usize) {
    let server = TestServer::surveyed();
    let to = server.new_collector(&[NAM_CHAY.0]).url.unwrap();
    let file = day["sealed"].as_str().unwrap();
    let sealed = std::fs::read(file).unwrap();
    for open in ["household", "Giàng", "JFIF"] {
        let found = sealed.windows(open.len()).any(|bytes| bytes == open.as_bytes());
        assert!(!found, "{open} can be read in the file");
    }
    let cli = Cli::new();
    let ask = ["--lang", "en", "submit", file, "--to", &to, "--words-stdin"];
    let ran = cli.run_with(&ask, "những từ khác hẳn\n").expect(2);
    assert!(ran.err.contains("cannot be opened"), "{}", ran.err);
    assert_eq!(server.admin.all::<SubmissionRow>("/submissions").len(), 0);
    let ran = cli.run_with(&ask, &format!("{WORDS}\n")).expect(0);
    assert!(ran.out.contains(&format!("All of {forms} form")), "{}", ran.out);
    std::fs::remove_file(file).unwrap();
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    assert_eq!(rows.len(), forms);
    for row in rows {
        let sent = day["first"].as_array().unwrap();
        let sent = sent.iter().find(|one| one["instanceID"] == row.instance_id.as_str()).unwrap();
        let xml = server.admin.get(&format!("/submissions/{}/xml", row.seq)).expect(200).body;
        assert_eq!(String::from_utf8(xml).unwrap(), sent["xml"].as_str().unwrap());
        assert_eq!(row.attachments_present, sent["files"].as_array().unwrap().len() as u64);
    }
}

const WORDS: &str = "nương ngô sau nhà Páo";

const TEAM: &str = "team_id,agency,name,capacity,lat,lon,criteria,present_communes\n\
    T1,Sở Tài chính,Tổ giúp đỡ số 1,3,22.5,104.0,3,\n";

#[test]
fn a_helper_teams_day_on_a_phone() {
    for (width, height) in [(390, 844), (360, 640)] {
        let server = TestServer::surveyed();
        server.admin.post_text("/teams?at=2024-10-15", "text/csv", TEAM).expect(200);
        let pairs = json!([
            { "commune": NAM_CHAY.1, "team": "T1" },
            { "commune": TA_PHOI.1, "team": "T1" },
        ]);
        let new = json!({
            "id": uuid(), "round": round().id, "decision": "1/QĐ", "from": "2024-09-10", "pairs": pairs,
        });
        server.admin.post("/assignments", &new).expect(201);
        let hard = json!({
            "id": uuid(), "commune": NAM_CHAY.1, "team": "T1", "day": "2024-09-12",
            "category": "land", "description": "Chưa có mặt bằng xây trường mầm non thôn Cốc Ngù",
            "deadline": "2024-10-10",
        });
        server.admin.post("/difficulties", &hard).expect(201);
        let visit =
            json!({ "id": uuid(), "commune": TA_PHOI.1, "team": "T1", "day": "2024-10-08" });
        server.admin.post("/visits", &visit).expect(201);
        let folder = tempfile::tempdir().unwrap();
        let photo_file = folder.path().join("anh.jpg");
        std::fs::write(&photo_file, photo::heavy(950, 2_000_000)).unwrap();
        let day = run(
            "team.js",
            &json!({
                "server": server.url(), "link": link(&server, "team:T1"),
                "other": link(&server, NAM_CHAY.0), "out": screens(), "width": width,
                "height": height, "photo": photo_file, "now": "2024-10-15T09:00:00+07:00",
            }),
        );
        println!("{width}x{height}: {}", day["measured"]);
        assert_eq!(day["faults"], json!([]), "faults in the page");
        assert_eq!(day["axe"], json!([]), "what axe found");
        // What the office sees of it, on the command line.
        let cli = Cli::new();
        let login = ["login", "admin", "--password-stdin", "--server", server.url()];
        cli.run_with(&login, &format!("{}\n", password("admin"))).expect(0);
        let list = |noun: &str| -> Vec<Value> {
            let ran = cli.run(&[noun, "list", "--json"]).expect(0);
            serde_json::from_str(&ran.out).expect("JSON")
        };
        let visits = list("visit");
        assert_eq!(visits.len(), 2);
        let logged = visits.iter().find(|one| one["commune"] == NAM_CHAY.1).expect("the visit");
        assert_eq!((&logged["day"], &logged["criteria_met"]), (&json!("2024-10-15"), &json!(12)));
        assert_eq!(logged["plan"], "Xã rà nhà tạm");
        assert_eq!(logged["photos"][0]["received"], true);
        let told = list("difficulty");
        let told = told.iter().find(|one| one["visit"] == logged["id"]).expect("its difficulty");
        assert_eq!(
            (&told["category"], &told["deadline"]),
            (&json!("capital"), &json!("2024-11-30"))
        );
        let given = list("support");
        assert_eq!((given.len(), &given[0]["beneficiary"]), (1, &json!("school")));
    }
}

/// A server with 5,010 households in Tả Phời.
fn with_thousands() -> TestServer {
    let server = TestServer::start();
    let mut roster = Roster::small();
    for village in 3..=102 {
        for household in 1..=50 {
            roster.add(TA_PHOI.0, village, household);
        }
    }
    server.import(&roster);
    server.open_round(&round());
    server
}

#[test]
fn one_household_changed_among_thousands_costs_a_few_kilobytes() {
    let server = with_thousands();
    let said = run(
        "lists.js",
        &json!({
            "server": server.url(), "link": link(&server, TA_PHOI.0),
            "admin": server.admin.token(), "commune": TA_PHOI.0,
        }),
    );
    println!("{said:#}");
    assert_eq!(said["faults"], json!([]), "faults in the page");
    assert!(said["change_bytes"].as_u64() < Some(5_000), "{said}");
}

#[test]
fn the_app_is_light_and_finds_one_household_among_thousands() {
    let server = with_thousands();
    let said = run(
        "measure.js",
        &json!({
            "server": server.url(), "out": screens(),
            "links": [link(&server, NAM_CHAY.0), link(&server, TA_PHOI.0)],
        }),
    );
    println!("{said:#}");
    let of = |name: &str| said[name].as_u64().unwrap_or(u64::MAX);
    // What is sent is sent, whatever the machine's mood; times are printed above. With the heads of every
    // answer: all that the page itself asks for (its icon, which may come a moment later, too), and all
    // until it works without a network.
    assert!(of("first_screen_bytes") <= 22_000, "{said}");
    assert!(of("app_bytes") <= 60_000, "{said}");
    assert_eq!((of("households"), of("found")), (5010, 1), "{said}");
}
