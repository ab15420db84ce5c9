//! Sending as the app on phones does: answers first, then the photos the server has not, each from
//! where it was cut.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use ntm_shared::api::Page;
use ntm_shared::api::collector::{CollectorToken, Device};
use ntm_shared::api::phone::{Heard, Pull, State};
use ntm_shared::api::submission::SubmissionRow;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, NAM_CHAY, TestServer, Visit, client, photo, sha256, store};

struct Sender<'s> {
    server: &'s TestServer,
    token: String,
}

impl Sender<'_> {
    fn of<'s>(server: &'s TestServer, area: &str) -> Sender<'s> {
        Sender { server, token: server.new_collector(&[area]).token.unwrap() }
    }

    fn ask(&self, method: Method, path: &str, body: Vec<u8>, packed: bool) -> Answer {
        let url = format!("{}/api/v1/phone/{path}", self.server.url());
        let mut request = client().request(method, url).bearer_auth(&self.token).body(body);
        request = request.header("Content-Type", "application/json");
        if packed {
            request = request.header("Content-Encoding", "gzip");
        }
        Answer::read(request.send().unwrap()).unwrap()
    }

    #[track_caller]
    fn offer(&self, visit: &Visit, files: &[(&str, &[u8])]) -> Heard {
        self.ask(Method::POST, "offer", offer(visit, files), false).expect(200).json()
    }

    /// Sends bytes of one file from `offset` on.
    #[track_caller]
    fn push(&self, visit: &Visit, name: &str, whole: &[u8], offset: usize, bytes: &[u8]) -> Heard {
        let body = push(visit, name, (&sha256(whole), whole.len()), offset, bytes);
        self.ask(Method::POST, "push", body, false).expect(200).json()
    }
}

fn offer(visit: &Visit, files: &[(&str, &[u8])]) -> Vec<u8> {
    let file = |(name, bytes): &(&str, &[u8])| json!({ "name": name, "sha256": sha256(bytes), "bytes": bytes.len() });
    let files: Vec<Value> = files.iter().map(file).collect();
    let xml = String::from_utf8(visit.xml()).unwrap();
    let item = json!({ "id": "1", "xml": xml, "files": files });
    json!({ "device": "web:test", "items": [item] }).to_string().into_bytes()
}

fn push(
    visit: &Visit,
    name: &str,
    (hash, whole): (&str, usize),
    offset: usize,
    bytes: &[u8],
) -> Vec<u8> {
    let piece = json!({
        "id": "1", "form": "household", "instance": visit.instance, "xml_sha256": sha256(&visit.xml()),
        "file": { "name": name, "sha256": hash, "bytes": whole },
        "offset": offset, "length": bytes.len(),
    });
    let head = json!({ "pieces": [piece] }).to_string().into_bytes();
    [&(head.len() as u32).to_be_bytes()[..], &head, bytes].concat()
}

fn of(heard: &Heard) -> (State, Vec<(&str, u64)>) {
    let item = &heard.items[0];
    (item.state, item.want.iter().map(|want| (want.name.as_str(), want.offset)).collect())
}

#[test]
fn a_phone_is_told_what_there_is_to_do() {
    let server = TestServer::surveyed();
    let phone = Sender::of(&server, NAM_CHAY.0);
    let said = phone.ask(Method::GET, "pull", vec![], false).expect(200);
    let tag = said.header("etag").to_owned();
    let pull: Pull = said.json();
    assert_eq!((pull.rounds.len(), pull.returned.len(), pull.forgotten.len()), (1, 0, 0));
    let household = pull.forms.iter().find(|form| form.id == "household").unwrap();
    let files: Vec<&str> = household.files.iter().map(|file| file.name.as_str()).collect();
    assert!(files.contains(&"households.csv") && files.contains(&"villages.csv"), "{files:?}");
    let again = client().get(format!("{}/api/v1/phone/pull", server.url()));
    let again = again.bearer_auth(&phone.token).header("If-None-Match", tag).send().unwrap();
    assert_eq!(again.status(), 304);
    let form = phone.ask(Method::GET, "forms/household/2024100102", vec![], false).expect(200);
    let form: Value = form.json();
    assert_eq!((&form["id"], &form["version"]), (&json!("household"), &json!("2024100102")));
    phone.ask(Method::GET, "forms/household/1", vec![], false).expect(404);
    phone.ask(Method::GET, "forms/nothing/1", vec![], false).expect(404);
}

