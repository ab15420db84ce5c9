//! A decision ends whatever its communes had: in every role, also what they inherited, and with it what
//! the phones of former teams are given.

use serde_json::{Value as Json, json};

use super::{AGENCIES, TEAMS, file, signed_in};
use crate::harness::{Cli, NAM_CHAY, ROUND, TA_PHOI, TestServer, uuid};

/// Commune, team, decision and last day.
type Row = (String, String, String, String);

fn row(commune: &str, team: &str, decision: &str, to: &str) -> Row {
    (commune.into(), team.into(), decision.into(), to.into())
}

fn rows(server: &TestServer, path: &str) -> Vec<Row> {
    let of = |row: &Json| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        (text("commune"), text("team"), text("decision"), text("to"))
    };
    server.admin.all::<Json>(path).iter().map(of).collect()
}

fn decided(decision: &str, from: &str, pairs: &[(&str, &str, bool)]) -> Json {
    let pair = |(commune, team, support): &(&str, &str, bool)| json!({ "commune": commune, "team": team, "support": support });
    let pairs: Vec<Json> = pairs.iter().map(pair).collect();
    json!({ "id": uuid(), "round": ROUND, "decision": decision, "from": from, "pairs": pairs })
}

/// Tả Phời has T1 and, supporting, T3; Nậm Chảy has T2.
fn served() -> (TestServer, Cli) {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    cli.run(&["agency", "import", &file(&cli, "a.csv", AGENCIES)]).expect(0);
    cli.run(&["team", "import", &file(&cli, "t.csv", TEAMS), "--at", "2024-10-01"]).expect(0);
    let pairs = [(TA_PHOI.1, "T1", false), (TA_PHOI.1, "T3", true), (NAM_CHAY.1, "T2", false)];
    server.admin.post("/assignments", &decided("1/QĐ", "2024-10-01", &pairs)).expect(201);
    (server, cli)
}

/// What the phone of a team is given: its communes, and how many households with their heads' names, which
/// a team never is.
fn phone(server: &TestServer, token: &str) -> (usize, usize) {
    let phone = server.nobody().with_token(token);
    let said: Json = phone.get("/phone/communes").expect(200).json();
    let roster = format!("{}/key/{token}", server.url());
    let roster = crate::harness::Phone::new(&roster)
        .get("/forms/household/2024100102/media/households.csv")
        .text();
    let named = roster.lines().filter(|line| line.contains("Giàng A Páo")).count();
    (said["communes"].as_array().expect("a list").len(), named)
}

#[test]
fn a_decision_ends_every_role_and_the_former_team_is_told_nothing() {
    let (server, cli) = served();
    let token = server.new_collector(&["team:T3"]).token.expect("a token");
    assert_eq!(phone(&server, &token), (1, 0));

    let second = decided("2/QĐ", "2024-10-10", &[(TA_PHOI.1, "T1", false)]);
    let kept = server.admin.post("/assignments", &second).expect(201).text();
    assert_eq!(phone(&server, &token), (0, 0));
    // What the decision does not name goes on.
    let now = [row(TA_PHOI.1, "T1", "2/QĐ", ""), row(NAM_CHAY.1, "T2", "1/QĐ", "")];
    assert_eq!(rows(&server, "/assignments?at=2024-10-15"), now);
    assert_eq!(
        rows(&server, "/assignments/history?team=T3"),
        [row(TA_PHOI.1, "T3", "1/QĐ", "2024-10-09")]
    );
    let history = format!("/assignments/history?commune={}", TA_PHOI.1);
    let of_commune = [
        row(TA_PHOI.1, "T1", "1/QĐ", "2024-10-09"),
        row(TA_PHOI.1, "T3", "1/QĐ", "2024-10-09"),
        row(TA_PHOI.1, "T1", "2/QĐ", ""),
    ];
    assert_eq!(rows(&server, &history), of_commune);
    // Nobody is asked for visits any more, and the annex has who there is.
    let lacking = cli.run(&["visit", "lacking", "--days", "1", "--json"]).expect(1);
    assert!(!lacking.out.contains("T3"), "{}", lacking.out);
    assert_eq!(rows(&server, "/assignments/annex?at=2024-10-15").len(), 2);

    // The same decision again, and the first one, which is history.
    assert_eq!(server.admin.post("/assignments", &second).expect(201).text(), kept);
    assert_eq!(rows(&server, &history), of_commune);

    // Back as the leading team: one row of it, not two.
    let third = decided("3/QĐ", "2024-10-14", &[(TA_PHOI.1, "T3", false)]);
    server.admin.post("/assignments", &third).expect(201);
    assert_eq!(phone(&server, &token), (1, 0));
    assert_eq!(rows(&server, "/assignments?at=2024-10-15")[0], row(TA_PHOI.1, "T3", "3/QĐ", ""));
}

