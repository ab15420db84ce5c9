//! `ntm estimate` beside DuckDB and Polars: one CSV file of a province's households, six ratios with
//! their standard errors by commune, from file to answer, in the same run, and the same answer.
//!
//! ```sh
//! python3 -m venv bench && bench/bin/pip install duckdb polars
//! cargo run --release -p ntm-tests --bin estimate-bench -- 2000000 bench/bin/python
//! ```

mod households;
mod measure;
mod memory;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use measure::{Measured, best};

/// Numerator and denominator of each ratio.
const RATIOS: [&str; 6] = [
    "insured/members",
    "income/members",
    "trained/members",
    "solid/households",
    "latrine/households",
    "sorting/households",
];
/// Runs of each program; the best counts, since machines have neighbours.
const RUNS: usize = 3;
/// Two answers are the same when they differ by at most this part.
const SAME: f64 = 1e-8;

/// Estimate and standard error by commune and ratio.
type Answer = BTreeMap<(String, String), (f64, f64)>;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = words.first().map_or(Ok(2_000_000), |word| word.parse::<usize>());
    let Ok(rows) = number else {
        eprintln!("estimate-bench [ROWS [PYTHON with duckdb and polars]]");
        std::process::exit(2);
    };
    let python = words.get(1).map_or("python3", String::as_str);
    let folder = tempfile::Builder::new().prefix("ntm-bench-").tempdir().expect("a folder");
    let file = folder.path().join("households.csv");
    let villages = households::write(&file, rows).expect("a file");
    let size = std::fs::metadata(&file).expect("a file").len() >> 20;
    println!(
        "{rows} households, {} communes, {villages} villages, {size} MiB of CSV",
        households::COMMUNES
    );

    let scripts = [("DuckDB", include_str!("duckdb.py")), ("Polars", include_str!("polars.py"))];
    let theirs = |(name, script): (&str, &str)| {
        let path = folder.path().join(format!("with_{}.py", name.to_lowercase()));
        std::fs::write(&path, script).expect("a script");
        let file = &file;
        move || {
            let mut command = Command::new(python);
            command.arg(&path).arg(file).args(RATIOS);
            command
        }
    };
    let [duckdb, polars] = scripts.map(theirs);
    let found = best(RUNS, &[&|| ours(&file), &duckdb, &polars]);
    let [ours, theirs @ ..] = found.as_slice() else { unreachable!("three programs ran") };
    let answer = of_json(&ours.out);
    assert_eq!(answer.len(), RATIOS.len() * households::COMMUNES, "every ratio of every commune");
    println!("\nfrom file to answer, the best of {RUNS} runs:");
    print("ntm estimate", ours, None);
    let mut fastest = f64::INFINITY;
    for ((name, _), theirs) in scripts.iter().zip(theirs) {
        let worst = differ(&answer, &of_csv(&theirs.out));
        print(name, theirs, Some(ours));
        println!("    the same answer: at most {worst:.1e} apart");
        assert!(worst <= SAME, "{name} has another answer");
        fastest = fastest.min(theirs.seconds);
    }
    let (seconds, columns) = memory::ratios(&file, &RATIOS);
    println!(
        "\nthe six ratios from columns in memory, one thread, the best of {RUNS} runs: {:.0} ms",
        1e3 * seconds
    );
    println!(
        "the columns they need: {} MiB; ntm estimate held {:.2} times that",
        columns >> 20,
        ours.memory as f64 / columns as f64
    );
    println!("\nntm takes {:.2} of the faster one's time", ours.seconds / fastest);
}

fn ours(file: &Path) -> Command {
    let mut command = Command::new(ntm_tests::program("ntm"));
    command.arg("estimate").arg(file);
    command.args(["--weights", "w", "--strata", "village", "--fpc", "village_households"]);
    command.args(["--by", "commune", "--json"]);
    for ratio in RATIOS {
        command.args(["--ratio", ratio]);
    }
    command
}

fn print(name: &str, it: &Measured, than: Option<&Measured>) {
    let ratio = than.map_or(String::new(), |o| format!("  {:.2} × ntm", it.seconds / o.seconds));
    println!(
        "  {name:<14} {:>6.2} s   processor {:>6.2} s   memory {:>5} MiB{ratio}",
        it.seconds,
        it.processor,
        it.memory >> 20
    );
}

/// The largest relative difference of an estimate or a standard error.
fn differ(one: &Answer, other: &Answer) -> f64 {
    assert_eq!(one.len(), other.len(), "as many estimates");
    let apart = |a: f64, b: f64| (a - b).abs() / a.abs().max(1e-12);
    let each = one.iter().map(|(key, (value, se))| {
        let (theirs, their_se) = other[key];
        apart(*value, theirs).max(if *se < 1e-9 { 0.0 } else { apart(*se, their_se) })
    });
    each.fold(0.0, f64::max)
}

/// What `ntm estimate --json` printed.
fn of_json(out: &[u8]) -> Answer {
    let json: serde_json::Value = serde_json::from_slice(out).expect("JSON");
    let list = json.as_array().expect("estimates");
    let text = |e: &serde_json::Value, key: &str| {
        let text = e[key].as_str().expect("a text");
        text.strip_prefix("ratio ").unwrap_or(text).to_owned()
    };
    let number = |e: &serde_json::Value, key: &str| e[key].as_f64().expect("a number");
    let entry = |e: &serde_json::Value| {
        let key = (text(e, "by"), text(e, "statistic"));
        (key, (number(e, "estimate"), number(e, "se")))
    };
    list.iter().map(entry).collect()
}

/// What the scripts print: commune, ratio, estimate, standard error.
fn of_csv(out: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(out);
    let entry = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].trim().parse::<f64>().expect("a number");
        ((cells[0].to_owned(), cells[1].to_owned()), (number(2), number(3)))
    };
    text.lines().filter(|line| !line.is_empty()).map(entry).collect()
}
