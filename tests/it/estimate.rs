//! `ntm estimate` through the real program: every case of R `survey` that was computed for it, and
//! what it says of files and options that cannot be.

use std::path::PathBuf;

use serde_json::Value as Json;

use crate::harness::Cli;

fn reference(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reference/survey").join(name)
}

/// A command line in a folder that has the reference's files.
fn among_files() -> Cli {
    let cli = Cli::new();
    for entry in reference("").read_dir().unwrap().flatten() {
        if entry.path().extension().is_some_and(|kind| kind == "csv") {
            std::fs::copy(entry.path(), cli.home().join(entry.file_name())).unwrap();
        }
    }
    cli
}

fn estimates(cli: &Cli, args: &[&str]) -> Vec<Json> {
    let args = [&["estimate"], args, &["--json"]].concat();
    serde_json::from_str(&cli.run(&args).expect(0).out).unwrap()
}

fn near(what: &str, got: &Json, want: &Json, tolerance: f64) {
    let (got, want) = (got.as_f64().unwrap_or(f64::NAN), want.as_f64().unwrap());
    assert!((got - want).abs() <= tolerance * want.abs().max(1e-9), "{what}: {got} is not {want}");
}

#[test]
fn estimates_agree_with_r_survey() {
    let cli = among_files();
    let text = std::fs::read_to_string(reference("more.json")).unwrap();
    let all: Json = serde_json::from_str(&text).unwrap();
    let cases = all["cases"].as_array().unwrap();
    for case in cases {
        let mut args = vec![case["data"].as_str().unwrap()];
        args.extend(case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()));
        let found = estimates(&cli, &args);
        let what = format!("{} {args:?} {}", case["id"], case["name"]);
        // R calls proportions by their expression.
        let name = case["name"].as_str();
        let row = found.iter().find(|row| name.is_none_or(|name| row["name"] == name));
        let row = row.unwrap_or_else(|| panic!("{what}: {found:?}"));
        near(&what, &row["estimate"], &case["estimate"], 1e-8);
        near(&format!("{what} se"), &row["se"], &case["se"], 1e-8);
        near(&format!("{what} df"), &row["df"], &case["df"], 0.0);
        near(&format!("{what} low"), &row["ci_low"], &case["ci_low"], 1e-6);
        near(&format!("{what} high"), &row["ci_high"], &case["ci_high"], 1e-6);
    }
    println!("{} cases", cases.len());
    assert_eq!(cases.len(), 62);
}

#[test]
fn several_at_once_and_the_exact_interval() {
    let cli = among_files();
    let design = ["hh.csv", "--weights", "w", "--strata", "village", "--fpc", "N_village"];
    let asked = ["--ratio", "insured/members", "--ratio", "solid_house/1", "--by", "commune"];
    let found = estimates(&cli, &[&design[..], &asked].concat());
    assert_eq!(found.len(), 24);
    // Communes are in the order of their numbers; the first one is a census.
    assert_eq!((found[1]["name"].as_str(), found[9]["name"].as_str()), (Some("2"), Some("10")));
    assert_eq!(found[0]["se"], 0.0);
    assert_eq!(found[12]["statistic"], "ratio solid_house/1");
    // CSV has every digit too: what it says reads back as the same number.
    let csv = cli.run(&[&["estimate"], &design[..], &asked, &["--csv"]].concat()).expect(0).out;
    for (line, row) in csv.lines().skip(1).zip(&found) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells[2].parse::<f64>().ok(), row["estimate"].as_f64(), "{line}");
        assert_eq!(cells[3].parse::<f64>().ok(), row["se"].as_f64(), "{line}");
    }
    let answered = estimates(
        &cli,
        &[&design[..], &["--responded", "responded", "--mean", "solid_house"]].concat(),
    );
    near("non-response", &answered[0]["estimate"], &0.859913133203579.into(), 1e-8);
    near("non-response se", &answered[0]["se"], &0.011280692061987.into(), 1e-8);

    // 8 of 20 yes, of 200: counted out by hand below.
    let rows: String = (0..20).map(|i| format!("{},10,200\n", u8::from(i < 8))).collect();
    std::fs::write(cli.home().join("srs.csv"), format!("yes,w,N\n{rows}")).unwrap();
    let srs = ["srs.csv", "--weights", "w", "--fpc", "N", "--proportion", "yes", "--ci"];
    let bounds = |method: &str| {
        let row = &estimates(&cli, &[&srs[..], &[method]].concat())[0];
        (row["ci_low"].as_f64().unwrap(), row["ci_high"].as_f64().unwrap())
    };
    let (low, high) = bounds("hypergeometric");
    assert_eq!((low, high), exact(8, 20, 200));
    for other in ["kg", "wilson", "logit", "clopper-pearson", "wald"] {
        let (l, h) = bounds(other);
        assert!(l > 0.1 && l < 0.4 && h > 0.4 && h < 0.7, "{other}: {l} {h}");
    }
    cli.run(&[
        "estimate",
        "hh.csv",
        "--weights",
        "w",
        "--proportion",
        "poor",
        "--ci",
        "hypergeometric",
    ])
    .expect(2);
}