#[test]
fn answers_are_safe_at_once_and_photos_go_on_where_they_were_cut() {
    let mut server = TestServer::surveyed();
    let token = server.new_collector(&[NAM_CHAY.0]).token.unwrap();
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg", "b.jpg"]);
    let (a, b) = (photo::heavy(1, 90_000), photo::heavy(2, 50_000));
    {
        let phone = Sender { server: &server, token: token.clone() };
        let heard = phone.offer(&visit, &[("a.jpg", &a), ("b.jpg", &b)]);
        assert_eq!(of(&heard), (State::Answers, vec![("a.jpg", 0), ("b.jpg", 0)]));
        let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
        assert_eq!((rows.len(), &rows[0].instance_id), (1, &visit.instance));
        let heard = phone.push(&visit, "a.jpg", &a, 0, &a[..40_000]);
        assert_eq!(of(&heard), (State::Answers, vec![("a.jpg", 40_000)]));
        // A piece beyond what is there is not kept; one that overlaps is taken from where it is new.
        let heard = phone.push(&visit, "a.jpg", &a, 60_000, &a[60_000..]);
        assert_eq!(of(&heard), (State::Answers, vec![("a.jpg", 40_000)]));
        // The connection ends in the middle of a piece: what came stays.
        let body = push(&visit, "a.jpg", (&sha256(&a), a.len()), 40_000, &a[40_000..]);
        cut(&server, &token, &body, body.len() - 20_000);
        let asked = || of(&phone.push(&visit, "a.jpg", &a, 0, &[])).1[0].1;
        crate::harness::ask_often("the rest", std::time::Duration::from_secs(10), || {
            asked() > 40_000
        });
        assert!(asked() <= a.len() as u64 - 20_000, "more than was sent");
    }
    // Where to go on is known after a restart, too.
    server.restart();
    let phone = Sender { server: &server, token };
    let heard = phone.offer(&visit, &[("a.jpg", &a), ("b.jpg", &b)]);
    let at = of(&heard).1[0].1 as usize;
    assert!(at > 40_000, "{at}");
    let heard = phone.push(&visit, "a.jpg", &a, at - 1000, &a[at - 1000..]);
    assert_eq!(of(&heard), (State::Answers, vec![]));
    let heard = phone.push(&visit, "b.jpg", &b, 0, &b);
    assert_eq!(of(&heard), (State::All, vec![]));
    assert_eq!(of(&phone.offer(&visit, &[("a.jpg", &a), ("b.jpg", &b)])), (State::All, vec![]));
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    assert_eq!(rows.len(), 1);
    let seq = rows[0].seq;
    let pull: Pull = phone.ask(Method::GET, "pull", vec![], false).expect(200).json();
    assert_eq!(pull.received, ["u0066.01.001"]);
    assert_eq!(server.admin.get(&format!("/submissions/{seq}/xml")).expect(200).body, visit.xml());
    for (name, bytes) in [("a.jpg", &a), ("b.jpg", &b)] {
        let path = format!("/submissions/{seq}/attachments/{name}");
        assert_eq!(&server.admin.get(&path).expect(200).body, bytes, "{name}");
    }
}

