//! One sender on one link: what it took until everything was durable, and until the sender knew.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ntm_engine_tests::peer;
use ntm_shared::api::collector::{CollectorToken, Enrolment, NewCollector};
use ntm_shared::api::submission::Submission;
use ntm_tests::{
    Api, NAM_CHAY, RealServer, Roster, Visit, photo, program, root, round, store, uuid,
};
use serde_json::json;

use crate::link::{Counts, Link, SERVER, Weather};

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sender {
    /// Our app, in Chromium
    App,
    /// `ntm submit`
    Ntm,
    /// ODK Collect's way
    Openrosa,
}

/// What a run came to. Times are from the sender's start.
#[derive(Clone, Debug)]
pub struct Run {
    /// Bytes of answers and photos.
    pub payload: u64,
    /// When the answers were durable.
    pub answers: Option<Duration>,
    /// When everything was.
    pub all: Option<Duration>,
    /// When the sender knew, and ended.
    pub told: Option<Duration>,
    /// What went over the link.
    pub counts: Counts,
    /// What the sender said at its end.
    pub said: String,
}

const NAMES: [&str; 4] = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];

/// A household with four photos of `bytes` each.
pub fn form(folder: &Path, bytes: usize) -> (Visit, u64) {
    let visit = Visit::completed("u0066.01.001").photos(&NAMES);
    let mut payload = visit.xml().len();
    std::fs::write(folder.join("submission.xml"), visit.xml()).expect("answers");
    for (n, name) in NAMES.iter().enumerate() {
        let mut picture = photo::heavy(n as u64 + 70, bytes * 9 / 10);
        picture.resize(bytes, 7);
        payload += picture.len();
        std::fs::write(folder.join(name), picture).expect("a photo");
    }
    (visit, payload as u64)
}

/// Runs a sender until it ends or `cap` is over.
pub fn run(
    name: &str,
    sender: Sender,
    weather: &Weather,
    bytes: usize,
    cap: Duration,
) -> Result<Run, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let (visit, payload) = form(folder.path(), bytes);
    // The office's work, on an ordinary network; then the same folder at the far end of the link.
    let mut office = RealServer::start();
    let (token, code, admin) = prepare(&office);
    office.spoil();
    assert!(office.terminate(), "the server stops");
    let link = Link::up(name, weather, sender == Sender::App)?;
    let prefix = link.server();
    let prefix: Vec<&str> = prefix.iter().map(String::as_str).collect();
    let server = RealServer::listening(office.data(), SERVER, &prefix);
    let base = format!("{}/key/{token}", server.url());
    let mut words = link.client().to_vec();
    match sender {
        Sender::App => {
            let asked = json!({
                "server": server.url(), "code": code, "folder": folder.path(), "photos": NAMES,
                "form": "household", "version": visit.version, "instance": visit.instance,
            });
            let script = root().join("tests/web/app/link.js");
            words.extend(["node".into(), script.to_string_lossy().into_owned(), asked.to_string()]);
        }
        Sender::Ntm => {
            words.push(program("ntm").to_string_lossy().into_owned());
            words.extend(["--lang", "en", "--json", "submit"].map(str::to_owned));
            words.push(folder.path().to_string_lossy().into_owned());
            words.extend(["--to".into(), base, "--tries".into(), "1000".into()]);
        }
        Sender::Openrosa => {
            let me = std::env::current_exe().expect("this program");
            words.push(me.to_string_lossy().into_owned());
            words.extend(["--send".into(), folder.path().to_string_lossy().into_owned(), base]);
        }
    }
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env("NTM_TEST_PEERS", peer("web").parent().expect("a folder"));
    let mut child = Ended(command.spawn().expect("the sender"));
    let mut out = BufReader::new(child.0.stdout.take().expect("its words"));
    if sender == Sender::App {
        // It is set up, and has a form to send.
        let mut ready = String::new();
        out.read_line(&mut ready).expect("its words");
        assert_eq!(ready.trim(), "ready", "the app was not set up");
        link.begin();
    }
    // Who waits to be told begins now.
    drop(child.0.stdin.take());
    let begun = Instant::now();
    let (mut answers, mut all, mut told) = (None, None, None);
    while told.is_none() && begun.elapsed() < cap {
        std::thread::sleep(Duration::from_millis(100));
        let (forms, files) = durable(server.data());
        answers = answers.or((forms > 0).then(|| begun.elapsed()));
        all = all.or((files == NAMES.len()).then(|| begun.elapsed()));
        if let Some(ended) = child.0.try_wait().expect("its state") {
            assert!(ended.success(), "the sender failed");
            told = Some(begun.elapsed());
        }
    }
    drop(child);
    let mut said = String::new();
    out.read_to_string(&mut said).expect("its words");
    let said = said.split_whitespace().collect();
    let counts = link.down();
    drop(server);
    if told.is_some() {
        // Byte for byte, and once.
        let again = RealServer::on(office.data());
        let admin = Api::nobody(&again.url()).with_token(admin.token());
        let shown: Submission = admin.get("/submissions/1").expect(200).json();
        assert_eq!(shown.row.instance_id, visit.instance);
        assert_eq!(store::census(again.data())["submission"], 1);
        for name in NAMES {
            let kept = std::fs::read(folder.path().join(name)).expect("a photo");
            let path = format!("/submissions/1/attachments/{name}");
            assert!(admin.get(&path).expect(200).body == kept, "{name} is not what was sent");
        }
    }
    Ok(Run { payload, answers, all, told, counts, said })
}

/// A sender that does not outlive its run.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A round and a collector: its token, a code that sets up a phone, and the administrator.
fn prepare(server: &RealServer) -> (String, String, Api) {
    let admin = server.administrator();
    let roster = Roster::small().csv();
    admin.post_text("/households?at=2024-10-15", "text/csv", roster).expect(200);
    admin.post("/rounds", &round()).expect(201);
    let areas = vec![NAM_CHAY.1.to_owned()];
    let new = NewCollector { id: uuid(), name: "Điều tra viên".into(), areas, days: None };
    let made: CollectorToken = admin.post("/collectors", &new).expect(201).json();
    let phone = json!({ "id": uuid(), "label": "máy thử" });
    let path = format!("/collectors/{}/enrolments", made.collector.id);
    let enrolment: Enrolment = admin.post(&path, &phone).expect(201).json();
    let (_, code) = enrolment.link.split_once('#').expect("a code");
    (made.token.expect("the first answer has it"), code.to_owned(), admin)
}

/// Forms and photos that the database says are safe.
fn durable(data: &Path) -> (usize, usize) {
    let db = store::open(data);
    let count = |sql| db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count") as usize;
    (count("SELECT count(*) FROM submission"), count("SELECT count(*) FROM attachment_file"))
}
