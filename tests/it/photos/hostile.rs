//! Files that are made to harm whoever opens them, and a server that dies while it looks at them.

use ntm_shared::api::submission::Submission;

use super::picture;
use super::{codes, part, send, show};
use crate::harness::{NAM_CHAY, Phone, RealServer, Roster, TestServer, Visit, photo, round, store};

/// Highest memory of a process so far, in bytes.
fn peak(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("its state");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its peak");
    line.split_whitespace().nth(1).expect("a number").parse::<u64>().expect("kB") * 1024
}

fn phone_of(server: &RealServer) -> (crate::harness::Api, Phone) {
    let admin = server.administrator();
    admin.post_text("/households?at=2024-10-15", "text/csv", Roster::small().csv()).expect(200);
    admin.post("/rounds", &round()).expect(201);
    let new = ntm_shared::api::collector::NewCollector {
        id: crate::harness::uuid(),
        name: "Điều tra viên".into(),
        areas: vec![NAM_CHAY.1.into()],
        days: None,
    };
    let made: ntm_shared::api::collector::CollectorToken =
        admin.post("/collectors", &new).expect(201).json();
    (admin, Phone::new(&made.url.expect("an address")))
}

#[test]
fn pictures_that_say_they_are_huge_are_kept_and_not_decoded() {
    let server = RealServer::start();
    let (admin, phone) = phone_of(&server);
    // Once through with an honest one, so that what it costs is counted before.
    let honest = picture::jpeg(&picture::scene(1, 640, 480), 80);
    let bombs = [
        ("a.png", picture::png_bomb()),
        ("b.jpg", picture::jpeg_of_size(65_500, 65_500, false)),
        ("c.jpg", picture::jpeg_of_size(6_000, 6_000, true)),
        ("d.jpg", honest),
    ];
    let names: Vec<&str> = bombs.iter().map(|(name, _)| *name).collect();
    let visit = |home: &str| Visit::completed(home).photos(&names);
    let files: Vec<(String, Vec<u8>)> =
        bombs.iter().map(|(name, bytes)| ((*name).into(), bytes.clone())).collect();
    let warm = visit("u0066.01.001").photos(&["d.jpg"]);
    phone.send(&warm.xml(), &files[3..]).unwrap().expect(201);
    store::photos_looked_at(server.data());
    let before = peak(server.id());
    phone.send(&visit("u0066.01.002").xml(), &files).unwrap().expect(201);
    store::photos_looked_at(server.data());
    let grown = peak(server.id()).saturating_sub(before);
    assert!(grown < 50 << 20, "{grown} bytes for pictures that are not decoded");
    let shown: Submission = admin.get("/submissions/2").expect(200).json();
    assert_eq!(codes(&shown).iter().filter(|c| **c == "too_many_pixels").count(), 3, "{shown:?}");
    for (name, bytes) in &bombs {
        assert_eq!(&part(&admin, 2, name, "").expect(200).body, bytes);
        let thumbnail = part(&admin, 2, name, "/thumbnail");
        if *name == "d.jpg" {
            thumbnail.expect(200);
        } else {
            thumbnail.expect(422).problem("too_many_pixels");
        }
    }
    let limit: u64 = 300 << 20;
    assert!(peak(server.id()) < limit, "{}", peak(server.id()));
}

