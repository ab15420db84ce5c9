//! The link (`link.py`): two network namespaces and what is between them.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use ntm_tests::root;
use serde::Deserialize;

/// Where the server listens.
pub const SERVER: &str = "10.9.0.2";

/// What the link is like.
#[derive(Clone, Debug)]
pub struct Weather {
    /// Decides about losses and blackouts.
    pub seed: u64,
    /// kbit/s, up and down.
    pub rate: (f64, f64),
    /// Mean seconds with and without a signal, `40:10`; empty for no blackouts.
    pub blackout: String,
}

/// A running link.
pub struct Link {
    name: String,
    child: Child,
    out: BufReader<ChildStdout>,
}

/// What went over it: packets, bytes with IP headers, packets lost, and packets there was no room for.
#[derive(Clone, Debug, Deserialize)]
pub struct Counts {
    /// Towards the server.
    pub up: [u64; 4],
    /// Towards the client.
    pub down: [u64; 4],
    /// Packets of flows that a blackout had ended.
    pub resets: u64,
    /// Times without a signal.
    pub blackouts: u64,
    /// Congestion control at both ends.
    pub congestion: String,
}

impl Link {
    /// Makes it; says why when the machine does not permit it.
    /// Without weather until [`Link::begin`] if it is `calm`.
    pub fn up(name: &str, weather: &Weather, calm: bool) -> Result<Link, String> {
        let mut command = Command::new("python3");
        command.arg(root().join("tests/src/bin/wire-bench/link.py")).arg(name);
        command.arg("--seed").arg(weather.seed.to_string());
        command.arg("--rate-up").arg(weather.rate.0.to_string());
        command.arg("--rate-down").arg(weather.rate.1.to_string());
        command.arg("--blackout").arg(&weather.blackout).args(calm.then_some("--calm"));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("python3: {error}"))?;
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        let _ = out.read_line(&mut line);
        if line.trim() == "ready" {
            return Ok(Link { name: name.into(), child, out });
        }
        let _ = child.wait();
        Err("no link: it needs root, /dev/net/tun and ip (iproute2)".into())
    }

    /// The weather and the counting begin.
    pub fn begin(&self) {
        self.signal("-USR1");
    }

    /// Words that run a program at the client's end.
    pub fn client(&self) -> [String; 4] {
        ["ip", "netns", "exec", &format!("{}c", self.name)].map(str::to_owned)
    }

    /// Words that run a program at the server's end.
    pub fn server(&self) -> [String; 4] {
        ["ip", "netns", "exec", &format!("{}s", self.name)].map(str::to_owned)
    }

    /// Takes it down; what went over it.
    pub fn down(mut self) -> Counts {
        self.stop();
        let mut line = String::new();
        self.out.read_line(&mut line).expect("its counts");
        serde_json::from_str(&line).expect("counts")
    }

    fn stop(&mut self) {
        self.signal("-TERM");
    }

    fn signal(&self, name: &str) {
        let _ = Command::new("kill").arg(name).arg(self.child.id().to_string()).status();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.stop();
        let _ = self.child.wait();
    }
}
