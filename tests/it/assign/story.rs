//! Import agencies and teams, plan, pin, ask what if, apply; an agency merges, a re-plan touches only
//! what must change; the annex is read back.

use ntm_shared::api::assignment::{Assignment, ExplainView, PlanView};
use ntm_shared::api::plan::{Difference, PlanRequest};
use ntm_shared::assign::Why;
use serde_json::{Value as Json, json};

use super::{AGENCIES, MERGED, TEAMS, file, signed_in, spreadsheet};
use crate::harness::{Cli, NAM_CHAY, ROUND, TA_PHOI, TestServer, store};

fn plan(cli: &Cli, more: &[&str]) -> PlanView {
    let ran = cli.run(&[&["assign", "plan", ROUND, "--json"], more].concat()).expect(0);
    serde_json::from_str(&ran.out).expect("a plan")
}

fn team_of<'p>(plan: &'p PlanView, commune: &str) -> &'p str {
    let row = plan.assignments.iter().find(|row| row.commune.commune == commune);
    &row.expect("a row").team.team
}

fn listed(cli: &Cli, args: &[&str]) -> Vec<(String, String, String)> {
    let ran = cli.run(&[&["assign"], args, &["--json"]].concat()).expect(0);
    let rows: Vec<Assignment> = serde_json::from_str(&ran.out).expect("assignments");
    rows.into_iter().map(|row| (row.commune.commune, row.team.team, row.decision)).collect()
}

fn row(commune: &str, team: &str, decision: &str) -> (String, String, String) {
    (commune.into(), team.into(), decision.into())
}

#[test]
fn from_agencies_to_the_annex_of_a_decision() {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    let agencies = file(&cli, "co-quan.csv", AGENCIES);
    cli.run(&["agency", "import", &agencies]).expect(0);
    let teams = file(&cli, "to.xlsx", spreadsheet(TEAMS));
    cli.run(&["team", "import", &teams, "--at", "2024-10-15"]).expect(0);
    let again = cli.run(&["team", "import", &teams, "--at", "2024-10-15", "--json"]).expect(0);
    let again: Json = serde_json::from_str(&again.out).expect("JSON");
    assert_eq!((&again["added"], &again["changed"]), (&json!(0), &json!(0)), "harmless again");

    // The plan: T1 keeps Tả Phời, the far bank gets nothing.
    let first = plan(&cli, &[]);
    assert_eq!(first.assignments.len(), 2);
    assert_eq!((team_of(&first, TA_PHOI.1), first.bound), ("T1", first.objective));
    assert_ne!(team_of(&first, NAM_CHAY.1), "T3");
    let kept = first.assignments.iter().find(|row| row.kept).expect("a kept pair");
    assert_eq!(
        (&kept.appraises[..], kept.role.as_str()),
        (&[8][..], "lead"),
        "flagged, not refused"
    );
    let why = cli.run(&["assign", "explain", ROUND, NAM_CHAY.0, "--json"]).expect(0);
    let why: ExplainView = serde_json::from_str(&why.out).expect("an explanation");
    for choice in &why.choices {
        let missing = 150 * choice.missing_criteria.len() as i64;
        assert_eq!(choice.cost.missing, missing, "chosen or not, {}", choice.team.team);
    }
    let bank = why.choices.iter().find(|choice| choice.team.team == "T3").expect("a choice");
    let exact = bank.extra.expect("exact");
    assert!(exact > 0 && bank.extra_at_least.expect("a bound") <= exact);

    // What if: pinning the bank costs what explaining said.
    let pin = format!("{}=T3", NAM_CHAY.0);
    let what_if = ["assign", "plan", ROUND, "--pin", &pin, "--what-if", "--json"];
    let told: Difference = serde_json::from_str(&cli.run(&what_if).expect(0).out).expect("JSON");
    assert_eq!((told.points, told.unfilled), (exact, 0));
    assert!(told.new.contains(&(NAM_CHAY.1.into(), "T3".into())), "{told:?}");
    let words = cli.run(&what_if[..6]).expect(0);
    assert!(
        words.out.contains("T3") && words.err.contains("Nếu làm vậy"),
        "{}{}",
        words.out,
        words.err
    );
    assert_eq!(listed(&cli, &["list", "--at", "2024-12-01"]), [], "asking stores nothing");

    // Decided: two rows, one event.
    let apply = [
        "assign",
        "apply",
        ROUND,
        "--pin",
        &pin,
        "--decision",
        "15/QĐ-UBND",
        "--from",
        "2024-11-01",
    ];
    cli.run(&apply).expect(0);
    assert_eq!(
        listed(&cli, &["list", "--at", "2024-12-01"]),
        [row(TA_PHOI.1, "T1", "15/QĐ-UBND"), row(NAM_CHAY.1, "T3", "15/QĐ-UBND")]
    );
    let events = "SELECT count(*) FROM event WHERE verb = 'assignment.apply'";
    let count = |db: &rusqlite::Connection| db.query_row(events, [], |r| r.get::<_, i64>(0));
    assert_eq!(count(&store::open(server.data())).expect("a count"), 1);

    // An agency merges. Its commune goes to its heir, the pinned pair stays, nothing else moves.
    let merged = file(&cli, "sap-nhap.csv", MERGED);
    cli.run(&["agency", "import", &merged]).expect(0);
    let gone = ["assign", "plan", ROUND, "--at", "2025-03-01", "--pin", "02677=T1"];
    let refused = cli.run(&gone).expect(2);
    assert!(refused.err.contains("Không có tổ này"), "{}", refused.err);
    let second = plan(&cli, &["--at", "2025-03-01", "--repair"]);
    assert_eq!((team_of(&second, TA_PHOI.1), team_of(&second, NAM_CHAY.1)), ("T2", "T3"));
    assert_eq!(second.changes.len(), 1);
    let change = &second.changes[0];
    assert_eq!((&change.before[0].team.team[..], change.before[0].why), ("T1", Why::Gone));
    assert_eq!(change.after[0].team, "T2");
    let apply = [
        "assign",
        "apply",
        ROUND,
        "--repair",
        "--only-changes",
        "--decision",
        "20/QĐ-UBND",
        "--from",
        "2025-03-01",
    ];
    cli.run(&apply).expect(0);
    cli.run(&apply).expect(1); // nothing changes any more
    assert_eq!(
        listed(&cli, &["history", "--commune", TA_PHOI.0, "--at", "2025-03-01"]),
        [row(TA_PHOI.1, "T1", "15/QĐ-UBND"), row(TA_PHOI.1, "T2", "20/QĐ-UBND")]
    );
    assert_eq!(listed(&cli, &["history", "--team", "T3"]), [row(NAM_CHAY.1, "T3", "15/QĐ-UBND")]);

    // Communes merge on 1 July 2025: the plan is about what they have become.
    let third = plan(&cli, &["--at", "2025-07-02", "--repair"]);
    let communes: Vec<&str> =
        third.assignments.iter().map(|row| row.commune.commune.as_str()).collect();
    assert_eq!(communes.len(), 2);
    assert!(communes.contains(&"u0344") && communes.contains(&"u0354"), "{communes:?}");
    assert_eq!((team_of(&third, "u0344"), team_of(&third, "u0354")), ("T2", "T3"));
    let late = ["assign", "plan", ROUND, "--at", "2025-07-02", "--pin", "u0036=T2"];
    let refused = cli.run(&late).expect(2);
    assert!(refused.err.contains("không còn vào ngày 2025-07-02"), "{}", refused.err);

    annex(&server, &cli);
    reported(&server, &cli);
}

