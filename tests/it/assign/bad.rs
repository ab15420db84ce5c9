//! Bad input: told by row, or by commune and team, and nothing stored.

use serde_json::json;

use super::{AGENCIES, TEAMS, file, signed_in, spreadsheet};
use crate::harness::{NAM_CHAY, ROUND, TA_PHOI, TestServer, uuid};

#[test]
fn a_bad_table_is_refused_whole_with_its_rows() {
    let server = TestServer::start();
    let cli = signed_in(&server);
    let agencies = |table: &str| {
        let ran = cli.run(&["agency", "import", &file(&cli, "a.csv", table)]).expect(2);
        ran.err
    };
    let err = agencies(&AGENCIES.replace("bank", "chợ"));
    assert!(err.contains('4') && err.contains("Loại phải là"), "{err}");
    let err =
        agencies(&AGENCIES.replace("Sở Khoa học và Công nghệ", "Sở Thông tin và Truyền thông"));
    assert!(err.contains("Tên này trùng"), "{err}");
    let err = agencies(&AGENCIES.replace(",,,8", ",,,99"));
    assert!(err.contains("Không có tiêu chí số"), "{err}");
    assert_eq!(server.admin.get("/agencies").expect(200).text(), r#"{"items":[],"next":null}"#);

    let none = cli.run(&["team", "import", &file(&cli, "t.csv", TEAMS), "--at", "2024-10-15"]);
    assert!(none.expect(2).err.contains("ntm agency import"));
    cli.run(&["agency", "import", &file(&cli, "a.csv", AGENCIES)]).expect(0);
    let teams = |table: &str| {
        let path = file(&cli, "t.xlsx", spreadsheet(table));
        cli.run(&["team", "import", &path, "--at", "2024-10-15"]).expect(2).err
    };
    let err = teams(&TEAMS.replace("Tổ số 2,3", "Tổ số 2,0"));
    assert!(err.contains('3') && err.contains("từ 1 đến 200"), "{err}");
    assert!(teams(&TEAMS.replace("Tổ số 2", "Tổ số 1")).contains("Tên tổ này đã có ở dòng 2"));
    assert!(teams(&TEAMS.replace("02677", "99999")).contains("99999"));
    assert_eq!(server.admin.get("/teams").expect(200).text(), r#"{"items":[],"next":null}"#);
}

#[test]
fn contradictory_plans_and_assignments_change_nothing() {
    let server = TestServer::surveyed();
    server.admin.post_text("/agencies", "text/csv", AGENCIES).expect(200);
    server.admin.post_text("/teams?at=2024-10-15", "text/csv", TEAMS).expect(200);
    let plan = format!("/rounds/{ROUND}/plan");
    let pair = |commune: &str, team: &str| json!({ "commune": commune, "team": team });
    let codes = |asked: serde_json::Value| -> Vec<String> {
        let problem = server.admin.post(&plan, &asked).problem("bad_value");
        problem.places.into_iter().map(|place| place.code).collect()
    };
    let both = json!({ "pins": [pair("u0066", "T1")], "forbid": [pair("u0066", "T1")] });
    assert_eq!(codes(both), ["required_and_forbidden"]);
    let two = json!({ "pins": [pair("u0066", "T3"), pair("u0036", "T3")] });
    assert_eq!(codes(two), ["required_beyond_capacity"]);
    assert_eq!(codes(json!({ "pins": [pair("u0066", "T9")] })), ["unknown_team"]);
    assert_eq!(codes(json!({ "capacity": { "T9": 2 } })), ["unknown_team"]);
    server.admin.post(&plan, &json!({ "pins": [pair("99999", "T1")] })).problem("unknown_unit");

    let new = |from: &str, pairs: serde_json::Value| json!({ "id": uuid(), "round": ROUND, "decision": "1/QĐ", "from": from, "pairs": pairs });
    let refuse = |code: &str, body: serde_json::Value| {
        server.admin.post("/assignments", &body).problem(code);
    };
    refuse("bad_value", new("2024-11-01", json!([pair(NAM_CHAY.1, "T9")])));
    refuse("bad_value", new("2024-11-01", json!([pair(NAM_CHAY.1, "T1"), pair(NAM_CHAY.1, "T2")])));
    let support = json!({ "commune": NAM_CHAY.1, "team": "T1", "support": true });
    refuse("bad_value", new("2024-11-01", json!([support])));
    refuse("unknown_unit", new("2025-07-02", json!([pair(TA_PHOI.1, "T1")])));
    assert_eq!(
        server.admin.get("/assignments?at=2025-12-01").expect(200).text(),
        r#"{"items":[],"next":null}"#
    );
}
