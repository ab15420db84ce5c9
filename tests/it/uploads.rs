//! One file sent in parts by whoever speaks HTTP: the fields of the IETF's resumable uploads, with wrong
//! and hostile ones, and who may.

use std::io::Write;

use ntm_shared::api::phone::{Heard, State};
use ntm_shared::api::submission::SubmissionRow;
use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Answer, Multipart, NAM_CHAY, Phone, TestServer, Visit, ask_often, client, photo, sha256, store,
};

struct File<'s> {
    server: &'s TestServer,
    token: String,
    path: String,
}

impl File<'_> {
    /// A file of a submission whose answers are there.
    fn of<'s>(server: &'s TestServer, visit: &Visit, name: &str, bytes: &[u8]) -> File<'s> {
        let token = server.new_collector(&[NAM_CHAY.0]).token.unwrap();
        let xml = String::from_utf8(visit.xml()).unwrap();
        let offer = json!({ "items": [{ "id": "1", "xml": xml }] });
        let heard: Heard =
            server.nobody().with_token(&token).post("/phone/offer", &offer).expect(200).json();
        assert_eq!(heard.items[0].state, State::Answers);
        let (xml, bytes) = (sha256(&visit.xml()), sha256(bytes));
        let path = format!("/api/v1/phone/files/household/{}/{xml}/{name}/{bytes}", visit.instance);
        File { server, token, path }
    }

    fn ask(&self, method: Method, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        let url = format!("{}{}", self.server.url(), self.path);
        let mut request = client().request(method, url).bearer_auth(&self.token);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        Answer::read(request.body(body.to_vec()).send().unwrap()).unwrap()
    }

    fn put(&self, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        self.ask(Method::PUT, fields, body)
    }

    fn patch(&self, offset: &str, complete: &str, body: &[u8]) -> Answer {
        let kind = ("Content-Type", "application/partial-upload");
        let fields = [kind, ("Upload-Offset", offset), ("Upload-Complete", complete)];
        self.ask(Method::PATCH, &fields, body)
    }

    /// Where it stands: offset and whether it is complete.
    fn head(&self) -> (u64, bool) {
        stands(&self.ask(Method::HEAD, &[], &[]).expect(204))
    }
}

fn stands(answer: &Answer) -> (u64, bool) {
    let complete = match answer.header("upload-complete") {
        "?1" => true,
        "?0" => false,
        other => panic!("Upload-Complete: {other:?}"),
    };
    (answer.header("upload-offset").parse().expect("an offset"), complete)
}

fn visit() -> Visit {
    Visit::completed("u0066.01.001").photos(&["nhà.jpg", "b.jpg"])
}

#[test]
fn a_file_goes_on_where_it_ended() {
    let server = TestServer::surveyed();
    let (visit, bytes) = (visit(), photo::heavy(1, 90_000));
    let file = File::of(&server, &visit, "nhà.jpg", &bytes);
    assert_eq!(file.head(), (0, false));
    let length = bytes.len().to_string();
    let begun =
        file.put(&[("Upload-Complete", "?0"), ("Upload-Length", &length)], &bytes[..30_000]);
    assert_eq!(stands(&begun.expect(201)), (30_000, false));
    assert_eq!(
        stands(&file.patch("30000", "?0", &bytes[30_000..50_000]).expect(204)),
        (50_000, false)
    );
    // The connection ends in the middle: what came stays.
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut socket = std::net::TcpStream::connect(&address).unwrap();
    let path = file.path.replace("nhà", "nh%C3%A0");
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nUpload-Offset: 50000\r\n\
         Upload-Complete: ?1\r\nContent-Type: application/partial-upload\r\nContent-Length: {}\r\n\r\n",
        file.token,
        bytes.len() - 50_000
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(&bytes[50_000..60_000]).unwrap();
    drop(socket);
    ask_often("what came", std::time::Duration::from_secs(10), || file.head().0 == 60_000);
    let last = file.patch("60000", "?1", &bytes[60_000..]).expect(204);
    let whole = (bytes.len() as u64, true);
    assert_eq!((stands(&last), file.head()), (whole, whole));
    // Said again, it changes nothing.
    assert_eq!(stands(&file.put(&[], &bytes).expect(201)), whole);
    file.patch("0", "?1", &bytes).expect(409);
    let row = &server.admin.all::<SubmissionRow>("/submissions")[0];
    let kept = server.admin.get(&format!("/submissions/{}/attachments/nhà.jpg", row.seq));
    assert_eq!(kept.expect(200).body, bytes);
    assert_eq!(row.attachments_present, 1);
}

#[test]
fn a_file_in_one_piece_needs_no_field() {
    let server = TestServer::surveyed();
    let (visit, bytes) = (visit(), photo::heavy(2, 20_000));
    let file = File::of(&server, &visit, "b.jpg", &bytes);
    assert_eq!(stands(&file.put(&[], &bytes).expect(201)), (bytes.len() as u64, true));
    // One whose end is said afterwards, with nothing in it.
    let other = photo::heavy(3, 10_000);
    let file = File::of(&server, &visit, "nhà.jpg", &other);
    file.put(&[("Upload-Complete", "?0")], &other).expect(201);
    assert_eq!(file.head(), (other.len() as u64, false));
    let end = file.patch(&other.len().to_string(), "?1", &[]).expect(204);
    assert_eq!(stands(&end), (other.len() as u64, true));
}

