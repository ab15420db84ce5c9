//! A data folder seen from outside: is everything in it whole, and did anything change. Reads the
//! files themselves; nothing here goes through the server's code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ntm_shared::moment::{Contributions, VillageMoments};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use crate::sha256;

/// Opens the database of a folder for reading.
pub fn open(data: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(data.join("data.db"), flags).expect("data.db opens");
    db.busy_timeout(std::time::Duration::from_secs(10)).expect("a timeout");
    db
}

/// Rows of every table and files of every folder: equal before and after means nothing was stored.
pub fn census(data: &Path) -> BTreeMap<String, i64> {
    photos_looked_at(data);
    let db = open(data);
    let names: Vec<String> =
        rows(&db, "SELECT name FROM sqlite_schema WHERE type = 'table'", |row| row.get(0));
    let mut census: BTreeMap<String, i64> = names
        .into_iter()
        .map(|name| {
            let count =
                db.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0));
            (name, count.expect("a count"))
        })
        .collect();
    census.insert("blob files".into(), blob_files(data).len() as i64);
    census.insert("files being received".into(), incoming(data).len() as i64);
    census
}

/// Waits until the server has looked at the photos that came, as long as it gets on with them: a
/// server that was stopped does not.
pub fn photos_looked_at(data: &Path) {
    let db = open(data);
    let ask = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    let (mut before, mut since) = (-1, Instant::now());
    loop {
        let reached =
            ask("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'photos after event'");
        let wanted = ask("SELECT coalesce(max(e.seq), 0) FROM event e
            WHERE e.verb IN ('submission.receive', 'submission.files', 'submission.place') AND EXISTS
            (SELECT 1 FROM attachment_file f WHERE f.submission = CAST(e.subject AS INTEGER))");
        if reached != before {
            (before, since) = (reached, Instant::now());
        }
        if reached >= wanted || since.elapsed() > Duration::from_secs(15) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What is left in the folder where uploads arrive.
pub fn incoming(data: &Path) -> Vec<PathBuf> {
    files(&data.join("blobs/incoming"))
}

/// Every finished blob file.
pub fn blob_files(data: &Path) -> Vec<PathBuf> {
    let unfinished = ["incoming", "partial"].map(|name| data.join("blobs").join(name));
    let all = files(&data.join("blobs")).into_iter();
    all.filter(|path| !unfinished.iter().any(|folder| path.starts_with(folder))).collect()
}

/// Every file under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Insists that the folder of a stopped server is whole: the database consistent, the event chain
/// unbroken, every named blob there with its bytes, one submission counting per household, and
/// moments equal to the fold of those that count.
#[track_caller]
pub fn assert_clean(data: &Path) {
    if !data.join("data.db").exists() {
        return;
    }
    let db = open(data);
    let whole: Vec<String> = rows(&db, "PRAGMA integrity_check", |row| row.get(0));
    assert_eq!(whole, ["ok"]);
    let dangling: Vec<String> = rows(&db, "PRAGMA foreign_key_check", |row| row.get(0));
    assert!(dangling.is_empty(), "rows that point nowhere in {dangling:?}");
    chain(&db);
    originals(&db);
    blobs(&db, data);
    counting(&db);
    moments(&db);
}

/// Every row of a query.
pub fn rows<T>(
    db: &Connection,
    sql: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let mut statement = db.prepare(sql).expect(sql);
    let found = statement.query_map([], read).expect(sql);
    found.map(|row| row.expect(sql)).collect()
}

/// Every event follows the one before: the hash is of the hash before, the number and the fields.
fn chain(db: &Connection) {
    let sql = "SELECT seq, at, verb, subject, actor, data, hash FROM event ORDER BY seq";
    let events: Vec<(i64, [String; 5], Vec<u8>)> = rows(db, sql, |row| {
        let fields = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
        Ok((row.get(0)?, fields, row.get(6)?))
    });
    let mut before = Vec::new();
    for (expected, (seq, fields, hash)) in (1..).zip(&events) {
        assert_eq!(*seq, expected, "an event number is missing");
        let mut link = Sha256::new();
        link.update(&before);
        link.update(seq.to_be_bytes());
        for field in fields {
            link.update((field.len() as u64).to_be_bytes());
            link.update(field.as_bytes());
        }
        before = link.finalize().to_vec();
        assert_eq!(&before, hash, "event {seq} ({}) breaks the chain", fields[1]);
    }
    let counter: i64 = db
        .query_row("SELECT value FROM counter WHERE name = 'event'", [], |row| row.get(0))
        .expect("the counter of events");
    assert_eq!(counter, events.len() as i64);
}

/// Every submission has its bytes and the one event of its arrival.
fn originals(db: &Connection) {
    let sql = "SELECT seq, xml, xml_sha256, (SELECT count(*) FROM event e
        WHERE e.verb = 'submission.receive' AND e.subject = CAST(s.seq AS TEXT)) FROM submission s";
    for (seq, xml, hash, events) in rows(db, sql, |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, Vec<u8>>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, i64>(3)?,
        ))
    }) {
        assert_eq!(sha256(&xml), hash, "submission {seq}");
        assert_eq!(events, 1, "events of the arrival of submission {seq}");
    }
}