#[test]
fn what_only_claims_to_be_a_photo_is_kept_and_given_out_so_that_it_runs_nowhere() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    let html = b"<!DOCTYPE html><script>alert(1)</script>".to_vec();
    let gif = b"GIF89a\x01\0\x01\0PK\x03\x04evil.jar".to_vec();
    let real = picture::jpeg(&picture::scene(3, 320, 240), 80);
    let polyglot = [&real[..], b"\n%PDF-1.4\n<script>alert(1)</script>"].concat();
    let files = [
        ("a.jpg", svg.clone()),
        ("b.jpg", html.clone()),
        ("c.jpg", gif.clone()),
        ("d.jpg", polyglot.clone()),
    ];
    let seq = send(&server, &phone, "u0066.01.001", &files);
    let shown = show(&server, seq);
    assert_eq!(codes(&shown).iter().filter(|c| **c == "not_a_picture").count(), 3, "{shown:?}");
    for (name, bytes) in [("a.jpg", svg), ("b.jpg", html), ("c.jpg", gif), ("d.jpg", polyglot)] {
        let original = part(&server.admin, seq, name, "").expect(200);
        assert_eq!(original.body, bytes);
        let kind = if name == "d.jpg" { "image/jpeg" } else { "application/octet-stream" };
        assert_eq!(original.header("content-type"), kind);
        assert_eq!(original.header("x-content-type-options"), "nosniff");
        assert!(original.header("content-disposition").starts_with("attachment"));
        assert!(original.header("content-security-policy").contains("sandbox"));
        for what in ["/thumbnail", "/copy"] {
            let answer = part(&server.admin, seq, name, what);
            if name == "d.jpg" {
                let body = answer.expect(200).body;
                assert!(!String::from_utf8_lossy(&body).contains("script"));
            } else {
                answer.expect(422).problem("no_picture");
            }
        }
    }
}

#[test]
fn damaged_photos_stay_as_they_came_and_the_server_lives() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let whole = picture::jpeg(&picture::scene(6, 200, 150), 80);
    let mut state = 7_usize;
    let mut dice = |sides: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let mutant = |dice: &mut dyn FnMut(usize) -> usize| {
        let mut bytes = whole.clone();
        for _ in 0..=dice(8) {
            let at = 3 + dice(bytes.len() - 3);
            bytes[at] ^= 1 << dice(8);
        }
        bytes.truncate(bytes.len() - dice(bytes.len() / 2));
        bytes
    };
    for round in 0..12 {
        let all: Vec<Vec<u8>> = (0..4).map(|_| mutant(&mut dice)).collect();
        let names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
        let files: Vec<(&str, Vec<u8>)> = names.into_iter().zip(all.clone()).collect();
        let home = format!("u0066.0{}.00{}", 1 + round / 5 % 2, 1 + round % 5);
        let seq = send(&server, &phone, &home, &files);
        for (name, bytes) in names.iter().zip(all) {
            assert_eq!(part(&server.admin, seq, name, "").expect(200).body, bytes);
            let status = part(&server.admin, seq, name, "/thumbnail").status;
            assert!(matches!(status, 200 | 422), "{status}");
        }
    }
    phone.send(&Visit::completed("u0036.01.001").xml(), &[]).unwrap().expect(201);
}

#[test]
fn a_server_killed_while_it_looks_at_photos_looks_at_each_once() {
    let mut server = RealServer::start();
    let (admin, phone) = phone_of(&server);
    let same = photo::heavy(1, 60_000);
    for n in 1..=10 {
        let home = format!("u0066.0{}.00{}", 1 + n / 6, 1 + n % 5);
        let visit = Visit::completed(&home).photos(&["a.jpg", "b.jpg", "c.jpg"]);
        let files = [
            ("a.jpg".to_owned(), same.clone()),
            ("b.jpg".to_owned(), photo::heavy(100 + n, 90_000)),
            ("c.jpg".to_owned(), b"no picture".to_vec()),
        ];
        phone.send(&visit.xml(), &files).unwrap().expect(201);
        if n % 2 == 0 {
            server.kill();
            server.run(&[]);
        }
    }
    store::photos_looked_at(server.data());
    let db = store::open(server.data());
    let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(one("SELECT count(*) FROM photo WHERE state = 'shown'"), 11);
    assert_eq!(one("SELECT count(*) FROM photo"), 12);
    let of = |code: &str| {
        one(&format!("SELECT count(*) FROM finding WHERE finding LIKE '{{\"code\":\"{code}\"%'"))
    };
    assert_eq!(of("not_a_picture"), 10);
    let looked = one("SELECT count(*) FROM event WHERE verb = 'submission.photos'");
    assert_eq!(looked, 10, "looked at twice");
    for seq in 1..=10 {
        for (name, status) in [("a.jpg", 200), ("b.jpg", 200), ("c.jpg", 422)] {
            part(&admin, seq, name, "/thumbnail").expect(status);
        }
    }
}
