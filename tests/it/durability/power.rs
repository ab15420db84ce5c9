//! Power cuts: the real program under load on an ext4 of its own, which from one moment on takes
//! nothing any more and forgets what was not durable. `kill -9` proves nothing of the kind: the
//! system keeps what it was told.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::load::{Dice, Filled, Load, verify};
use super::{Scene, long};
use crate::harness::{Mount, RealServer, sha256};

const PHONES: usize = 4;

#[test]
fn acknowledged_submissions_survive_power_cuts() {
    let cuts = if long() { 40 } else { 10 };
    let Some(mount) = Mount::ext4(192) else { return };
    let mut dice = Dice::thrown();
    let data = mount.path().join("data");
    let mut scene = Scene::new(RealServer::on(&data), PHONES);
    let (mut sent, mut refused, mut broken) = (Vec::<Filled>::new(), 0, 0);
    for cut in 1..=cuts {
        let phones = scene.phones.clone();
        let ((), load) = Load::under(&phones, &mut dice, |_| {
            std::thread::sleep(Duration::from_millis(250 + 37 * (cut * 7 % 20)));
            assert!(mount.cut_power(), "ext4 without the shutdown call");
            // What the dead disk makes the server say must be no acknowledgement either.
            std::thread::sleep(Duration::from_millis(60));
            scene.server.kill();
        });
        mount.power_on();
        scene.server.run(&[]);
        let new = load.acknowledged();
        verify(&scene.admin, &new);
        (refused, broken) = (refused + load.refused(), broken + load.broken());
        sent.extend(new);
    }
    verify(&scene.admin, &sent);
    assert!(sent.len() > 10 * cuts as usize, "too little load: {}", sent.len());
    println!(
        "{cuts} power cuts: {} acknowledged, 0 lost, 0 corrupt; {refused} refused by the dead disk, {broken} tries broken off",
        sent.len()
    );
}

/// The same program, with every fsync answered "done" by strace and never asked of the disk: then
/// it does lose what it acknowledged, so the test above would notice.
#[test]
fn without_fsync_a_power_cut_loses_what_was_acknowledged() {
    let Some(mount) = Mount::ext4(192) else { return };
    let mut dice = Dice::thrown();
    let data = mount.path().join("data");
    let mut scene = Scene::new(RealServer::on(&data), PHONES);
    assert!(scene.server.terminate(), "{}", scene.server.log());
    let lying = ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:retval=0"];
    let strace = [&["strace", "-f", "-qqq", "-o", "/dev/null"][..], &lying].concat();
    scene.server.run(&strace);
    let phones = scene.phones.clone();
    let (cut, load) = Load::under(&phones, &mut dice, |_| {
        std::thread::sleep(Duration::from_millis(1500));
        let cut = mount.cut_power();
        scene.server.end_traced();
        cut
    });
    assert!(cut, "ext4 without the shutdown call");
    scene.server.spoil();
    mount.power_on();
    let sent = load.acknowledged();
    let lost = sent.iter().filter(|filled| !is_there(&data, filled)).count();
    assert!(sent.len() > 20, "too little load: {}", sent.len());
    assert!(lost > 0, "nothing of {} was lost: the power cut has no teeth", sent.len());
    println!("without fsync, 1 power cut: {} acknowledged, {lost} lost", sent.len());
}

/// Whether a submission is in a folder that may be in ruins.
fn is_there(data: &Path, filled: &Filled) -> bool {
    let found = || -> rusqlite::Result<bool> {
        let db = Connection::open(data.join("data.db"))?;
        let sql = "SELECT seq, xml FROM submission WHERE instance_id = ?1";
        let id = &filled.visit.instance;
        let (seq, xml): (i64, Vec<u8>) =
            db.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut whole = xml == filled.visit.xml();
        for (name, bytes) in &filled.photos {
            let sql = "SELECT sha256 FROM attachment_file WHERE submission = ?1 AND name = ?2";
            let hash: String = db.query_row(sql, (seq, name), |row| row.get(0))?;
            let path = data.join("blobs").join(&hash[..2]).join(&hash[2..4]).join(&hash);
            whole &= hash == sha256(bytes) && std::fs::read(path).is_ok_and(|read| read == *bytes);
        }
        Ok(whole)
    };
    found().unwrap_or(false)
}
