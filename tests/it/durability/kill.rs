//! `kill -9` at random moments while several phones send.

use std::time::{Duration, Instant};

use ntm_shared::api::submission::{Submission, SubmissionRow};

use super::Scene;
use super::load::{Dice, Load, verify};
use crate::harness::{Api, RealServer, store};

const KILLS: usize = 16;
const PHONES: usize = 5;

#[test]
fn acknowledged_submissions_survive_kill_nine() {
    let mut dice = Dice::thrown();
    let mut scene = Scene::new(RealServer::start(), PHONES);
    let start = Instant::now();
    let phones = scene.phones.clone();
    let mut pauses: Vec<u64> = (0..KILLS).map(|_| 100 + dice.roll(700)).collect();
    let ((), load) = Load::under(&phones, &mut dice, |load| {
        while let Some(pause) = pauses.pop() {
            std::thread::sleep(Duration::from_millis(pause));
            scene.server.kill();
            let acknowledged = load.acknowledged();
            scene.server.run(&[]);
            verify(&scene.admin, &acknowledged[acknowledged.len().saturating_sub(5)..]);
        }
    });
    let (sent, killing) = (load.acknowledged(), start.elapsed());
    assert!(sent.len() > 10 * KILLS, "too little load: {}", sent.len());
    assert_eq!(load.refused(), 0, "the disk was blamed");
    verify(&scene.admin, &sent);
    everything_listed_is_whole(&scene.admin);

    let count = scene.admin.all::<SubmissionRow>("/submissions").len();
    for filled in sent.iter().step_by(1 + sent.len() / 40) {
        scene.phones[0].post(&filled.whole()).expect(201);
    }
    assert_eq!(
        scene.admin.all::<SubmissionRow>("/submissions").len(),
        count,
        "a repeat was stored twice"
    );
    scene.server.kill();
    scene.server.run(&[]);
    assert_eq!(
        store::incoming(scene.server.data()).len(),
        0,
        "half received files after a restart"
    );
    println!(
        "{KILLS} kills in {killing:.1?}: {} acknowledged, 0 lost; {} tries broken off; {count} stored; {:.1?} in all",
        sent.len(),
        load.broken(),
        start.elapsed()
    );
}

/// Nothing half visible: what is listed has its XML, and every file said to be there is.
pub fn everything_listed_is_whole(admin: &Api) {
    let rows: Vec<SubmissionRow> = admin.all("/submissions");
    std::thread::scope(|scope| {
        for part in rows.chunks(rows.len().div_ceil(8).max(1)) {
            scope.spawn(move || {
                for row in part {
                    let shown: Submission =
                        admin.get(&format!("/submissions/{}", row.seq)).expect(200).json();
                    let xml = admin.get(&format!("/submissions/{}/xml", row.seq)).expect(200).body;
                    assert_eq!(
                        crate::harness::xml::Element::read(&xml).at("meta/instanceID"),
                        row.instance_id
                    );
                    let there = shown.attachments.iter().filter(|file| file.sha256.is_some());
                    assert_eq!(there.count() as u64, row.attachments_present);
                }
            });
        }
    });
}