/// Of a form whose version nobody published here yet, only the phone knows which files there are: after a
/// restore, phones offer again what a later version was filled with.
#[test]
fn a_held_form_is_not_all_there_before_all_its_photos_are() {
    let server = TestServer::surveyed();
    let phone = Sender::of(&server, NAM_CHAY.0);
    let visit = Visit { version: "2025010101".into(), ..Visit::completed("u0066.01.001") };
    let visit = visit.photos(&["a.jpg", "b.jpg"]);
    let (a, b) = (photo::heavy(1, 60_000), photo::heavy(2, 60_000));
    let heard = phone.offer(&visit, &[("a.jpg", &a), ("b.jpg", &b)]);
    assert_eq!(of(&heard), (State::Answers, vec![("a.jpg", 0), ("b.jpg", 0)]));
    let heard = phone.push(&visit, "b.jpg", &b, 0, &b[..30_000]);
    assert_eq!(of(&heard), (State::Answers, vec![("b.jpg", 30_000)]));
    let heard = phone.push(&visit, "a.jpg", &a, 0, &a);
    assert_eq!(of(&heard), (State::Answers, vec![]));
    let heard = phone.offer(&visit, &[("a.jpg", &a), ("b.jpg", &b)]);
    assert_eq!(of(&heard), (State::Answers, vec![("b.jpg", 30_000)]));
    let heard = phone.push(&visit, "b.jpg", &b, 30_000, &b[30_000..]);
    assert_eq!(of(&heard), (State::All, vec![]));
    for (name, bytes) in [("a.jpg", &a), ("b.jpg", &b)] {
        assert_eq!(
            &server.admin.get(&format!("/submissions/1/attachments/{name}")).expect(200).body,
            bytes
        );
    }
}

/// Sends the first `bytes` of a body and hangs up.
fn cut(server: &TestServer, token: &str, body: &[u8], bytes: usize) {
    let address = server.url().trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/v1/phone/push HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..bytes]).unwrap();
    stream.flush().unwrap();
}

#[test]
fn a_known_photo_costs_nothing_and_nobody_learns_what_others_have() {
    let server = TestServer::surveyed();
    let (mine, other) = (Sender::of(&server, NAM_CHAY.0), Sender::of(&server, NAM_CHAY.0));
    let picture = photo::heavy(3, 30_000);
    let first = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    assert_eq!(of(&mine.offer(&first, &[("a.jpg", &picture)])).0, State::Answers);
    assert_eq!(of(&mine.push(&first, "a.jpg", &picture, 0, &picture)).0, State::All);
    // An edit with the same photo: nothing is asked for.
    let edit = first.edited();
    assert_eq!(of(&mine.offer(&edit, &[("a.jpg", &picture)])), (State::All, vec![]));
    // Another collector's phone is asked for all of it.
    let theirs = Visit::completed("u0066.01.002").photos(&["a.jpg"]);
    let heard = other.offer(&theirs, &[("a.jpg", &picture)]);
    assert_eq!(of(&heard), (State::Answers, vec![("a.jpg", 0)]));
    // Nor does knowing the ids without the answers tell anything.
    let strange = Visit { words: "khác".into(), ..first.clone() };
    let heard = other.push(&strange, "a.jpg", &picture, 0, &picture);
    assert_eq!(
        (heard.items[0].state, heard.items[0].code.as_deref()),
        (State::Refused, Some("not_found"))
    );
    assert_eq!(of(&other.push(&theirs, "a.jpg", &picture, 0, &picture)).0, State::All);
}

