//! How fast the engine is, printed: reading and checking submissions of the household form on one
//! core, compiling the form, what doubling the input costs, and JavaRosa on the same submissions.
//!
//! `cargo run --release -p ntm-engine-tests --bin engine-bench [-- speed | scaling | javarosa]`

mod household;
mod javarosa;
mod measure;
mod scaling;
mod speed;

use mimalloc::MiMalloc;

/// What the programs that ship have.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {
            let submissions = household::submissions();
            let ours = speed::run(&submissions);
            javarosa::run(&submissions, ours);
            scaling::run();
        }
        ["speed"] => drop(speed::run(&household::submissions())),
        ["javarosa"] => {
            let submissions = household::submissions();
            let ours = speed::run(&submissions);
            javarosa::run(&submissions, ours);
        }
        // Fails when something is not linear: a test runs this.
        ["scaling"] => std::process::exit(i32::from(!scaling::run())),
        // For a profiler.
        ["loop", what] => speed::rounds(&household::submissions(), what),
        // What `scaling` starts, so that each measure has a process and a peak of its own.
        ["one", what, size] => scaling::one(what, size.parse().expect("a size")),
        _ => {
            eprintln!("engine-bench [speed | scaling | javarosa]");
            std::process::exit(2);
        }
    }
}
