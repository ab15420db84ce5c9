//! The visit form on a team's phone: what it says becomes a visit, difficulties and support.

use std::time::Duration;

use jiff::civil::Date;
use ntm_shared::api::difficulty::{Category, Difficulty};
use ntm_shared::api::submission::{Decision, NewReview, SubmissionRow};
use ntm_shared::api::support::{Beneficiary, Support};
use ntm_shared::api::visit::Visit;
use serde_json::json;

use super::served;
use crate::harness::{
    Multipart, NAM_CHAY, Phone, ROUND, TA_PHOI, TestServer, ask_often, photo, sha256, uuid,
};

fn filled(commune: &str, instance: &str, replaces: &str, met: u8) -> String {
    let replaces = match replaces {
        "" => String::new(),
        old => format!("<deprecatedID>{old}</deprecatedID>"),
    };
    format!(
        r#"<visit id="visit" version="2024100103"><today>2024-10-15</today><commune>{commune}</commune>
        <round>{ROUND}</round><visit_date>2024-10-14</visit_date><criteria_met>{met}</criteria_met>
        <open_criteria>c9 c17</open_criteria><has_difficulty>yes</has_difficulty>
        <difficulties><difficulty><category>capital</category><description>Thiếu vốn làm đường</description><deadline>2024-12-20</deadline></difficulty>
        <difficulty><category>land</category><description>Vướng mặt bằng</description><deadline/></difficulty></difficulties>
        <has_support>yes</has_support><supports><support><kind>money</kind><beneficiary>school</beneficiary><count>2</count><detail>Sách</detail><value>50000</value></support>
        <support><kind>labour</kind><beneficiary>village</beneficiary><village>u0066.01</village></support>
        <support><kind>labour</kind><beneficiary>village</beneficiary><village>u0036.01</village></support></supports>
        <next_steps>Xã rà nhà tạm</next_steps><photo_1>anh.jpg</photo_1>
        <meta><instanceID>{instance}</instanceID>{replaces}</meta></visit>"#
    )
}

fn seen(server: &TestServer) -> Vec<Visit> {
    server.admin.all("/visits")
}

#[test]
fn what_a_team_fills_in_on_its_phone_is_a_visit() {
    let server = served();
    let phone = |area: &str| {
        let made = server.new_collector(&[area]);
        Phone::new(made.url.as_deref().expect("an address"))
    };
    let (team, other) = (phone("team:T1"), phone(NAM_CHAY.0));
    let (first, second) = ("uuid:5d2c0d0e-2c3a-4f57-9d5e-1f6f0f4f4a11", "uuid:second-00000001");
    let bytes = photo::jpeg(4);
    let with_photo = |xml: &str| Multipart::of(xml.as_bytes()).photo("anh.jpg", &bytes);
    // A commune that the team has not, and a collector of no team: kept as forms, no visits.
    team.post(&with_photo(&filled(TA_PHOI.1, "uuid:elsewhere-0001", "", 9)));
    other.post(&with_photo(&filled(NAM_CHAY.1, "uuid:no-team-000001", "", 9)));
    team.post(&with_photo(&filled(NAM_CHAY.1, first, "", 12)));
    let all = Duration::from_secs(30);
    ask_often("the visit is there", all, || !seen(&server).is_empty());
    let visits = seen(&server);
    assert_eq!(visits.len(), 1);
    let visit = &visits[0];
    assert_eq!((visit.team.team.as_str(), visit.criteria_met), ("T1", Some(12)));
    assert_eq!(visit.id, first.trim_start_matches("uuid:"));
    assert_eq!((visit.plan.as_str(), visit.open_criteria.len()), ("Xã rà nhà tạm", 2));
    assert_eq!(visit.photos.len(), 1);
    assert!(visit.photos[0].received && visit.photos[0].sha256 == sha256(&bytes));
    let path = format!("/visits/{}/photos/{}", visit.id, visit.photos[0].sha256);
    assert_eq!(server.admin.get(&path).expect(200).body, bytes);
    // The deadline that was agreed; thirty days where none was.
    let mut hard: Vec<Difficulty> = server.admin.all("/difficulties");
    hard.sort_by_key(|one| one.category);
    let told: Vec<_> = hard.iter().map(|one| (one.category, one.deadline)).collect();
    let until = |text: &str| -> Date { text.parse().expect("a day") };
    assert_eq!(
        told,
        [(Category::Capital, until("2024-12-20")), (Category::Land, until("2024-11-13"))]
    );
    assert!(hard.iter().all(|one| one.visit.as_ref() == Some(&visit.id)));
    // For whom it was; a village of another commune is none.
    let mut given: Vec<Support> = server.admin.all("/supports");
    given.sort_by(|a, b| a.said.id.cmp(&b.said.id));
    assert_eq!(given[0].said.value, Some(50_000_000));
    let whom: Vec<_> = given
        .iter()
        .map(|one| (one.said.beneficiary, one.said.count, one.said.village.as_deref()))
        .collect();
    assert_eq!(
        whom,
        [
            (Beneficiary::School, Some(2), None),
            (Beneficiary::Village, None, Some("u0066.01")),
            (Beneficiary::Village, None, None),
        ]
    );

    // Sent again nothing changes; an edit takes the place of what it replaces.
    team.post(&with_photo(&filled(NAM_CHAY.1, first, "", 12)));
    team.post(&with_photo(&filled(NAM_CHAY.1, second, first, 13)));
    ask_often("the edit is there", all, || {
        seen(&server).iter().any(|visit| visit.criteria_met == Some(13))
    });
    assert_eq!(seen(&server).len(), 1);
    assert_eq!(server.admin.all::<Difficulty>("/difficulties").len(), 2);
    let sums = server.admin.get("/supports/totals?by=kind").expect(200).json::<serde_json::Value>();
    let money = sums["items"].as_array().expect("sums").iter().find(|sum| sum["key"] == "money");
    assert_eq!(money.expect("money")["value"], json!(50_000_000));
}

