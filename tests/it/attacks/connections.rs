//! Connections that are opened and hardly used, and requests that contradict themselves.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Row, Target, told};
use crate::harness::Multipart;

const CROWD: usize = 500;

/// Holds a crowd of connections that each said `bytes`, and meanwhile sends honestly; the slowest of
/// these.
fn crowded(target: &Target, bytes: &[u8]) -> String {
    let mut crowd: Vec<TcpStream> = (0..CROWD).map(|_| target.connect()).collect();
    for socket in &mut crowd {
        socket.write_all(bytes).expect("a beginning");
    }
    let start = Instant::now();
    let mut slowest = Duration::ZERO;
    for round in 0..20 {
        slowest = slowest.max(target.honest());
        for socket in &mut crowd {
            // Now and then a byte, so that nobody seems dead.
            let _ = socket.write_all(&[b'a' + round]);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(slowest < super::PATIENCE, "an honest phone waited {slowest:?}");
    let (memory, _) = target.scene.server.memory();
    assert!(memory < super::MEMORY, "{memory} MiB");
    format!("honest ≤ {} ms in {:.0?}", slowest.as_millis(), start.elapsed())
}

/// What is answered to these bytes; 0 when nothing is.
fn raw(target: &Target, bytes: &[u8]) -> u16 {
    let mut socket = target.connect();
    let _ = socket.write_all(bytes);
    let _ = socket.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn head(target: &Target, headers: &str) -> String {
    format!(
        "POST {}/submission HTTP/1.1\r\nHost: {}\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: {}\r\n{headers}\r\n",
        target.door(),
        target.host(),
        Multipart::kind()
    )
}

pub const ROWS: &[Row] = &[
    ("A18", "lengths that contradict each other or the body", 0, |target| {
        let body = Multipart::of(&target.visit().xml()).body();
        let send = |headers: &str, body: &[u8]| {
            raw(target, &[head(target, headers).as_bytes(), body].concat())
        };
        let length = body.len();
        let chunked = [format!("{:x}\r\n", length + 9).as_bytes(), &body[..length - 50]].concat();
        let told: Vec<u16> = vec![
            send("Content-Length: -1\r\n", &body),
            send("Content-Length: 5\r\nContent-Length: 6\r\n", &body),
            send("Content-Length: 99999999999999999999\r\n", &body),
            send("Transfer-Encoding: chunked\r\n", &chunked),
            send("Transfer-Encoding: chunked\r\n", b"zz\r\nbroken"),
            send(&format!("Content-Length: {}\r\n", length - 60), &body[..length - 60]),
        ];
        super::all(told, &[400, 413, 0])
    }),
    ("A21b", "a request's head of 1 MB", 0, |target| {
        let headers = format!("X-A: {}\r\n", "a".repeat(1 << 20));
        told(raw(target, head(target, &headers).as_bytes()), &[400, 431, 0])
    }),
    ("A23", "500 connections with a head that does not end", 20, |target| {
        crowded(target, format!("POST {}/submission HTTP/1.1\r\nX-A: ", target.door()).as_bytes())
    }),
    ("A23", "500 connections that do not begin", 20, |target| crowded(target, b"P")),
    ("A23", "500 bodies that do not end, of one collector", 20, |target| {
        let head = head(target, "Content-Length: 50000000\r\n");
        let body = Multipart::of(&target.visit().photos(&["a.jpg"]).xml()).photo("a.jpg", b"");
        let body = body.body();
        crowded(target, &[head.as_bytes(), &body[..body.len() - 60]].concat())
    }),
    ("A24", "1,000 uploads with a token nobody has", 0, |target| {
        let body = Multipart::of(&target.visit().xml()).body();
        let path = format!("/key/{}", "ab".repeat(32));
        let start = Instant::now();
        for _ in 0..1000 {
            let request = head(target, &format!("Content-Length: {}\r\n", body.len()))
                .replace(&target.door(), &path);
            let status = raw(target, &[request.as_bytes(), &body].concat());
            assert!([401, 429, 0].contains(&status), "{status}");
        }
        format!("401 in {:.1?}", start.elapsed())
    }),
];
