//! Uploads that break off: what arrived whole waits for the rest.

use std::io::Write;
use std::time::Duration;

use jiff::SignedDuration;
use ntm_server::{Limits, Salvage};
use ntm_shared::api::submission::{Submission, SubmissionRow};

use crate::durability::{Scene, command};
use crate::harness::{
    Api, Multipart, NAM_CHAY, Phone, RealServer, Roster, TestServer, Visit, ask_often, photo,
    round, store,
};

const NAMES: [&str; 4] = ["trước.jpg", "nền.jpg", "mái.jpg", "nước.jpg"];
const SOON: Duration = Duration::from_secs(10);

fn visit() -> Visit {
    Visit::completed("u0066.01.001").photos(&NAMES)
}

fn picture(n: usize) -> Vec<u8> {
    photo::heavy(n as u64 + 700, 30_000)
}

/// An upload with these photos, by number, in this order.
fn upload(visit: &Visit, photos: &[usize]) -> Multipart {
    let body = Multipart::of(&visit.xml());
    photos.iter().fold(body, |body, n| body.photo(NAMES[*n], &picture(*n)))
}

/// Sends `photos`, of which the last breaks off in the middle.
fn break_off(phone: &Phone, visit: &Visit, photos: &[usize]) {
    let upload = upload(visit, photos);
    let whole = upload.until(photos.len());
    phone.cut(&upload, whole + 10_000, upload.body().len());
}

fn waits(data: &std::path::Path, records: i64, files: i64) {
    ask_often("quarantine", SOON, || {
        let census = store::census(data);
        (census["salvage"], census["salvage_file"], census["files being received"])
            == (records, files, 0)
    });
}

#[track_caller]
fn whole(admin: &Api, visit: &Visit) {
    let rows: Vec<SubmissionRow> = admin.all("/submissions");
    let rows: Vec<_> = rows.iter().filter(|row| row.instance_id == visit.instance).collect();
    assert_eq!(rows.len(), 1);
    for (n, name) in NAMES.iter().enumerate() {
        let path = format!("/submissions/{}/attachments/{name}", rows[0].seq);
        assert_eq!(admin.get(&path).expect(200).body, picture(n), "{name}");
    }
}

fn listed(admin: &Api) -> usize {
    admin.all::<SubmissionRow>("/submissions").len()
}

fn surveyed(salvage: Salvage, sweep: Duration) -> (TestServer, Phone) {
    let server = TestServer::with(|config| {
        let sweep = (sweep, sweep);
        config.limits = Limits { salvage, sweep, orphan: Duration::ZERO, ..Limits::default() };
    });
    server.import(&Roster::small());
    server.open_round(&round());
    let phone = server.collector(&[NAM_CHAY.0]);
    (server, phone)
}

const NEVER: Duration = Duration::from_secs(3600);

#[test]
fn broken_attempts_add_up_to_a_whole_record() {
    let (server, phone) = surveyed(Salvage::default(), NEVER);
    let visit = visit();
    break_off(&phone, &visit, &[0, 1, 2]);
    waits(server.data(), 1, 2);
    assert_eq!(listed(&server.admin), 0, "half a record is listed");
    break_off(&phone, &visit, &[2, 1]);
    waits(server.data(), 1, 3);
    assert_eq!(listed(&server.admin), 0, "a record without its last photo is listed");
    // No attempt ever finished, and everything is there.
    break_off(&phone, &visit, &[3, 0]);
    waits(server.data(), 0, 0);
    whole(&server.admin, &visit);
    let before = store::census(server.data());
    phone.post(&upload(&visit, &[0, 1, 2, 3])).expect(201);
    assert_eq!(store::census(server.data()), before, "sent again, nothing changes");
}

#[test]
fn a_finished_attempt_takes_over_what_the_broken_ones_left() {
    let (server, phone) = surveyed(Salvage::default(), NEVER);
    let visit = visit();
    break_off(&phone, &visit, &[0, 1, 2]);
    waits(server.data(), 1, 2);
    // The sender says that this is all it has: the record is listed, with what came before.
    phone.post(&upload(&visit, &[2])).expect(201);
    waits(server.data(), 0, 0);
    let shown: Submission = server.admin.get("/submissions/1").expect(200).json();
    assert_eq!((shown.row.attachments_expected, shown.row.attachments_present), (4, 3));
    // The missing one comes in a further attempt that breaks off.
    break_off(&phone, &visit, &[3, 0]);
    ask_often("the last photo", SOON, || {
        let row: Submission = server.admin.get("/submissions/1").expect(200).json();
        row.row.attachments_present == 4
    });
    whole(&server.admin, &visit);
}

