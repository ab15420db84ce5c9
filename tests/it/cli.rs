//! The command line's manners: data on stdout, the rest on stderr, exit codes, the next step.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use ntm_shared::api::round::{Round, RoundStatus};
use ntm_shared::api::unit::UnitView;
use serde_json::Value as Json;

use crate::harness::{Cli, NAM_CHAY, Phone, Roster, TestServer, Visit, password, program};

/// A command line signed in as the administrator.
pub(crate) fn signed_in(server: &TestServer) -> Cli {
    let cli = Cli::new();
    let login = ["login", "admin", "--password-stdin", "--server", server.url()];
    let ran = cli.run_with(&login, &format!("{}\n", password("admin"))).expect(0);
    assert_eq!(ran.out, "", "signing in prints no data");
    cli
}

fn file(cli: &Cli, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = cli.home().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn without_a_command_or_with_a_wrong_one_it_says_how() {
    let cli = Cli::new();
    let none = cli.run(&[]);
    assert_eq!((none.code, none.out.as_str()), (Some(2), ""));
    assert!(none.err.contains("demo") && none.err.contains("compile"));
    let wrong = cli.run(&["unti", "list"]).expect(2);
    assert!(wrong.out.is_empty() && wrong.err.contains("unit"), "{}", wrong.err);
    assert!(cli.run(&["--version"]).expect(0).out.starts_with("ntm "));
    let help = cli.run(&["--help"]).expect(0);
    insta::assert_snapshot!("help", help.out);
}

#[test]
fn without_a_server_it_says_what_to_start() {
    let cli = Cli::new();
    let ran = cli.run(&["unit", "list", "--server", "http://127.0.0.1:9"]).expect(2);
    assert_eq!(ran.out, "");
    assert!(
        ran.err.starts_with("error: Không kết nối được máy chủ http://127.0.0.1:9"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("hint: ") && ran.err.contains("ntm-server serve"), "{}", ran.err);
    let english =
        cli.run(&["unit", "list", "--server", "http://127.0.0.1:9", "--lang", "en"]).expect(2);
    assert!(english.err.starts_with("error: Cannot reach the server"), "{}", english.err);
}

#[test]
fn signing_in_is_remembered_and_signing_out_forgets() {
    let server = TestServer::start();
    let cli = Cli::new();
    let to = ["--server", server.url()];
    let nobody = cli.run(&[&["whoami"], &to[..]].concat()).expect(1);
    assert!(nobody.err.contains("ntm login"), "{}", nobody.err);
    let wrong = cli
        .run_with(&[&["login", "admin", "--password-stdin"], &to[..]].concat(), "sai mật khẩu\n")
        .expect(2);
    assert!(wrong.err.contains("(wrong_password)"), "{}", wrong.err);
    let cli = signed_in(&server);
    let me: Json = serde_json::from_str(&cli.run(&["whoami", "--json"]).expect(0).out).unwrap();
    assert_eq!(me["name"], "admin");
    let secret = std::fs::read_dir(cli.home().join("config/ntm")).unwrap().next().unwrap().unwrap();
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        secret.metadata().unwrap().permissions().mode() & 0o077,
        0,
        "others can read the token"
    );
    cli.run(&["logout"]).expect(0);
    assert_ne!(cli.run(&["whoami"]).code, Some(0));
}

#[test]
fn units_are_found_without_marks_and_told_apart_by_code() {
    let server = TestServer::start();
    let cli = signed_in(&server);
    let on = |date: &str| {
        let ran = cli.run(&["unit", "show", "03037", "--at", date, "--json"]).expect(0);
        serde_json::from_str::<UnitView>(&ran.out).unwrap()
    };
    assert_eq!(
        (on("2024-10-15").name.as_str(), on("2025-10-15").name.as_str()),
        ("Xã Mường Hoa", "Xã Tả Van")
    );
    let plain = cli.run(&["unit", "list", "muong khuong", "--at", "2024-10-15"]).expect(0);
    assert!(
        plain.out.contains("Huyện Mường Khương") && plain.out.contains("Thị trấn Mường Khương"),
        "{}",
        plain.out
    );
    let marked: Vec<UnitView> = {
        let decomposed = "Mu\u{31b}o\u{31b}\u{300}ng Khu\u{31b}o\u{31b}ng";
        let ran = cli.run(&["unit", "list", decomposed, "--at", "2024-10-15", "--json"]).expect(0);
        serde_json::from_str(&ran.out).unwrap()
    };
    assert_eq!(marked.len(), 2, "{marked:?}");
    // Two communes of one name: both are listed, and the person is told to use codes.
    let all: Vec<UnitView> = server.admin.all("/units?level=commune&at=2024-10-15");
    let twin = all
        .iter()
        .find(|a| all.iter().any(|b| a.id != b.id && a.name == b.name))
        .expect("homonyms");
    let ran = cli.run(&["unit", "list", &twin.name, "--at", "2024-10-15"]).expect(0);
    assert!(
        ran.out.matches(twin.name.as_str()).count() >= 2 && ran.err.contains("mã"),
        "{}{}",
        ran.out,
        ran.err
    );
    let nothing = cli.run(&["unit", "list", "không có đâu"]).expect(1);
    assert_eq!(nothing.code, Some(1));
    let unknown = cli.run(&["unit", "show", "99999"]).expect(2);
    assert!(
        unknown.err.contains("(unknown_unit)") && unknown.err.contains("hint: "),
        "{}",
        unknown.err
    );
}

#[test]
fn a_round_from_roster_to_score() {
    let server = TestServer::start();
    let cli = signed_in(&server);
    let roster = file(&cli, "ho.csv", Roster::small().csv());
    let imported = cli
        .run(&["household", "import", roster.to_str().unwrap(), "--at", "2024-10-15", "--json"])
        .expect(0);
    assert_eq!(serde_json::from_str::<Json>(&imported.out).unwrap()["added"], 20);
    let open = [
        "round",
        "open",
        "2024-10",
        "--name",
        "Đợt 10",
        "--from",
        "2024-10-01",
        "--to",
        "2024-10-31",
        "--area",
        "02770",
        "--area",
        "02677",
        "--criteria",
        "lao-cai-2021-2025",
        "--sample",
        "income=2",
        "--made-up",
        "--json",
    ];
    let round: Round = serde_json::from_str(&cli.run(&open).expect(0).out).unwrap();
    assert_eq!((round.frame, round.spec.made_up), (20, true));
    cli.run(&open).expect(0);
    let draw = ["round", "draw", "2024-10", "--module", "income", "--seed", "5"];
    let printed = cli.run(&draw).expect(0);
    assert!(printed.out.contains("DỮ LIỆU MẪU"), "{}", printed.out);
    assert_eq!(cli.run(&draw).expect(0).out, printed.out);
    let other =
        cli.run(&["round", "draw", "2024-10", "--module", "income", "--seed", "6"]).expect(2);
    assert!(other.err.contains("(already_drawn)"), "{}", other.err);

    let collector = cli.run(&["collector", "add", "Lan", "--area", NAM_CHAY.0, "--json"]).expect(0);
    let made: Json = serde_json::from_str(&collector.out).unwrap();
    let phone = Phone::new(made["url"].as_str().expect("an address"));
    phone.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);

    let status = cli.run(&["round", "status", "2024-10", "--json"]).expect(0);
    let status: RoundStatus = serde_json::from_str(&status.out).unwrap();
    assert_eq!((status.total.expected, status.total.received), (20, 1));
    let table = cli.run(&["round", "status", "2024-10"]).expect(0);
    assert!(table.out.contains("Xã Nậm Chảy"), "{}", table.out);
    let list = cli.run(&["household", "missing", "--round", "2024-10"]).expect(0);
    assert!(list.out.contains("DỮ LIỆU MẪU"), "{}", list.out);
    let missing = ["household", "missing", "--round", "2024-10", "--csv"];
    let refused = cli.run(&missing).expect(2);
    assert!(refused.out.is_empty() && refused.err.contains("--reason"), "{}", refused.err);
    let reason = [&missing[..], &["--reason", "in danh sách cho thôn"]].concat();
    let missing = cli.run(&reason).expect(0);
    let mut rows = csv::Reader::from_reader(missing.out.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(rows.records().map(Result::unwrap).count(), 19);

    let compiled = cli.run(&["compile", "2024-10"]).expect(0);
    assert!(
        compiled.out.contains("Nậm Chảy") && (compiled.out + &compiled.err).contains("DỮ LIỆU MẪU")
    );
    let report: Json =
        serde_json::from_str(&cli.run(&["compile", "2024-10", "--json"]).expect(0).out).unwrap();
    assert_eq!(report["communes"].as_array().unwrap().len(), 2);
    let csv = cli.run(&["compile", "2024-10", "--csv"]).expect(0).out;
    assert!(csv.starts_with('\u{feff}'), "Excel takes UTF-8 only with a byte order mark");
    let explained = cli.run(&["compile", "explain", "2024-10", "02770", "11.1"]).expect(0);
    assert!(explained.out.contains("11.1") || explained.out.contains("nghèo"), "{}", explained.out);
    let unknown = cli.run(&["compile", "không-có"]).expect(2);
    assert!(
        unknown.err.contains("(unknown_round)") && unknown.err.contains("ntm round list"),
        "{}",
        unknown.err
    );
}

#[test]
fn a_bad_file_is_told_line_by_line_and_a_missing_one_by_name() {
    let server = TestServer::start();
    let cli = signed_in(&server);
    let bad = file(
        &cli,
        "sai.csv",
        "commune_code,village_code,village,household_code,head\n03036,01,Thôn 1,001,A\n",
    );
    let ran =
        cli.run(&["household", "import", bad.to_str().unwrap(), "--at", "2024-10-15"]).expect(2);
    assert_eq!(ran.out, "");
    insta::assert_snapshot!("bad_roster", ran.shown(&[]));
    let ran = cli.run(&["household", "import", "không-có.csv"]).expect(2);
    assert!(ran.err.contains("không-có.csv"), "{}", ran.err);
    let form =
        file(&cli, "sai.md", "| survey |\n| | type | name | label |\n| | dropdown | a | A |\n");
    let ran = cli.run(&["form", "publish", form.to_str().unwrap()]).expect(2);
    assert!(ran.err.contains("(bad_form)") && ran.err.contains('3'), "{}", ran.err);
}

#[test]
fn a_link_for_a_folder_without_data_is_refused_and_nothing_is_made() {
    let cli = Cli::new();
    let folder = cli.home().join("nodir");
    let mut command = std::process::Command::new(program("ntm-server"));
    command.args(["user", "reset", "admin", "--listen", "127.0.0.1:9", "--data"]).arg(&folder);
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success() && out.stdout.is_empty(), "{said}");
    assert!(said.contains("không có dữ liệu") && said.contains("no server's data"), "{said}");
    assert!(!folder.exists());
}

#[test]
fn dates_that_somebody_is_held_to_are_said_as_people_write_them() {
    let server = TestServer::surveyed();
    let cli = signed_in(&server);
    let add = ["request", "add", "u0066.01.001", "--kind", "withdraw", "--received", "11/10/2024"];
    let made = cli.run(&add).expect(0);
    assert!(made.out.contains("trả lời chậm nhất ngày 15/10/2024"), "{}", made.out);
}

#[test]
fn a_pipe_gets_whole_lines() {
    let cli = Cli::new();
    let shown = cli.run(&["criteria", "show", "lao-cai-2021-2025"]).expect(0);
    let longest = shown.out.lines().map(|line| line.chars().count()).max();
    assert!(longest.is_some_and(|longest| longest > 100), "{}", shown.out);
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let server = TestServer::start();
    let cli = signed_in(&server);
    let mut child = cli.command(&["unit", "list", "--at", "2024-10-15", "--json"]).spawn().unwrap();
    let mut first = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
}