#[test]
fn what_is_wrong_with_one_item_is_said_of_it_and_nothing_else_suffers() {
    let server = TestServer::surveyed();
    let phone = Sender::of(&server, NAM_CHAY.0);
    let good = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    let picture = photo::heavy(4, 20_000);
    let items = json!({ "items": [
        { "id": "bad", "xml": "<household" },
        { "id": "good", "xml": String::from_utf8(good.xml()).unwrap(), "files": [] },
        { "id": "other", "xml": String::from_utf8(Visit { words: "x".into(), ..good.clone() }.xml()).unwrap() },
        { "id": "form", "xml": "<x id='unknown' version='1'><meta><instanceID>uuid:1</instanceID></meta></x>" },
    ] });
    let heard: Heard =
        phone.ask(Method::POST, "offer", items.to_string().into_bytes(), false).expect(200).json();
    let said: Vec<_> =
        heard.items.iter().map(|one| (one.id.as_str(), one.state, one.code.as_deref())).collect();
    assert_eq!(
        said,
        [
            ("bad", State::Refused, Some("bad_xml")),
            ("good", State::Answers, None),
            ("other", State::Refused, Some("instance_conflict")),
            ("form", State::Refused, Some("unknown_form")),
        ]
    );
    assert!(heard.items[0].message.as_deref().is_some_and(|words| !words.is_empty()));
    // Bytes that are not what their hash says begin anew.
    let body = push(&good, "a.jpg", (&sha256(&picture), picture.len()), 0, &vec![7; picture.len()]);
    let heard: Heard = phone.ask(Method::POST, "push", body, false).expect(200).json();
    assert_eq!(of(&heard), (State::Answers, vec![("a.jpg", 0)]));
    // A file the answers do not name is not wanted.
    let heard = phone.offer(&good, &[("a.jpg", &picture), ("b.jpg", &picture)]);
    assert_eq!(of(&heard), (State::Answers, vec![("a.jpg", 0)]));
    assert_eq!(of(&phone.push(&good, "a.jpg", &picture, 0, &picture)).0, State::All);
    // What is no push at all.
    for body in
        [vec![], vec![0, 0], vec![255; 8], b"\0\0\0\x02{}".to_vec(), b"\0\0\0\x05{}".to_vec()]
    {
        phone.ask(Method::POST, "push", body, false).expect(400);
    }
    let short = push(&good, "a.jpg", (&sha256(&picture), 10), 5, &[0; 6]);
    phone.ask(Method::POST, "push", short, false).expect(400);
}

/// A phone numbers the forms it finishes; one that never comes is noticed, told to the phone, which sends
/// it if it still has it, and to staff.
#[test]
fn a_form_that_never_came_is_noticed_and_told() {
    let server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let phone = Sender { server: &server, token: made.token.unwrap() };
    let visits: Vec<Visit> =
        (1..=5).map(|n| Visit::completed(&format!("u0066.01.00{n}"))).collect();
    let offer = |numbers: &[usize]| {
        let items = numbers.iter().map(|n| {
            let xml = String::from_utf8(visits[*n - 1].xml()).unwrap();
            json!({ "id": n.to_string(), "xml": xml, "nth": { "run": "máy-1", "number": n } })
        });
        let body = json!({ "items": items.collect::<Vec<_>>() }).to_string().into_bytes();
        let heard: Heard = phone.ask(Method::POST, "offer", body, false).expect(200).json();
        heard.missing.into_iter().map(|one| (one.run, one.number)).collect::<Vec<_>>()
    };
    let staff = || {
        let path = format!("/collectors/{}/devices", made.collector.id);
        let page: Page<Device> = server.admin.get(&path).expect(200).json();
        page.items[0].missing.clone()
    };
    let run = |number| ("máy-1".to_owned(), number);
    assert_eq!(offer(&[1]), []);
    assert_eq!(staff(), [0u64; 0]);
    assert_eq!(offer(&[5, 3]), [run(2), run(4)]);
    assert_eq!(staff(), [2, 4]);
    // Late, it is no longer missing; said again, nothing changes.
    assert_eq!(offer(&[2]), [run(4)]);
    assert_eq!(offer(&[2]), [run(4)]);
    assert_eq!(staff(), [4]);
    // The phone set up anew counts on, under its new name; the office sees it there.
    let new = json!({ "id": crate::harness::uuid(), "label": "mã mới" });
    let path = format!("/collectors/{}/devices", made.collector.id);
    let second: CollectorToken = server.admin.post(&path, &new).expect(201).json();
    let phone = Sender { server: &server, token: second.token.unwrap() };
    let later = Visit::completed("u0066.02.001");
    let item = json!({ "id": "7", "xml": String::from_utf8(later.xml()).unwrap(), "nth": { "run": "máy-1", "number": 7 } });
    let body = json!({ "items": [item] }).to_string().into_bytes();
    let heard: Heard = phone.ask(Method::POST, "offer", body, false).expect(200).json();
    assert_eq!(heard.missing.iter().map(|one| one.number).collect::<Vec<_>>(), [4, 6]);
    let page: Page<Device> = server.admin.get(&path).expect(200).json();
    let missing: Vec<_> = page.items.iter().map(|one| one.missing.clone()).collect();
    assert!(missing.contains(&vec![4, 6]) && missing.contains(&vec![]), "{missing:?}");
    // Numbers nobody counts to are not believed.
    for number in [0u64, 1_000_001, u64::MAX] {
        let item = json!({ "id": "8", "xml": String::from_utf8(later.xml()).unwrap(), "nth": { "run": "máy-1", "number": number } });
        let body = json!({ "items": [item] }).to_string().into_bytes();
        let heard: Heard = phone.ask(Method::POST, "offer", body, false).expect(200).json();
        assert_eq!(heard.missing, []);
    }
}

