//! What the program asks of the system, seen by strace: the photo durable, its name durable, the
//! row durable, and only then the acknowledgement.

use std::collections::BTreeMap;

use super::Scene;
use crate::harness::{Multipart, RealServer, Visit, photo, sha256};

/// A finished system call: name, arguments with paths, and where in the log it began and ended.
#[derive(Debug)]
struct Call {
    name: String,
    words: String,
    begun: usize,
    ended: usize,
}

#[test]
fn an_acknowledgement_follows_the_fsync() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let calls = "trace=fsync,fdatasync,write,writev,pwrite64,sendto,sendmsg,rename,renameat,renameat2,linkat,mkdir,mkdirat";
    let strace =
        ["strace", "-f", "-qq", "-y", "-s", "256", "-e", calls, "-o", log.to_str().unwrap()];
    let mut scene = Scene::new(RealServer::start_under(&strace), 1);
    let (name, bytes) = ("ảnh nhà.jpg", photo::heavy(7, 200_000));
    let visit = Visit::completed("u0066.01.001").photos(&[name]);
    scene.phones[0].post(&Multipart::of(&visit.xml()).photo(name, &bytes)).expect(201);
    scene.server.end_traced();

    let calls = read(&std::fs::read_to_string(&log).unwrap());
    let answers: Vec<&Call> =
        calls.iter().filter(|call| call.words.contains("HTTP/1.1 ")).collect();
    let [.., before, answer] = answers.as_slice() else {
        panic!("no answers in the log: {calls:?}")
    };
    assert!(answer.words.contains("HTTP/1.1 201 Created"), "{answer:?}");
    assert!(answer.words.contains("x-openrosa"), "{answer:?}");
    let within: Vec<&Call> =
        calls.iter().filter(|c| c.begun > before.ended && c.ended < answer.begun).collect();
    let step = |from: usize, what: &str, fits: &dyn Fn(&Call) -> bool| {
        let found = within.iter().find(|call| call.begun > from && fits(call));
        found.unwrap_or_else(|| panic!("{what} did not happen before 201: {within:#?}")).ended
    };
    let flush = |call: &Call| {
        matches!(call.name.as_str(), "fsync" | "fdatasync") && call.words.ends_with("= 0")
    };
    let blob = sha256(&bytes);
    let written = step(before.ended, "fsync of the photo", &|c| {
        flush(c) && c.words.contains("blobs/incoming/")
    });
    let named = step(written, "rename of the photo", &|c| {
        (c.name.starts_with("rename") || c.name == "linkat") && c.words.contains(&blob)
    });
    let folder = format!("blobs/{}>", &blob[..2]);
    let kept =
        step(named, "fsync of the photo's folder", &|c| flush(c) && c.words.contains(&folder));
    let made = |c: &&Call| c.name.starts_with("mkdir") && c.words.contains("blobs/");
    assert!(!within.iter().any(made), "a folder is made on the way: {within:#?}");
    let row = step(kept, "the row", &|c| c.name == "pwrite64" && c.words.contains("data.db-wal"));
    step(row, "fsync of the log of the database", &|c| flush(c) && c.words.contains("data.db-wal"));
}

/// Joins the calls that strace interrupted, in the order they began.
fn read(log: &str) -> Vec<Call> {
    let (mut calls, mut open): (Vec<Call>, BTreeMap<&str, Call>) = (Vec::new(), BTreeMap::new());
    for (at, line) in log.lines().enumerate() {
        let Some((process, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if let Some((_, rest)) =
            rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            if let Some(mut call) = open.remove(process) {
                call.words += rest;
                call.ended = at;
                calls.push(call);
            }
        } else if let Some((name, words)) = rest.split_once('(') {
            let call = Call { name: name.into(), words: words.into(), begun: at, ended: at };
            match call.words.strip_suffix(" <unfinished ...>").map(str::to_owned) {
                Some(words) => drop(open.insert(process, Call { words, ..call })),
                None => calls.push(call),
            }
        }
    }
    calls.sort_by_key(|call| call.begun);
    calls
}
