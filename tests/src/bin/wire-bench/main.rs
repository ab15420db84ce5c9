//! One household with four photos over a mountain link: our app in Chromium, `ntm submit`, and a sender
//! that does as stock ODK Collect does, on the same seeds. Real time: minutes a run; the runs go on side by side, each on a
//! link of its own.
//!
//! `cargo run --release -p ntm-tests --bin wire-bench [-- --help]`

mod link;
mod openrosa;
mod run;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use link::Weather;
use run::{Run, Sender};

#[derive(Parser)]
struct Args {
    /// Seeds of losses and blackouts.
    #[arg(default_values_t = [1, 2, 3])]
    seeds: Vec<u64>,
    /// Who sends.
    #[arg(long, value_enum, default_values_t = [Sender::App, Sender::Ntm, Sender::Openrosa])]
    only: Vec<Sender>,
    /// Bytes of a photo.
    #[arg(long, default_value_t = 300_000)]
    photo: usize,
    /// kbit/s towards the server.
    #[arg(long, default_value_t = 64.0)]
    up: f64,
    /// kbit/s towards the phone.
    #[arg(long, default_value_t = 128.0)]
    down: f64,
    /// Mean seconds with and without a signal; empty for none.
    #[arg(long, default_value = "40:10")]
    blackout: String,
    /// Seconds after which a sender that has not ended is ended.
    #[arg(long, default_value_t = 1500)]
    cap: u64,
    /// What a run is itself, at the client's end: a folder and an address.
    #[arg(long, num_args = 2, hide = true)]
    send: Vec<String>,
}

fn main() {
    let args = Args::parse();
    if let [folder, base] = &args.send[..] {
        println!("{{\"tries\":{}}}", openrosa::send(base, &PathBuf::from(folder)));
        return;
    }
    let cap = Duration::from_secs(args.cap);
    println!(
        "four photos of {} bytes, {}/{} kbit/s, 300 ms, 5 % loss, blackouts {}; bytes with IP headers",
        args.photo, args.up, args.down, args.blackout
    );
    println!(
        "{:>9} {:>6} {:>9} {:>8} {:>8} {:>8} {:>10} {:>8} {:>8} {:>9} {:>6}  said",
        "",
        "seed",
        "answers s",
        "all s",
        "told s",
        "× ideal",
        "bytes up",
        "× bytes",
        "down",
        "blackouts",
        "resets"
    );
    for sender in args.only.iter().copied() {
        let runs: Vec<Run> = std::thread::scope(|scope| {
            let args = &args;
            let one = |(n, seed): (usize, &u64)| {
                let weather = Weather {
                    seed: *seed,
                    rate: (args.up, args.down),
                    blackout: args.blackout.clone(),
                };
                let name = format!("wire{}{n}", std::process::id() % 1000);
                scope.spawn(move || run::run(&name, sender, &weather, args.photo, cap))
            };
            let threads: Vec<_> = args.seeds.iter().enumerate().map(one).collect();
            let ended = threads.into_iter().map(|thread| thread.join().expect("a run"));
            ended.collect::<Result<_, _>>().unwrap_or_else(|why| {
                eprintln!("{why}");
                std::process::exit(2)
            })
        });
        let figures: Vec<Figures> = runs.iter().map(|run| Figures::of(run, args.up)).collect();
        for ((run, figures), seed) in runs.iter().zip(&figures).zip(&args.seeds) {
            let counts = &run.counts;
            let rest = format!(
                "{:>8} {:>9} {:>6}  {} {}",
                counts.down[1], counts.blackouts, counts.resets, counts.congestion, run.said
            );
            figures.print(sender, &seed.to_string(), &rest);
        }
        Figures::median(&figures).print(sender, "median", "");
    }
}

/// What is judged. What did not come to an end counts as endless.
struct Figures {
    answers: f64,
    all: f64,
    told: f64,
    ideal: f64,
    bytes: f64,
    payload: f64,
}

impl Figures {
    fn of(run: &Run, up: f64) -> Figures {
        let seconds =
            |time: Option<Duration>| time.map_or(f64::INFINITY, |time| time.as_secs_f64());
        let payload = run.payload as f64;
        Figures {
            answers: seconds(run.answers),
            all: seconds(run.all),
            told: seconds(run.told),
            ideal: payload / (up * 125.0),
            bytes: run.counts.up[1] as f64,
            payload,
        }
    }

    fn median(all: &[Figures]) -> Figures {
        let of = |take: &dyn Fn(&Figures) -> f64| {
            let mut values: Vec<f64> = all.iter().map(take).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        Figures {
            answers: of(&|one| one.answers),
            all: of(&|one| one.all),
            told: of(&|one| one.told),
            ideal: of(&|one| one.ideal),
            bytes: of(&|one| one.bytes),
            payload: of(&|one| one.payload),
        }
    }

    fn print(&self, sender: Sender, seed: &str, rest: &str) {
        let name = match sender {
            Sender::App => "app",
            Sender::Ntm => "ntm",
            Sender::Openrosa => "OpenRosa",
        };
        println!(
            "{name:>9} {seed:>6} {:>9.1} {:>8.1} {:>8.1} {:>8.2} {:>10.0} {:>8.3} {rest}",
            self.answers,
            self.all,
            self.told,
            self.told / self.ideal,
            self.bytes,
            self.bytes / self.payload,
        );
    }
}
