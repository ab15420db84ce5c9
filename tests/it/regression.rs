//! Bugs that were found and fixed; each stays fixed.

use std::collections::BTreeMap;

use ntm_shared::api::account::Role;
use ntm_shared::api::round::{NewRound, RoundStatus};
use ntm_shared::api::submission::Submission;

use crate::harness::{
    Multipart, NAM_CHAY, ROUND, Roster, TestServer, Visit, ask_often, password, photo, round,
};

/// Phones write a photo's name both as the part's name and as its file name; curl and others put
/// the name of the file on their disk there. Such a photo was acknowledged and not kept.
#[test]
fn a_photo_is_found_by_its_parts_name_whatever_its_file_name() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let visit = Visit::completed("u0066.01.001").photos(&["ảnh nhà.jpg", "mái.jpg"]);
    let (house, roof) = (photo::jpeg(1), photo::jpeg(2));
    let mut upload =
        Multipart::of(&visit.xml()).photo("ảnh nhà.jpg", &house).photo("mái.jpg", &roof);
    upload.parts[1].file = Some("1.jpg".into());
    upload.parts[2].name = "photo".into();
    phone.post(&upload).expect(201);
    let shown: Submission = server.admin.get("/submissions/1").expect(200).json();
    assert!(shown.attachments.iter().all(|file| file.sha256.is_some()), "{:?}", shown.attachments);
    assert_eq!(server.admin.get("/submissions/1/attachments/ảnh nhà.jpg").expect(200).body, house);
    assert_eq!(server.admin.get("/submissions/1/attachments/mái.jpg").expect(200).body, roof);
}

/// JavaRosa stops when a look-up finds two rows, so nothing may stand twice in a roster file.
#[test]
fn with_two_open_rounds_every_id_stands_once_in_a_roster_file_and_names_the_newest() {
    let server = TestServer::surveyed();
    let newer = NewRound { id: "dot-2".into(), areas: vec!["u0066.01".into()], ..round() };
    server.open_round(&newer);
    let phone = server.collector(&[NAM_CHAY.0]);
    let (_, files) = phone.fetch(&phone.form("household"));
    for (name, bytes) in files {
        let mut rounds: BTreeMap<String, String> = BTreeMap::new();
        let mut table = csv::Reader::from_reader(bytes.as_slice());
        let at =
            table.headers().expect("a header").iter().position(|h| h == "round").expect("a round");
        for row in table.records() {
            let row = row.expect("a row");
            let before = rounds.insert(row[0].to_owned(), row[at].to_owned());
            assert!(before.is_none(), "{} stands twice in {name}", &row[0]);
        }
        for (id, round) in rounds {
            let newest = id == "u0066" || id.starts_with("u0066.01");
            assert_eq!(round, if newest { "dot-2" } else { ROUND }, "{id} in {name}");
        }
    }
}

/// Old Mường Hoa and old Tả Van were merged into the new Tả Van in July 2025. Who asks about one of
/// them afterwards was shown both.
#[test]
fn after_a_merger_a_report_about_an_old_commune_is_about_that_one_and_scope_follows() {
    let mut server = TestServer::start();
    let mut roster = Roster::default();
    roster.add("03037", 1, 1);
    roster.add("03040", 1, 1);
    server.import(&roster);
    server.open_round(&NewRound { areas: vec!["03037".into(), "03040".into()], ..round() });
    let status = |server: &TestServer, within: &str| -> Vec<String> {
        let path = format!("/rounds/{ROUND}/status?at=2024-10-15{within}");
        let status: RoundStatus = server.admin.get(&path).expect(200).json();
        status.rows.into_iter().filter(|r| r.level == "commune").map(|r| r.code).collect()
    };
    assert_eq!(status(&server, "&within=03037"), ["03037"]);

    server.clock.set("2026-03-01T08:00:00+07:00".parse().expect("an instant"));
    server.restart();
    server.admin = server.nobody().sign_in("admin", &password("admin"));
    assert_eq!(status(&server, ""), ["03037", "03040"]);
    assert_eq!(status(&server, "&within=03037"), ["03037"]);
    assert_eq!(status(&server, "&within=03040"), ["03040"]);
    // As of 2026 the code 03037 is the new commune: both.
    let new: RoundStatus = server
        .admin
        .get(&format!("/rounds/{ROUND}/status?at=2026-03-01&within=03037"))
        .expect(200)
        .json();
    assert_eq!(new.total.expected, 2);
    // Who was in charge of old Tả Van is in charge of what it became.
    let officer = server.user("ta van", Role::Commune, &["u0148"]);
    let seen: RoundStatus = officer.get(&format!("/rounds/{ROUND}/status")).expect(200).json();
    assert_eq!(seen.total.expected, 2);
}

/// Scope followed a merger only when the server was started again after the day of it.
#[test]
fn scope_follows_a_merger_while_the_server_runs() {
    let server = TestServer::start();
    let mut roster = Roster::default();
    roster.add("03037", 1, 1);
    roster.add("03040", 1, 1);
    server.import(&roster);
    // Old Tả Van; the new one also has what was Mường Hoa.
    server.user("ta van", Role::Commune, &["u0148"]);
    let seen = |server: &TestServer| {
        let officer = server.nobody().sign_in("ta van", &password("ta van"));
        officer.all::<serde_json::Value>("/households").len()
    };
    assert_eq!(seen(&server), 1);
    server.clock.set("2025-07-01T00:00:01+07:00".parse().expect("an instant"));
    let wait = std::time::Duration::from_secs(60);
    ask_often("scope follows the merger", wait, || seen(&server) == 2);
}
