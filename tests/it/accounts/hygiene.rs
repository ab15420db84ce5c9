//! What becomes of accounts as time goes by: other posts, secrets that ran out, easy passwords.

use std::time::Duration;

use jiff::SignedDuration;
use ntm_shared::api::Page;
use ntm_shared::api::account::{NewUser, OneTimeLink, Role, User, UserScope};
use ntm_shared::api::audit::Event;
use ntm_shared::api::household::HouseholdRow;

use crate::harness::{NAM_CHAY, TA_PHOI, TestServer, ask_often, password, store, uuid};

fn scope(role: Role, areas: &[&str]) -> UserScope {
    UserScope { role, areas: areas.iter().map(|area| (*area).to_owned()).collect() }
}

#[test]
fn who_is_signed_in_is_held_to_another_role_and_other_areas_at_once() {
    let server = TestServer::surveyed();
    let lan = server.user("lan", Role::District, &[NAM_CHAY.0]);
    let me = |api: &crate::harness::Api| -> User { api.get("/me").expect(200).json() };
    let id = me(&lan).id;
    let path = format!("/users/{id}/scope");
    let communes = || {
        let mut all: Vec<HouseholdRow> = lan.all("/households");
        all.sort_by(|a, b| a.commune.cmp(&b.commune));
        all.dedup_by(|a, b| a.commune == b.commune);
        all.into_iter().map(|row| row.commune).collect::<Vec<_>>()
    };
    assert_eq!(communes(), [NAM_CHAY.1]);

    let set: User =
        server.admin.post(&path, &scope(Role::District, &[TA_PHOI.0])).expect(200).json();
    assert_eq!((set.areas.as_slice(), set.active), (&[TA_PHOI.1.to_owned()][..], true));
    assert_eq!(communes(), [TA_PHOI.1]);
    server.admin.post(&path, &scope(Role::Team, &[TA_PHOI.0])).expect(200);
    lan.get("/households").expect(403).problem("forbidden");
    assert_eq!(me(&lan).role, Role::Team);
    // An administrator without areas is one of everywhere.
    server.admin.post(&path, &scope(Role::Administrator, &[])).expect(200);
    assert_eq!(me(&lan).areas, ["*"]);
    lan.get("/users").expect(200);

    // Repeating changes nothing; nobody changes the account they are signed in with.
    let before = store::census(server.data())["event"];
    server.admin.post(&path, &scope(Role::Administrator, &[])).expect(200);
    assert_eq!(store::census(server.data())["event"], before);
    lan.post(&path, &scope(Role::Team, &[TA_PHOI.0])).expect(403).problem("forbidden");
    server.admin.post(&path, &scope(Role::Team, &[])).expect(403).problem("out_of_area");
    server.admin.post(&path, &scope(Role::Team, &["99999"])).expect(422).problem("unknown_unit");
    let missing = format!("/users/{}/scope", uuid());
    server.admin.post(&missing, &scope(Role::Team, &[TA_PHOI.0])).expect(404);
    let page: Page<Event> = server.admin.get("/events?what=user.scope").expect(200).json();
    assert_eq!(page.items.len(), 3);
    assert_eq!(page.items[0].subject, id);
    assert_eq!(page.items[0].data["before"]["role"], "district");
    assert_eq!(page.items[0].data["areas"][0], TA_PHOI.1);
}

/// Rows of secrets were never removed: a server that runs for years had one for every sign-in.
#[test]
fn secrets_that_ran_out_are_swept_out() {
    let each = Duration::from_millis(200);
    let server = TestServer::with(|config| config.limits.sweep = (each, each));
    server.import(&crate::harness::Roster::small());
    let count = |table: &str| store::census(server.data())[table];
    server.user("lan", Role::District, &[NAM_CHAY.0]);
    let new = NewUser {
        id: uuid(),
        name: "nga".into(),
        role: Role::Commune,
        areas: vec![NAM_CHAY.0.into()],
    };
    server.admin.post("/users", &new).expect(201);
    let collector = server.new_collector(&[NAM_CHAY.0]).collector.id;
    let code = serde_json::json!({ "id": uuid(), "label": "máy hai" });
    server.admin.post(&format!("/collectors/{collector}/enrolments"), &code).expect(201);
    assert!(count("session") >= 2 && count("link") >= 2 && count("enrolment") == 1);
    server.clock.advance(SignedDuration::from_hours(11));
    let late = server.nobody().sign_in("lan", &password("lan"));
    server.clock.advance(SignedDuration::from_hours(24 * 3));
    let last = server.nobody().sign_in("lan", &password("lan"));
    ask_often("the sweep", Duration::from_secs(20), || {
        (count("session"), count("link"), count("enrolment")) == (1, 0, 0)
    });
    late.get("/me").expect(401);
    last.get("/me").expect(200);
    // Nothing is left to do, and nothing is said about it.
    let events = count("event");
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(count("event"), events);
}

#[test]
fn a_password_everybody_thinks_of_is_refused_and_the_link_stays_good() {
    let server = TestServer::start();
    let new =
        NewUser { id: uuid(), name: "lan".into(), role: Role::Team, areas: vec!["10".into()] };
    let link: OneTimeLink = server.admin.post("/users", &new).expect(201).json();
    for easy in ["Matkhau@123456", "nông thôn mới 2025", "123456789012", "ba con trâu"] {
        let answer = server.nobody().redeem(&link.link, easy);
        answer.expect(422).problem("weak_password");
    }
    server.nobody().redeem(&link.link, "ba con trâu dưới suối").expect(204);
    server.nobody().sign_in("lan", "ba con trâu dưới suối");
}
