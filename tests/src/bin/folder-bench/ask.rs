//! What phones and staff ask of a server on the folder, one request after another on connections
//! that stay open, compressed as phones have it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use ntm_shared::api::Page;
use ntm_shared::api::submission::SubmissionRow;
use ntm_tests::folder::{Office, Plan};
use ntm_tests::{Api, Multipart, RealServer, Visit, password};

use super::line;

/// Requests of each kind that are measured, as far as there is time.
const TIMES: usize = 300;
/// Time for each kind.
const ENOUGH: Duration = Duration::from_secs(10);
/// Milliseconds that what phones ask for may take.
const TARGET: f64 = 20.0;

/// Asks for everything, and prints a line for each.
pub fn measure(data: &Path, plan: &Plan, office: &Office) {
    let mut server = RealServer::on(data);
    server.spoil();
    let version = office.phone(&server, 0).form("household").version;
    let files = format!("/forms/household/{version}");
    phones(&server, office, &files);
    staff(&server, plan, office);
    sending(&server, plan, office);
    let (now, most) = server.memory();
    println!("memory: {now} MiB, at most {most} MiB");
}

fn phones(server: &RealServer, office: &Office, files: &str) {
    let village = |n: usize| office.collectors[n * 7 % office.collectors.len()].1.clone();
    let ask = |what: &str, target, path: &dyn Fn(usize) -> String| {
        let mut connection = Connection::open(server, None);
        let before = server.cpu();
        let times = connection.ask(TIMES, path);
        line(what, times, Some(server.cpu() - before), target);
    };
    let wide = &office.wide;
    ask("formList, a village's collector", Some(TARGET), &|n| village(n) + "/formList");
    ask("formList, a commune's collector", Some(TARGET), &|_| format!("{wide}/formList"));
    ask("manifest, a village's", None, &|n| format!("{}{files}/manifest", village(n)));
    ask("manifest, a commune's", None, &|_| format!("{wide}{files}/manifest"));
    let households = format!("{files}/media/households.csv");
    ask("households.csv, a village's", Some(TARGET), &|n| village(n) + &households);
    ask("households.csv, a commune's", None, &|_| format!("{wide}{households}"));
}

fn staff(server: &RealServer, plan: &Plan, office: &Office) {
    let nobody = Api::nobody(&server.url());
    let sign_in = |name: &str| nobody.sign_in(name, &password(name)).token().to_owned();
    let (admin, province, commune) =
        (sign_in("admin"), sign_in(&office.province), sign_in(&office.commune));
    let ask = |what: &str, times, target, token: &str, path: &dyn Fn(usize) -> String| {
        let mut connection = Connection::open(server, Some(token));
        let path = |n| format!("/api/v1{}", path(n));
        let before = server.cpu();
        let times = connection.ask(times, &path);
        line(what, times, Some(server.cpu() - before), target);
    };
    let some = |n: usize| plan.household_id(n * 7919 % plan.households);
    let last = plan.rounds.last().expect("a round");
    let first = &plan.communes[0].0;
    let roster = "roster page (households), ";
    ask(&format!("{roster}administrator"), TIMES, Some(TARGET), &admin, &|n| {
        format!("/households?after={}", some(n))
    });
    ask(&format!("{roster}province"), TIMES, Some(TARGET), &province, &|n| {
        format!("/households?after={}", some(n))
    });
    ask(&format!("{roster}commune"), TIMES, Some(TARGET), &commune, &|_| "/households".into());
    ask(&format!("{roster}province, of one commune"), TIMES, Some(TARGET), &province, &|n| {
        format!("/households?within={}", plan.communes[n % plan.communes.len()].0)
    });
    ask("missing households, commune", TIMES, None, &commune, &|_| {
        format!("/rounds/{last}/missing")
    });
    ask("missing households, province", TIMES, None, &province, &|_| {
        format!("/rounds/{last}/missing")
    });
    let newest = newest(&nobody.with_token(&commune), last);
    let many = plan.visits().count();
    ask("submissions, administrator", TIMES, None, &admin, &|n| {
        format!("/submissions?after={}", n * many / TIMES)
    });
    ask("submissions of a round, administrator", TIMES, None, &admin, &|n| {
        format!("/submissions?round={last}&after={}", n * many / TIMES)
    });
    ask("submissions, province", TIMES, None, &province, &|n| {
        format!("/submissions?after={}", n * many / TIMES)
    });
    ask("submissions, commune", TIMES, None, &commune, &|_| "/submissions".into());
    ask("submissions of a round, commune", TIMES, None, &commune, &|_| {
        format!("/submissions?round={last}")
    });
    ask("submissions after the newest, commune", TIMES, None, &commune, &|_| {
        format!("/submissions?round={last}&after={newest}")
    });
    ask("submissions of a household, province", TIMES, None, &province, &|n| {
        format!("/submissions?household={}", some(n))
    });
    ask("one submission, province", TIMES, None, &province, &|n| {
        format!("/submissions/{}", 1 + n * many / TIMES)
    });
    ask("rounds, commune", TIMES, None, &commune, &|_| "/rounds".into());
    ask("round status, commune", TIMES, None, &commune, &|_| {
        format!("/rounds/{last}/status?within={first}")
    });
    ask("round status, province", TIMES, None, &province, &|_| format!("/rounds/{last}/status"));
    ask("scores, commune", TIMES, None, &commune, &|_| {
        format!("/rounds/{last}/scores?within={first}")
    });
    ask("scores, province", TIMES, None, &province, &|_| format!("/rounds/{last}/scores"));
}

