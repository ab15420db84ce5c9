//! Disks that are full or fail: refused honestly, reads go on, and it mends by itself.

use std::time::{Duration, Instant};

use ntm_shared::api::collector::NewCollector;
use ntm_shared::api::submission::SubmissionRow;

use super::load::{Dice, Filled, Load, verify};
use super::{Scene, command, health};
use crate::harness::{
    Answer, Mount, Multipart, Phone, RealServer, Tracer, Visit, ask_often, client, photo, store,
    uuid,
};

const FSYNC: &str = "-etrace=fsync,fdatasync";
const SOON: Duration = Duration::from_secs(20);

/// A refusal a phone and its owner can act on.
#[track_caller]
fn is_honest(answer: &Answer, status: u16, code: &str, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.text().contains(&format!("({code})")), "{}", answer.text());
    assert!(answer.text().contains(words), "{}", answer.text());
    let wait: u32 = answer.header("retry-after").parse().expect("Retry-After");
    assert!((1..=3600).contains(&wait), "{wait}");
}

fn is_full(answer: &Answer) {
    is_honest(answer, 507, "storage_full", "Máy chủ hết chỗ lưu; chưa nhận phiếu này.");
}

fn is_fault(answer: &Answer) {
    is_honest(answer, 503, "storage_fault", "Máy chủ không ghi được dữ liệu; chưa nhận phiếu này.");
}

/// Degraded, and says why; lists, originals and what phones fetch are there all the same.
#[track_caller]
fn reads_only(scene: &Scene, sent: &[Filled], code: &str) {
    let (status, said) = health(&scene.server);
    assert_eq!((status, &said["status"], &said["reason"]), (503, &"degraded".into(), &code.into()));
    assert!(said["epoch"].is_string(), "{said}");
    verify(&scene.admin, sent);
    assert!(!scene.phones[0].form_list().is_empty());
    assert_eq!(
        scene.phones[0].head().expect("an answer").status,
        if code == "storage_full" { 507 } else { 503 }
    );
}

fn collector() -> NewCollector {
    NewCollector { id: uuid(), name: "Lan".into(), areas: vec!["u0066.01".into()], days: None }
}

fn is_well(server: &RealServer) -> bool {
    health(server).0 == 200
}

fn send(phone: &Phone, dice: &mut Dice) -> (Filled, Answer) {
    let filled = Filled::with(dice, 4);
    let answer = phone.post(&filled.whole());
    (filled, answer)
}

/// Before the disk is full, uploads are refused and the room left serves everything else.
#[test]
fn uploads_end_where_the_reserve_begins() {
    let Some(mount) = Mount::tmpfs(24) else { return };
    let data = mount.path().join("data");
    let mut dice = Dice::thrown();
    let env = [("NTM_RESERVE_MIB", "8")];
    let mut scene = Scene::new(RealServer::configured(&data, &env), 2);
    let mut sent = Vec::new();
    let refused = loop {
        let large = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
        let upload = Multipart::of(&large.xml()).photo("a.jpg", &photo::heavy(dice.0, 700_000));
        dice.roll(2);
        let answer = scene.phones[0].post(&upload);
        if answer.status != 201 {
            break answer;
        }
        let (filled, answer) = send(&scene.phones[1], &mut dice);
        if answer.status != 201 {
            break answer;
        }
        sent.push(filled);
        assert!(sent.len() < 100, "24 MiB are never full");
    };
    is_full(&refused);
    assert!(!sent.is_empty());
    let english = client()
        .post(format!("{}/submission", scene.phones[0].base))
        .header("X-OpenRosa-Version", "1.0")
        .header("Accept-Language", "en")
        .header("Content-Type", Multipart::kind())
        .body(
            Filled::with(&mut dice, 4).whole().photo("b.jpg", &photo::heavy(1, 2_000_000)).body(),
        );
    let english = Answer::read(english.send().expect("an answer")).expect("an answer");
    assert_eq!(english.status, 507);
    assert!(english.text().contains("The server is out of space"), "{}", english.text());
    assert!(store::incoming(&data).is_empty(), "what was refused is left lying");
    // Into the reserve, as a log file would: health says so before anybody sends.
    mount.fill_but(6 << 20);
    reads_only(&scene, &sent, "storage_full");
    // Staff go on working in the reserve.
    scene.admin.get("/rounds/2024-10/status").expect(200);
    scene.admin.post("/collectors", &collector()).expect(201);
    mount.empty();
    ask_often("health", SOON, || is_well(&scene.server));
    assert!(scene.server.terminate(), "{}", scene.server.log());
    println!("{} submissions until the reserve", sent.len());
}