/// Every named blob is there with its bytes, and every file in the store is what its name says.
fn blobs(db: &Connection, data: &Path) {
    let mut there = BTreeMap::new();
    for path in blob_files(data) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).expect("a blob");
        assert_eq!(sha256(&bytes), name, "{}", path.display());
        there.insert(name, bytes.len() as i64);
    }
    let named = "SELECT DISTINCT b.sha256, b.bytes FROM attachment_file f JOIN blob b ON b.sha256 = f.sha256";
    for (hash, bytes) in
        rows(db, named, |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
    {
        assert_eq!(there.get(&hash), Some(&bytes), "blob {hash} is not on disk");
    }
    let several = "SELECT submission, name FROM attachment_file WHERE current = 1
        GROUP BY submission, name HAVING count(*) > 1";
    let several: Vec<(i64, String)> = rows(db, several, |row| Ok((row.get(0)?, row.get(1)?)));
    assert!(several.is_empty(), "two current files of one name: {several:?}");
}

/// Per round, form and household (or commune) one submission counts, if any.
fn counting(db: &Connection) {
    let sql = "SELECT round, form, household, commune, count(*) FROM submission WHERE counts = 1
        GROUP BY round, form, household, CASE WHEN household IS NULL THEN commune END HAVING count(*) > 1";
    let several: Vec<(String, String, Option<String>)> =
        rows(db, sql, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    assert!(several.is_empty(), "two submissions count for one household: {several:?}");
}

/// Moments are the fold of what counts, byte for byte.
fn moments(db: &Connection) {
    let sql = "SELECT round, village, reading FROM submission
        WHERE counts = 1 AND household IS NOT NULL AND reading IS NOT NULL ORDER BY seq";
    let mut folded: BTreeMap<(String, String), VillageMoments> = BTreeMap::new();
    for (round, village, reading) in
        rows(db, sql, |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))
    {
        let reading: Contributions = serde_json::from_str(&reading).expect("a reading");
        folded
            .entry((round, village))
            .or_insert_with(|| VillageMoments::empty(reading.measures.len()))
            .add(&reading);
    }
    let stored: Vec<((String, String), Vec<u8>)> =
        rows(db, "SELECT round, village, moments FROM moment", |row| {
            Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
        });
    let known: BTreeSet<_> = stored.iter().map(|(key, _)| key).collect();
    for key in folded.keys() {
        assert!(known.contains(key), "no moments of {key:?}");
    }
    // Of a round that was erased only the sums are left; `ntm-server check` holds them to the event.
    let sealed: BTreeSet<String> =
        rows(db, "SELECT id FROM round WHERE erased_at IS NOT NULL", |row| row.get(0))
            .into_iter()
            .collect();
    for (key, bytes) in stored.iter().filter(|(key, _)| !sealed.contains(&key.0)) {
        let fold =
            folded.get(key).unwrap_or_else(|| panic!("moments of {key:?}, where nothing counts"));
        assert_eq!(&fold.pack(), bytes, "moments of {key:?}");
    }
}
