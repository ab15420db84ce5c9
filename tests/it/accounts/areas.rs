//! People see only their area.

use ntm_shared::api::account::{NewUser, Role, User};
use ntm_shared::api::collector::{Collector, CollectorToken, NewCollector};
use ntm_shared::api::household::{HouseholdRow, MissingHousehold};
use ntm_shared::api::round::RoundStatus;
use ntm_shared::api::score::ScoreReport;
use ntm_shared::api::submission::SubmissionRow;
use ntm_shared::api::unit::UnitView;

use crate::harness::{Api, NAM_CHAY, Phone, ROUND, Roster, TA_PHOI, TestServer, Visit, uuid};

#[test]
fn people_see_only_their_area() {
    let server = TestServer::surveyed();
    let phones: Vec<CollectorToken> =
        [NAM_CHAY, TA_PHOI].map(|c| server.new_collector(&[c.0])).into();
    for (made, household) in phones.iter().zip(["u0066.01.001", "u0036.01.001"]) {
        let phone = Phone::new(made.url.as_ref().unwrap());
        phone.send(&Visit::completed(household).xml(), &[]).unwrap().expect(201);
    }
    let district = server.user("muong-khuong", Role::District, &["083"]);
    let me: User = district.get("/me").expect(200).json();
    let unit: UnitView =
        district.get(&format!("/units/{}?at=2024-10-15", me.areas[0])).expect(200).json();
    assert_eq!(unit.name, "Huyện Mường Khương");

    let households: Vec<HouseholdRow> = district.all("/households");
    assert_eq!(households.len(), 10);
    assert!(households.iter().all(|h| h.commune == NAM_CHAY.1));
    let missing: Vec<MissingHousehold> = district.all(&format!("/rounds/{ROUND}/missing"));
    assert_eq!(missing.len(), 9);
    let villages: Vec<UnitView> = district.all("/units?level=village");
    assert!(
        villages.len() == 2 && villages.iter().all(|v| v.id.starts_with(NAM_CHAY.1)),
        "{villages:?}"
    );
    let collectors: Vec<Collector> = district.all("/collectors");
    assert_eq!(collectors.iter().map(|c| &c.id).collect::<Vec<_>>(), [&phones[0].collector.id]);
    let scores: ScoreReport = district.get(&format!("/rounds/{ROUND}/scores")).expect(200).json();
    assert_eq!(scores.communes.iter().map(|c| c.code.as_str()).collect::<Vec<_>>(), [NAM_CHAY.0]);
    let status: RoundStatus = district.get(&format!("/rounds/{ROUND}/status")).expect(200).json();
    assert_eq!((status.total.expected, status.total.received), (10, 1));
    let rows: Vec<SubmissionRow> = district.all("/submissions");
    assert_eq!(rows.iter().map(|r| r.commune.as_deref()).collect::<Vec<_>>(), [Some(NAM_CHAY.1)]);
    let all: Vec<SubmissionRow> = server.admin.all("/submissions");
    let hidden = all.iter().find(|r| r.commune.as_deref() == Some(TA_PHOI.1)).unwrap().seq;
    for path in ["", "/xml", "/attachments/a.jpg"] {
        district.get(&format!("/submissions/{hidden}{path}")).expect(404);
    }
    for path in ["/households?within=02677&at=2024-10-15", "/submissions?within=u0036"] {
        assert_eq!(district.all::<serde_json::Value>(path), [serde_json::Value::Null; 0], "{path}");
    }
    elsewhere(&server, &district, &phones[1].collector.id);
}

/// What a district may not do outside itself.
fn elsewhere(server: &TestServer, district: &Api, collector: &str) {
    let mut roster = Roster::default();
    roster.add(TA_PHOI.0, 1, 9);
    let import = district.post_text("/households?at=2024-10-15", "text/csv", roster.csv());
    import.expect(403).problem("out_of_area");
    let new =
        NewCollector { id: uuid(), name: "A".into(), areas: vec![TA_PHOI.0.into()], days: None };
    district.post("/collectors", &new).expect(403).problem("out_of_area");
    let revoked = district.post(&format!("/collectors/{collector}/revoke"), &()).status;
    assert!(matches!(revoked, 403 | 404), "{revoked}");
    let everywhere = NewUser { id: uuid(), name: "a".into(), role: Role::District, areas: vec![] };
    server.admin.post("/users", &everywhere).expect(403);
}
