//! When the rules that ship with the program change, what was read with the old ones is read anew
//! from the originals.

use crate::harness::{NAM_CHAY, ROUND, TestServer, Visit};

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
