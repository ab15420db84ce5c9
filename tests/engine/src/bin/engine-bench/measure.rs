//! Time on the processor and peak memory of this process, as Linux counts them.

/// Nanoseconds this thread has been on a processor.
pub fn cpu() -> u64 {
    // The kernel brings the figure up to date when a thread yields, else a few times a second.
    std::thread::yield_now();
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("schedstat");
    stat.split(' ').next().and_then(|n| n.parse().ok()).expect("nanoseconds")
}

/// A figure of `/proc/self/status`, in KiB.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find_map(|l| l.strip_prefix(name)).expect("a figure");
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().expect("KiB")
}

/// What a piece of work took: nanoseconds on the processor, KiB above what was there before.
pub fn work<T>(work: impl FnOnce() -> T) -> (T, u64, u64) {
    // Makes the peak start again from what is in use now.
    std::fs::write("/proc/self/clear_refs", "5").expect("clear_refs");
    let before = status("VmHWM");
    let start = cpu();
    let result = work();
    let time = cpu() - start;
    (result, time, status("VmHWM").saturating_sub(before))
}

/// Nanoseconds on the processor for one round of `work`: the best of several batches, so that what
/// else the machine does counts little.
pub fn best(rounds: u64, batches: u64, mut work: impl FnMut()) -> f64 {
    let batch = |_| {
        let start = cpu();
        (0..rounds).for_each(|_| work());
        (cpu() - start) as f64 / rounds as f64
    };
    (0..batches).map(batch).fold(f64::INFINITY, f64::min)
}
