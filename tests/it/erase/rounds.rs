//! Retention: what a round collected goes, its figures stay.

use ntm_shared::api::household::{HouseholdRow, Imported};
use ntm_shared::api::round::{NewRound, Round};
use ntm_shared::api::submission::SubmissionRow;
use serde_json::{Value, json};

use super::{
    HEAD, HOME, NEIGHBOUR, WORDS, check, files, mark, roster, signed_in, status, traces, visit,
};
use crate::harness::{NAM_CHAY, ROUND, TestServer, Visit, round, store, uuid};

fn over() -> Value {
    json!({ "id": uuid(), "round": ROUND, "reason": "hết thời hạn lưu theo quyết định" })
}

fn keep(until: &str) -> Value {
    json!({ "until": until, "reason": "Quyết định 12/QĐ-UBND, lưu hai tháng" })
}

fn scores(server: &TestServer) -> Value {
    server.admin.get(&format!("/rounds/{ROUND}/scores")).expect(200).json()
}

/// Two interviews, an attempt and a commune's report; the clock goes on for years.
fn surveyed() -> (TestServer, crate::harness::Phone) {
    let server = TestServer::with(|config| {
        config.limits.session = std::time::Duration::from_secs(3650 * 24 * 3600);
    });
    server.import(&roster());
    server.open_round(&round());
    let phone = server.collector(&[NAM_CHAY.0]);
    let poor = Visit { poverty: "poor".into(), ..visit() };
    phone.send(&poor.xml(), &files()).unwrap().expect(201);
    phone.send(&Visit::completed(NEIGHBOUR).xml(), &[]).unwrap().expect(201);
    phone.send(&Visit::attempt("u0066.01.003", "absent").xml(), &[]).unwrap().expect(201);
    store::photos_looked_at(server.data());
    (server, phone)
}

#[test]
fn a_round_past_its_retention_is_erased_and_its_figures_stay() {
    let (server, phone) = surveyed();
    let path = format!("/rounds/{ROUND}/retention");
    let asked = over();
    server.admin.post("/erasures", &asked).expect(409).problem("conflict");
    let kept: Round = server.admin.post(&path, &keep("2024-12-31")).expect(200).json();
    assert_eq!(kept.keep_until.map(|day| day.to_string()).as_deref(), Some("2024-12-31"));
    server.admin.post(&path, &keep("2024-10-05")).expect(422).problem("bad_value");
    server.admin.post(&format!("/rounds/{ROUND}/close"), &json!({})).expect(200);
    let early = server.admin.post("/erasures", &asked).expect(409);
    assert!(early.text().contains("2024-12-31"), "{}", early.text());
    let (before, counted) = (scores(&server), status(&server.admin).total);
    let house = files()[0].1.clone();
    let needles: [&[u8]; 3] = [HEAD.as_bytes(), WORDS.as_bytes(), mark(&house)];
    assert!(traces(server.data(), &needles).len() >= 3);

    server.clock.set("2025-01-01T01:00:00+07:00".parse().unwrap());
    let done: ntm_shared::api::erasure::Erasure =
        server.admin.post("/erasures", &asked).expect(200).json();
    assert_eq!((done.submissions, done.files), (3, 2), "{done:?}");
    assert_eq!(traces(server.data(), &needles), []);
    assert!(server.admin.all::<SubmissionRow>("/submissions").is_empty());
    let names: Vec<HouseholdRow> = server.admin.all("/households");
    assert!(names.len() == 20 && names.iter().all(|row| row.head.is_empty()));
    check(server.data());

    // The figures are what they were, to the last digit.
    assert_eq!(scores(&server), before);
    assert_eq!(status(&server.admin).total, counted);
    let round: Round = server.admin.get(&format!("/rounds/{ROUND}")).expect(200).json();
    assert_eq!((round.erased_at.is_some(), round.frame), (true, 20));
    server.admin.post(&path, &keep("2030-12-31")).expect(409);

    // What comes late is not taken; another round begins with a roster of its own.
    let late = Visit::completed("u0066.01.004");
    assert_eq!(phone.send(&late.xml(), &[]).unwrap().status, 202);
    assert!(server.admin.all::<SubmissionRow>("/submissions").is_empty());
    let again: Imported = server.import(&roster());
    assert_eq!((again.changed, again.erased), (20, 0));
    let next = NewRound { id: "2025-01".into(), ..crate::harness::round() };
    assert_eq!(server.open_round(&next).frame, 20);
    let now = Visit { round: "2025-01".into(), ..Visit::completed(HOME) };
    phone.send(&now.xml(), &[]).unwrap().expect(201);
    assert_eq!(scores(&server), before);
    check(server.data());
}

/// A household that another round still asks about keeps its name; one that was erased for itself
/// before is not brought back by the seal.
#[test]
fn names_that_another_round_needs_stay() {
    let (server, _) = surveyed();
    let areas = vec![NAM_CHAY.0.to_owned()];
    server.open_round(&NewRound { id: "2024-11".into(), areas, ..round() });
    super::erase(&server.admin, NEIGHBOUR);
    let before = scores(&server);
    server.admin.post(&format!("/rounds/{ROUND}/retention"), &keep("2024-10-31")).expect(200);
    server.admin.post(&format!("/rounds/{ROUND}/close"), &json!({})).expect(200);
    server.clock.set("2024-11-01T01:00:00+07:00".parse().unwrap());
    let cli = signed_in(&server);
    let listed = cli.run(&["round", "list"]).expect(0);
    assert!(listed.err.contains("ntm erase --round 2024-10"), "{}", listed.err);
    let done = cli.run(&["erase", "--round", ROUND, "--reason", "hết thời hạn lưu"]).expect(0);
    assert!(done.out.contains("Đã xóa hẳn 2024-10: 2 phiếu, 2 tệp"), "{}", done.out);
    let names: Vec<HouseholdRow> = server.admin.all("/households");
    let named = |row: &&HouseholdRow| !row.head.is_empty();
    assert_eq!(names.iter().filter(named).count(), 9, "those of Nậm Chảy, less the one erased");
    assert_eq!(scores(&server), before);
    check(server.data());
}