/// What comes of it: the team that has the commune by the last decision reports from it.
fn reported(server: &TestServer, cli: &Cli) {
    server.clock.set("2025-04-02T08:00:00+07:00".parse().expect("an instant"));
    let login = ["login", "admin", "--password-stdin", "--server", server.url()];
    cli.run_with(&login, &format!("{}\n", crate::harness::password("admin"))).expect(0);
    let visit = ["visit", "add", TA_PHOI.0, "--day", "2025-04-01", "--met", "15", "--open", "9,17"];
    let former = cli.run(&[&visit[..], &["--team", "T1"]].concat()).expect(2);
    assert!(former.err.contains("không do tổ T1 giúp"), "{}", former.err);
    let said = cli.run(&[&visit[..], &["--team", "T2", "--json"]].concat()).expect(0);
    let said: Json = serde_json::from_str(&said.out).expect("JSON");
    let id = said["id"].as_str().expect("an id");
    let hard =
        ["difficulty", "add", TA_PHOI.0, "--team", "T2", "--day", "2025-04-01", "--visit", id];
    let more = ["--category", "land", "--what", "Vướng mặt bằng", "--deadline", "2025-05-01"];
    cli.run(&[&hard[..], &more[..]].concat()).expect(0);
    let given = ["support", "add", TA_PHOI.0, "--team", "T2", "--day", "2025-04-01", "--visit", id];
    let more = ["--kind", "materials", "--value", "12000000", "--for", "village"];
    cli.run(&[&given[..], &more[..]].concat()).expect(0);
    let sums = cli.run(&["support", "total", "--by", "team"]).expect(0);
    assert!(sums.out.contains("T2") && sums.out.contains("12.000.000"), "{}", sums.out);
    // T3 has had Nậm Chảy since 1 November and was never there.
    let away = cli.run(&["visit", "lacking", "--days", "30", "--json"]).expect(1);
    let away: Json = serde_json::from_str(&away.out).expect("JSON");
    assert_eq!(away.as_array().expect("rows").len(), 1);
    assert_eq!((&away[0]["team"], &away[0]["days"]), (&json!("T3"), &json!(152)));
}

