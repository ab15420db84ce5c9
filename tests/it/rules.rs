//! When the rules that ship with the program change, what was read with the old ones is read anew
//! from the originals.

use ntm_shared::api::score::ScoreReport;
use ntm_shared::api::submission::{Decision, NewReview};

use crate::harness::{NAM_CHAY, ROUND, TestServer, Visit, program, uuid};

#[test]
fn after_the_rules_changed_every_original_is_read_anew() {
    let mut server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    for household in ["u0066.01.001", "u0066.01.002", "u0066.02.001"] {
        phone.send(&Visit::completed(household).xml(), &[]).expect("sent").expect(201);
    }
    phone.send(&Visit::attempt("u0066.02.002", "refused").xml(), &[]).expect("sent").expect(201);
    let scores =
        |server: &TestServer| server.admin.get(&format!("/rounds/{ROUND}/scores")).expect(200).body;
    let before = scores(&server);

    // As a folder looks to a program with other rules: read by rules it does not have.
    server.stop();
    let db = rusqlite::Connection::open(server.data().join("data.db")).expect("the database");
    let changed = db
        .execute(
            "UPDATE meta SET value = 'other rules' WHERE key = 'criteria lao-cai-2021-2025'",
            [],
        )
        .expect("the rules it was read with");
    assert_eq!(changed, 1);
    db.execute_batch("DELETE FROM moment; UPDATE submission SET reading = NULL;")
        .expect("nothing read");
    drop(db);

    server.restart();
    assert_eq!(scores(&server), before);
    let events = |server: &mut TestServer| -> i64 {
        server.stop();
        let db = rusqlite::Connection::open(server.data().join("data.db")).expect("the database");
        let sql = "SELECT count(*) FROM event WHERE verb = 'moment.rebuild'";
        db.query_row(sql, [], |row| row.get(0)).expect("a count")
    };
    let rebuilt = events(&mut server);
    server.restart();
    assert_eq!(events(&mut server), rebuilt, "the same rules are not followed twice");
    server.restart();
}

/// What does not count kept what rules with fewer measures had read, and brought it into the sums when
/// it counted at last.
#[test]
fn what_counts_later_was_read_by_the_rules_of_today_too() {
    let mut server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let home = "u0066.01.001";
    let poor = Visit { poverty: "poor".into(), ..Visit::completed(home) };
    for visit in [&poor, &Visit::completed(home), &Visit::completed("u0066.01.002")] {
        phone.send(&visit.xml(), &[]).expect("sent").expect(201);
    }
    let rebuilt = |server: &TestServer| {
        let path = format!("/rounds/{ROUND}/scores?rebuild=true");
        let report: ScoreReport = server.admin.get(&path).expect(200).json();
        let rebuilt = report.rebuilt.expect("what it came to");
        (rebuilt.submissions, rebuilt.villages_differing, rebuilt.readings_differing)
    };
    let alter = |server: &TestServer, sql: &str| {
        let db = rusqlite::Connection::open(server.data().join("data.db")).expect("the database");
        db.execute(sql, []).expect("altered")
    };
    let fewer = "UPDATE submission SET reading = json_remove(reading, '$.measures[#-1]')";

    // Only the first does not count: both who asks for sums made anew and who checks hear of it.
    server.stop();
    assert_eq!(alter(&server, &format!("{fewer} WHERE counts = 0")), 1);
    let mut check = std::process::Command::new(program("ntm-server"));
    let check = check.arg("check").arg("--data").arg(server.data()).output().expect("checked");
    let said = String::from_utf8_lossy(&[check.stdout, check.stderr].concat()).into_owned();
    assert_eq!(check.status.code(), Some(1), "{said}");
    assert!(said.contains("submission 1: reads differently than it did"), "{said}");
    assert_eq!(said.matches("reads differently").count(), 1, "{said}");
    server.restart();
    assert_eq!(rebuilt(&server), (2, 0, 1));

    server.stop();
    assert_eq!(alter(&server, &format!("{fewer} WHERE counts = 1")), 2);
    let other = "UPDATE meta SET value = 'other rules' WHERE key = 'criteria lao-cai-2021-2025'";
    assert_eq!(alter(&server, other), 1);
    server.restart();
    assert_eq!(rebuilt(&server), (2, 0, 0));
    let review = NewReview {
        id: uuid(),
        submissions: vec![2],
        decision: Decision::Rejected,
        reason: "Hỏi lại diện hộ.".into(),
        fields: Vec::new(),
    };
    server.admin.post("/reviews", &review).expect(200);
    assert_eq!(rebuilt(&server), (2, 0, 0));
}
