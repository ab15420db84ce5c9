//! From exec to the first healthy answer.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ntm_tests::program;

use super::line;

/// How often.
const STARTS: usize = 20;
/// Milliseconds a start may take.
const TARGET: f64 = 200.0;

/// Starts on what the system has in memory of the folder, and on a folder it has nothing of.
pub fn measure(data: &Path) {
    println!(
        "\n{:<52} {:>5} {:>9} {:>9} {:>8}   target",
        "", "times", "p50 ms", "p99 ms", "CPU ms"
    );
    line(
        "start, nothing of data.db in memory",
        (0..5).map(|_| cold(data)).collect(),
        None,
        Some(TARGET),
    );
    line("start", (0..STARTS).map(|_| once(data)).collect(), None, Some(TARGET));
}

fn cold(data: &Path) -> Duration {
    // Asks the system to forget the file's pages.
    let file = format!("if={}", data.join("data.db").display());
    let forget = ["of=/dev/null", "iflag=nocache", "count=0", "status=none"];
    let done = Command::new("dd").arg(file).args(forget).status().expect("dd");
    assert!(done.success());
    once(data)
}

fn once(data: &Path) -> Duration {
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new(program("ntm-server"));
    command.args(["serve", "--listen", &address, "--data"]).arg(data).env("RUST_LOG", "warn");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let begun = Instant::now();
    let mut server = command.spawn().expect("ntm-server");
    let mut socket = loop {
        match TcpStream::connect(&address) {
            Ok(socket) => break socket,
            Err(_) => std::thread::sleep(Duration::from_micros(500)),
        }
        assert!(begun.elapsed() < Duration::from_secs(600), "it does not listen");
    };
    let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).expect("a question");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    let took = begun.elapsed();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let stop = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(stop.expect("kill").success());
    server.wait().expect("its end");
    took
}
