//! How fast plans are made, beside OR-Tools' SimpleMinCostFlow on the same instances in the same run.
//!
//! `cargo run --release -p ntm-tests --bin assign-bench [-- REPEATS]`; `docs/SPEED.md` says how to
//! give it OR-Tools.

mod generate;
mod measure;
mod peer;

use std::path::{Path, PathBuf};

use generate::Wanted;
use measure::Figures;
use ntm_shared::assign::Kind;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [one, kind, repeats, file] = &words[..]
        && one == "one"
    {
        let kind = if kind == "coverage" { Kind::Coverage } else { Kind::Pairwise };
        measure::one(kind, repeats.parse().expect("a number"), Path::new(file));
        return;
    }
    let repeats: u32 = words.first().map_or(5, |word| word.parse().expect("[REPEATS]"));
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/assign");
    let folder = tempfile::Builder::new().prefix("ntm-assign-").tempdir().expect("a folder");
    let made = |wanted: Wanted| -> PathBuf {
        let file = folder.path().join(format!("{}.json", wanted.name));
        std::fs::write(&file, wanted.instance()).expect("an instance");
        file
    };
    let dense = |name, communes, teams, side_m| Wanted {
        name,
        communes,
        teams,
        side_m,
        reach_m: 2 * side_m,
        seed: 1,
    };
    let flows = [
        ("127 × 60", reference.join("S1.json"), repeats),
        ("2,000 × 300", reference.join("M1.json"), repeats),
        ("2,000 × 300 dense", made(dense("M2", 2_000, 300, 300_000)), repeats),
        (
            "10,000 × 1,000, 80 km",
            made(Wanted { reach_m: 80_000, ..dense("L1", 10_000, 1_000, 700_000) }),
            repeats,
        ),
        ("10,000 × 1,000 dense", made(dense("L2", 10_000, 1_000, 700_000)), 1),
    ];
    let python = peer::python();
    if python.is_none() {
        println!("OR-Tools is not there (docs/SPEED.md says how to install it); ours alone:");
    }
    println!(
        "flow model; ours from instance to plan, theirs solve() alone; processor time, best of {repeats}\n\
         {:<22} {:>10} {:>12} {:>9} {:>9} {:>6} {:>8} {:>8} {:>6}",
        "instance", "pairs", "points", "ours ms", "OR ms", "ratio", "ours MiB", "OR MiB", "ratio"
    );
    for (name, file, repeats) in &flows {
        let ours = measure::child("pairwise", *repeats, file);
        let theirs = python.as_deref().map(|python| peer::run(python, *repeats, file));
        print_row(name, &ours, theirs.as_ref());
        if let Some(theirs) = theirs {
            assert_eq!(ours.objective, theirs.objective, "{name}: both must find the optimum");
        }
    }
    println!("coverage model\n{:<22} {:>12} {:>12} {:>9}", "instance", "points", "bound", "ms");
    for (name, file, _) in &flows[..2] {
        let ours = measure::child("coverage", 1, file);
        let ms = ours.cpu_s * 1e3;
        println!("{name:<22} {:>12} {:>12} {ms:>9.0}", ours.objective, ours.bound);
    }
    println!(
        "empty places explained\n{:<22} {:>6} {:>6} {:>12} {:>9}",
        "instance", "places", "sets", "relaxations", "ms"
    );
    let short = [
        ("127 × 60, too few", reference.join("S3_short.json")),
        (
            "2,000 × 300, too far",
            made(Wanted { reach_m: 15_000, ..dense("M3", 2_000, 300, 300_000) }),
        ),
    ];
    for (name, file) in &short {
        let of = measure::explained(file);
        let ms = of.cpu_s * 1e3;
        println!("{name:<22} {:>6} {:>6} {:>12} {ms:>9.0}", of.short, of.sets, of.relaxations);
    }
}

fn print_row(name: &str, ours: &Figures, theirs: Option<&Figures>) {
    let ms = |figures: &Figures| figures.cpu_s * 1e3;
    print!("{name:<22}");
    match theirs {
        None => println!(
            " {:>10} {:>12} {:>9.1} {:>9} {:>6} {:>8.1}",
            "",
            ours.objective,
            ms(ours),
            "",
            "",
            ours.grown_mib
        ),
        Some(theirs) => println!(
            " {:>10} {:>12} {:>9.1} {:>9.1} {:>6.2} {:>8.1} {:>8.1} {:>6.2}",
            theirs.pairs,
            ours.objective,
            ms(ours),
            ms(theirs),
            ms(ours) / ms(theirs),
            ours.grown_mib,
            theirs.grown_mib,
            ours.grown_mib / theirs.grown_mib.max(0.1)
        ),
    }
}
