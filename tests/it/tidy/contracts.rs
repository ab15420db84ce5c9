//! What others rely on: dependencies of the core, released migrations, problem codes, event verbs.

use std::collections::BTreeSet;
use std::process::Command;

use ntm_shared::problem;
use ntm_shared::text::Lang;

use super::{code, sources};
use crate::harness::{root, sha256};

#[test]
fn the_core_depends_on_nothing_that_does_input_or_output() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = [
        "tree",
        "--package",
        "ntm-shared",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let out =
        Command::new(cargo).args(tree).args(["--locked", "--offline"]).current_dir(root()).output();
    let out = out.expect("cargo tree");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).expect("UTF-8");
    let reached: BTreeSet<&str> =
        text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(reached.contains("quick-xml") && reached.len() > 10, "{reached:?}");
    let banned = [
        "tokio",
        "async-std",
        "futures-util",
        "axum",
        "hyper",
        "reqwest",
        "rusqlite",
        "libsqlite3-sys",
        "sqlx",
        "getrandom",
        "rand",
        "rand_core",
        "fastrand",
        "uuid",
        "tempfile",
        "mio",
        "socket2",
        "rayon",
        "chrono",
        "ntm-server",
        "ntm-cli",
    ];
    let found: Vec<&&str> = banned.iter().filter(|name| reached.contains(**name)).collect();
    assert!(found.is_empty(), "the core reaches {found:?}");
}

#[test]
fn released_migrations_do_not_change() {
    let files = sources()
        .into_iter()
        .filter(|source| source.path.starts_with("server/src/store/migrations/"));
    let hashes: Vec<String> =
        files.map(|source| format!("{} {}", sha256(source.text.as_bytes()), source.path)).collect();
    assert!(!hashes.is_empty());
    insta::assert_snapshot!("migrations", hashes.join("\n"));
}

#[test]
fn problem_codes_keep_their_meaning() {
    let rows: Vec<String> = problem::ALL
        .iter()
        .map(|p| format!("{} {} | {} | {}", p.status, p.code, p.title(Lang::Vi), p.title(Lang::En)))
        .collect();
    insta::assert_snapshot!("problems", rows.join("\n"));
}

#[test]
fn events_are_named_noun_verb() {
    let mut verbs = BTreeSet::new();
    for source in code().into_iter().filter(|source| source.path.starts_with("server/src/ops/")) {
        let calls = source.text.split(".event(").skip(1);
        for call in calls {
            let verb = call.split('"').nth(1).expect("a verb");
            let named = verb.split_once('.').is_some_and(|(noun, verb)| {
                let letters =
                    |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
                letters(noun) && letters(verb)
            });
            assert!(named, "{}: event {verb:?}", source.path);
            verbs.insert(verb.to_owned());
        }
    }
    insta::assert_snapshot!("events", verbs.into_iter().collect::<Vec<_>>().join("\n"));
}
