//! Many at once, each waiting for its answer before it sends the next.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Runs so many senders until the time is over, or once each where there is none; every one makes
/// itself a `send` and is then asked for its nth sending. What each answer was waited for, and how
/// long it all took.
pub fn run<S: FnMut(usize)>(
    senders: usize,
    time: Option<Duration>,
    sender: impl Fn(usize) -> S + Sync,
) -> (Vec<Duration>, Duration) {
    let (ready, over) = (Barrier::new(senders + 1), AtomicBool::new(false));
    let one = |id: usize| {
        let mut send = sender(id);
        let mut waits = Vec::new();
        ready.wait();
        for n in 0.. {
            let start = Instant::now();
            send(n);
            waits.push(start.elapsed());
            if time.is_none() || over.load(Ordering::Relaxed) {
                break;
            }
        }
        waits
    };
    std::thread::scope(|scope| {
        let one = &one;
        let threads: Vec<_> = (0..senders).map(|id| scope.spawn(move || one(id))).collect();
        ready.wait();
        let start = Instant::now();
        if let Some(time) = time {
            std::thread::sleep(time);
            over.store(true, Ordering::Relaxed);
        }
        let all = threads.into_iter().flat_map(|t| t.join().expect("a sender")).collect();
        (all, start.elapsed())
    })
}