#[test]
fn a_form_that_came_before_its_assignment_becomes_a_visit_when_that_is_recorded() {
    let mut server = served();
    let phone = Phone::new(server.new_collector(&["team:T1"]).url.as_deref().expect("an address"));
    let send =
        |xml: &str| phone.post(&Multipart::of(xml.as_bytes()).photo("anh.jpg", &photo::jpeg(4)));
    let (first, edit) = ("uuid:early-0000000001", "uuid:early-0000000002");
    send(&filled(TA_PHOI.1, first, "", 9)).expect(201);
    send(&filled(TA_PHOI.1, edit, first, 10)).expect(201);
    // A version that was never published says what it says, too.
    let newer =
        filled(NAM_CHAY.1, "uuid:newer-0000000001", "", 8).replace("2024100103", "2099010101");
    send(&newer).expect(202);
    let all = Duration::from_secs(30);
    ask_often("the newer one is there", all, || seen(&server).len() == 1);
    // The server forgets nothing of it when it starts anew; the assignment is recorded afterwards.
    server.restart();
    assert_eq!(seen(&server).len(), 1);
    super::assign(&server, TA_PHOI.1, "T1", "2024-10-10");
    ask_often("the early one is there", all, || seen(&server).len() == 2);
    let visits = seen(&server);
    let early = visits.iter().find(|one| one.commune.commune == TA_PHOI.1).expect("a visit");
    assert_eq!((early.criteria_met, early.team.team.as_str()), (Some(10), "T1"));
    assert_eq!(early.id, edit.trim_start_matches("uuid:"), "what it replaced is no visit");
}

/// A family of forms: A, and B and C that both edit it; each with a criteria count of its own.
struct Family<'s> {
    server: &'s TestServer,
    phone: &'s Phone,
    name: String,
}

impl Family<'_> {
    fn instance(&self, letter: char) -> String {
        format!("uuid:{}-{letter}-00000001", self.name)
    }

    fn send(&self, letter: char) {
        let (edits, met) = match letter {
            'A' => (String::new(), 10),
            'B' => (self.instance('A'), 11),
            _ => (self.instance('A'), 12),
        };
        let xml = filled(NAM_CHAY.1, &self.instance(letter), &edits, met);
        let upload = Multipart::of(xml.as_bytes()).photo("anh.jpg", &photo::jpeg(4));
        let status = self.phone.post(&upload).status;
        assert!(matches!(status, 201 | 202), "{letter}: {status}");
    }

    fn decide(&self, letter: char, decision: Decision) {
        let rows: Vec<SubmissionRow> = self.server.admin.all("/submissions");
        let row = rows.iter().find(|row| row.instance_id == self.instance(letter));
        let review = NewReview {
            id: uuid(),
            submissions: vec![row.expect("it came").seq],
            decision,
            reason: "Hỏi lại tổ.".into(),
            fields: Vec::new(),
        };
        self.server.admin.post("/reviews", &review).expect(200);
    }

    /// Waits until this one version is a visit, or none, and looks what hangs on it.
    #[track_caller]
    fn stands(&self, letter: Option<char>, when: &str) {
        let ours = |id: &str| id.starts_with(&self.name);
        let expected: Vec<String> =
            letter.iter().map(|letter| self.instance(*letter).replace("uuid:", "")).collect();
        let visits = || -> Vec<String> {
            seen(self.server).into_iter().map(|visit| visit.id).filter(|id| ours(id)).collect()
        };
        ask_often(when, Duration::from_secs(60), || visits() == expected);
        let of = |id: &str| expected.iter().any(|visit| id.starts_with(visit));
        let mut given: Vec<Support> = self.server.admin.all("/supports");
        given.retain(|one| ours(&one.said.id));
        assert!(given.iter().all(|one| of(&one.said.id)), "{when}: support of another version");
        let value: u64 = given.iter().filter_map(|one| one.said.value).sum();
        let one = expected.len();
        assert_eq!((given.len(), value), (3 * one, 50_000_000 * one as u64), "{when}");
        let mut hard: Vec<Difficulty> = self.server.admin.all("/difficulties");
        hard.retain(|told| told.visit.as_deref().is_some_and(ours));
        assert_eq!(hard.len(), 2 * one, "{when}");
    }
}

