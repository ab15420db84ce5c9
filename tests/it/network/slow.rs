//! Phones on a slow network.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use ntm_server::Limits;

use crate::durability::{Scene, long};
use crate::harness::{
    Multipart, NAM_CHAY, RealServer, Roster, TestServer, Visit, ask_often, photo, round, store,
};

/// 256 kbit/s.
const RATE: usize = 32_000;
const TICK: Duration = Duration::from_millis(100);

/// A hundred phones at 256 kbit/s send at once: 120 KB each, or 1.2 MB in the whole set
/// (`NTM_TEST_LONG=1`).
#[test]
fn a_hundred_slow_phones_at_once_are_all_served_in_little_memory() {
    let scene = Scene::new(RealServer::start(), 100);
    let each = if long() { 300_000 } else { 30_000 };
    let names = ["1.jpg", "2.jpg", "3.jpg", "4.jpg"];
    let uploads: Vec<Multipart> = (0..100)
        .map(|n| {
            let household = format!("u0066.{:02}.{:03}", 1 + n % 3, 1 + n / 3);
            let visit = Visit::completed(&household).photos(&names);
            let body = Multipart::of(&visit.xml());
            let photo = |k| photo::heavy((n * 4 + k) as u64, each);
            (0..4).fold(body, |body, k| body.photo(names[k as usize], &photo(k)))
        })
        .collect();
    let start = Instant::now();
    let answers: Vec<String> = std::thread::scope(|scope| {
        let sending: Vec<_> = scene
            .phones
            .iter()
            .zip(&uploads)
            .map(|(phone, upload)| {
                scope.spawn(move || {
                    let body = upload.body();
                    let mut socket = phone.begin(body.len()).expect("a connection");
                    for piece in body.chunks(RATE / 10) {
                        socket.write_all(piece).expect("a piece");
                        std::thread::sleep(TICK);
                    }
                    let mut answer = String::new();
                    socket.read_to_string(&mut answer).expect("an answer");
                    answer
                })
            })
            .collect();
        sending.into_iter().map(|phone| phone.join().expect("a phone")).collect()
    });
    let good = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 201")).count();
    let (now, most) = scene.server.memory();
    let bytes = uploads[0].body().len();
    println!(
        "100 phones at 256 kbit/s, {bytes} bytes each: {good} acknowledged in {:.1?}, memory {now} MiB, at most {most}",
        start.elapsed()
    );
    assert_eq!(good, 100, "{:?}", answers.iter().find(|a| !a.starts_with("HTTP/1.1 201")));
    assert!(most < 150, "{most} MiB");
    assert_eq!(store::census(scene.server.data())["submission"], 100);
}

/// 64 uploads of 20 MB at once: they go through to the disk, not through memory. Only in the whole set.
#[test]
fn large_uploads_at_once_take_little_memory() {
    if !long() {
        return;
    }
    let scene = Scene::new(RealServer::start(), 8);
    let photo = photo::heavy(20, 20_000_000);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for n in 0..64 {
            let (phone, photo) = (scene.phones[n % 8].apart(), &photo);
            scope.spawn(move || {
                let visit = Visit::completed(&format!("u0066.01.{:03}", 1 + n % 40));
                let visit = visit.photos(&["a.jpg"]);
                // Each its own bytes.
                let photo = [photo.as_slice(), &n.to_be_bytes()].concat();
                phone.post(&Multipart::of(&visit.xml()).photo("a.jpg", &photo)).expect(201);
            });
        }
    });
    let (now, most) = scene.server.memory();
    println!("64 uploads of 20 MB in {:.1?}: memory {now} MiB, at most {most}", start.elapsed());
    assert!(most < 150, "{most} MiB");
}

/// A phone is told to send about as much at a time as its network carried.
#[test]
fn a_slow_phone_is_told_to_send_less_at_a_time() {
    let server = TestServer::surveyed();
    let (phone, other) = (server.collector(&[NAM_CHAY.0]), server.collector(&[NAM_CHAY.0]));
    let told = |phone: &crate::harness::Phone| -> u64 {
        let head = phone.head().unwrap();
        assert_eq!(head.status, 204);
        head.header("x-openrosa-accept-content-length").parse().expect("a number")
    };
    let (least, most) = Limits::default().batch;
    assert_eq!(told(&phone), most);
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    let upload = Multipart::of(&visit.xml()).photo("a.jpg", &photo::heavy(9, 60_000));
    let body = upload.body();
    let mut socket = phone.begin(body.len()).unwrap();
    for piece in body.chunks(body.len() / 10 + 1) {
        socket.write_all(piece).unwrap();
        std::thread::sleep(TICK);
    }
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let now = told(&phone);
    // Ten pieces in about a second; on a busy machine in more.
    assert!(now >= least && now < 30 * body.len() as u64, "{now}");
    assert!(answer.contains(&format!("x-openrosa-accept-content-length: {now}")), "{answer}");
    assert_eq!(told(&other), most, "another phone's network");
}

/// Whoever sends next to nothing is not waited for: 408, and what arrived whole is kept.
#[test]
fn a_sender_that_hardly_sends_is_let_go_and_its_parts_are_kept() {
    let server = TestServer::with(|config| {
        config.limits.pace = (500, Duration::from_secs(1));
        config.limits.head = Duration::from_secs(1);
    });
    server.import(&Roster::small());
    server.open_round(&round());
    let phone = server.collector(&[NAM_CHAY.0]);
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg", "b.jpg"]);
    let upload = Multipart::of(&visit.xml())
        .photo("a.jpg", &photo::heavy(1, 20_000))
        .photo("b.jpg", &photo::heavy(2, 20_000));
    let body = upload.body();
    let mut socket = phone.begin(body.len()).unwrap();
    socket.write_all(&body[..upload.until(2) + 100]).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too_slow"), "{answer}");
    assert!(answer.contains("<message nature=\"error\">"), "{answer}");
    ask_often("quarantine", Duration::from_secs(10), || {
        store::census(server.data())["salvage_file"] == 1
    });

    // The same of a head that does not end, and of one that does not begin.
    for said in ["GET /key/abc HTTP/1.1\r\nHost: x\r\nX-A: ", "P", ""] {
        let address = server.url().strip_prefix("http://").unwrap();
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        socket.write_all(said.as_bytes()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answer = Vec::new();
        assert!(socket.read_to_end(&mut answer).is_ok(), "{said:?}: not let go");
    }
    // An honest one that is slow, and fast enough.
    let mut socket = phone.begin(body.len()).unwrap();
    for piece in body.chunks(body.len() / 15 + 1) {
        socket.write_all(piece).unwrap();
        std::thread::sleep(TICK);
    }
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}
