//! How fast submissions are taken in: the real server under 1 to 128 senders, beside a floor that
//! writes the same bytes durably without HTTP, forms or checks. Every answer is a durable one.
//!
//! `cargo run --release -p ntm-tests --bin intake-bench [-- [--photos 0|1|4] [SECONDS [SENDERS…]]]`

mod floor;
mod measure;
mod payload;
mod senders;
mod server;

use std::process::{Command, Stdio};
use std::time::Duration;

use measure::Figures;
use payload::Payload;
use tempfile::TempDir;

/// How many send at once, unless told otherwise.
const SENDERS: [usize; 4] = [1, 8, 32, 128];
/// Photos of a submission, and bytes of each.
const KINDS: [(usize, usize); 3] = [(0, 0), (1, 200_000), (4, 300_000)];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((only, numbers)) = read(&words) else {
        eprintln!("intake-bench [--photos 0|1|4] [SECONDS [SENDERS…]]");
        std::process::exit(2);
    };
    let time = Duration::from_secs(numbers.first().map_or(5, |s| *s as u64).clamp(1, 600));
    let senders = if numbers.len() > 1 { &numbers[1..] } else { &SENDERS[..] };
    let place = place();
    println!("{} for each line; a commit of the floor is of at most 128", seconds(time));
    for (photos, bytes) in KINDS.into_iter().filter(|(n, _)| only.is_none_or(|only| only == *n)) {
        let payload = Payload::new(photos, bytes);
        println!("\n{}", payload.describe());
        println!(
            "{:>8} {:>8} {:>9} {:>7} {:>9} {:>9} {:>8} {:>9} {:>11}",
            "", "senders", "per s", "×", "p50 ms", "p99 ms", "CPU ms", "peak MiB", "bytes each"
        );
        for &senders in senders {
            let floor = floor::run(place.path(), &payload, senders, time);
            line("floor", senders, &floor, None);
            let server = server::run(place.path(), &payload, senders, time);
            line("server", senders, &server, Some(&floor));
        }
    }
    if only.is_some() {
        return;
    }
    println!("\n64 uploads of 20 MB at once");
    let large = server::run_once(place.path(), &Payload::new(1, 20_000_000), 64);
    line("server", 64, &large, None);
}

/// The only kind wanted, by its photos, and the numbers; `None` when they are none.
fn read(words: &[String]) -> Option<(Option<usize>, Vec<usize>)> {
    let (only, numbers) = match words {
        [first, photos, rest @ ..] if first == "--photos" => (Some(photos.parse().ok()?), rest),
        all => (None, all),
    };
    if only.is_some_and(|only| !KINDS.iter().any(|(photos, _)| *photos == only)) {
        return None;
    }
    let numbers: Result<_, _> = numbers.iter().map(|word| word.parse()).collect();
    Some((only, numbers.ok()?))
}

/// A folder for the folders of all runs. An ext4 without a journal makes no file of an inode that was
/// freed a minute ago, and looks at each of them every time: a run would pay for the one before, which
/// was cleaned up. With this mark every folder in it begins in another part of the disk.
fn place() -> TempDir {
    let place = tempfile::Builder::new().prefix("ntm-bench-").tempdir().expect("a folder");
    let marked = Command::new("chattr").arg("+T").arg(place.path()).stderr(Stdio::null()).status();
    if !marked.is_ok_and(|status| status.success()) {
        println!("(chattr +T did not work here: runs may pay for what the one before removed)");
    }
    place
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

fn line(name: &str, senders: usize, figures: &Figures, floor: Option<&Figures>) {
    let ratio = floor.map_or(String::new(), |f| format!("{:.2}", figures.rate() / f.rate()));
    let Figures { cpu, peak, disk, .. } = figures;
    let count = figures.latencies.len().max(1) as f64;
    println!(
        "{name:>8} {senders:>8} {:>9.0} {ratio:>7} {:>9.2} {:>9.2} {:>8.3} {:>9.0} {:>11.0}",
        figures.rate(),
        figures.quantile(0.5) * 1e3,
        figures.quantile(0.99) * 1e3,
        cpu.as_secs_f64() * 1e3 / count,
        *peak as f64 / 1024.0,
        *disk as f64 / count,
    );
}
