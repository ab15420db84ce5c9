//! The roster as a list of entities: what a phone is told of it, and what its submissions make and
//! change (ODK entities specification).

use ntm_shared::api::account::Role;
use ntm_shared::api::household::HouseholdRow;
use ntm_shared::api::round::RoundStatus;
use ntm_shared::api::submission::{Decision, NewReview, Submission};
use ntm_shared::data::FORMS;
use quick_xml::escape::escape;

use crate::harness::xml::Element;
use crate::harness::{
    Api, NAM_CHAY, Phone, ROUND, TA_PHOI, TestServer, Visit, photo, store, unique, uuid,
};

const NEW_HOME: &str = "| survey |\n| | type | name | label | save_to |\n| | text | round | Đợt | |\n| | text | village | Thôn | village |\n| | text | code | Mã hộ | code |\n| | text | head | Chủ hộ | head |\n| | integer | members | Số người | members |\n| entities |\n| | list_name | label |\n| | households | ${head} |\n| settings |\n| | form_title | form_id | version |\n| | Hộ mới | home_new | 1 |\n";
const CHANGED_HOME: &str = "| survey |\n| | type | name | label | save_to |\n| | csv-external | households | | |\n| | text | household | Hộ | |\n| | text | head | Chủ hộ | head |\n| | text | poverty | Diện | poverty |\n| | geopoint | place | Vị trí | geometry |\n| entities |\n| | list_name | entity_id | label |\n| | households | ${household} | ${head} |\n| settings |\n| | form_title | form_id | version |\n| | Sửa hộ | home_change | 1 |\n";

fn started() -> TestServer {
    let server = TestServer::surveyed();
    for form in [NEW_HOME, CHANGED_HOME] {
        server.admin.post_text("/forms", "text/markdown", form).expect(201);
    }
    server
}

/// Sends a form with an entity; its number and what is stored.
#[track_caller]
fn send(
    server: &TestServer,
    phone: &Phone,
    form: &str,
    entity: &str,
    answers: &[(&str, &str)],
) -> Submission {
    let answers: String =
        answers.iter().map(|(name, text)| format!("<{name}>{}</{name}>", escape(*text))).collect();
    let instance = format!("uuid:{:08x}-1111-4b60-9f6f-3a1c2b7d9e40", unique());
    let xml = format!(
        "<data id=\"{form}\" version=\"1\">{answers}<meta><instanceID>{instance}</instanceID><entity dataset=\"households\" {entity}><label>x</label></entity></meta></data>"
    );
    phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
    phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
    let rows: Vec<ntm_shared::api::submission::SubmissionRow> = server.admin.all("/submissions");
    let row = rows.iter().find(|row| row.instance_id == instance).expect("a stored submission");
    show(server, row.seq)
}

fn show(server: &TestServer, seq: i64) -> Submission {
    server.admin.get(&format!("/submissions/{seq}")).expect(200).json()
}

fn odd(submission: &Submission) -> Vec<&str> {
    let codes = submission.findings_list.iter().map(|finding| finding.code.as_str());
    codes.filter(|code| code.starts_with("entity")).collect()
}

fn review(api: &Api, seq: i64, decision: Decision) -> u16 {
    let reason = if decision == Decision::Approved { "" } else { "không đúng" };
    let new = NewReview {
        id: uuid(),
        submissions: vec![seq],
        decision,
        reason: reason.into(),
        fields: vec![],
    };
    api.post("/reviews", &new).status
}

/// The rows of the roster on a phone, by id: (head, version, geometry, poverty).
fn on_phone(phone: &Phone) -> std::collections::BTreeMap<String, [String; 4]> {
    let (_, files) = phone.fetch(&phone.form("household"));
    let mut table = csv::Reader::from_reader(files["households.csv"].as_slice());
    let names = table.headers().unwrap().clone();
    let at = |name: &str| names.iter().position(|n| n == name).expect("a column");
    let wanted = ["head", "__version", "geometry", "poverty"].map(at);
    table
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[at("name")].to_owned(), wanted.map(|n| row[n].to_owned())))
        .collect()
}