/// Without a reserve the disk itself says no, in the middle of photos and of commits.
#[test]
fn a_full_disk_loses_nothing_and_mends_when_there_is_room() {
    let Some(mount) = Mount::tmpfs(24) else { return };
    let data = mount.path().join("data");
    let mut dice = Dice::thrown();
    let mut scene = Scene::new(RealServer::configured(&data, &[("NTM_RESERVE_MIB", "0")]), 3);
    let mut sent = Vec::new();
    for _ in 0..3 {
        let (filled, answer) = send(&scene.phones[0], &mut dice);
        answer.expect(201);
        sent.push(filled);
    }
    // After a stop the log of the database is empty: the next change needs room.
    assert!(scene.server.terminate(), "{}", scene.server.log());
    scene.server.run(&[]);
    mount.fill();
    let mut made = (0..40).map(|_| scene.admin.post("/collectors", &collector()));
    let refused = made.find(|answer| answer.status != 201).expect("no end of room");
    assert_eq!(refused.status, 507);
    refused.problem("storage_full");
    assert!(!refused.header("retry-after").is_empty());
    reads_only(&scene, &sent, "storage_full");
    mount.empty();
    let took = ask_often("health", SOON, || is_well(&scene.server));
    scene.admin.post("/collectors", &collector()).expect(201);
    println!("a commit found no room: well again {took:.1?} after there was");
    for round in 1..=3 {
        let phones = scene.phones.clone();
        let ((), load) = Load::under(&phones, &mut dice, |load| {
            std::thread::sleep(Duration::from_millis(300));
            mount.fill();
            ask_often("a refusal", SOON, || load.refused() > 5);
            let acknowledged = load.acknowledged();
            reads_only(
                &scene,
                &acknowledged[acknowledged.len().saturating_sub(3)..],
                "storage_full",
            );
            is_full(&send(&scene.phones[0], &mut Dice(round)).1);
            mount.empty();
            ask_often("health", SOON, || is_well(&scene.server));
            let before = load.acknowledged().len();
            ask_often("senders get through", SOON, || load.acknowledged().len() > before + 5);
        });
        sent.extend(load.acknowledged());
    }
    verify(&scene.admin, &sent);
    assert!(store::incoming(&data).is_empty(), "what was refused is left lying");
    assert!(scene.server.terminate(), "{}", scene.server.log());
    assert_eq!(command(&["check", "--data", data.to_str().unwrap()]).0, Some(0));
    println!("3 times full: {} acknowledged, 0 lost", sent.len());
}

/// Where it fails, how strace does it, and what the answer must be.
type Place<'a> = (&'a str, Vec<&'a str>, fn(&Answer));

/// One failed fsync: that batch is refused, none is tried again, and the next second all is well.
#[test]
fn a_failed_fsync_is_never_an_acknowledgement() {
    let mut dice = Dice::thrown();
    let mut scene = Scene::new(RealServer::start(), 1);
    let (first, answer) = send(&scene.phones[0], &mut dice);
    answer.expect(201);
    let log = scene.server.data().join("data.db-wal");
    let log = log.to_str().expect("a path").to_owned();
    let write = "-etrace=pwrite64";
    let places: [Place; 4] = [
        ("fsync of a photo", vec![FSYNC, "-einject=fsync,fdatasync:error=EIO:when=1"], is_fault),
        (
            "fsync of the log of the database",
            vec![FSYNC, "-einject=fsync,fdatasync:error=EIO:when=1", "-P", &log],
            is_fault,
        ),
        (
            "write to the log of the database",
            vec![write, "-einject=pwrite64:error=EIO:when=3", "-P", &log],
            is_fault,
        ),
        (
            "no room in the log of the database",
            vec![write, "-einject=pwrite64:error=ENOSPC:when=2", "-P", &log],
            is_full,
        ),
    ];
    let tried = places.len();
    for (what, words, honest) in places {
        let Some(tracer) = Tracer::attach(scene.server.id(), &words) else { return };
        let (filled, answer) = send(&scene.phones[0], &mut dice);
        honest(&answer);
        let took = ask_often("health", SOON, || is_well(&scene.server));
        drop(tracer);
        scene.phones[0].post(&filled.whole()).expect(201);
        verify(&scene.admin, &[first.clone(), filled]);
        println!("once {what}: refused, well again after {took:.1?}");
    }
    let stored = scene.admin.all::<SubmissionRow>("/submissions").len();
    assert_eq!(stored, 1 + tried);
    scene.server.kill();
    scene.server.run(&[]);
    assert_eq!(scene.admin.all::<SubmissionRow>("/submissions").len(), stored);
}

