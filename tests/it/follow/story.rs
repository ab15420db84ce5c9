//! From a visit through a difficulty that goes up to the steering committee to the sums of support, on
//! the command line.

use ntm_shared::api::difficulty::{Difficulty, Tier};
use ntm_shared::api::support::{Support, SupportTotal};
use ntm_shared::api::visit::{Lacking, Visit};

use super::served;
use crate::harness::{Cli, NAM_CHAY, TestServer, password, photo};

fn signed_in(server: &TestServer) -> Cli {
    let cli = Cli::new();
    let login = ["login", "admin", "--password-stdin", "--server", server.url()];
    cli.run_with(&login, &format!("{}\n", password("admin"))).expect(0);
    cli
}

fn json<T: serde::de::DeserializeOwned>(cli: &Cli, args: &[&str]) -> T {
    let ran = cli.run(&[args, &["--json"]].concat()).expect(0);
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn a_visit_a_difficulty_and_support_on_the_command_line() {
    let server = served();
    let cli = signed_in(&server);
    let link = cli.run(&["user", "add", "to-mot", "--role", "team", "--team", "T1"]).expect(0);
    assert!(link.out.contains("/setup#"), "{}", link.out);
    let nobody = cli.run(&["user", "add", "to-la", "--role", "team", "--team", "T9"]).expect(2);
    assert!(nobody.err.contains("Không có tổ T9"), "{}", nobody.err);

    // Nobody was anywhere yet.
    let ran = cli.run(&["visit", "lacking", "--days", "7", "--json"]).expect(1);
    let rows: Vec<Lacking> = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.days == 14 && row.last.is_none()));
    cli.run(&["visit", "lacking", "--days", "14"]).expect(0);

    let picture = cli.home().join("anh.jpg");
    std::fs::write(&picture, photo::jpeg(3)).expect("a photo");
    let picture = picture.to_str().expect("a path");
    let add = ["visit", "add", NAM_CHAY.0, "--team", "T1", "--day", "14/10/2024"];
    let more = ["--met", "12", "--open", "9,11,17", "--plan", "Xã rà nhà tạm", "--photo", picture];
    let visit: Visit = json(&cli, &[&add[..], &more[..]].concat());
    let listed: Vec<Visit> = json(&cli, &["visit", "list", "--team", "T1"]);
    assert_eq!(listed.len(), 1);
    assert!(listed[0].photos[0].received && listed[0].open_criteria.contains(&17));
    assert_eq!(listed[0].id, visit.id);
    let none: Vec<Visit> = json(&cli, &["visit", "list", "--team", "T2"]);
    assert_eq!(none, []);
    let ran = cli.run(&["visit", "lacking", "--days", "7", "--json"]).expect(1);
    let rows: Vec<Lacking> = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(rows.iter().map(|row| row.team.team.as_str()).collect::<Vec<_>>(), ["T2"]);

    support(&cli, &visit);
    difficulty(&server, &cli, &visit);
}