/// What a phone is told of entities it asks about: (id, deleted).
fn told(phone: &Phone, ids: &str) -> Vec<(String, String)> {
    let answer = phone.get(&format!("/entities/households/integrity?id={ids}")).expect(200);
    assert!(answer.header("content-type").contains("text/xml"));
    let data = Element::read(&answer.body);
    let entities = data.find("entities").expect("entities");
    let all = entities.all("entity");
    all.map(|e| (e.attribute("id").unwrap().to_owned(), e.at("deleted").to_owned())).collect()
}

fn pair(id: &str, deleted: &str) -> (String, String) {
    (id.into(), deleted.into())
}

#[test]
fn the_manifest_says_that_the_roster_is_an_entity_list_and_where_to_ask_about_it() {
    let server = started();
    let phone = server.collector(&[NAM_CHAY.0]);
    let form = phone.form("household");
    let manifest = Element::read(&phone.get(form.manifest.as_deref().unwrap()).expect(200).body);
    for file in manifest.all("mediaFile") {
        let is_roster = file.at("filename") == "households.csv";
        assert_eq!(file.attribute("type"), is_roster.then_some("entityList"));
        let url = file.find("integrityUrl").map(|url| url.text.clone());
        assert_eq!(url.is_some(), is_roster);
        if let Some(url) = url {
            phone.get(&format!("{url}?id=u0066.01.001")).expect(200);
        }
    }
    assert_eq!(on_phone(&phone)["u0066.01.001"][1], "1");
    // What is not on this collector's list is not spoken of.
    let asked = told(&phone, "u0066.01.001,u0036.01.001,none,,%3Cx%3E");
    assert_eq!(asked, [pair("u0066.01.001", "false")]);
    assert_eq!(told(&phone, ""), []);
    phone.get("/entities/others/integrity?id=a").expect(404);
    phone.get(&format!("/entities/households/integrity?id={}", "a,".repeat(1001))).expect(400);
}

#[test]
fn a_change_from_the_rosters_version_is_done_and_one_from_an_older_waits_for_a_reviewer() {
    let server = started();
    let phone = server.collector(&[NAM_CHAY.0]);
    let home = "u0066.01.001";
    let change = |base: &str, answers: &[(&str, &str)]| {
        let entity = format!("id=\"{home}\" update=\"1\" baseVersion=\"{base}\"");
        let answers = [&[("household", home)], answers].concat();
        send(&server, &phone, "home_change", &entity, &answers)
    };
    let first = change("1", &[("head", "Lý Thị Mới"), ("place", "22.5 103.75 900 4")]);
    assert_eq!(odd(&first), [""; 0]);
    let row = || on_phone(&phone).remove(home).unwrap();
    let poverty = row()[3].clone();
    assert_eq!(row(), ["Lý Thị Mới", "2", "22.5 103.75 0 0", &poverty]);

    // Another phone still had version 1; and one whose version makes no sense.
    let second = change("1", &[("head", "Người Khác"), ("poverty", "poor")]);
    assert_eq!(odd(&second), ["entity_conflict"]);
    let third = change("x", &[("head", "Người Khác Nữa")]);
    assert_eq!(odd(&third), ["entity_conflict"]);
    assert_eq!(row()[..2], ["Lý Thị Mới", "2"]);
    // From an old version, and yet what stands there already: nothing is left to decide.
    assert_eq!(odd(&change("1", &[("head", "Lý Thị Mới")])), [""; 0]);
    // Answers that make no sense, or none, change nothing.
    assert_eq!(
        odd(&change("2", &[("head", " "), ("poverty", "rich"), ("place", "north")])),
        [""; 0]
    );
    assert_eq!(row()[..2], ["Lý Thị Mới", "2"]);

    assert_eq!(review(&server.admin, third.row.seq, Decision::Rejected), 200);
    assert_eq!(review(&server.admin, second.row.seq, Decision::Approved), 200);
    assert_eq!(row(), ["Người Khác", "3", "22.5 103.75 0 0", "poor"]);
    assert_eq!(odd(&show(&server, second.row.seq)), [""; 0]);
    // Approved once more, it is not done again.
    let entity = format!("id=\"{home}\" update=\"1\" baseVersion=\"3\"");
    send(&server, &phone, "home_change", &entity, &[("household", home), ("head", "Sau Cùng")]);
    assert_eq!(review(&server.admin, second.row.seq, Decision::Approved), 200);
    assert_eq!(row()[..2], ["Sau Cùng", "4"]);

    let away = "id=\"u0036.01.001\" update=\"1\" baseVersion=\"1\"";
    let away =
        send(&server, &phone, "home_change", away, &[("household", "u0036.01.001"), ("head", "Z")]);
    assert_eq!(odd(&away), ["entity_out_of_area"]);
    let none = "id=\"u0066.09.009\" update=\"1\" baseVersion=\"1\"";
    let none = send(&server, &phone, "home_change", none, &[("head", "Z")]);
    assert_eq!(odd(&none), ["entity_unknown"]);
    let far = server.user("xa", Role::Commune, &[TA_PHOI.0]);
    assert_eq!(review(&far, second.row.seq, Decision::Approved), 404);
}