/// What was refused is on the phone and nowhere else: should the phone die, the office knows of it.
#[test]
fn a_refused_form_has_not_come() {
    let server = TestServer::surveyed();
    let phone = Sender::of(&server, NAM_CHAY.0);
    let good = String::from_utf8(Visit::completed("u0066.01.001").xml()).unwrap();
    let bad =
        "<x id='unknown' version='1'><meta><instanceID>uuid:1</instanceID></meta></x>".to_owned();
    let items: Vec<Value> = [(1, bad), (2, good)]
        .into_iter()
        .map(|(n, xml)| json!({ "id": n.to_string(), "xml": xml, "nth": { "run": "máy-1", "number": n } }))
        .collect();
    let body = json!({ "items": items }).to_string().into_bytes();
    let heard: Heard = phone.ask(Method::POST, "offer", body, false).expect(200).json();
    let states: Vec<State> = heard.items.iter().map(|item| item.state).collect();
    assert_eq!(states, [State::Refused, State::All]);
    assert_eq!(heard.missing.iter().map(|one| one.number).collect::<Vec<_>>(), [1]);
}

#[test]
fn packed_offers_are_unpacked_within_bounds() {
    let server = TestServer::surveyed();
    let phone = Sender::of(&server, NAM_CHAY.0);
    let pack = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let visit = Visit::completed("u0066.01.001");
    let heard: Heard =
        phone.ask(Method::POST, "offer", pack(&offer(&visit, &[])), true).expect(200).json();
    assert_eq!(of(&heard), (State::All, vec![]));
    phone.ask(Method::POST, "offer", pack(&vec![b' '; 40 << 20]), true).expect(413);
    phone.ask(Method::POST, "offer", b"nonsense".to_vec(), true).expect(400);
}

#[test]
fn erasing_takes_photos_that_were_on_their_way() {
    let server = TestServer::surveyed();
    let phone = Sender::of(&server, NAM_CHAY.0);
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    let picture = photo::heavy(5, 60_000);
    phone.offer(&visit, &[("a.jpg", &picture)]);
    phone.push(&visit, "a.jpg", &picture, 0, &picture[..30_000]);
    let partial = server.data().join("blobs/partial");
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 1);
    let new = json!({ "id": crate::harness::uuid(), "household": "u0066.01.001", "reason": "chủ hộ yêu cầu xóa" });
    server.admin.post("/erasures", &new).expect(200);
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 0);
    let heard = phone.offer(&visit, &[("a.jpg", &picture)]);
    assert_eq!(heard.items[0].state, State::Erased);
    let heard = phone.push(&visit, "a.jpg", &picture, 0, &picture);
    assert_eq!(heard.items[0].state, State::Refused);
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 0);
    assert_eq!(store::blob_files(server.data()).len(), 0);
    let pull: Pull = phone.ask(Method::GET, "pull", vec![], false).expect(200).json();
    assert_eq!(pull.forgotten[0].household, "u0066.01.001");
}