/// Commune → district → department → steering committee, then resolved.
fn difficulty(server: &TestServer, cli: &Cli, visit: &Visit) {
    let add = ["difficulty", "add", NAM_CHAY.0, "--team", "T1", "--day", "2024-10-14"];
    let more = ["--category", "capital", "--what", "Thiếu vốn làm đường", "--deadline"];
    let from = ["2024-10-14", "--visit", &visit.id];
    let first: Difficulty = json(cli, &[&add[..], &more[..], &from[..]].concat());
    assert_eq!((first.tier, first.owner.as_str()), (Tier::Commune, "Xã Nậm Chảy"));
    assert!(first.overdue);
    let late = cli.run(&["difficulty", "list", "--overdue"]).expect(1);
    assert!(late.out.contains("QUÁ HẠN") && late.err.contains("1 khó khăn quá hạn"));
    let up = |owner: &str, deadline: &str| {
        let id = first.id.as_str();
        let args = ["difficulty", "escalate", id, "--owner", owner, "--deadline", deadline];
        let why = ["--day", "2024-10-15", "--reason", "vượt thẩm quyền", "--json"];
        cli.run(&[&args[..], &why[..]].concat())
    };
    for (owner, tier) in [
        ("UBND huyện", Tier::District),
        ("Sở Tài chính", Tier::Department),
        ("Ban Chỉ đạo", Tier::Province),
    ] {
        let ran = up(owner, "2024-12-31").expect(0);
        let now: Difficulty = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!((now.tier, now.owner.as_str(), now.overdue), (tier, owner, false));
    }
    let above = up("ai nữa", "2024-12-31").expect(2);
    assert!(above.err.contains("cao nhất"), "{}", above.err);
    cli.run(&["difficulty", "list", "--overdue"]).expect(0);
    let done = ["difficulty", "resolve", &first.id, "--day", "2024-10-15", "--how", "đã cấp vốn"];
    let done: Difficulty = json(cli, &done);
    assert_eq!((done.steps.len(), done.resolved.is_some()), (4, true));
    let open: Vec<Difficulty> = json(cli, &["difficulty", "list", "--open"]);
    assert_eq!(open, []);
    let again = up("UBND huyện", "2024-12-31").expect(2);
    assert!(again.err.contains("đã được giải quyết"), "{}", again.err);

    // On 1 July 2025 there is no district any more: from the commune to the department at once.
    server.clock.set("2025-07-05T08:00:00+07:00".parse().expect("an instant"));
    let admin = server.nobody().sign_in("admin", &password("admin"));
    let new = serde_json::json!({
        "id": crate::harness::uuid(), "commune": "u0354", "day": "2025-07-03",
        "category": "land", "description": "vướng mặt bằng", "deadline": "2025-08-01",
    });
    let made: Difficulty = admin.post("/difficulties", &new).expect(201).json();
    let step = serde_json::json!({
        "id": crate::harness::uuid(), "day": "2025-07-04", "note": "vượt thẩm quyền",
        "step": "escalated", "owner": "Sở Tài chính", "deadline": "2025-09-01",
    });
    let path = format!("/difficulties/{}/steps", made.id);
    let now: Difficulty = admin.post(&path, &step).expect(200).json();
    assert_eq!(now.tier, Tier::Department);
    let same: Difficulty = admin.post(&path, &step).expect(200).json();
    assert_eq!(same.steps.len(), 1, "again is harmless");

    // So does one of a commune that was merged since, while a step of before went to its district.
    let of_old = |escalated: &str| -> Tier {
        let new = serde_json::json!({
            "id": crate::harness::uuid(), "commune": NAM_CHAY.1, "day": "2024-11-15",
            "category": "land", "description": "vướng mặt bằng", "deadline": "2024-12-15",
        });
        let made: Difficulty = admin.post("/difficulties", &new).expect(201).json();
        let step = serde_json::json!({
            "id": crate::harness::uuid(), "day": escalated, "note": "vượt thẩm quyền",
            "step": "escalated", "owner": "cấp trên", "deadline": "2025-09-01",
        });
        let path = format!("/difficulties/{}/steps", made.id);
        admin.post(&path, &step).expect(200).json::<Difficulty>().tier
    };
    assert_eq!(of_old("2025-06-30"), Tier::District);
    assert_eq!(of_old("2025-07-04"), Tier::Department);
}

fn support(cli: &Cli, visit: &Visit) {
    let add = |commune: &str, team: &str, kind: &str, whom: &str, more: &[&str]| -> Support {
        let args = ["support", "add", commune, "--team", team, "--day", "2024-10-14"];
        let what = ["--kind", kind, "--for", whom];
        json(cli, &[&args[..], &what[..], more].concat())
    };
    let money = ["--value", "50000000", "--visit", &visit.id];
    let first = add(NAM_CHAY.0, "T1", "money", "poor_households", &money);
    assert_eq!(first.said.value, Some(50_000_000));
    add(NAM_CHAY.0, "T1", "materials", "village", &["--village", "u0066.01", "--value", "7000000"]);
    add("02677", "T2", "training", "commune", &["--detail", "tập huấn ghi sổ"]);
    let totals: Vec<SupportTotal> = json(cli, &["support", "total"]);
    let sums: Vec<(&str, u64, u64, u64)> =
        totals.iter().map(|t| (t.key.as_str(), t.supports, t.value, t.unvalued)).collect();
    assert_eq!(sums, [("T1", 2, 57_000_000, 0), ("T2", 1, 0, 1)]);
    let shown = cli.run(&["support", "total", "--by", "kind"]).expect(0);
    assert!(shown.out.contains("57.000.000") && shown.out.contains("tiền"), "{}", shown.out);
    let wrong =
        ["support", "add", NAM_CHAY.0, "--day", "2024-10-14", "--kind", "vàng", "--for", "x"];
    let wrong = cli.run(&wrong).expect(2);
    assert!(wrong.err.contains("money (tiền)"), "{}", wrong.err);
}