/// As long as the disk fails, nothing is taken in and everything can be read.
#[test]
fn a_failing_disk_is_read_only_until_it_works_again() {
    let mut dice = Dice::thrown();
    let mut scene = Scene::new(RealServer::start(), 2);
    let mut sent = Vec::new();
    let phones = scene.phones.clone();
    for _ in 0..2 {
        let (held, load) = Load::under(&phones, &mut dice, |load| {
            ask_often("a start", SOON, || load.acknowledged().len() > 5);
            let always = [FSYNC, "-einject=fsync,fdatasync:error=EIO"];
            let Some(tracer) = Tracer::attach(scene.server.id(), &always) else {
                return false;
            };
            ask_often("refusals", SOON, || load.refused() > 5);
            let acknowledged = load.acknowledged();
            // Several tests of the disk come and go.
            std::thread::sleep(Duration::from_millis(2500));
            assert_eq!(load.acknowledged().len(), acknowledged.len(), "acknowledged without fsync");
            let last = &acknowledged[acknowledged.len().saturating_sub(3)..];
            reads_only(&scene, last, "storage_fault");
            is_fault(&send(&scene.phones[0], &mut Dice(1)).1);
            drop(tracer);
            ask_often("health", SOON, || is_well(&scene.server));
            ask_often("senders get through", SOON, || {
                load.acknowledged().len() > acknowledged.len() + 5
            });
            true
        });
        if !held {
            return;
        }
        sent.extend(load.acknowledged());
    }
    verify(&scene.admin, &sent);
    // Whoever read originals meanwhile was noted when that could be written.
    let notes: i64 = store::open(scene.server.data())
        .query_row("SELECT count(*) FROM access WHERE what = 'submission.xml'", [], |row| {
            row.get(0)
        })
        .expect("a count");
    assert!(notes as usize >= sent.len() + 6, "{notes} notes of reads");
    scene.server.kill();
    scene.server.run(&[]);
    verify(&scene.admin, &sent);
    println!("EIO for seconds, twice: {} acknowledged, 0 lost", sent.len());
}

/// So many connections that the system gives no more files: the others wait, and it passes.
#[test]
fn too_many_open_files_pass() {
    let mut dice = Dice::thrown();
    let mut server = RealServer::start();
    server.kill();
    server.run(&["prlimit", "--nofile=64"]);
    let scene = Scene::new(server, 2);
    let phones = scene.phones.clone();
    let host = scene.server.url().replace("http://", "");
    let ((), load) = Load::under(&phones, &mut dice, |load| {
        ask_often("a start", SOON, || load.acknowledged().len() > 3);
        let idle: Vec<_> =
            (0..120).map_while(|_| std::net::TcpStream::connect(&host).ok()).collect();
        assert!(idle.len() > 64, "only {} connections", idle.len());
        std::thread::sleep(Duration::from_millis(1500));
        drop(idle);
        let before = load.acknowledged().len();
        ask_often("senders get through", SOON, || load.acknowledged().len() > before + 5);
    });
    ask_often("health", SOON, || is_well(&scene.server));
    verify(&scene.admin, &load.acknowledged());
    println!(
        "64 files at most: {} acknowledged, {} refused, {} broken off",
        load.acknowledged().len(),
        load.refused(),
        load.broken()
    );
}

/// Every fsync takes 0.3 s: those who wait share one commit, so that sixteen take no longer than a
/// few.
#[test]
fn a_slow_disk_is_waited_for_together() {
    let mut dice = Dice::thrown();
    let scene = Scene::new(RealServer::start(), 16);
    let slow = [FSYNC, "-einject=fsync,fdatasync:delay_exit=300000"];
    let Some(tracer) = Tracer::attach(scene.server.id(), &slow) else { return };
    let filled: Vec<Filled> = (0..16).map(|_| Filled::with(&mut dice, 0)).collect();
    let start = Instant::now();
    let took: Vec<Duration> = std::thread::scope(|scope| {
        let senders: Vec<_> = scene
            .phones
            .iter()
            .zip(&filled)
            .map(|(phone, filled)| {
                scope.spawn(move || {
                    phone.apart().post(&filled.whole()).expect(201);
                    start.elapsed()
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().expect("a sender")).collect()
    });
    drop(tracer);
    let last = took.iter().max().copied().unwrap_or_default();
    assert!(last >= Duration::from_millis(300), "{last:?}: the disk was not slow");
    assert!(last < Duration::from_millis(16 * 300 / 2), "{last:?}: one after the other");
    verify(&scene.admin, &filled);
    println!("fsync of 0.3 s: 16 senders at once, the last acknowledged after {last:.1?}");
}
