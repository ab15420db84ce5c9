//! What was filled with a version before it was published waits for it, and then counts.

use ntm_shared::api::round::RoundStatus;
use ntm_shared::api::submission::{Decision, NewReview, Submission};
use ntm_shared::data::FORMS;

use crate::harness::{NAM_CHAY, Phone, ROUND, TestServer, Visit, store, uuid};

/// The household form that ships with the program, as another version.
fn next_version() -> String {
    let ours = FORMS.iter().find(|source| source.contains("2024100102")).expect("the form");
    ours.replace("2024100102", "2025010101")
}

fn filled(household: &str) -> Vec<u8> {
    Visit { version: "2025010101".into(), ..Visit::completed(household) }.xml()
}

fn shown(server: &TestServer, seq: u64) -> Submission {
    server.admin.get(&format!("/submissions/{seq}")).expect(200).json()
}

fn received(server: &TestServer) -> u64 {
    let path = format!("/rounds/{ROUND}/status?at=2024-10-15");
    server.admin.get(&path).expect(200).json::<RoundStatus>().total.received
}

fn send(phone: &Phone, xml: &[u8], status: u16) {
    phone.send(xml, &[]).expect("sent").expect(status);
}

#[test]
fn what_was_held_counts_once_its_version_is_published() {
    let mut server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    send(&phone, &filled("u0066.01.001"), 202);
    send(&phone, &filled("u0066.01.002"), 202);
    // A later interview of the second household, with a version that is known.
    send(&phone, &Visit::completed("u0066.01.002").xml(), 201);
    assert_eq!(received(&server), 1);
    assert!(shown(&server, 1).findings_list.iter().any(|f| f.code == "unknown_version"));

    server.admin.post_text("/forms", "text/markdown", next_version()).expect(201);
    assert_eq!(received(&server), 2);
    let (first, second, third) = (shown(&server, 1), shown(&server, 2), shown(&server, 3));
    assert!(first.row.counts && third.row.counts && !second.row.counts);
    assert_eq!(first.row.outcome.as_deref(), Some("completed"));
    assert!(first.findings_list.iter().all(|f| f.code != "unknown_version"));
    assert!(second.findings_list.iter().any(|f| f.code == "superseded"));
    // What the third was filled with has become the older version, from this moment on.
    assert!(third.findings_list.iter().all(|f| f.code != "older_form"));
    send(&phone, &Visit::completed("u0066.01.003").xml(), 201);
    assert!(shown(&server, 4).findings_list.iter().any(|f| f.code == "older_form"));
    // Once: starting again places nothing a second time.
    let before = store::census(server.data());
    server.restart();
    assert_eq!(store::census(server.data()), before);
}

/// What was noticed when it arrived stays true when it is placed.
#[test]
fn other_content_under_the_id_of_a_held_form_is_still_known_when_it_is_placed() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let held = filled("u0066.01.001");
    send(&phone, &held, 202);
    let other = String::from_utf8(held).expect("text").replace("u0066.01.001", "u0066.01.002");
    send(&phone, other.as_bytes(), 409);
    let is_contested = || {
        let findings = shown(&server, 1).findings_list;
        findings.iter().any(|finding| finding.code == "instance_contested")
    };
    assert!(is_contested());
    server.admin.post_text("/forms", "text/markdown", next_version()).expect(201);
    assert_eq!(received(&server), 1);
    assert!(is_contested());
}

/// It came with a version that was known, and took the place; placed later, the original counted beside it.
#[test]
fn an_edit_that_overtook_its_held_original_stays_in_its_place() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let wrong = Visit { version: "2025010101".into(), ..Visit::completed("u0066.01.001") };
    send(&phone, &wrong.xml(), 202);
    let right = Visit { edits: Some(wrong.instance.clone()), ..Visit::completed("u0066.01.002") };
    send(&phone, &right.xml(), 201);
    server.admin.post_text("/forms", "text/markdown", next_version()).expect(201);
    let (first, second) = (shown(&server, 1), shown(&server, 2));
    assert!(second.row.counts && !first.row.counts, "{first:?}");
    assert!(first.findings_list.iter().any(|finding| finding.code == "replaced"));
    assert_eq!(received(&server), 1);
    let reject = NewReview {
        id: uuid(),
        submissions: vec![2],
        decision: Decision::Rejected,
        reason: "nhầm hộ".into(),
        fields: vec![],
    };
    server.admin.post("/reviews", &reject).expect(200);
    assert!(shown(&server, 1).row.counts && !shown(&server, 2).row.counts);
}