#[test]
fn parts_are_kept_apart_by_sender_and_by_answers() {
    let (server, phone) = surveyed(Salvage::default(), NEVER);
    let other = server.collector(&[NAM_CHAY.0]);
    let visit = visit();
    break_off(&phone, &visit, &[0, 1, 2]);
    waits(server.data(), 1, 2);
    break_off(&other, &visit, &[2, 3, 0]);
    waits(server.data(), 2, 4);
    let reworded = Visit { poverty: "poor".into(), ..visit.clone() };
    break_off(&phone, &reworded, &[2, 3, 0]);
    waits(server.data(), 3, 6);
    assert_eq!(listed(&server.admin), 0, "strangers' parts made a record");
    // The first to be whole is the submission; what the others left is not mixed into it.
    phone.post(&upload(&visit, &[2, 3])).expect(201);
    whole(&server.admin, &visit);
    waits(server.data(), 2, 4);
    phone.post(&upload(&reworded, &[0])).expect(409);
    // What breaks off with nothing whole but the answers leaves nothing.
    break_off(&phone, &Visit::completed("u0066.01.002").photos(&NAMES), &[0]);
    // Nor does a form nobody knows.
    let strange = String::from_utf8(visit.xml()).unwrap().replace("\"household\"", "\"nope\"");
    let body = Multipart::of(strange.as_bytes()).photo(NAMES[0], &picture(0)).photo(NAMES[1], b"x");
    phone.cut(&body, body.until(2) + 5, body.body().len());
    waits(server.data(), 2, 4);
}

#[test]
fn the_quarantine_is_bounded_and_expires() {
    let size = picture(0).len() as u64;
    let salvage = Salvage { each: 3 * size, all: 5 * size, ..Salvage::default() };
    let (server, phone) = surveyed(salvage, Duration::from_secs(1));
    let visits: Vec<Visit> =
        (1..=5).map(|n| Visit::completed(&format!("u0066.01.00{n}")).photos(&NAMES)).collect();
    break_off(&phone, &visits[0], &[0, 1, 2]);
    waits(server.data(), 1, 2);
    break_off(&phone, &visits[1], &[0, 1, 2]);
    // A collector's share is used up; another has its own, until all of it is.
    let other = server.collector(&[NAM_CHAY.0]);
    break_off(&other, &visits[2], &[0, 1, 2]);
    waits(server.data(), 2, 4);
    let third = server.collector(&[NAM_CHAY.0]);
    break_off(&third, &visits[3], &[0, 1, 2]);
    // Refused parts are no one's and are swept out; those of the quarantine stay.
    ask_often("sweep", SOON, || {
        let census = store::census(server.data());
        (census["salvage"], census["salvage_file"], census["blob files"]) == (2, 4, 2)
    });
    server.clock.advance(SignedDuration::from_hours(24 * 13));
    phone.post(&upload(&visits[4], &[])).expect(201);
    std::thread::sleep(Duration::from_millis(1500));
    waits(server.data(), 2, 4);
    server.clock.advance(SignedDuration::from_hours(25));
    ask_often("expiry", SOON, || {
        let census = store::census(server.data());
        (census["salvage"], census["salvage_file"], census["blob files"]) == (0, 0, 0)
    });
}

/// Parts of a slow upload are durable while it still goes on.
#[test]
fn parts_of_a_slow_upload_survive_kill_nine() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let (visit, phone) = (visit(), scene.phones[0].clone());
    let first = upload(&visit, &[0, 1, 2]);
    let body = first.body();
    let mut socket = phone.begin(body.len()).unwrap();
    socket.write_all(&body[..first.until(2) - 5_000]).unwrap();
    // The server's clock for it begins a little after ours.
    std::thread::sleep(Salvage::default().after + Duration::from_millis(500));
    socket.write_all(&body[first.until(2) - 5_000..first.until(3) + 5_000]).unwrap();
    waits_receiving(scene.server.data(), 2);
    scene.server.kill();
    scene.server.run(&[]);
    drop(socket);
    waits(scene.server.data(), 1, 2);
    assert_eq!(listed(&scene.admin), 0);

    // In a backup there are no halves; a check knows of them.
    let data = scene.server.data().to_string_lossy().into_owned();
    let (code, text) = command(&["check", "--data", &data]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 phiếu gửi dở"), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let to = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    assert_eq!(command(&["backup", &to("backups"), "--data", &data]).0, Some(0));
    let (code, text) = command(&["restore", &to("backups"), "--data", &to("restored")]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(store::census(folder.path().join("restored").as_path())["salvage"], 0);

    break_off(&phone, &visit, &[2, 3]);
    waits(scene.server.data(), 1, 3);
    scene.server.kill();
    scene.server.run(&[]);
    // A damaged part is named.
    break_off(&phone, &visit, &[3, 0]);
    waits(scene.server.data(), 0, 0);
    whole(&scene.admin, &visit);
}

/// As [`waits`], while the upload still arrives.
fn waits_receiving(data: &std::path::Path, files: i64) {
    ask_often("quarantine", SOON, || store::census(data)["salvage_file"] == files);
}

#[test]
fn a_damaged_part_is_named_by_the_check() {
    let mut scene = Scene::new(RealServer::start(), 1);
    scene.server.spoil();
    break_off(&scene.phones[0], &visit(), &[0, 1]);
    waits(scene.server.data(), 1, 1);
    let blob = store::blob_files(scene.server.data()).remove(0);
    std::fs::write(&blob, b"rot").unwrap();
    let data = scene.server.data().to_string_lossy().into_owned();
    let (code, text) = command(&["check", "--data", &data]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("(quarantine)"), "{text}");
}
