//! Our own figures, of a process for each, so that memory is told apart.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ntm_shared::assign::{Instance, Kind, plan, plan_as, shortages};
use serde::{Deserialize, Serialize};

/// How long a measurement lasts at least.
const SHORTEST: Duration = Duration::from_millis(100);

/// What a run took; the fastest of its repetitions.
#[derive(Serialize, Deserialize)]
pub struct Figures {
    /// Points of the plan.
    pub objective: i64,
    /// No plan has fewer.
    #[serde(default)]
    pub bound: i64,
    /// Pairs within reach, if told.
    #[serde(default)]
    pub pairs: u64,
    /// Seconds of processor time.
    pub cpu_s: f64,
    /// By how much the process grew at most, in MiB.
    pub grown_mib: f64,
}

/// Solves one instance here and prints its figures.
pub fn one(kind: Kind, repeats: u32, file: &Path) {
    let json = std::fs::read_to_string(file).expect("the instance");
    let instance = Instance::from_reference_json(&json).expect("the instance");
    drop(json);
    let before = status("VmRSS:");
    let solve = || plan_as(&instance, kind).expect("a plan");
    // The kernel counts processor time in ticks: short runs are measured many at a time.
    let start = Instant::now();
    let plan = solve();
    let times = (SHORTEST.as_nanos() / start.elapsed().as_nanos().max(1)).clamp(1, 1_000) as u32;
    let (objective, bound) = (plan.objective, plan.bound);
    let mut best: Option<Figures> = None;
    for _ in 0..repeats {
        let start = processor_s();
        for _ in 0..times {
            assert_eq!(solve().objective, objective, "the same every time");
        }
        let cpu_s = (processor_s() - start) / f64::from(times);
        if best.as_ref().is_none_or(|best| cpu_s < best.cpu_s) {
            best = Some(Figures { objective, bound, pairs: 0, cpu_s, grown_mib: 0.0 });
        }
    }
    let mut best = best.expect("at least one repetition");
    best.grown_mib = status("VmHWM:") - before;
    println!("{}", serde_json::to_string(&best).expect("JSON"));
}

/// What it took to say why places stay empty and what would close each gap.
pub struct Explained {
    /// Sets of communes that teams cannot all serve.
    pub sets: usize,
    /// Places that stay empty whatever the plan.
    pub short: u32,
    /// Relaxations told.
    pub relaxations: usize,
    /// Seconds of processor time, without the plan itself.
    pub cpu_s: f64,
}

/// Explains the empty places of an instance's plan.
pub fn explained(file: &Path) -> Explained {
    let json = std::fs::read_to_string(file).expect("the instance");
    let instance = Instance::from_reference_json(&json).expect("the instance");
    let plan = plan(&instance).expect("a plan");
    let start = processor_s();
    let found = shortages(&instance, &plan);
    let cpu_s = processor_s() - start;
    let empty: u32 = plan.unfilled.iter().map(|of| of.missing).sum();
    let short = found.iter().map(|set| set.short).sum();
    assert_eq!(short, empty, "the sets explain every empty place");
    let relaxations = found.iter().map(|set| set.relaxations.len()).sum();
    Explained { sets: found.len(), short, relaxations, cpu_s }
}

/// Solves one instance in a process of its own.
pub fn child(kind: &str, repeats: u32, file: &Path) -> Figures {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["one", kind, &repeats.to_string()]).arg(file);
    figures(command)
}

/// Runs what prints its figures.
pub fn figures(mut command: Command) -> Figures {
    let output = command.output().expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("figures")
}

/// Processor time of this thread; there is only one.
fn processor_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let ns: f64 = text.split(' ').next().and_then(|ns| ns.parse().ok()).expect("nanoseconds");
    ns / 1e9
}

/// A line of `/proc/self/status` that counts kilobytes, in MiB.
fn status(key: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(key)).expect("the line");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("kilobytes") / 1024.0
}