#[test]
fn wrong_offsets_and_wrong_bytes_are_refused_and_nothing_is_lost() {
    let server = TestServer::surveyed();
    let (visit, bytes) = (visit(), photo::heavy(4, 50_000));
    let file = File::of(&server, &visit, "b.jpg", &bytes);
    file.put(&[("Upload-Complete", "?0")], &bytes[..20_000]).expect(201);
    for offset in ["0", "19999", "20001", "999999999999999"] {
        let answer = file.patch(offset, "?1", &bytes[20_000..]);
        assert_eq!(stands(&answer), (20_000, false), "{offset}");
        answer.problem("upload_offset");
    }
    let nonsense =
        ["", "-1", "+5", "1e3", "0x10", "20000.0", " ", "9999999999999999", "18446744073709551616"];
    for offset in nonsense {
        assert_eq!(file.patch(offset, "?0", &bytes[20_000..]).status, 400, "{offset:?}");
    }
    for complete in ["1", "true", "?2", "?1;a"] {
        assert_eq!(file.patch("20000", complete, &[]).status, 400, "{complete:?}");
    }
    let part = ("Content-Type", "application/partial-upload");
    let none = file.ask(Method::PATCH, &[part], &bytes[20_000..]);
    assert_eq!(none.status, 400, "no offset");
    let kind = file.ask(Method::PATCH, &[("Upload-Offset", "20000")], &bytes[20_000..]);
    assert_eq!(kind.status, 400, "another type");
    let two = [part, ("Upload-Offset", "20000"), ("Upload-Offset", "0")];
    assert_eq!(file.ask(Method::PATCH, &two, &bytes[20_000..]).status, 400, "two offsets");
    for length in ["100", "20001", "x"] {
        let fields = [part, ("Upload-Offset", "20000"), ("Upload-Length", length)];
        assert_eq!(file.ask(Method::PATCH, &fields, &bytes[20_000..]).status, 400, "{length}");
    }
    assert_eq!(file.head(), (20_000, false), "what had come is still there");
    // Bytes of another file: they begin anew.
    file.patch("20000", "?1", &vec![7; bytes.len() - 20_000]).problem("upload_hash");
    assert_eq!(file.head(), (0, false));
    assert_eq!(store::blob_files(server.data()).len(), 0);
    file.put(&[], &bytes).expect(201);
}

#[test]
fn nobody_learns_or_adds_what_is_not_theirs() {
    let server = TestServer::surveyed();
    let (visit, bytes) = (visit(), photo::heavy(5, 20_000));
    let file = File::of(&server, &visit, "b.jpg", &bytes);
    let (xml, hash) = (sha256(&visit.xml()), sha256(&bytes));
    let strange = [
        (xml.as_str(), sha256(b"other answers"), "answers nobody sent"),
        ("b.jpg", "c.jpg".to_owned(), "a file the answers do not name"),
        (hash.as_str(), "x".repeat(64), "no hash"),
        (hash.as_str(), "..%2F..%2Fdata.db".to_owned(), "a path"),
        ("/household/", "/visit/".to_owned(), "another form"),
    ];
    for (from, to, why) in strange {
        let other =
            File { server: &server, token: file.token.clone(), path: file.path.replace(from, &to) };
        assert_eq!(other.ask(Method::HEAD, &[], &[]).status, 404, "{why}");
        assert_eq!(other.put(&[], &bytes).status, 404, "{why}");
        assert_eq!(other.patch("0", "?1", &bytes).status, 404, "{why}");
    }
    let nobody = File { server: &server, token: "0".repeat(64), path: file.path.clone() };
    assert_eq!(nobody.put(&[], &bytes).status, 401);
    let partial = server.data().join("blobs/partial");
    assert_eq!(std::fs::read_dir(&partial).map_or(0, Iterator::count), 0);
    assert_eq!(store::blob_files(server.data()).len(), 0);
}

/// The photo comes by another way while a part of it is there: the part goes.
#[test]
fn a_part_goes_when_the_photo_has_come_another_way() {
    let server = TestServer::surveyed();
    let (visit, bytes) = (visit(), photo::heavy(6, 40_000));
    let file = File::of(&server, &visit, "b.jpg", &bytes);
    let partial = server.data().join("blobs/partial");
    let parts = || std::fs::read_dir(&partial).map_or(0, Iterator::count);
    file.put(&[("Upload-Complete", "?0")], &bytes[..20_000]).expect(201);
    assert_eq!(parts(), 1);
    let phone = Phone::new(&format!("{}/key/{}", server.url(), file.token));
    phone.post(&Multipart::of(&visit.xml()).photo("b.jpg", &bytes)).expect(201);
    assert_eq!((parts(), file.head()), (0, (bytes.len() as u64, true)));
    // The same photo, known of the collector's earlier submission.
    let next = Visit::completed("u0066.01.002").photos(&["a.jpg"]);
    let xml = String::from_utf8(next.xml()).unwrap();
    let api = server.nobody().with_token(&file.token);
    let offer = |files: serde_json::Value| {
        let item = json!({ "id": "1", "xml": xml, "files": files });
        api.post("/phone/offer", &json!({ "items": [item] })).expect(200).json::<Heard>()
    };
    offer(json!([]));
    let hash = sha256(&bytes);
    let path = format!(
        "/api/v1/phone/files/household/{}/{}/a.jpg/{hash}",
        next.instance,
        sha256(&next.xml())
    );
    let second = File { server: &server, token: file.token.clone(), path };
    second.put(&[("Upload-Complete", "?0")], &bytes[..10_000]).expect(201);
    assert_eq!(parts(), 1);
    let heard = offer(json!([{ "name": "a.jpg", "sha256": hash, "bytes": bytes.len() }]));
    assert_eq!((heard.items[0].state, parts()), (State::All, 0));
}
