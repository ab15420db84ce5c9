//! What a program took, from its start to its last byte.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time, processor time and memory of a run, and what it printed.
pub struct Measured {
    /// From start to end.
    pub seconds: f64,
    /// Of all its threads.
    pub processor: f64,
    /// Most memory it held, in bytes.
    pub memory: u64,
    /// Its output.
    pub out: Vec<u8>,
}

/// The fastest of several runs of each program. They take turns, so that a busy moment of the machine
/// is nobody's alone.
pub fn best(runs: usize, programs: &[&dyn Fn() -> Command]) -> Vec<Measured> {
    let mut found: Vec<Measured> = programs.iter().map(|command| run(command())).collect();
    for _ in 1..runs {
        for (best, command) in found.iter_mut().zip(programs) {
            let next = run(command());
            if next.seconds < best.seconds {
                *best = next;
            }
        }
    }
    found
}

fn run(mut command: Command) -> Measured {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().expect("a program");
    let mut pipe = child.stdout.take().expect("its output");
    let reader = std::thread::spawn(move || {
        let mut out = Vec::new();
        pipe.read_to_end(&mut out).map(|_| out)
    });
    let (mut memory, mut processor) = (0, 0.0);
    let status = loop {
        // What the kernel says of it is gone once it is.
        memory = status_of(child.id()).unwrap_or(memory).max(memory);
        processor = ticks_of(child.id()).unwrap_or(processor).max(processor);
        if let Some(status) = child.try_wait().expect("its end") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let seconds = begun.elapsed().as_secs_f64();
    assert!(status.success(), "{} failed: {status}", command.get_program().display());
    let out = reader.join().expect("a reader").expect("its output");
    Measured { seconds, processor, memory, out }
}

/// Most memory held so far.
fn status_of(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// Processor time so far; the kernel counts in hundredths of a second.
fn ticks_of(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
