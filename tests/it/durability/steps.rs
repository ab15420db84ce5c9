//! The program killed at its k-th write, fsync, rename and unlink, and as it sends the answer, of one
//! submission with four photos: at every point what was acknowledged is whole, nothing points
//! nowhere, and sending it again ends well.

use std::time::Duration;

use super::load::{Dice, Filled, verify};
use super::{Scene, long};
use crate::harness::{RealServer, Tracer, ask_often, sha256, store};

/// A call, and how often it may at most happen in one thread. strace counts per thread; the rows
/// are written by one.
const CALLS: [(&str, u32); 9] = [
    ("fsync", 24),
    ("fdatasync", 24),
    ("pwrite64", 120),
    ("/^rename", 12),
    ("/^unlink", 8),
    ("/^mkdir", 16),
    ("write", 60),
    ("writev", 8),
    ("sendto", 8),
];

#[test]
fn every_point_of_a_submission_is_a_clean_place_to_die() {
    let mut dice = Dice::thrown();
    let mut scene = Scene::new(RealServer::start(), 1);
    let (mut points, mut acknowledged) = (0, 0);
    for (call, photo) in PHOTOS.into_iter().flat_map(|call| (0..4).map(move |n| (call, n))) {
        match die_at(&mut scene, &mut dice, call, 1, Some(photo)) {
            None => return,
            Some(Point::Outlived) => panic!("{call} of photo {photo} did not happen"),
            Some(Point::Died { told }) => assert!(!told),
        }
        points += 1;
    }
    for (call, most) in CALLS {
        let (mut at, mut step, mut killed) = (1, 1, 0);
        loop {
            assert!(at <= most, "{call} happens more than {most} times");
            match die_at(&mut scene, &mut dice, call, at, None) {
                None => return,
                Some(Point::Outlived) => break,
                Some(Point::Died { told }) => acknowledged += usize::from(told),
            }
            (points, killed) = (points + 1, killed + 1);
            // All of them, or the first ones and then ever fewer.
            step = if long() || at < 3 { 1 } else { 2 * step };
            at += step;
        }
        println!("{call}: killed at {killed} points");
    }
    assert!(points >= 20, "only {points} points were reached");
    println!(
        "{points} points, {acknowledged} of them after the acknowledgement: 0 lost, all clean"
    );
}

/// The calls that concern one photo by its place: they go on side by side in several threads.
const PHOTOS: [&str; 2] = ["/^rename", "fsync"];

enum Point {
    Died { told: bool },
    Outlived,
}

/// Sends one submission to a server that dies as it makes a call for the `at`-th time.
/// With `photo`, only a call that concerns the name of that photo, or the folder it is named in.
fn die_at(
    scene: &mut Scene,
    dice: &mut Dice,
    call: &str,
    at: u32,
    photo: Option<usize>,
) -> Option<Point> {
    let filled = Filled::with(dice, 4);
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={at}"));
    let mut words = vec!["-e".to_owned(), trace, "-e".into(), inject];
    if let Some(n) = photo {
        let hash = sha256(&filled.photos[n].1);
        let folder = scene.server.data().join("blobs").join(&hash[..2]);
        let place = if call == "fsync" { folder } else { folder.join(&hash) };
        words.extend(["-P".into(), place.to_string_lossy().into_owned()]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let tracer = Tracer::attach(scene.server.id(), &words)?;
    let answer = scene.phones[0].apart().try_post(&filled.whole());
    let told = answer.as_ref().is_ok_and(|answer| answer.status == 201);
    // The answer may be on its way before the deadly call is.
    std::thread::sleep(Duration::from_millis(if told { 50 } else { 0 }));
    let died = !told || scene.server.has_died();
    if died {
        ask_often("the server's end", Duration::from_secs(5), || scene.server.has_died());
        scene.server.run(&[]);
    }
    drop(tracer);
    if told {
        verify(&scene.admin, std::slice::from_ref(&filled));
    }
    let left = store::incoming(scene.server.data()).len();
    assert!(!died || left == 0, "{call} {at}: {left} half received files after a restart");
    store::assert_clean(scene.server.data());
    scene.phones[0].apart().post(&filled.whole()).expect(201);
    verify(&scene.admin, std::slice::from_ref(&filled));
    Some(if died { Point::Died { told } } else { Point::Outlived })
}

/// Killed while the log is copied into the database, as a stop does.
#[test]
fn a_checkpoint_is_a_clean_place_to_die() {
    let mut dice = Dice::thrown();
    let mut scene = Scene::new(RealServer::start(), 1);
    let mut sent = Vec::new();
    let every = if long() { 1 } else { 13 };
    let mut points = 0;
    for at in (1..400).step_by(every) {
        for _ in 0..2 {
            let filled = Filled::with(&mut dice, 2);
            scene.phones[0].apart().post(&filled.whole()).expect(201);
            sent.push(filled);
        }
        let database = scene.server.data().join("data.db").to_string_lossy().into_owned();
        let inject = format!("-einject=pwrite64:signal=KILL:when={at}");
        let words = ["-etrace=pwrite64", &inject, "-P", &database];
        let Some(tracer) = Tracer::attach(scene.server.id(), &words) else { return };
        let ended_well = scene.server.terminate();
        drop(tracer);
        scene.server.run(&[]);
        let last = sent.len().saturating_sub(4);
        verify(&scene.admin, &sent[last..]);
        store::assert_clean(scene.server.data());
        if ended_well {
            break;
        }
        points += 1;
    }
    assert!(points > 1, "the log was copied in {points} writes");
    verify(&scene.admin, &sent);
    println!("killed at {points} writes of a checkpoint: {} acknowledged, 0 lost", sent.len());
}