/// The annex has names: it needs a reason, leaves a note, and reads back as it was decided.
fn annex(server: &TestServer, cli: &Cli) {
    let out = cli.home().join("phu-luc.xlsx");
    let out = out.to_str().expect("a path");
    let bare = ["assign", "annex", "--at", "2025-04-01", "--out", out];
    assert!(cli.run(&bare).expect(2).err.contains("lý do"));
    assert!(!std::path::Path::new(out).exists());
    let reason = ["--reason", "trình ký quyết định phân công"];
    cli.run(&[&bare[..], &reason[..]].concat()).expect(0);
    let bytes = std::fs::read(out).expect("a file");
    let sheets = ntm_spreadsheet::read(&bytes).expect("a spreadsheet");
    let rows: Vec<&Vec<String>> = sheets[0].rows.iter().map(|row| &row.cells).collect();
    assert_eq!(rows[0][0], "PHỤ LỤC");
    assert_eq!(rows[2][0], "(Kèm theo các Quyết định số 15/QĐ-UBND, 20/QĐ-UBND)");
    let heading = rows.iter().position(|row| row[0] == "TT").expect("headings");
    assert_eq!(rows[heading][3], "Lãnh đạo phụ trách");
    assert_eq!(rows[heading][7], "Quyết định");
    let ta_phoi = rows.iter().find(|row| row.iter().any(|cell| cell.contains("Tả Phời")));
    let ta_phoi = ta_phoi.expect("Tả Phời");
    assert_eq!(ta_phoi[2], "Sở Khoa học và Công nghệ");
    assert_eq!(ta_phoi[3], "Ông Trần Văn Mẫu (Phó Giám đốc)");
    assert_eq!(&ta_phoi[5..8], ["0912000002", "Sản xuất", "20/QĐ-UBND"]);
    let nam_chay = rows.iter().find(|row| row.iter().any(|cell| cell.contains("Nậm Chảy")));
    assert_eq!(nam_chay.expect("Nậm Chảy")[7], "15/QĐ-UBND");
    let again = cli.home().join("hai.html");
    let again = again.to_str().expect("a path");
    let html = ["assign", "annex", "--at", "2025-04-01", "--out", again];
    cli.run(&[&html[..], &reason[..]].concat()).expect(0);
    let html = std::fs::read_to_string(again).expect("a page");
    assert_eq!(html.matches("<line ").count(), 2);
    assert!(html.contains("15/QĐ-UBND, 20/QĐ-UBND") && html.contains("<td>20/QĐ-UBND</td>"));
    assert!(html.contains("Tả Phời") && !html.contains("<script") && !html.contains("http"));
    let exports: Vec<Json> = server.admin.all("/exports");
    assert!(exports.iter().filter(|e| e["list"] == "assignments").count() == 2);
    let teams = cli.run(&["team", "list", "--json"]).expect(0);
    assert!(
        !teams.out.contains("0912000002") && !teams.out.contains("Mẫu"),
        "no names without a reason"
    );
}

#[test]
fn several_teams_per_commune_have_one_lead_and_their_history() {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    cli.run(&["agency", "import", &file(&cli, "a.csv", AGENCIES)]).expect(0);
    cli.run(&["team", "import", &file(&cli, "t.csv", TEAMS), "--at", "2024-10-15"]).expect(0);
    let two = plan(&cli, &["--teams", "2"]);
    let roles = |role: &str| two.assignments.iter().filter(|row| row.role == role).count();
    assert_eq!((roles("lead"), roles("support")), (2, 2));
    assert!(two.bound <= two.objective);
    let apply =
        ["assign", "apply", ROUND, "--teams", "2", "--decision", "1/QĐ", "--from", "2024-11-01"];
    cli.run(&apply).expect(0);
    assert_eq!(listed(&cli, &["list", "--at", "2024-11-01"]).len(), 4);
    let cli_same = plan(&cli, &["--teams", "2", "--at", "2024-11-01"]);
    assert_eq!(cli_same.changes, [], "what is in force is kept");
}

#[test]
fn a_shortage_is_explained_in_words() {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    cli.run(&["agency", "import", &file(&cli, "a.csv", AGENCIES)]).expect(0);
    cli.run(&["team", "import", &file(&cli, "t.csv", TEAMS), "--at", "2024-10-15"]).expect(0);
    let asked = PlanRequest { max_distance_m: Some(0), ..PlanRequest::default() };
    let path = format!("/rounds/{ROUND}/plan");
    let far: PlanView = server.admin.post(&path, &asked).expect(200).json();
    assert_eq!((far.assignments.len(), far.unfilled.len()), (0, 2));
    assert_eq!(far.shortages.iter().map(|s| s.short).sum::<u32>(), 2);
    assert!(
        far.shortages.iter().all(|s| s.message.vi.contains("thiếu") && !s.relaxations.is_empty())
    );
    let ran = cli.run(&["assign", "plan", ROUND, "--max-km", "0"]).expect(0);
    assert!(ran.err.contains("Cho phép xa đến"), "{}", ran.err);
}
