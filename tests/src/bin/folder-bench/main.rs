//! How fast the server is on a large folder: from exec to the first healthy answer, what phones ask
//! for, and the pages staff look at. The folder is made first, or used again when it is there.
//!
//! Then every original is read anew, and a province is scored from sums alone.
//!
//! `cargo run --release -p ntm-tests --bin folder-bench [-- SUBMISSIONS [FOLDER]]`

mod anew;
mod ask;
mod moments;
mod start;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ntm_tests::folder::{self, Office, Plan};

/// Households whose moments are added up without a server.
const MOMENTS: usize = 2_000_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = words.first().map_or(Ok(1_000_000), |word| word.parse::<usize>());
    let Ok(submissions) = number else {
        eprintln!("folder-bench [SUBMISSIONS [FOLDER]]");
        std::process::exit(2);
    };
    let kept = words.get(1).map(PathBuf::from);
    let gone = tempfile::Builder::new().prefix("ntm-bench-").tempdir().expect("a folder");
    let folder = kept.unwrap_or_else(|| gone.path().to_owned());
    let plan = Plan::of(submissions);
    let office = made(&folder, &plan);
    let data = folder.join("data");
    println!(
        "{} submissions in {} rounds, {} communes, {} villages, {} households; data.db {} MiB",
        plan.visits().count(),
        plan.rounds.len(),
        plan.communes.len(),
        plan.villages,
        plan.households,
        std::fs::metadata(data.join("data.db")).expect("data.db").len() >> 20,
    );
    println!(
        "left out: the first {} interviews have one photo of 3 KB each, the others none; no reviews, reports or edits",
        plan.photos
    );
    start::measure(&data);
    ask::measure(&data, &plan, &office);
    anew::measure(&data, &plan);
    moments::measure(MOMENTS);
}

/// The folder of an earlier run with the same plan, or a new one.
fn made(folder: &Path, plan: &Plan) -> Office {
    let note = folder.join(format!("office-{}.json", plan.households));
    if let Ok(json) = std::fs::read(&note) {
        return serde_json::from_slice(&json).expect("the note of an earlier run");
    }
    std::fs::create_dir_all(folder).expect("a folder");
    let begun = Instant::now();
    let office = folder::make(&folder.join("data"), plan, |what| {
        eprintln!("{:>6.0} s  {what}", begun.elapsed().as_secs_f64());
    });
    std::fs::write(&note, serde_json::to_vec(&office).expect("JSON")).expect("a note");
    office
}

/// The quantile of sorted times, in milliseconds.
fn quantile(sorted: &[Duration], at: f64) -> f64 {
    let place = ((sorted.len() as f64 * at) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

/// One line: what was measured, median and 99th percentile, what is wanted of the latter, and the
/// server's processor time for each, which neighbours on the machine change little.
fn line(what: &str, mut times: Vec<Duration>, cpu: Option<Duration>, target: Option<f64>) {
    times.sort_unstable();
    let each =
        |cpu: Duration| format!("{:.2}", cpu.as_secs_f64() * 1e3 / times.len().max(1) as f64);
    let cpu = cpu.map_or(String::new(), each);
    let wanted = target.map_or(String::new(), |most| {
        let verdict = if quantile(&times, 0.99) < most { "met" } else { "NOT MET" };
        format!("< {most} {verdict}")
    });
    println!(
        "{what:<52} {:>5} {:>9.2} {:>9.2} {cpu:>8}   {wanted}",
        times.len(),
        quantile(&times, 0.5),
        quantile(&times, 0.99),
    );
}
