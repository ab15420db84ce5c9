//! Languages of communes and travel times: imported with their source, named by row where bad, and
//! counted in the plan.

use ntm_shared::api::assignment::PlanView;
use serde_json::{Value as Json, json};

use super::{AGENCIES, TEAMS, file, signed_in};
use crate::harness::{Cli, NAM_CHAY, ROUND, TA_PHOI, TestServer};

fn plan(cli: &Cli) -> PlanView {
    let ran = cli.run(&["assign", "plan", ROUND, "--json"]).expect(0);
    serde_json::from_str(&ran.out).expect("a plan")
}

/// A server with a round, agencies and their teams, and somebody who may plan.
pub(super) fn prepared() -> (TestServer, Cli) {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    cli.run(&["agency", "import", &file(&cli, "a.csv", AGENCIES)]).expect(0);
    cli.run(&["team", "import", &file(&cli, "t.csv", TEAMS), "--at", "2024-10-15"]).expect(0);
    (server, cli)
}

#[test]
fn a_language_nobody_of_the_team_speaks_costs_points_while_it_is_spoken() {
    let (server, cli) = prepared();
    let total = |plan: &PlanView| plan.assignments.iter().map(|a| a.cost.language).sum::<i64>();
    let before = plan(&cli);
    assert_eq!(total(&before), 0);
    let table = "commune_code,languages,source,valid_from\n\
        02770,mông,\"Điều tra 53 dân tộc thiểu số 2019\",2019-10-01\n\
        02677,dao;tày,\"Điều tra 53 dân tộc thiểu số 2019\",2030-01-01\n";
    let path = file(&cli, "tieng.csv", table);
    cli.run(&["language", "import", &path, "--at", "2024-10-15"]).expect(0);
    let again = cli.run(&["language", "import", &path, "--at", "2024-10-15", "--json"]).expect(0);
    let again: Json = serde_json::from_str(&again.out).expect("JSON");
    assert_eq!((&again["added"], &again["changed"]), (&json!(0), &json!(0)));
    let after = plan(&cli);
    assert_eq!(total(&after), 60, "Nậm Chảy's counts, Tả Phời's does not yet");
    assert_eq!(after.objective - before.objective, 60);
    let listed = cli.run(&["language", "list", "--at", "2024-10-15"]).expect(0);
    assert!(listed.out.contains("mong") && !listed.out.contains("dao"), "{}", listed.out);
    let bad = file(&cli, "b.csv", "commune_code,languages,source\n02770,mông,\n99999,dao,x\n");
    let bad = cli.run(&["language", "import", &bad, "--at", "2024-10-15"]).expect(2);
    assert!(bad.err.contains("source") && bad.err.contains("99999"), "{}", bad.err);
    assert_eq!(server.admin.all::<Json>("/languages?at=2024-10-15").len(), 1);
}

#[test]
fn a_table_of_travel_times_goes_before_the_straight_line() {
    let (server, cli) = prepared();
    let before = plan(&cli);
    let at = |plan: &PlanView, commune: &str| {
        let row = plan.assignments.iter().find(|row| row.commune.commune == commune);
        let row = row.expect("a row");
        (row.team.team.clone(), row.distance_m)
    };
    // T2 is nearer to Nậm Chảy as the crow flies, but its road takes ten hours.
    let (team, _) = at(&before, NAM_CHAY.1);
    let agency = if team == "T1" { "STTTT" } else { "SKHCN" };
    let table = format!(
        "agency_id,commune_code,minutes,source\n{agency},02770,600,Sở Giao thông vận tải\n"
    );
    let path = file(&cli, "duong.csv", table);
    cli.run(&["travel", "import", &path, "--at", "2024-10-15"]).expect(0);
    let after = plan(&cli);
    assert_ne!(at(&after, NAM_CHAY.1).0, team, "another team is quicker");
    assert_eq!(at(&after, TA_PHOI.1), at(&before, TA_PHOI.1), "nothing is known of that way");
    // A time of the team itself goes before its agency's: 20 minutes are 10 km.
    let table = format!("team_id,commune_code,minutes,source\n{team},02770,20,đo thực tế\n");
    cli.run(&["travel", "import", &file(&cli, "d.csv", table), "--at", "2024-10-15"]).expect(0);
    assert_eq!(at(&plan(&cli), NAM_CHAY.1), (team, 10_000));
    assert!(cli.run(&["travel", "list"]).expect(0).out.contains("600"));

    let rows = "team_id,agency_id,commune_code,minutes,source\n\
        T9,,02770,20,x\nT1,SKHCN,02770,20,x\nT1,,02770,3000,x\nT1,,02677,9,x\nT1,,02677,8,x\n";
    let bad = file(&cli, "b.csv", rows);
    let bad = cli.run(&["travel", "import", &bad, "--at", "2024-10-15"]).expect(2);
    for word in ["T9", "một trong hai", "từ 0 đến 2880", "đã có ở dòng 5"] {
        assert!(bad.err.contains(word), "{word}: {}", bad.err);
    }
    assert_eq!(server.admin.all::<Json>("/travel").len(), 2, "nothing of a bad table is stored");
}

#[test]
fn loads_can_be_counted_in_households_or_difficulty_and_explained_with_pins() {
    let (_server, cli) = prepared();
    for load in ["households", "difficulty"] {
        let args = ["assign", "plan", ROUND, "--load", load, "--json"];
        let plan: PlanView = serde_json::from_str(&cli.run(&args).expect(0).out).expect("a plan");
        assert!(plan.bound <= plan.objective && plan.assignments.len() == 2);
        let sizes: u64 = plan.teams.iter().filter_map(|team| team.size).sum();
        assert!(sizes > 2, "{load}: {sizes}");
    }
    let pin = format!("{}=T3", NAM_CHAY.0);
    let args = ["assign", "explain", ROUND, NAM_CHAY.0, "--json"];
    let bare: Json = serde_json::from_str(&cli.run(&args).expect(0).out).expect("JSON");
    let pinned = cli.run(&[&args[..], &["--pin", &pin]].concat()).expect(0);
    let pinned: Json = serde_json::from_str(&pinned.out).expect("JSON");
    assert_ne!(bare["choices"][0]["team"], "T3");
    assert_eq!(pinned["choices"][0]["team"], "T3");
    assert_eq!(pinned["choices"][0]["standing"], "required");
}
