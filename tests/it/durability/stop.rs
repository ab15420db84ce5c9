//! SIGTERM while uploads are under way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::Scene;
use crate::harness::{Multipart, Phone, RealServer, Visit, client, photo, store};

/// A POST of which the first half has been sent.
fn half_sent(phone: &Phone, upload: &Multipart) -> (TcpStream, Vec<u8>) {
    let (host, path) =
        phone.base.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("http");
    let mut socket = TcpStream::connect(host).expect("a connection");
    let body = upload.body();
    let head = format!(
        "POST /{path}/submission HTTP/1.1\r\nHost: {host}\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
        Multipart::kind(),
        body.len()
    );
    socket.write_all(head.as_bytes()).expect("the head");
    let (first, rest) = body.split_at(body.len() / 2);
    socket.write_all(first).expect("the first half");
    (socket, rest.to_vec())
}

#[test]
fn a_stop_finishes_what_is_under_way_and_waits_for_nobody_for_ever() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let phone = &scene.phones[0];
    let upload = |household: &str| {
        let visit = Visit::completed(household).photos(&["a.jpg"]);
        Multipart::of(&visit.xml()).photo("a.jpg", &photo::heavy(3, 150_000))
    };
    let (mut slow, rest) = half_sent(phone, &upload("u0066.01.001"));
    let (mut silent, _) = half_sent(phone, &upload("u0066.01.002"));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(store::incoming(scene.server.data()).len(), 2, "both photos are arriving");

    let url = scene.server.url();
    let (ended, answer, refused) = std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(500));
            let refused = client().get(&url).send().is_err();
            slow.write_all(&rest).expect("the second half");
            let mut answer = String::new();
            slow.read_to_string(&mut answer).expect("an answer");
            (answer, refused)
        });
        let start = Instant::now();
        assert!(scene.server.terminate(), "{}", scene.server.log());
        let (answer, refused) = asked.join().expect("the phone");
        (start.elapsed(), answer, refused)
    });
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(refused, "it still took connections");
    assert!(ended < Duration::from_secs(10), "it took {ended:?}");
    let mut nothing = Vec::new();
    let _ = silent.read_to_end(&mut nothing);
    assert!(!String::from_utf8_lossy(&nothing).contains(" 201 "), "half an upload acknowledged");
    assert!(!scene.server.data().join("data.db-wal").exists(), "the log was not emptied");
    let stored: i64 = store::open(scene.server.data())
        .query_row("SELECT count(*) FROM submission", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(stored, 1, "the finished one, and nothing of the other");
    println!("stopped in {ended:.1?}");
}
