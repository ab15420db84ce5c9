//! Erasing: nothing of a household is left anywhere, nothing of it comes back, and what was counted
//! with it stays honest.

mod backups;
mod crash;
mod requests;
mod rounds;

use std::path::{Path, PathBuf};

use ntm_shared::api::Page;
use ntm_shared::api::audit::{Event, Verified};
use ntm_shared::api::erasure::{Erasure, Forgotten};
use ntm_shared::api::household::{HouseholdRow, MissingHousehold};
use ntm_shared::api::round::RoundStatus;
use ntm_shared::api::submission::SubmissionRow;
use serde_json::{Value, json};

use crate::durability::command;
use crate::harness::xml::Element;
use crate::harness::{
    Answer, Api, Cli, Multipart, NAM_CHAY, Phone, ROUND, Roster, TestServer, Visit, password,
    photo, round, store, uuid,
};

/// The household that is erased, and its neighbour.
pub(super) const HOME: &str = "u0066.01.001";
pub(super) const NEIGHBOUR: &str = "u0066.01.002";
/// Its head, and what was written down there.
pub(super) const HEAD: &str = "Sùng Thị Dợ Không Ai Trùng";
pub(super) const WORDS: &str = "xin một bể nước hai khối cạnh bếp";

/// The request to erase a household.
pub(super) fn erasure(household: &str) -> Value {
    json!({ "id": uuid(), "household": household, "reason": "chủ hộ yêu cầu bằng văn bản" })
}

#[track_caller]
pub(super) fn erase(api: &Api, household: &str) -> Erasure {
    let done: Erasure = api.post("/erasures", &erasure(household)).expect(200).json();
    assert!(done.finished_at.is_some(), "{done:?}");
    done
}

/// The roster with a head nobody else is called like.
pub(super) fn roster() -> Roster {
    let mut roster = Roster::small();
    roster.rows[0][4] = HEAD.into();
    roster
}

/// An interview of the household.
pub(super) fn visit() -> Visit {
    let words = WORDS.into();
    Visit { words, ..Visit::completed(HOME) }.photos(&["nhà.jpg", "mái.jpg"])
}

/// Its files: the second is the neighbour's too.
pub(super) fn files() -> [(String, Vec<u8>); 2] {
    [("nhà.jpg".into(), photo::jpeg(71)), ("mái.jpg".into(), photo::jpeg(72))]
}

/// Bytes that only this photo has.
pub(super) fn mark(photo: &[u8]) -> &[u8] {
    let middle = photo.len() / 2;
    &photo[middle..middle + 40]
}

/// Where in a folder any of these bytes still stand.
pub(super) fn traces(folder: &Path, of: &[&[u8]]) -> Vec<(PathBuf, usize)> {
    let mut found = Vec::new();
    for path in store::files(folder) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for (n, wanted) in of.iter().enumerate() {
            if bytes.windows(wanted.len()).any(|window| window == *wanted) {
                found.push((path.clone(), n));
            }
        }
    }
    found
}

/// The administrator at a terminal.
pub(super) fn signed_in(server: &TestServer) -> Cli {
    let cli = Cli::new();
    let login = ["--server", server.url(), "login", "admin", "--password-stdin"];
    cli.run_with(&login, &password("admin")).expect(0);
    cli
}

