//! What becomes of a form under a collector's hands: handed in once, in one tab, by the lists it was begun with.

use ntm_shared::api::round::NewRound;
use ntm_shared::api::submission::SubmissionRow;
use serde_json::json;

use super::{link, run};
use crate::harness::{NAM_CHAY, ROUND, TestServer, round};

#[test]
fn a_form_is_handed_in_once_by_the_lists_it_was_begun_with() {
    let server = TestServer::surveyed();
    let later = NewRound { id: "dot-2".into(), name: "Đợt 2".into(), ..round() };
    let said = run(
        "once.js",
        &json!({
            "server": server.url(), "link": link(&server, NAM_CHAY.0), "admin": server.admin.token(),
            "round": ROUND, "later": later,
        }),
    );
    assert_eq!(said["faults"], json!([]), "faults in the page");
    // Back and a second tap made nothing, an edit is one, and all of them count where they were begun.
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    let of = |household: &str| {
        let rows = rows.iter().filter(|row| row.household.as_deref() == Some(household));
        rows.map(|row| row.round.as_deref().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(of("u0066.01.001"), [ROUND, ROUND]);
    assert_eq!(of("u0066.01.002"), [ROUND]);
    assert_eq!(of("u0066.01.003"), [ROUND]);
    assert_eq!(of("u0066.01.004"), [ROUND]);
    assert_eq!(rows.iter().filter(|row| row.household.is_none()).count(), 1);
    assert_eq!(rows.len(), 6);
}
