//! How fast submissions are taken in: the real server under 1 to 128 senders, beside a floor that
//! writes the same bytes durably without HTTP, forms or checks. Every answer is a durable one.
//!
//! `cargo run --release -p ntm-tests --bin intake-bench [-- SECONDS [SENDERS…]]`

mod floor;
mod measure;
mod payload;
mod senders;
mod server;

use std::time::Duration;

use measure::Figures;
use payload::Payload;

/// How many send at once, unless told otherwise.
const SENDERS: [usize; 4] = [1, 8, 32, 128];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Result<Vec<usize>, _> = words.iter().map(|word| word.parse()).collect();
    let Ok(numbers) = numbers else {
        eprintln!("intake-bench [SECONDS [SENDERS…]]");
        std::process::exit(2);
    };
    let time = Duration::from_secs(numbers.first().map_or(5, |s| *s as u64).clamp(1, 600));
    let senders = if numbers.len() > 1 { &numbers[1..] } else { &SENDERS[..] };
    println!("{} for each line; a commit of the floor is of at most 128", seconds(time));
    for payload in [Payload::new(0, 0), Payload::new(1, 200_000), Payload::new(4, 300_000)] {
        println!("\n{}", payload.describe());
        println!(
            "{:>8} {:>8} {:>9} {:>7} {:>9} {:>9} {:>8} {:>9} {:>11}",
            "", "senders", "per s", "×", "p50 ms", "p99 ms", "CPU ms", "peak MiB", "bytes each"
        );
        for &senders in senders {
            let floor = floor::run(&payload, senders, time);
            line("floor", senders, &floor, None);
            let server = server::run(&payload, senders, time);
            line("server", senders, &server, Some(&floor));
        }
    }
    println!("\n64 uploads of 20 MB at once");
    let large = server::run_once(&Payload::new(1, 20_000_000), 64);
    line("server", 64, &large, None);
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