/// Insists that check finds everything whole.
#[track_caller]
pub(super) fn check(data: &Path) {
    let (code, said) = command(&["check", "--data", data.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("chưa xong"), "{said}");
}

fn status(api: &Api) -> RoundStatus {
    api.get(&format!("/rounds/{ROUND}/status")).expect(200).json()
}

fn moments(server: &TestServer, village: &str) -> i64 {
    let sql = "SELECT count(*) FROM moment WHERE village = ?1";
    store::open(server.data()).query_row(sql, [village], |row| row.get(0)).unwrap()
}

#[test]
fn nothing_of_an_erased_household_is_left() {
    let server = TestServer::start();
    server.import(&roster());
    server.open_round(&round());
    let phone = server.collector(&[NAM_CHAY.0]);
    let first = visit();
    let edited = first.edited();
    let [house, roof] = files();
    phone.send(&first.xml(), &[house.clone(), roof.clone()]).unwrap().expect(201);
    phone.send(&edited.xml(), std::slice::from_ref(&house)).unwrap().expect(201);
    let shared = Visit::completed(NEIGHBOUR).photos(&["b.jpg"]);
    phone.send(&shared.xml(), &[("b.jpg".into(), roof.1.clone())]).unwrap().expect(201);
    // An upload that broke off, and a word of the reviewer.
    let broken =
        Visit { words: WORDS.into(), ..Visit::completed(HOME) }.photos(&["x.jpg", "y.jpg"]);
    let upload = Multipart::of(&broken.xml()).photo("x.jpg", &photo::jpeg(73)).incomplete();
    let upload = upload.photo("y.jpg", &photo::jpeg(74));
    let whole = upload.body().len();
    phone.cut(&upload, whole - 300, whole);
    crate::harness::ask_often("the quarantine", std::time::Duration::from_secs(10), || {
        store::census(server.data())["salvage"] == 1
    });
    let review = json!({ "id": uuid(), "submissions": [2], "decision": "hasIssues",
        "reason": "hỏi lại ông trưởng thôn Tráng", "fields": [] });
    server.admin.post("/reviews", &review).expect(200);
    let broken_photo = photo::jpeg(73);
    let needles: Vec<&[u8]> = vec![
        HEAD.as_bytes(),
        WORDS.as_bytes(),
        first.instance.as_bytes(),
        edited.instance.as_bytes(),
        broken.instance.as_bytes(),
        "trưởng thôn Tráng".as_bytes(),
        mark(&house.1),
        mark(&broken_photo),
    ];
    store::photos_looked_at(server.data());
    let thumbnail = server.data().join("cache/thumbnails");
    assert_eq!(store::files(&thumbnail).len(), 2);
    let before = traces(server.data(), &needles);
    let seen: std::collections::BTreeSet<usize> = before.iter().map(|(_, n)| *n).collect();
    assert_eq!(seen.len(), needles.len(), "the needles find nothing even before: {before:?}");
    assert_eq!((status(&server.admin).total.received, moments(&server, "u0066.01")), (2, 1));

    let done = erase(&server.admin, HOME);
    assert_eq!((done.submissions, done.files, done.shared_files), (2, 2, 1), "{done:?}");
    assert_eq!(traces(server.data(), &needles), []);
    assert_eq!(store::files(&thumbnail).len(), 1);
    check(server.data());

    // The neighbour has its photo, and counts.
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].counts, rows[0].attachments_present), (true, 1));
    let path = format!("/submissions/{}/attachments/b.jpg", rows[0].seq);
    assert_eq!(server.admin.get(&path).expect(200).body, roof.1);

    // N stays; the household is missing, and erased, and on no list of whom to visit.
    let total = status(&server.admin).total;
    assert_eq!((total.expected, total.received, total.missing, total.erased), (20, 1, 19, 1));
    let missing: Vec<MissingHousehold> = server.admin.all(&format!("/rounds/{ROUND}/missing"));
    assert_eq!(missing.len(), 18);
    let all: Vec<HouseholdRow> = server.admin.all("/households");
    assert!(all.len() == 19 && all.iter().all(|row| row.id != HOME));

    // The chain holds, says who and when, and no name.
    let chain: Verified = server.admin.get("/events/chain").expect(200).json();
    assert_eq!(chain.broken, None);
    let events: Page<Event> = server.admin.get("/events?what=household.erase").expect(200).json();
    assert_eq!(events.items.len(), 1);
    assert_eq!(
        (events.items[0].subject.as_str(), &events.items[0].data["submissions"]),
        (HOME, &json!([1, 2]))
    );
    let known: Page<Erasure> = server.admin.get("/erasures").expect(200).json();
    assert_eq!(known.items, std::slice::from_ref(&done));

    // Again: the same request, and another one.
    let again = erase(&server.admin, HOME);
    assert_eq!(again, done);
    server.admin.post("/erasures", &erasure("u0066.09.999")).expect(404).problem("not_found");
    let short = json!({ "id": uuid(), "household": NEIGHBOUR, "reason": "vì thế" });
    server.admin.post("/erasures", &short).expect(422).problem("bad_value");
    let both =
        json!({ "id": uuid(), "household": NEIGHBOUR, "round": ROUND, "reason": "vì cả hai thứ" });
    server.admin.post("/erasures", &both).expect(422).problem("bad_value");
}

fn told(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.text()
}