#[test]
fn a_new_household_enters_the_roster_when_its_submission_is_approved() {
    let server = started();
    let phone = server.collector(&[NAM_CHAY.0]);
    let make = |id: &str, code: &str, head: &str| {
        let entity = format!("id=\"{id}\" create=\"1\"");
        let answers = [
            ("round", ROUND),
            ("village", "u0066.01"),
            ("code", code),
            ("head", head),
            ("members", "3"),
        ];
        send(&server, &phone, "home_new", &entity, &answers)
    };
    let (one, two) = (uuid(), uuid());
    let first = make(&one, "006", "Vàng A Páo");
    assert_eq!(odd(&first), ["entity_new"]);
    assert!(!on_phone(&phone).contains_key(&one));
    // The phone that made it keeps it; others know nothing of it.
    assert_eq!(told(&phone, &one), [pair(&one, "false")]);
    assert_eq!(told(&server.collector(&[NAM_CHAY.0]), &one), []);
    assert_eq!(odd(&make("not a uuid", "008", "X")), ["entity_bad_id"]);
    assert_eq!(odd(&make("u0066.01.001", "009", "X")), ["entity_exists"]);

    let lan = server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    assert_eq!(review(&lan, first.row.seq, Decision::Approved), 200);
    assert_eq!(on_phone(&phone)[&one][..2], ["Vàng A Páo", "1"]);
    let status: RoundStatus =
        server.admin.get(&format!("/rounds/{ROUND}/status")).expect(200).json();
    assert_eq!(
        status.total.expected, 21,
        "the frame of an open round grows by an approved household"
    );
    let roster: Vec<HouseholdRow> = server.admin.all("/households");
    assert!(roster.iter().any(|h| h.id == one && h.code == "006" && h.members == Some(3)));

    // A code that the village has, or none, is told; nothing is half done.
    let same = make(&two, "006", "Vàng A Páo");
    assert_eq!(review(&lan, same.row.seq, Decision::Approved), 422);
    assert_eq!(show(&server, same.row.seq).row.review, "received");
    assert_eq!(review(&lan, same.row.seq, Decision::Rejected), 200);
    assert_eq!(told(&phone, &two), [pair(&two, "true")]);
    let blank = make(&uuid(), "", "Lý");
    assert_eq!(review(&lan, blank.row.seq, Decision::Approved), 422);
}