#[test]
fn fewer_teams_than_before_come_to_rest() {
    let (server, cli) = served();
    let apply = |more: &[&str]| cli.run(&[&["assign", "apply", ROUND][..], more].concat());
    apply(&["--teams", "2", "--decision", "4/QĐ", "--from", "2024-10-05"]).expect(0);
    assert_eq!(rows(&server, "/assignments?at=2024-10-15").len(), 4);
    apply(&["--decision", "5/QĐ", "--from", "2024-10-10"]).expect(0);
    assert_eq!(rows(&server, "/assignments?at=2024-10-15").len(), 2);
    let changes = ["--only-changes", "--decision", "6/QĐ", "--from", "2024-10-15"];
    assert!(apply(&changes).expect(1).err.contains("Không có gì thay đổi"));
}

#[test]
fn a_decision_about_a_merged_commune_ends_what_its_parts_had() {
    let (mut server, cli) = served();
    server.clock.set("2025-07-20T08:00:00+07:00".parse().expect("an instant"));
    // Sessions end overnight.
    server.admin = server.nobody().sign_in("admin", &crate::harness::password("admin"));
    let login = ["login", "admin", "--password-stdin", "--server", server.url()];
    cli.run_with(&login, &format!("{}\n", crate::harness::password("admin"))).expect(0);
    let token = server.new_collector(&["team:T1"]).token.expect("a token");
    assert_eq!(phone(&server, &token).0, 1, "inherited");

    let new = decided("7/QĐ", "2025-07-05", &[("u0344", "T2", false)]);
    server.admin.post("/assignments", &new).expect(201);
    assert_eq!(phone(&server, &token), (0, 0));
    assert_eq!(
        rows(&server, "/assignments?at=2025-07-20"),
        [row(NAM_CHAY.1, "T2", "1/QĐ", ""), row("u0344", "T2", "7/QĐ", "")],
        "Nậm Chảy has become another commune, which is not named"
    );
    assert_eq!(
        rows(&server, &format!("/assignments/history?commune={}", TA_PHOI.1)),
        [row(TA_PHOI.1, "T1", "1/QĐ", "2025-07-04"), row(TA_PHOI.1, "T3", "1/QĐ", "2025-07-04")]
    );
    // A decision about the time before would have to end, too.
    let late = decided("8/QĐ", "2025-06-01", &[(TA_PHOI.1, "T1", false)]);
    server.admin.post("/assignments", &late).problem("conflict");

    let apply = |decision: &str, from: &str| {
        let said = ["--only-changes", "--decision", decision, "--from", from];
        cli.run(&[&["assign", "apply", ROUND, "--repair"][..], &said].concat())
    };
    apply("9/QĐ", "2025-07-10").expect(0);
    let now = [row("u0344", "T2", "7/QĐ", ""), row("u0354", "T2", "9/QĐ", "")];
    assert_eq!(rows(&server, "/assignments?at=2025-07-20"), now);
    apply("10/QĐ", "2025-07-15").expect(1);
}

#[test]
fn the_annex_names_districts_while_there_are_any() {
    let (mut server, _cli) = served();
    server.clock.set("2025-07-20T08:00:00+07:00".parse().expect("an instant"));
    server.admin = server.nobody().sign_in("admin", &crate::harness::password("admin"));
    let districts = |day: &str| -> Vec<Json> {
        let rows: Vec<Json> = server.admin.all(&format!("/assignments/annex?at={day}"));
        rows.iter().map(|row| row["district"].clone()).collect()
    };
    assert!(districts("2025-06-30").iter().all(Json::is_string), "{:?}", districts("2025-06-30"));
    assert_eq!(districts("2025-07-20"), vec![Json::Null; 3]);
}

#[test]
fn what_earlier_versions_let_go_on_ends_when_the_server_starts() {
    let (mut server, _cli) = served();
    let second = decided("2/QĐ", "2024-10-10", &[(TA_PHOI.1, "T1", false)]);
    server.admin.post("/assignments", &second).expect(201);
    let token = server.new_collector(&["team:T3"]).token.expect("a token");
    server.stop();
    let db = rusqlite::Connection::open(server.data().join("data.db")).expect("data.db");
    let left = "UPDATE assignment SET valid_to = NULL WHERE role = 'support'";
    assert_eq!(db.execute(left, []).expect("a leftover"), 1);
    drop(db);
    server.restart();
    assert_eq!(phone(&server, &token), (0, 0));
    assert_eq!(
        rows(&server, "/assignments/history?team=T3"),
        [row(TA_PHOI.1, "T3", "1/QĐ", "2024-10-09")]
    );
    let settled = |server: &TestServer| {
        let events = "SELECT count(*) FROM event WHERE verb = 'assignment.settle'";
        let db = crate::harness::store::open(server.data());
        db.query_row(events, [], |row| row.get::<_, i64>(0)).expect("a count")
    };
    assert_eq!(settled(&server), 1);
    server.restart();
    assert_eq!(settled(&server), 1, "nothing to end, nothing said");
}
