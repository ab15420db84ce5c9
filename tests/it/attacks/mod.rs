//! Hostile senders against the real program: per row what they are told, what is stored, and that
//! meanwhile an honest phone gets its 201 and the server stays small. A row's id names the attack.

mod bodies;
mod connections;
mod http2;
mod names;
mod quota;
mod xml;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::durability::Scene;
use crate::harness::{Multipart, Phone, RealServer, Visit, ask_often, store};

/// What an honest phone waits at the very most, on a machine however busy.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the server may have in memory.
const MEMORY: u64 = 300;

/// One row: id, what is tried, how many submissions it stores, and the attempt, which says what it
/// was told.
type Row = (&'static str, &'static str, i64, fn(&Target) -> String);

/// A server, an honest phone and a hostile one of the same commune.
struct Target {
    scene: Scene,
    honest: Cell<u32>,
}

impl Target {
    fn new() -> Target {
        Target { scene: Scene::new(RealServer::start(), 3), honest: Cell::new(0) }
    }

    fn hostile(&self) -> &Phone {
        &self.scene.phones[1]
    }

    /// `host:port`.
    fn host(&self) -> String {
        self.scene.server.url().replace("http://", "")
    }

    /// Path of the hostile phone's door.
    fn door(&self) -> String {
        let base = &self.hostile().base;
        base[base.find("/key/").expect("a token")..].to_owned()
    }

    fn connect(&self) -> TcpStream {
        let socket = TcpStream::connect(self.host()).expect("a connection");
        socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        socket
    }

    /// Posts a body with these headers; the status, or 0 when the connection ended without one.
    fn post(&self, headers: &str, body: &[u8]) -> u16 {
        let pieces = body.chunks(1 << 20).map(<[u8]>::to_vec);
        self.stream(headers, body.len(), pieces)
    }

    /// Posts a body that is made as it goes.
    fn stream(&self, headers: &str, length: usize, pieces: impl Iterator<Item = Vec<u8>>) -> u16 {
        let mut socket = self.connect();
        let mut ear = socket.try_clone().expect("a socket");
        // Who refuses a body answers while it is still sent.
        let heard = std::thread::spawn(move || {
            let mut answer = [0; 12];
            ear.read_exact(&mut answer).ok()?;
            std::str::from_utf8(&answer[9..]).ok()?.parse().ok()
        });
        let head = format!(
            "POST {}/submission HTTP/1.1\r\nHost: {}\r\nX-OpenRosa-Version: 1.0\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n",
            self.door(),
            self.host(),
        );
        let _ = socket.write_all(head.as_bytes());
        for piece in pieces {
            if heard.is_finished() || socket.write_all(&piece).is_err() {
                break;
            }
        }
        heard.join().expect("a status").unwrap_or(0)
    }

    /// Posts a multipart body.
    fn upload(&self, upload: &Multipart) -> u16 {
        self.post(&format!("Content-Type: {}\r\n", Multipart::kind()), &upload.body())
    }

    /// Posts a submission's XML.
    fn xml(&self, xml: &[u8]) -> u16 {
        self.upload(&Multipart::of(xml))
    }

    /// Another good submission of the hostile phone.
    fn visit(&self) -> Visit {
        Visit::completed("u0066.02.001")
    }

    /// An honest submission; how long it took.
    #[track_caller]
    fn honest(&self) -> Duration {
        let n = self.honest.get();
        self.honest.set(n + 1);
        let visit = Visit::completed(&format!("u0066.01.{:03}", 1 + n % 40));
        let start = Instant::now();
        self.scene.phones[0].apart().post(&Multipart::of(&visit.xml())).expect(201);
        start.elapsed()
    }

    fn census(&self) -> BTreeMap<String, i64> {
        store::census(self.scene.server.data())
    }

    /// Runs one row and says what happened, in one line.
    fn run(&self, row: &Row) -> (String, Duration) {
        let (id, what, stored, attempt) = row;
        let before = self.census();
        let said = attempt(self);
        if *stored == 0 {
            ask_often("nothing stored", PATIENCE, || {
                let mut after = self.census();
                // Who contests a submission is noted.
                for noted in ["event", "finding"] {
                    let more = after[noted] - before[noted];
                    assert!(more <= 1, "{more} rows of {noted}");
                    after.insert(noted.into(), before[noted]);
                }
                after == before
            });
        } else {
            ask_often("stored", PATIENCE, || {
                let after = self.census();
                after["submission"] - before["submission"] == *stored
                    && after["files being received"] == 0
            });
        }
        let took = self.honest();
        let (memory, _) = self.scene.server.memory();
        let line = format!(
            "{id:<5} {what:<58} {said:<22} stored {stored}  honest {:>4} ms  {memory:>3} MiB",
            took.as_millis()
        );
        assert!(took < PATIENCE, "an honest phone waited {took:?}");
        assert!(memory < MEMORY, "{memory} MiB");
        (line, took)
    }
}

/// Insists on a status, and says it.
#[track_caller]
fn told(status: u16, expected: &[u16]) -> String {
    assert!(expected.contains(&status), "told {status}, expected {expected:?}");
    status.to_string()
}

/// Insists that all of several attempts are told the same.
#[track_caller]
fn all(statuses: impl IntoIterator<Item = u16>, expected: &[u16]) -> String {
    let statuses: Vec<u16> = statuses.into_iter().collect();
    let wrong = statuses.iter().position(|status| !expected.contains(status));
    assert_eq!(wrong, None, "told {statuses:?}, expected {expected:?}");
    let first = told(statuses[0], expected);
    format!("{first} ({} times)", statuses.len())
}

#[test]
fn hostile_senders_are_refused_and_nobody_notices() {
    let target = Target::new();
    let rows = [xml::ROWS, bodies::ROWS, names::ROWS, connections::ROWS, http2::ROWS];
    let (mut failed, mut waits) = (Vec::new(), Vec::new());
    for row in rows.into_iter().flatten() {
        match catch_unwind(AssertUnwindSafe(|| target.run(row))) {
            Ok((line, took)) => {
                println!("{line}");
                waits.push(took);
            }
            Err(_) => failed.push(format!("{}: {}", row.0, row.1)),
        }
    }
    let (now, most) = target.scene.server.memory();
    waits.sort();
    println!(
        "{} attacks; an honest submission took {:?} in the middle and {:?} at most; memory {now} MiB, at most {most}",
        waits.len(),
        waits[waits.len() / 2],
        waits.last().expect("rows"),
    );
    assert!(failed.is_empty(), "failed:\n{}", failed.join("\n"));
    assert!(most < MEMORY, "{most} MiB at most");
    let log = target.scene.server.log();
    assert!(!log.contains("panicked"), "{log}");
}