/// The household form that ships with the program, with a sheet that makes an entity of a household that is
/// not on the roster.
fn making_households() -> String {
    let mut form = FORMS[0].replace("2024100102", "2024100199");
    for (name, to) in [
        ("| type | name |", "save_to"),
        ("| text | new_code |", "code"),
        ("| text | new_head |", "head"),
    ] {
        let line = form.lines().find(|line| line.contains(name)).expect(name).to_owned();
        form = form.replace(&line, &format!("{line} {to} |"));
    }
    form + "\n| entities |\n| | list_name | label | create_if |\n| | households | ${new_head} | ${on_roster} = 'no' |\n"
}

/// An interview with a household that is not on the roster, and the id the phone gave it.
fn of_a_new_household(photos: &[&str]) -> (String, String) {
    let visit = Visit { version: "2024100199".into(), ..Visit::completed("u0066.01.077") };
    let id = uuid();
    let entity = format!(
        "<meta><entity dataset=\"households\" id=\"{id}\" create=\"1\"><label>x</label></entity>"
    );
    let new = "<on_roster>no</on_roster><new_code>077</new_code><new_head>Lù A Sử</new_head>";
    let old = "<on_roster>yes</on_roster><household>u0066.01.077</household>";
    let xml = String::from_utf8(visit.photos(photos).xml()).unwrap();
    (xml.replace(old, new).replace("<meta>", &entity), id)
}

#[test]
fn a_photo_of_a_new_household_is_compared_once_it_is_approved() {
    let server = TestServer::surveyed();
    server.admin.post_text("/forms", "text/markdown", making_households()).expect(201);
    let phone = server.collector(&[NAM_CHAY.0]);
    let file = |name: &str| [(name.to_owned(), photo::jpeg(5))];
    let earlier = Visit::completed("u0066.01.001").photos(&["a.jpg"]).xml();
    phone.send(&earlier, &file("a.jpg")).unwrap().expect(201);
    let (xml, _) = of_a_new_household(&["b.jpg"]);
    phone.send(xml.as_bytes(), &file("b.jpg")).unwrap().expect(201);
    store::photos_looked_at(server.data());
    let same = |seq: i64| show(&server, seq).findings_list.iter().any(|f| f.code == "photo_same");
    assert!(!same(1) && !same(2), "nobody is known to live there yet");
    assert_eq!(review(&server.admin, 2, Decision::Approved), 200);
    store::photos_looked_at(server.data());
    assert!(same(1) && same(2));
}

#[test]
fn the_interview_of_a_new_household_counts_once_it_is_approved() {
    let server = TestServer::surveyed();
    server.admin.post_text("/forms", "text/markdown", making_households()).expect(201);
    let phone = server.collector(&[NAM_CHAY.0]);
    let (xml, id) = of_a_new_household(&[]);
    phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
    let before = show(&server, 1);
    assert_eq!((odd(&before), before.row.counts), (vec!["entity_new"], false));
    assert_eq!(review(&server.admin, 1, Decision::Approved), 200);
    let after = show(&server, 1);
    assert!(after.row.counts && after.row.household.as_deref() == Some(&id), "{after:?}");
    assert!(
        after
            .findings_list
            .iter()
            .all(|f| !["not_on_roster", "entity_new"].contains(&f.code.as_str()))
    );
    let total = server
        .admin
        .get(&format!("/rounds/{ROUND}/status"))
        .expect(200)
        .json::<RoundStatus>()
        .total;
    assert_eq!((total.expected, total.received), (21, 1));
    // Rejected after all, it counts no more; the household stays in the frame, not surveyed.
    assert_eq!(review(&server.admin, 1, Decision::Rejected), 200);
    let total = server
        .admin
        .get(&format!("/rounds/{ROUND}/status"))
        .expect(200)
        .json::<RoundStatus>()
        .total;
    assert_eq!((total.expected, total.received), (21, 0));
}
