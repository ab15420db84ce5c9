//! The least that durable intake costs: photos as files, each synced, renamed and its folder synced;
//! the XML as a row, committed by one writer with whatever else waits. No HTTP, no forms, no hashes.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

use rusqlite::Connection;

use super::measure::{self, Figures};
use super::payload::Payload;
use super::senders;

/// Rows of one commit, at most.
const BATCH: usize = 128;

/// A row, and who waits for it.
type Row = (String, Vec<u8>, SyncSender<()>);

/// Runs for a time, in a folder of its own in `place`.
pub fn run(place: &Path, payload: &Payload, count: usize, time: Duration) -> Figures {
    let folder = tempfile::tempdir_in(place).expect("a folder");
    let at = folder.path();
    let (to_writer, rows) = mpsc::sync_channel::<Row>(count);
    let connection = open(&at.join("data.db"));
    let writer = std::thread::spawn(move || write(connection, &rows));
    let (xml, photos) = payload.bytes();
    let before = measure::cpu("self");
    measure::forget_peak("self");
    let (latencies, time) = senders::run(count, Some(time), |sender| {
        let (to_writer, xml, photos) = (to_writer.clone(), &xml, &photos);
        let (tell, told) = mpsc::sync_channel(1);
        move |n| {
            std::thread::scope(|scope| {
                for (k, photo) in photos.iter().enumerate() {
                    let name = format!("{:02x}/{sender:x}-{n:x}-{k}", n % 256);
                    let keep = move || file(at, &name, photo);
                    // One photo needs no other thread.
                    if k + 1 == photos.len() { keep() } else { drop(scope.spawn(keep)) }
                }
            });
            let row = (format!("{sender}-{n}"), xml.clone(), tell.clone());
            to_writer.send(row).expect("the writer");
            told.recv().expect("its answer");
        }
    });
    drop(to_writer);
    writer.join().expect("the writer");
    let cpu = measure::cpu("self") - before;
    Figures { time, latencies, cpu, peak: measure::peak("self"), disk: measure::disk(at) }
}

fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a database");
    let setting = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE submission (id TEXT PRIMARY KEY, xml BLOB NOT NULL) STRICT";
    connection.execute_batch(setting).expect("a table");
    connection
}

fn write(connection: Connection, rows: &Receiver<Row>) {
    while let Ok(first) = rows.recv() {
        let batch: Vec<Row> =
            std::iter::once(first).chain(rows.try_iter().take(BATCH - 1)).collect();
        connection.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        let mut insert =
            connection.prepare_cached("INSERT INTO submission VALUES (?, ?)").expect("SQL");
        for (id, xml, _) in &batch {
            insert.execute((id, xml)).expect("a row");
        }
        drop(insert);
        connection.execute_batch("COMMIT").expect("a commit");
        for (_, _, tell) in batch {
            tell.send(()).expect("who waits");
        }
    }
}

fn file(at: &Path, name: &str, bytes: &[u8]) {
    let path = at.join(name);
    let folder = path.parent().expect("a folder");
    fs::create_dir_all(folder).expect("a folder");
    let unfinished = path.with_extension("part");
    let mut file = File::create(&unfinished).expect("a file");
    file.write_all(bytes).and_then(|()| file.sync_all()).expect("a durable file");
    fs::rename(&unfinished, &path).expect("its name");
    File::open(folder).and_then(|folder| folder.sync_all()).expect("a durable name");
}