#[test]
fn what_was_erased_does_not_come_back() {
    let server = TestServer::start();
    server.import(&roster());
    server.open_round(&round());
    let phone = server.collector(&[NAM_CHAY.0]);
    let sent = visit();
    phone.send(&sent.xml(), &files()).unwrap().expect(201);
    store::photos_looked_at(server.data());
    erase(&server.admin, HOME);
    let house = files()[0].1.clone();
    let needles: [&[u8]; 4] =
        [HEAD.as_bytes(), WORDS.as_bytes(), sent.instance.as_bytes(), mark(&house)];
    let quiet = || {
        let mut census = store::census(server.data());
        census.remove("event");
        census.remove("access");
        census
    };

    // The phone was offline for weeks and sends it again: it may forget it too.
    let before = (quiet(), store::census(server.data())["event"]);
    for _ in 0..2 {
        let answer = phone.send(&sent.xml(), &files()).unwrap();
        assert!(told(&answer).contains("đã được xóa"), "{}", answer.text());
    }
    assert_eq!((quiet(), store::census(server.data())["event"]), before, "a repeat left something");
    // Filled in before, never sent; an edit; one that breaks off.
    let (late, edit) = (visit(), sent.edited());
    for one in [&late, &edit] {
        for _ in 0..2 {
            told(&phone.send(&one.xml(), &files()).unwrap());
        }
    }
    let broken = visit();
    let upload = Multipart::of(&broken.xml()).photo("nhà.jpg", &house).photo("mái.jpg", &house);
    let whole = upload.body().len();
    phone.cut(&upload, whole - 100, whole);
    told(&phone.post(&Multipart::of(&broken.xml()).incomplete()));
    let now = quiet();
    assert_eq!(now["erased_instance"], before.0["erased_instance"] + 3);
    for table in ["submission", "blob", "salvage", "blob files", "household", "finding"] {
        assert_eq!(now[table], before.0[table], "{table}");
    }
    assert_eq!(traces(server.data(), &needles), []);

    // The office imports its list again; the phone is told to forget the household.
    let again = server.import(&roster());
    assert_eq!((again.rows, again.added, again.changed, again.erased), (20, 0, 0, 1));
    assert_eq!(traces(server.data(), &needles), []);
    let (_, media) = phone.fetch(&phone.form("household"));
    let list = String::from_utf8(media["households.csv"].clone()).unwrap();
    assert!(!list.contains(HOME) && list.contains(NEIGHBOUR));
    let asked =
        phone.get(&format!("/entities/households/integrity?id={HOME},{NEIGHBOUR}")).expect(200);
    let entities = Element::read(&asked.body);
    let entities = entities.find("entities").unwrap();
    let deleted: Vec<&str> = entities.all("entity").map(|entity| entity.at("deleted")).collect();
    assert_eq!(deleted, ["true", "false"]);
    let forgotten = |phone: &Phone| -> Vec<Forgotten> {
        phone.get("/api/v1/forgotten").expect(200).json::<Page<Forgotten>>().items
    };
    assert_eq!(forgotten(&phone)[0].household, HOME);
    assert!(forgotten(&server.collector(&["02677"])).is_empty());
    check(server.data());
}

/// Its interview is in the neighbour's sums no more, and a later round does not ask for it.
#[test]
fn sums_and_later_rounds_do_without_it() {
    let server = TestServer::start();
    server.import(&roster());
    server.open_round(&round());
    let phone = server.collector(&[NAM_CHAY.0]);
    let share = || {
        let path = format!("/rounds/{ROUND}/scores?within=u0066");
        let report: ntm_shared::api::score::ScoreReport =
            server.admin.get(&path).expect(200).json();
        let mut all = report.communes[0].criteria.iter().flat_map(|c| &c.indicators);
        all.find_map(|i| (i.figures.id == "11.1").then_some(i.figures.value)).flatten()
    };
    let poor = Visit { poverty: "poor".into(), ..visit() };
    phone.send(&poor.xml(), &files()).unwrap().expect(201);
    phone.send(&Visit::completed(NEIGHBOUR).xml(), &[]).unwrap().expect(201);
    assert_eq!(share(), Some(50.0));
    erase(&server.admin, HOME);
    assert_eq!(share(), Some(0.0));
    let next = ntm_shared::api::round::NewRound { id: "2024-11".into(), ..round() };
    assert_eq!(server.open_round(&next).frame, 19);
    // The last one of a village: no moments, as if nobody had ever been there.
    erase(&server.admin, NEIGHBOUR);
    assert_eq!(moments(&server, "u0066.01"), 0);
    check(server.data());
}

/// A household that a phone made and nobody approved is on no roster; its submissions are about no
/// household yet.
#[test]
fn a_household_that_is_on_no_roster_is_erased_too() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let id = "7b0d5f0e-41f5-4b0e-9d4c-3a9a1d0c2b77";
    let new = Visit { words: WORDS.into(), ..Visit::completed(NEIGHBOUR) };
    let xml = String::from_utf8(new.xml()).unwrap();
    let xml = xml.replace(&format!("<household>{NEIGHBOUR}"), &format!("<household>{id}"));
    phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
    let needles: [&[u8]; 2] = [WORDS.as_bytes(), new.instance.as_bytes()];
    assert!(!traces(server.data(), &needles).is_empty());
    assert_eq!(erase(&server.admin, id).submissions, 1);
    assert_eq!(traces(server.data(), &needles), []);
    told(&phone.send(xml.as_bytes(), &[]).unwrap());
    assert_eq!(traces(server.data(), &needles), []);
    check(server.data());
}

#[test]
fn the_command_line_erases_and_shows_what_was_erased() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    phone.send(&visit().xml(), &files()).unwrap().expect(201);
    let cli = signed_in(&server);
    let done = cli.run(&["erase", HOME, "--reason", "chủ hộ yêu cầu bằng văn bản"]).expect(0);
    assert!(done.out.contains("Đã xóa hẳn u0066.01.001: 1 phiếu, 2 tệp"), "{}", done.out);
    assert!(done.err.contains("ntm-server backup"), "{}", done.err);
    let listed = cli.run(&["--lang", "en", "audit", "erasures", "--csv"]).expect(0);
    assert!(listed.out.contains(HOME) && listed.out.contains("admin"), "{}", listed.out);
    let status = cli.run(&["--lang", "en", "round", "status", ROUND]).expect(0);
    assert!(status.err.contains("1 households were erased on request"), "{}", status.err);
    cli.run(&["audit", "verify"]).expect(0);
    cli.run(&["erase", "--reason", "không nêu hộ nào cả"]).expect(2);
}
