//! One number explained: the rule, villages, households for and against, unknown and left out.

use std::collections::BTreeMap;

use ntm_shared::api::account::Role;
use ntm_shared::api::audit::Export;
use ntm_shared::api::contribution::{Explained, HouseholdContribution};
use ntm_shared::api::round::NewRound;
use ntm_shared::score::Standing;
use serde_json::Value as Json;

use super::sampled;
use crate::cli::signed_in;
use crate::harness::{Cli, NAM_CHAY, ROUND, Roster, TestServer, Visit, password, round, uuid};

const SOLID: &str = "<frame>durable</frame><walls>durable</walls><roof>metal_sheet</roof>";
const WEAK: &str = "<frame>weak_wood</frame><walls>temporary</walls><roof>temporary</roof>";
const UNCLEAR: &str = "<frame>durable</frame><walls>rammed_earth</walls><roof></roof>";

/// Of Thôn 1 of Nậm Chảy: a solid house, a weak one, one nobody can tell, a refusal, nobody; of Thôn 2 an
/// interview that was rejected.
fn visited() -> TestServer {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let send = |visit: &Visit, house: &str| {
        let xml = String::from_utf8(visit.xml()).expect("text");
        assert!(!visit.contact.starts_with("met") || xml.contains(SOLID));
        phone.send(xml.replace(SOLID, house).as_bytes(), &[]).unwrap().expect(201);
    };
    send(&Visit::completed("u0066.01.001"), SOLID);
    send(&Visit::completed("u0066.01.002"), WEAK);
    send(&Visit::completed("u0066.01.003"), UNCLEAR);
    send(&Visit::attempt("u0066.01.004", "refused"), SOLID);
    send(&Visit::completed("u0066.02.001"), SOLID);
    let decided = serde_json::json!({
        "id": uuid(), "submissions": [5], "decision": "rejected", "reason": "sai hộ", "fields": [],
    });
    server.admin.post("/reviews", &decided).expect(200);
    server
}

fn asked(server: &TestServer, q: &str) -> Vec<HouseholdContribution> {
    let within = format!("q={q}&within={}&at=2024-10-01", NAM_CHAY.0);
    server.admin.all(&format!("/rounds/{ROUND}/contributions?{within}"))
}

fn standings(rows: &[HouseholdContribution]) -> BTreeMap<Standing, usize> {
    let mut found = BTreeMap::new();
    rows.iter().for_each(|row| *found.entry(row.standing).or_default() += 1);
    found
}

#[test]
fn a_number_is_told_by_village_and_household_with_its_rule() {
    let server = visited();
    let path =
        format!("/rounds/{ROUND}/contributions/villages?q=9.2&within={}&at=2024-10-01", NAM_CHAY.0);
    let told: Explained = server.admin.get(&path).expect(200).json();
    let rows: Vec<_> = told
        .villages
        .iter()
        .map(|v| (v.village.as_str(), v.frame, v.n, v.numerator, v.denominator, v.unknown))
        .collect();
    assert_eq!(rows, [("u0066.01", 5, 3, 1.0, 2.0, 1), ("u0066.02", 5, 0, 0.0, 0.0, 0)]);
    // The rule as the file says it.
    let source = ntm_shared::data::CRITERIA_SETS[0];
    let line = |key: &str| &told.rule.iter().find(|line| line.key == key).expect("a line").text;
    assert_eq!(line("numerator"), "{durable} >= 2");
    for key in ["unknown", "define.durable", "define.open"] {
        assert!(source.contains(line(key)), "{key}");
    }

    let households = asked(&server, "9.2");
    let of = |id: &str| households.iter().find(|row| row.household.id == id).expect("a row");
    let standing = |id: &str| of(id).standing;
    assert_eq!(standing("u0066.01.001"), Standing::For);
    assert_eq!(standing("u0066.01.002"), Standing::Against);
    assert_eq!(standing("u0066.01.003"), Standing::Unknown);
    assert_eq!(standing("u0066.01.004"), Standing::Refused);
    assert_eq!(standing("u0066.01.005"), Standing::NotVisited);
    assert_eq!(standing("u0066.02.001"), Standing::Rejected);
    assert_eq!(households.len(), 10, "every household of the frame has a row");
    // What adds up: the villages' sums are the households'.
    let sum: f64 = households.iter().filter_map(|row| Some(row.given?.numerator)).sum();
    assert_eq!(sum, told.villages.iter().map(|v| v.numerator).sum::<f64>());
    // Which form, and why nobody can tell.
    assert_eq!(of("u0066.01.003").submission, Some(3));
    let answers = &of("u0066.01.003").answers;
    let said = |field: &str| {
        let read = answers.iter().find(|read| read.field == field).expect("a field");
        read.answer.as_str()
    };
    assert_eq!((said("housing/walls"), said("housing/roof")), ("rammed_earth", ""));
    assert!(of("u0066.01.001").answers.is_empty());
    // Persons, and the parts of men and women.
    let insured = asked(&server, "15.1");
    let first = insured.iter().find(|row| row.household.id == "u0066.01.001").expect("a row");
    let parts: Vec<&str> = first.parts.iter().map(|part| part.measure.as_str()).collect();
    assert_eq!(parts, ["15.1/male", "15.1/female"]);
    // What communes report has a rule and no households; what there is not is not there.
    assert_eq!(asked(&server, "19.1"), []);
    server.admin.get(&path.replace("9.2", "99.9")).expect(404);
    server.admin.get(&path.replace("q=9.2", "q=")).expect(404);
}

