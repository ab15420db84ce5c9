//! A team sees and writes for its own communes on the days it has them, and every error says what is
//! wrong.

use ntm_shared::api::account::{Role, User};
use serde_json::{Value as Json, json};

use super::{assign, ids, served, visit, with};
use crate::harness::{NAM_CHAY, TA_PHOI, password, photo, sha256, store, uuid};

fn code(api: &crate::harness::Api, path: &str, body: &Json) -> (String, String) {
    let problem = api.post(path, body).problem("bad_value");
    let place = &problem.places[0];
    (place.field.clone().unwrap_or_default(), place.code.clone())
}

#[test]
fn the_scope_of_a_team_follows_its_assignments_day_by_day() {
    let server = served();
    let team = server.user("tổ một", Role::Team, &["team:T1"]);
    let me: User = team.get("/me").expect(200).json();
    assert_eq!(me.areas, ["team:T1"]);
    let scores = |api: &crate::harness::Api| -> Vec<String> {
        let rows: Vec<Json> = api.all("/assignments?at=2024-10-20");
        rows.iter().map(|row| row["commune"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(scores(&team), [NAM_CHAY.1]);
    let new = json!({ "id": uuid(), "name": "tổ lạ", "role": "team", "areas": ["team:T9"] });
    assert_eq!(code(&server.admin, "/users", &new).1, "unknown_team");
    // A collector of the team, made by who reaches all of its communes and by nobody else.
    let new = json!({ "id": uuid(), "name": "máy của tổ", "areas": ["team:T1"] });
    let near = server.user("xã", Role::Commune, &[NAM_CHAY.0]);
    near.post("/collectors", &new).expect(201);
    let far = server.user("xã khác", Role::Commune, &[TA_PHOI.0]);
    let new = json!({ "id": uuid(), "name": "máy khác", "areas": ["team:T1"] });
    far.post("/collectors", &new).problem("out_of_area");
}

#[test]
fn a_team_writes_for_its_own_communes_on_the_days_it_has_them() {
    let server = served();
    let team = server.user("tổ một", Role::Team, &["team:T1"]);
    let own = with(&visit(NAM_CHAY.1, "T1", "2024-10-14"), "team", Json::Null);
    let kept: Json = team.post("/visits", &own).expect(201).json();
    assert_eq!((&kept["team"], &kept["commune_name"]), (&json!("T1"), &json!("Xã Nậm Chảy")));
    assert_eq!(team.post("/visits", &own).expect(201).json::<Json>(), kept, "again is harmless");
    let other = with(&own, "plan", json!("khác"));
    let clash = json!({ "id": own["id"], "commune": NAM_CHAY.1, "day": "2024-10-14", "plan": "x" });
    team.post("/visits", &clash).expect(409).problem("conflict");
    team.post("/visits", &other).expect(201);

    // Not its commune; not its team; before it had the commune.
    let foreign = visit(TA_PHOI.1, "T1", "2024-10-14");
    let problem = team.post("/visits", &foreign).problem("out_of_area");
    assert!(problem.detail.contains("Tả Phời") && problem.detail.contains("T1"), "{problem:?}");
    team.post("/visits", &visit(TA_PHOI.1, "T2", "2024-10-14")).problem("forbidden");
    team.post("/visits", &visit(NAM_CHAY.1, "T1", "2024-09-30")).problem("out_of_area");

    // An account of a team without a team writes nothing.
    let loose = server.user("tổ rời", Role::Team, &[NAM_CHAY.0]);
    let problem = loose.post("/visits", &own).problem("forbidden");
    assert!(problem.detail.contains("--team"), "{problem:?}");

    // From 16 October on another team has the commune: the scope moves on that day, and what was
    // seen before can still be written down, and is still seen.
    assign(&server, NAM_CHAY.1, "T2", "2024-10-16");
    server.user("tổ hai", Role::Team, &["team:T2"]);
    // Sessions end overnight.
    server.clock.advance(jiff::SignedDuration::from_hours(20));
    let again = |name: &str| server.nobody().sign_in(name, &password(name));
    let (team, second) = (again("tổ một"), again("tổ hai"));
    let gone = || team.get("/units/u0066.01").status == 404;
    crate::harness::ask_often("the scope follows", std::time::Duration::from_secs(10), gone);
    team.post("/visits", &visit(NAM_CHAY.1, "T1", "2024-10-15")).expect(201);
    team.post("/visits", &visit(NAM_CHAY.1, "T1", "2024-10-16")).problem("out_of_area");
    assert_eq!(ids(&team, "/visits").len(), 3);
    second.post("/visits", &visit(NAM_CHAY.1, "T2", "2024-10-16")).expect(201);
    assert_eq!(ids(&second, "/visits").len(), 4, "the commune's former visits too");
}

/// A decision that is corrected the day after leaves the same pairs as before: the areas were not computed
/// anew, and the wrong team kept the commune.
#[test]
fn the_scope_follows_a_decision_that_is_taken_back() {
    let mut server = served();
    server.restart();
    assign(&server, NAM_CHAY.1, "T2", "2024-10-15");
    assign(&server, NAM_CHAY.1, "T1", "2024-10-16");
    for name in ["tổ một", "tổ hai"] {
        let area = if name == "tổ một" { "team:T1" } else { "team:T2" };
        server.user(name, Role::Team, &[area]);
    }
    let sees = |name: &str| {
        let team = server.nobody().sign_in(name, &password(name));
        team.get("/units/u0066.01").status == 200
    };
    assert!(sees("tổ hai") && !sees("tổ một"));
    server.clock.advance(jiff::SignedDuration::from_hours(20));
    let back = || sees("tổ một") && !sees("tổ hai");
    crate::harness::ask_often("the scope follows", std::time::Duration::from_secs(10), back);
}

#[test]
fn every_error_of_a_report_names_its_field() {
    let server = served();
    let admin = &server.admin;
    let good = visit(NAM_CHAY.1, "T1", "2024-10-14");
    let refused = |key: &str, value: Json| code(admin, "/visits", &with(&good, key, value));
    let said = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    assert_eq!(
        refused("open_criteria", json!([9, 20])),
        said("open_criteria", "unknown_criterion")
    );
    assert_eq!(refused("day", json!("2024-10-16")), said("day", "future_date"));
    assert_eq!(refused("team", json!("T9")), said("team", "unknown_team"));
    assert_eq!(refused("team", json!("T2")), said("team", "not_the_teams_commune"));
    assert_eq!(refused("team", Json::Null), said("team", "team_needed"));
    assert_eq!(refused("criteria_met", json!(20)), said("criteria_met", "bad_number"));
    assert_eq!(refused("photos", json!(["abc"])), said("photos", "bad_hash"));
    assert_eq!(refused("plan", json!("x".repeat(2001))), said("plan", "too_long"));
    let mut short = good.clone();
    short["id"] = json!("a");
    assert_eq!(code(admin, "/visits", &short), said("id", "bad_id"));
    admin.post("/visits", &with(&good, "commune", json!("99999"))).problem("unknown_unit");
    // Nậm Chảy was merged on 1 July 2025.
    let late = with(&with(&good, "day", json!("2025-07-02")), "commune", json!("u0066"));
    let problem = admin.post("/visits", &late).problem("unknown_unit");
    assert!(problem.detail.contains("không còn vào ngày 2025-07-02"), "{problem:?}");

    let hard = json!({
        "id": uuid(), "commune": NAM_CHAY.1, "day": "2024-10-14", "category": "land",
        "description": "vướng mặt bằng", "deadline": "2024-10-20",
    });
    let refused = |key: &str, value: Json| code(admin, "/difficulties", &with(&hard, key, value));
    assert_eq!(refused("deadline", json!("2024-10-13")), said("deadline", "bad_deadline"));
    assert_eq!(refused("description", json!("  ")), said("description", "required"));
    assert_eq!(refused("visit", json!(uuid())), said("visit", "unknown_visit"));
    let given = json!({
        "id": uuid(), "commune": NAM_CHAY.1, "day": "2024-10-14", "kind": "money",
        "value": 1, "beneficiary": "village",
    });
    let refused = |key: &str, value: Json| code(admin, "/supports", &with(&given, key, value));
    assert_eq!(refused("village", json!("u0036.01")), said("village", "unknown_village"));
    assert_eq!(refused("value", json!(200_000_000_000_000_u64)), said("value", "bad_number"));
    for list in ["/visits", "/difficulties", "/supports"] {
        assert_eq!(ids(admin, list), Vec::<String>::new(), "nothing was stored");
    }
}

#[test]
fn a_photo_is_named_first_and_sent_when_there_is_a_network() {
    let server = served();
    let team = server.user("tổ một", Role::Team, &["team:T1"]);
    let (bytes, other) = (photo::jpeg(1), photo::jpeg(2));
    let (hash, wrong) = (sha256(&bytes), sha256(&other));
    let new = with(&visit(NAM_CHAY.1, "T1", "2024-10-14"), "photos", json!([hash]));
    let kept: Json = team.post("/visits", &new).expect(201).json();
    assert_eq!(kept["photos"], json!([{ "sha256": hash, "received": false }]));
    let path = format!("/visits/{}/photos/{hash}", new["id"].as_str().expect("an id"));
    team.post_text(&path, "image/jpeg", other.clone()).problem("bad_value");
    team.post_text(&path.replace(&hash, &wrong), "image/jpeg", other).expect(404);
    server.admin.get(&path).expect(404);
    team.post_text(&path, "image/jpeg", bytes.clone()).expect(201);
    team.post_text(&path, "image/jpeg", bytes.clone()).expect(200);
    assert_eq!(server.admin.get(&path).expect(200).body, bytes);
    let again: Json = team.post("/visits", &new).expect(201).json();
    assert_eq!(again["photos"], json!([{ "sha256": hash, "received": true }]));
    let events = "SELECT count(*) FROM event WHERE verb LIKE 'visit.%'";
    let count = |db: &rusqlite::Connection| db.query_row(events, [], |r| r.get::<_, i64>(0));
    assert_eq!(count(&store::open(server.data())).expect("a count"), 2);
}