#[test]
fn a_large_file_is_read_in_parts_and_means_the_same() {
    let cli = Cli::new();
    // Quotes, line breaks within them, and levels that only the last part has.
    let row = |i: usize| {
        let name =
            if i > 199_000 { "\"cuối\nthôn\"" } else { ["\"a, b\"", "c", "Tả Phời"][i % 3] };
        format!("{name},{}.5,{},\"x\"\"y\"\n", i % 97, 1 + i % 4)
    };
    let rows: Vec<String> = (0..200_000).map(row).collect();
    std::fs::write(cli.home().join("large.csv"), format!("thôn,y,w,z\n{}", rows.concat())).unwrap();
    let args = ["--weights", "w", "--mean", "y", "--total", "z", "--by", "thôn", "--json"];
    let large = cli.run(&[&["estimate", "large.csv"], &args[..]].concat()).expect(0);
    // The same through a pipe is read in one go.
    let text = std::fs::read_to_string(cli.home().join("large.csv")).unwrap();
    let piped = cli.run_with(&[&["estimate", "-"], &args[..]].concat(), &text).expect(0);
    assert_eq!(large.out, piped.out);
    let found: Vec<Json> = serde_json::from_str(&large.out).unwrap();
    assert_eq!(found.iter().map(|row| row["n"].as_u64().unwrap()).sum::<u64>(), 400_000);
    let bad = format!("thôn,y,w,z\n{}d,x,1,z\n", rows.concat());
    std::fs::write(cli.home().join("bad.csv"), bad).unwrap();
    let bad = cli.run(&["estimate", "bad.csv", "--weights", "w", "--mean", "y", "--lang", "en"]);
    assert!(bad.expect(2).err.contains("line 200002: not a number"));
}

/// The exact bounds by adding up every probability.
fn exact(x: u64, n: u64, all: u64) -> (f64, f64) {
    let choose = |n: u64, k: u64| (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64);
    let chance = |k: u64, yes: u64| match k <= yes && n - k <= all - yes {
        true => choose(yes, k) * choose(all - yes, n - k) / choose(all, n),
        false => 0.0,
    };
    let fits = |yes: &u64| {
        let (few, many) = (
            (0..=x).map(|k| chance(k, *yes)).sum::<f64>(),
            (x..=n).map(|k| chance(k, *yes)).sum::<f64>(),
        );
        few > 0.025 && many > 0.025
    };
    let fitting: Vec<u64> = (0..=all).filter(fits).collect();
    (fitting[0] as f64 / all as f64, *fitting.last().unwrap() as f64 / all as f64)
}

#[test]
fn files_and_options_that_cannot_be_are_explained() {
    let cli = among_files();
    let write = |name: &str, text: &str| std::fs::write(cli.home().join(name), text).unwrap();
    write("bad.csv", "Xã,w,N,y\nA,1,5,2\nA,x,5,3\n");
    write("zero.csv", "h,w,N,y\nA,1,5,2\nA,0,5,3\n");
    write("few.csv", "h,w,N,y\nA,1,1.5,2\nA,1,1.5,3\n");
    write("lonely.csv", "h,w,N,y\nA,1,5,2\nA,1,5,3\nB,1,5,1\n");
    write("empty.csv", "h,w,N,y\n");
    write("totals.csv", "level,total\nA,10\n");
    let says = |args: &[&str], what: &str| {
        let ran = cli.run(&[&["estimate"], args, &["--lang", "en"]].concat()).expect(2);
        assert!(ran.out.is_empty() && ran.err.contains(what), "{args:?}: {}", ran.err);
    };
    says(&["bad.csv", "--weights", "w", "--mean", "y"], "Column “w”, line 3: not a number.");
    says(&["zero.csv", "--weights", "w", "--mean", "y"], "Line 3: a weight");
    says(&["zero.csv", "--weights", "v", "--mean", "y"], "no column “v”");
    says(&["few.csv", "--weights", "w", "--fpc", "N", "--mean", "y"], "less than what was drawn");
    write("short.csv", "h,w,N,y\nA,1,5,2\nA,1,5\n");
    says(&["short.csv", "--weights", "w", "--mean", "y"], "Line 3 has 3 fields");
    says(&["empty.csv", "--weights", "w", "--mean", "y"], "no rows");
    let strata = ["lonely.csv", "--weights", "w", "--strata", "h", "--fpc", "N", "--mean", "y"];
    says(&[&strata[..], &["--lonely", "fail"]].concat(), "has one unit");
    let post = ["lonely.csv", "--weights", "w", "--mean", "y", "--poststratify", "h=totals.csv"];
    says(&post, "do not have “B”");
    says(&["lonely.csv", "--weights", "w", "--quantile", "y:2"], "Cannot read “y:2”");
    let by = ["lonely.csv", "--weights", "w", "--mean", "y", "--by", "h", "--contrast"];
    says(&[&by[..], &["A,C"]].concat(), "no two such domains");
    says(&[&by[..], &["A,A"]].concat(), "the two domains are one");
    says(&["lonely.csv", "--weights", "w", "--mean", "y", "--contrast", "A,B"], "--by");
    says(&["nothing.csv", "--weights", "w", "--mean", "y"], "nothing.csv");
    // One statistic at least.
    cli.run(&["estimate", "lonely.csv", "--weights", "w"]).expect(2);
    let joined =
        cli.run(&[&["estimate"], &strata[..], &["--lonely", "collapse"]].concat()).expect(0);
    assert!(joined.err.contains("1 tầng"), "{}", joined.err);
    insta::assert_snapshot!("estimate", joined.out);
}
