//! What a run is measured by: answers over time, the processor's time and the memory of the process
//! that gave them, and the bytes on disk.

use std::path::Path;
use std::time::Duration;

/// One run.
pub struct Figures {
    /// How long it took.
    pub time: Duration,
    /// Of every durable answer: how long it was waited for.
    pub latencies: Vec<Duration>,
    /// Processor time of the process that stores.
    pub cpu: Duration,
    /// Its peak memory, in KiB.
    pub peak: u64,
    /// Bytes on disk that were not there before.
    pub disk: u64,
}

impl Figures {
    /// Durable answers a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.time.as_secs_f64()
    }

    /// A quantile of the waits, in seconds.
    pub fn quantile(&self, at: f64) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let place = (sorted.len() as f64 * at) as usize;
        sorted.get(place.min(sorted.len().saturating_sub(1))).map_or(0.0, Duration::as_secs_f64)
    }
}

/// Processor time a process has had, in user and kernel; `self` is this one.
pub fn cpu(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("its times");
    // The name in parentheses may hold blanks.
    let rest = stat.rsplit_once(')').expect("a name").1;
    let ticks = rest.split_whitespace().skip(11).take(2).map(|n| n.parse::<u64>().expect("ticks"));
    // Linux counts these in hundredths of a second, whatever its own clock does.
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Peak memory of a process, in KiB.
pub fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("its state");
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("KiB")
}

/// Makes the peak start again from what is in use now.
pub fn forget_peak(process: &str) {
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").expect("clear_refs");
}

/// Bytes of disk that a folder takes.
pub fn disk(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = folder.read_dir() else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(of) if of.is_dir() => disk(&entry.path()),
        Ok(of) => of.blocks() * 512,
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