/// The number of the last submission of a round that somebody sees.
fn newest(api: &Api, round: &str) -> String {
    let mut after = String::from("0");
    loop {
        let path = format!("/submissions?round={round}&after={after}");
        let page: Page<SubmissionRow> = api.get(&path).expect(200).json();
        match page.next {
            Some(next) => after = next,
            None => return page.items.last().map_or(after, |row| row.seq.to_string()),
        }
    }
}

/// Households that were not reached are visited again.
fn sending(server: &RealServer, plan: &Plan, office: &Office) {
    let begun = format!("{:x}", std::process::id());
    let times = (0..100).map(|n| {
        let household = (n * 20 + 19) % plan.households;
        let phone = office.phone(server, plan.household(household).0);
        let mut visit = Visit::completed(&plan.household_id(household));
        visit.instance = format!("uuid:{begun}-{n}-{household}");
        visit.round.clone_from(plan.rounds.last().expect("a round"));
        let upload = Multipart::of(&visit.xml());
        let start = Instant::now();
        phone.post(&upload).expect(201);
        start.elapsed()
    });
    let before = server.cpu();
    let times = times.collect();
    line(
        "a submission without photos, a new connection each",
        times,
        Some(server.cpu() - before),
        None,
    );
}

/// A connection kept open.
struct Connection {
    socket: BufReader<TcpStream>,
    head: String,
}

impl Connection {
    fn open(server: &RealServer, token: Option<&str>) -> Connection {
        let url = server.url();
        let host = url.strip_prefix("http://").expect("http");
        let socket = TcpStream::connect(host).expect("a connection");
        socket.set_nodelay(true).expect("no delay");
        let token = token.map_or(String::new(), |t| format!("Authorization: Bearer {t}\r\n"));
        let head = format!(
            "Host: {host}\r\nX-OpenRosa-Version: 1.0\r\nAccept-Encoding: gzip\r\n{token}\r\n"
        );
        Connection { socket: BufReader::new(socket), head }
    }

    /// Asks so many times, or as often as there is time for; what each answer was waited for.
    fn ask(&mut self, times: usize, path: &dyn Fn(usize) -> String) -> Vec<Duration> {
        let begun = Instant::now();
        let all = (0..times).map_while(|n| (begun.elapsed() < ENOUGH).then(|| self.get(&path(n))));
        all.collect()
    }

    /// Asks, and reads the whole answer.
    fn get(&mut self, path: &str) -> Duration {
        let start = Instant::now();
        let request = format!("GET {path} HTTP/1.1\r\n{}", self.head);
        self.socket.get_mut().write_all(request.as_bytes()).expect("a question");
        let status = self.line();
        assert!(status.starts_with("HTTP/1.1 200"), "{path}: {status}");
        let (mut length, mut chunked) = (0, false);
        loop {
            let header = self.line().to_ascii_lowercase();
            if let Some(bytes) = header.strip_prefix("content-length:") {
                length = bytes.trim().parse().expect("a length");
            }
            chunked |= header.starts_with("transfer-encoding: chunked");
            if header.is_empty() {
                break;
            }
        }
        if chunked {
            loop {
                let line = self.line();
                let size = usize::from_str_radix(line.trim(), 16).expect("a chunk");
                self.skip(size + 2);
                if size == 0 {
                    break;
                }
            }
        } else {
            self.skip(length);
        }
        start.elapsed()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.socket.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    fn skip(&mut self, bytes: usize) {
        let mut rest = vec![0; bytes];
        self.socket.read_exact(&mut rest).expect("the answer's body");
    }
}
