//! The real server, in a process of its own, on a roster and a round; every sender is a collector
//! with a connection that stays open.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use ntm_shared::api::collector::{CollectorToken, NewCollector};
use ntm_shared::api::round::{ModuleDesign, NewRound};
use ntm_tests::{Multipart, NAM_CHAY, RealServer, Roster, round, uuid};

use super::measure::{self, Figures};
use super::payload::{HEAD, HOUSEHOLDS, MEMBERS, POVERTY, Payload, VILLAGES};
use super::senders;

/// Runs for a time, on a folder of its own in `place`.
pub fn run(place: &Path, payload: &Payload, count: usize, time: Duration) -> Figures {
    measured(place, payload, count, Some(time))
}

/// Every sender sends one.
pub fn run_once(place: &Path, payload: &Payload, count: usize) -> Figures {
    measured(place, payload, count, None)
}

fn measured(place: &Path, payload: &Payload, count: usize, time: Option<Duration>) -> Figures {
    let folder = tempfile::tempdir_in(place).expect("a folder");
    let server = RealServer::on(&folder.path().join("data"));
    let phones = prepare(&server, count);
    let process = server.id().to_string();
    let (before, on_disk) = (measure::cpu(&process), measure::disk(server.data()));
    measure::forget_peak(&process);
    let (latencies, time) = senders::run(count, time, |sender| {
        let mut upload = payload.upload();
        let mut connection = Connection::open(&phones[sender % phones.len()]);
        move |n| connection.post(upload.nth(sender, count, n))
    });
    let cpu = measure::cpu(&process) - before;
    let disk = measure::disk(server.data()).saturating_sub(on_disk);
    Figures { time, latencies, cpu, peak: measure::peak(&process), disk }
}

/// A roster, a round, and the addresses of as many collectors.
fn prepare(server: &RealServer, count: usize) -> Vec<String> {
    let admin = server.administrator();
    let mut roster = Roster::default();
    for village in 1..=VILLAGES {
        (1..=HOUSEHOLDS).for_each(|household| roster.add(NAM_CHAY.0, village, household));
    }
    for row in &mut roster.rows {
        [row[4], row[5], row[6]] = [HEAD, MEMBERS, POVERTY].map(str::to_owned);
    }
    admin.post_text("/households?at=2024-10-15", "text/csv", roster.csv()).expect(200);
    // Nobody is in the sample that is asked about income.
    let modules = [("income".to_owned(), ModuleDesign::Sample { per_village: 2 })].into();
    let round = NewRound { areas: vec![NAM_CHAY.0.into()], modules, ..round() };
    admin.post("/rounds", &round).expect(201);
    let one = |_| {
        let areas = vec![NAM_CHAY.1.to_owned()];
        let new = NewCollector { id: uuid(), name: "Điều tra viên".into(), areas, days: None };
        let made: CollectorToken = admin.post("/collectors", &new).expect(201).json();
        made.url.expect("the first answer has the address")
    };
    (0..count).map(one).collect()
}

/// A connection kept open.
struct Connection {
    socket: BufReader<TcpStream>,
    head: String,
}

impl Connection {
    fn open(base: &str) -> Connection {
        let (host, path) =
            base.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("http");
        let socket = TcpStream::connect(host).expect("a connection");
        socket.set_nodelay(true).expect("no delay");
        let head = format!(
            "POST /{path}/submission?deviceID=bench HTTP/1.1\r\nHost: {host}\r\n\
             X-OpenRosa-Version: 1.0\r\nContent-Type: {}\r\nContent-Length: ",
            Multipart::kind()
        );
        Connection { socket: BufReader::new(socket), head }
    }

    /// Sends one and waits until it is durable.
    fn post(&mut self, body: &[u8]) {
        let head = format!("{}{}\r\n\r\n", self.head, body.len());
        let socket = self.socket.get_mut();
        socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(body)).expect("sending");
        let mut line = String::new();
        self.socket.read_line(&mut line).expect("an answer");
        assert!(line.starts_with("HTTP/1.1 201"), "{line}");
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.socket.read_line(&mut line).expect("a header");
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut rest = vec![0; length];
        self.socket.read_exact(&mut rest).expect("the answer's body");
    }
}
