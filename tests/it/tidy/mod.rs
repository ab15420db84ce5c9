//! The house rules that a machine can check: what is absent from where, and what must not change by
//! accident.

mod contracts;

use std::path::{Path, PathBuf};

use crate::harness::root;

/// A source file: path within the project, and text.
struct Source {
    path: String,
    text: String,
}

/// Every text file of the project, build output and history left out.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root(), &mut found);
    assert!(found.len() > 100, "found only {} files", found.len());
    found
}

fn walk(folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ["target", ".git"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push(Source { path, text });
        }
    }
}

/// Code of the three crates, without their tests' data.
fn code() -> Vec<Source> {
    let ours = |source: &Source| {
        source.path.ends_with(".rs")
            && ["shared/src", "server/src", "cli/src"].iter().any(|at| source.path.starts_with(at))
    };
    sources().into_iter().filter(ours).collect()
}

/// Insists that `words` stand only in files that `may` holds.
#[track_caller]
fn only_in(words: &[&str], may: impl Fn(&str) -> bool) {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for source in code() {
        for (n, line) in source.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if let Some(word) = words.iter().find(|word| code.contains(**word)) {
                if may(&source.path) {
                    seen += 1;
                } else {
                    wrong.push(format!("{}:{}: {word}", source.path, n + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 0, "{words:?} stand nowhere: the rule checks nothing");
}

#[test]
fn sql_stands_only_in_the_store() {
    let words = [
        "SELECT ",
        "INSERT INTO",
        "DELETE FROM",
        "UPDATE submission",
        "CREATE TABLE",
        "BEGIN IMMEDIATE",
    ];
    only_in(&words, |path| path.starts_with("server/src/store/"));
}

#[test]
fn only_the_store_begins_and_commits() {
    only_in(&["BEGIN IMMEDIATE", "COMMIT", "SAVEPOINT"], |path| {
        path.starts_with("server/src/store/")
    });
    only_in(&["rusqlite"], |path| path.starts_with("server/src/store/"));
}

#[test]
fn the_web_framework_stays_at_the_doors() {
    let doors = ["address", "auth", "upload", "intake", "punctual", "lib"];
    only_in(&["axum"], |path| {
        path.starts_with("server/src/http/")
            || path.starts_with("server/src/auth/")
            || doors.iter().any(|door| path == format!("server/src/{door}.rs"))
    });
}

#[test]
fn the_command_line_speaks_http_in_one_place_and_starts_a_server_in_one() {
    only_in(&["reqwest"], |path| path.starts_with("cli/src/client/"));
    only_in(&["ntm_server"], |path| {
        path.starts_with("cli/src/demo/") || path == "server/src/main.rs"
    });
}

#[test]
fn data_files_are_touched_in_three_places() {
    only_in(&["std::fs", "tokio::fs", "File::"], |path| {
        ["server/src/blobs/", "server/src/backup/", "server/src/folder", "cli/src/"]
            .iter()
            .any(|place| path.starts_with(place))
    });
}

#[test]
fn the_core_has_no_clock_randomness_threads_or_files() {
    let words = [
        "std::fs",
        "std::net",
        "std::env",
        "SystemTime",
        "Instant::now",
        "Zoned::now",
        "Timestamp::now",
        "thread::spawn",
        "async fn",
    ];
    let tests = |path: &str| {
        path.ends_with("tests.rs") || path.contains("/tests/") || path.ends_with("reference.rs")
    };
    let wrong: Vec<String> = code()
        .into_iter()
        .filter(|source| source.path.starts_with("shared/") && !tests(&source.path))
        .flat_map(|source| {
            let body = source.text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            let found = words.into_iter().filter(move |word| body.contains(word));
            found.map(move |word| format!("{}: {word}", source.path)).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_small_and_named_for_what_they_hold() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        let written =
            [".rs", ".js", ".css", ".html", ".sh"].iter().any(|end| source.path.ends_with(end));
        if written && lines > 800 {
            wrong.push(format!("{}: {lines} lines", source.path));
        }
        let stem = Path::new(&source.path).file_stem().unwrap().to_string_lossy().to_lowercase();
        let vague = ["util", "utils", "common", "helper", "helpers", "manager", "service", "misc"];
        if written && vague.contains(&stem.as_str()) {
            wrong.push(format!("{}: a name that says nothing", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_names_a_place_on_one_machine_or_silences_the_compiler() {
    let places =
        ["/ro", "/ho", "/wo"].iter().zip(["ot/", "me/", "rk/"]).map(|(a, b)| format!("{a}{b}"));
    let places: Vec<String> = places.collect();
    let silencer = format!("[{}(", "allow");
    let mut wrong = Vec::new();
    for source in sources() {
        // Inside an address or a longer path it is no place of this machine; nor is the root
        // element of a list of choices.
        let outside = |at: usize| {
            let before = source.text[..at].bytes().last();
            let longer = |b: u8| b.is_ascii_alphanumeric() || b"._-~})]".contains(&b);
            !before.is_some_and(longer) && !source.text[at..].starts_with("/root/item")
        };
        for place in &places {
            if source.text.match_indices(place.as_str()).any(|(at, _)| outside(at)) {
                wrong.push(format!("{}: {place}", source.path));
            }
        }
        if source.path.ends_with(".rs") && source.text.contains(&silencer) {
            wrong.push(format!("{}: {silencer}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
