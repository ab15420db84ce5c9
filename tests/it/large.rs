//! A large folder: that a generated one is what the server would have written, and that lists are
//! whole however their pages are found.

use std::collections::BTreeSet;
use std::path::Path;

use ntm_shared::api::account::Role;
use ntm_shared::api::household::{HouseholdRow, MissingHousehold};
use ntm_shared::api::submission::SubmissionRow;
use rusqlite::types::Value;

use crate::durability::command;
use crate::harness::folder::{self, Kind, Plan, Visited};
use crate::harness::{Api, NAM_CHAY, ROUND, RealServer, TA_PHOI, TestServer, Visit, store};

/// What differs between two submissions of the same answers.
const OWN: [&str; 10] = [
    "seq",
    "instance_id",
    "xml",
    "xml_sha256",
    "collector",
    "received_at",
    "round",
    "household",
    "village",
    "commune",
];

/// What is stored of a submission, but for what is its own.
fn stored(data: &Path, instance: &str) -> (Vec<(String, Value)>, Vec<String>, Vec<String>) {
    let db = store::open(data);
    let mut one = db.prepare("SELECT * FROM submission WHERE instance_id = ?").expect("SQL");
    let names: Vec<String> = one.column_names().map(str::to_owned).collect();
    let row = |row: &rusqlite::Row<'_>| {
        names.iter().enumerate().map(|(i, name)| Ok((name.clone(), row.get(i)?))).collect()
    };
    let all: Vec<(String, Value)> = one.query_row([instance], row).expect(instance);
    let Some((_, Value::Integer(seq))) = all.iter().find(|(name, _)| name == "seq").cloned() else {
        panic!("a number")
    };
    let own = all.into_iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let texts = |sql: &str| store::rows(&db, &format!("{sql} {seq}"), |row| row.get(0));
    let findings = texts("SELECT finding FROM finding WHERE submission =");
    let files = texts("SELECT name || ' ' || current FROM attachment_file WHERE submission =");
    (own.collect(), findings, files)
}

#[test]
fn a_generated_folder_is_what_the_server_would_have_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let plan = Plan::of(2_000);
    let office = folder::make(&data, &plan, |_| ());
    store::assert_clean(&data);
    let (code, said) = command(&["check", "--data", data.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2000 phiếu, 1800 tệp"), "{said}");

    // Households that were not reached are visited now; a copied visit of the same answers says the
    // same in every column.
    let mut server = RealServer::on(&data);
    let sent = plan.first_of_each(&office.drawn);
    let unreached = (19..plan.households).step_by(20);
    let mut compared = 0;
    for (n, household) in unreached.enumerate() {
        let photo = n % 2 == 0;
        let kind = if photo { Kind::Completed } else { Kind::Attempt };
        let (round, number) = (plan.rounds.len() - 1, 1_000_000 + household);
        let visit = Visited { round, household, kind, photo, number };
        let like = plan.like(&visit, &office.drawn);
        let mut copies = plan.visits().filter(|v| v.round == round && v.household % 20 != 0);
        let copy =
            copies.find(|v| plan.like(v, &office.drawn) == like && !sent.contains_key(&v.number));
        let Some(copy) = copy else { continue };
        let filled = plan.filled(&visit);
        let photos: Vec<(String, Vec<u8>)> =
            plan.photo(&visit).into_iter().map(|bytes| ("front.jpg".into(), bytes)).collect();
        let phone = office.phone(&server, plan.household(household).0);
        phone.send(&filled.xml(), &photos).unwrap().expect(201);
        store::photos_looked_at(&data);
        let copied = stored(&data, &plan.filled(&copy).instance);
        assert_eq!(stored(&data, &filled.instance), copied, "{like:?}");
        compared += 1;
    }
    assert!(compared >= 10, "{compared}");
    assert!(server.terminate());
}

#[test]
fn pages_of_every_list_add_up_to_all_of_it() {
    let server = TestServer::with(|config| config.limits.page = 3);
    server.import(&crate::harness::Roster::small());
    server.open_round(&crate::harness::round());
    let phone = server.collector(&[NAM_CHAY.0, TA_PHOI.0]);
    let mut visited = BTreeSet::new();
    for (commune, village, household) in
        [(66, 1, 2), (36, 1, 1), (66, 2, 5), (66, 1, 1), (36, 2, 4)]
    {
        let id = format!("u{commune:04}.{village:02}.{household:03}");
        phone.send(&Visit::completed(&id).xml(), &[]).unwrap().expect(201);
        visited.insert(id);
    }
    let unplaced = Visit { round: "không có".into(), ..Visit::completed("u0066.01.003") };
    phone.send(&unplaced.xml(), &[]).unwrap().expect(201);

    let commune = server.user("xa", Role::Commune, &[NAM_CHAY.0]);
    let village = server.user("thon", Role::Commune, &["u0066.01"]);
    let province = server.user("tinh", Role::Province, &["10"]);
    let all = |api: &Api, within: &str| -> Vec<String> {
        let rows: Vec<HouseholdRow> = api.all(&format!("/households{within}"));
        rows.into_iter().map(|row| row.id).collect()
    };
    let missing = |api: &Api| -> Vec<String> {
        let rows: Vec<MissingHousehold> = api.all(&format!("/rounds/{ROUND}/missing"));
        rows.into_iter().map(|row| row.household.id).collect()
    };
    let came = |api: &Api, query: &str| -> Vec<i64> {
        let rows: Vec<SubmissionRow> = api.all(&format!("/submissions{query}"));
        rows.into_iter().map(|row| row.seq).collect()
    };
    let ids = |communes: &[u32], villages: &[u32]| -> Vec<String> {
        let of = |c: u32| {
            villages
                .iter()
                .flat_map(move |v| (1..=5).map(move |h| format!("u{c:04}.{v:02}.{h:03}")))
        };
        communes.iter().flat_map(|c| of(*c)).collect()
    };
    for (api, within, expected) in [
        (&server.admin, "", ids(&[36, 66], &[1, 2])),
        (&province, "", ids(&[36, 66], &[1, 2])),
        (&province, "?within=u0066", ids(&[66], &[1, 2])),
        (&commune, "", ids(&[66], &[1, 2])),
        (&commune, "?within=u0036", Vec::new()),
        (&village, "", ids(&[66], &[1])),
    ] {
        assert_eq!(all(api, within), expected, "{within}");
        let open = expected.iter().filter(|id| !visited.contains(*id));
        if within.is_empty() {
            assert_eq!(missing(api), open.cloned().collect::<Vec<_>>());
        }
    }
    let round = format!("?round={ROUND}");
    for (api, query, expected) in [
        (&server.admin, "", vec![1, 2, 3, 4, 5, 6]),
        (&server.admin, round.as_str(), vec![1, 2, 3, 4, 5]),
        (&server.admin, "?within=u0036", vec![2, 5]),
        (&province, "", vec![1, 2, 3, 4, 5, 6]),
        (&commune, "", vec![1, 3, 4, 6]),
        (&commune, round.as_str(), vec![1, 3, 4]),
        (&commune, "?within=u0036", vec![]),
        (&commune, "?form=commune_report", vec![]),
        (&village, "", vec![1, 4, 6]),
        (&commune, "?household=u0066.01.001", vec![4]),
        (&commune, "?household=u0036.01.001", vec![]),
    ] {
        assert_eq!(came(api, query), expected, "{query}");
    }
}
