//! Agencies and teams leave as the tables they come in as.

use ntm_shared::agency::Agency;
use ntm_shared::team::Team;
use serde_json::Value as Json;

use super::{AGENCIES, MERGED, TEAMS, file, signed_in};
use crate::harness::{TestServer, store};

fn kept<T: serde::de::DeserializeOwned>(server: &TestServer, table: &str) -> Vec<T> {
    let db = store::open(server.data());
    let mut query = db.prepare(&format!("SELECT {table} FROM {table} ORDER BY id")).expect("SQL");
    let rows = query.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    rows.map(|json| serde_json::from_str(&json.expect("a row")).expect("JSON")).collect()
}

#[test]
fn what_is_exported_is_imported_as_the_same() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let cli = signed_in(&from);
    // A name and a telephone that a spreadsheet would take for a formula.
    let teams = TEAMS.replace("0912000001", "+84 912 000 001").replace("Chuyển đổi số", "=1+1");
    assert_ne!(teams, TEAMS);
    for table in [AGENCIES, MERGED] {
        cli.run(&["agency", "import", &file(&cli, "a.csv", table)]).expect(0);
    }
    // Imported before the merger's last day is known to matter: the day only reads codes.
    cli.run(&["team", "import", &file(&cli, "t.csv", &teams), "--at", "2024-10-15"]).expect(0);
    let out = |name: &str| cli.home().join(name).to_str().expect("a path").to_owned();
    let reason = ["--at", "2024-10-15", "--reason", "chuyển sang máy chủ mới"];
    for ending in ["csv", "xlsx"] {
        let (a, t) = (out(&format!("co-quan.{ending}")), out(&format!("to.{ending}")));
        cli.run(&["agency", "export", "--out", &a]).expect(0);
        cli.run(&[&["team", "export", "--out", &t][..], &reason[..]].concat()).expect(0);
        let read = |path: &str| std::fs::read(path).expect("a file");
        to.admin.post_text("/agencies", "text/csv", read(&a)).expect(200);
        let done: Json =
            to.admin.post_text("/teams?at=2024-10-15", "text/csv", read(&t)).expect(200).json();
        assert_eq!(done["rows"], 3);
        assert_eq!(kept::<Agency>(&to, "agency"), kept::<Agency>(&from, "agency"), "{ending}");
        assert_eq!(kept::<Team>(&to, "team"), kept::<Team>(&from, "team"), "{ending}");
    }
    let bare = cli.run(&["team", "export", "--out", &out("x.csv"), "--reason", "ngắn"]).expect(2);
    assert!(bare.err.contains("10"), "{}", bare.err);
    assert!(!std::path::Path::new(&out("x.csv")).exists());
    let exports: Vec<Json> = from.admin.all("/exports");
    assert_eq!(exports.iter().filter(|export| export["list"] == "teams").count(), 2);
}