#[test]
fn the_command_says_it_in_words_as_json_and_as_a_table() {
    let server = visited();
    let cli = signed_in(&server);
    let explain = ["compile", "explain", ROUND, NAM_CHAY.0, "9.2"];
    let words = cli.run(&explain).expect(0);
    for said in ["Từng thôn", "Thôn 2", "Giàng A Páo 1-2", "chưa đạt", "từ chối", "rammed_earth"]
    {
        assert!(words.out.contains(said), "{said}: {}", words.out);
    }
    assert!(words.err.contains("numerator = {durable} >= 2"), "{}", words.err);
    assert!(words.err.contains("1 đạt · 1 chưa đạt · 1 chưa rõ"), "{}", words.err);
    let english = cli.run(&[&explain[..], &["--lang", "en"]].concat()).expect(0);
    assert!(english.out.contains("By household") && english.out.contains("nothing came in"));
    let read: Vec<Json> = server.admin.all("/reads");
    assert!(read.iter().any(|read| read["what"] == "household.contributions"), "{read:?}");

    // A file has neither names nor answers, unless with a reason, which is written down.
    let json = |more: &[&str]| -> Json {
        let ran = cli.run(&[&explain[..], &["--json"], more].concat()).expect(0);
        serde_json::from_str(&ran.out).expect("JSON")
    };
    let bare = json(&[]);
    assert_eq!((&bare["id"], bare["villages"].as_array().map(Vec::len)), (&"9.2".into(), Some(2)));
    assert_eq!(bare["households"][2]["standing"], "unknown");
    assert!(!bare.to_string().contains("Giàng"));
    assert!(bare["households"][2].get("answers").is_none());
    let reason = ["--reason", "rà soát nhà chưa rõ"];
    let named = json(&reason);
    assert!(named["households"][2]["head"].as_str().is_some_and(|head| head.contains("Giàng")));
    let exports: Vec<Export> = server.admin.all("/exports");
    assert_eq!((exports.len(), exports[0].list.as_str()), (1, "contributions"));
    assert_eq!(named["export"], Json::from(exports[0].watermark()));

    let csv = cli.run(&[&explain[..], &["--csv"]].concat()).expect(0).out;
    let of = |level: &str| csv.lines().filter(|line| line.starts_with(level)).count();
    assert_eq!((of("measure,"), of("village,"), of("household,")), (1, 2, 10), "{csv}");
    assert!(!csv.contains("Giàng") && csv.contains("not_visited"));

    // A team sees the rule and the villages, no households.
    let team = server.user("tổ", Role::Team, &[NAM_CHAY.0]);
    team.get(&format!("/rounds/{ROUND}/contributions?q=9.2")).expect(403);
    let member = Cli::new();
    let login = ["login", "tổ", "--password-stdin", "--server", server.url()];
    member.run_with(&login, &format!("{}\n", password("tổ"))).expect(0);
    let words = member.run(&explain).expect(0);
    assert!(words.out.contains("Từng thôn") && !words.out.contains("Giàng"), "{}", words.out);
    assert!(words.err.contains("chỉ dành cho người được xem tên"), "{}", words.err);
}

#[test]
fn households_outside_the_sample_or_waiting_for_approval_are_told_apart() {
    let server = sampled(1);
    let expected = BTreeMap::from([(Standing::For, 6), (Standing::NotDrawn, 74)]);
    assert_eq!(standings(&asked(&server, "9.2")), expected);

    let server = TestServer::start();
    server.import(&Roster::small());
    server.open_round(&NewRound { approved_only: true, ..round() });
    let phone = server.collector(&[NAM_CHAY.0]);
    phone.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);
    let expected = BTreeMap::from([(Standing::Waiting, 1), (Standing::NotVisited, 9)]);
    assert_eq!(standings(&asked(&server, "9.2")), expected);
}