/// Waits until the server has looked at everything that came so far: a form sent last is a visit.
fn settled(server: &TestServer, phone: &Phone, name: &str) {
    let family = Family { server, phone, name: format!("after-{name}") };
    family.send('A');
    family.stands(Some('A'), "what came last is a visit");
}

/// An edit that overtook its original, and a second edit of one, were visits of their own: support was
/// counted twice, and what was rejected was never taken back.
#[test]
fn of_the_versions_of_a_form_one_is_a_visit_in_whatever_order_they_come() {
    let server = served();
    let phone = Phone::new(server.new_collector(&["team:T1"]).url.as_deref().expect("an address"));
    for order in ["ABC", "ACB", "BAC", "BCA", "CAB", "CBA"] {
        let family = Family { server: &server, phone: &phone, name: format!("order-{order}") };
        // Of two that compete the first to come takes the place.
        let first = order.chars().find(|letter| *letter != 'A').expect("an edit");
        let second = if first == 'B' { 'C' } else { 'B' };
        order.chars().for_each(|letter| family.send(letter));
        settled(&server, &phone, &family.name);
        family.stands(Some(first), &format!("{order}: the first edit stands"));
        // What was decided, whatever came first, leaves the same.
        family.decide(first, Decision::Rejected);
        family.stands(Some(second), &format!("{order}: the first edit rejected"));
        family.decide(second, Decision::Rejected);
        family.stands(Some('A'), &format!("{order}: both rejected"));
        family.decide('A', Decision::Rejected);
        family.stands(None, &format!("{order}: all rejected"));
        family.decide(second, Decision::Approved);
        family.stands(Some(second), &format!("{order}: the second edit approved"));
        family.decide(first, Decision::HasIssues);
        family.stands(Some(first), &format!("{order}: the first edit stands again"));
    }
}

/// A decision between two arrivals leaves what it leaves after all of them.
#[test]
fn forms_decided_about_before_the_others_come_lead_to_the_same_visit() {
    let server = served();
    let phone = Phone::new(server.new_collector(&["team:T1"]).url.as_deref().expect("an address"));
    for (order, rejected, left) in [
        ("BAC", 'B', 'C'),
        ("BCA", 'B', 'C'),
        ("ABC", 'B', 'C'),
        ("CBA", 'C', 'B'),
        ("ACB", 'A', 'C'),
        ("BA", 'B', 'A'),
    ] {
        let name = format!("early-{order}{rejected}");
        let family = Family { server: &server, phone: &phone, name };
        for letter in order.chars() {
            family.send(letter);
            if letter == rejected {
                family.decide(letter, Decision::Rejected);
            }
        }
        settled(&server, &phone, &family.name);
        family.stands(Some(left), &format!("{order}, {rejected} rejected"));
    }
}

/// Edits that lead back to themselves are no visits, and the server gets on with the others.
#[test]
fn forms_that_edit_each_other_in_a_circle_are_at_most_one_visit() {
    let server = served();
    let phone = Phone::new(server.new_collector(&["team:T1"]).url.as_deref().expect("an address"));
    let send = |one: &str, edits: &str| {
        let xml = filled(NAM_CHAY.1, one, edits, 9);
        let upload = Multipart::of(xml.as_bytes()).photo("anh.jpg", &photo::jpeg(4));
        phone.post(&upload).expect(202);
    };
    send("uuid:itself-00000001", "uuid:itself-00000001");
    send("uuid:circle-00000001", "uuid:circle-00000002");
    send("uuid:circle-00000002", "uuid:circle-00000001");
    settled(&server, &phone, "circle");
    let mut ids: Vec<String> = seen(&server).into_iter().map(|visit| visit.id).collect();
    ids.retain(|id| !id.contains("after"));
    assert_eq!(ids, ["circle-00000001"]);
}
