//! The visits that nobody sent: copies of the rows of one that was, with their own households, ids,
//! XML, photos, hashes and events.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ntm_shared::moment::{Contributions, VillageMoments};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::office::Office;
use super::plan::{Like, PHOTO, Plan, Visited};
use crate::sha256;

/// Visits of one transaction.
const AT_ONCE: usize = 20_000;

/// Writes the plan's visits except those that were `sent`, into the folder of a stopped server.
pub fn write(
    data: &Path,
    plan: &Plan,
    office: &Office,
    sent: &BTreeMap<usize, (Visited, Like)>,
    say: &impl Fn(&str),
) {
    let db = Connection::open(data.join("data.db")).expect("data.db");
    // Whoever loses power here begins again.
    let quick = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;
        PRAGMA foreign_keys = OFF; BEGIN";
    db.execute_batch(quick).expect("settings");
    let mut copies = Copies::new(&db, data, plan, office, sent);
    for (n, visit) in plan.visits().filter(|visit| !sent.contains_key(&visit.number)).enumerate() {
        copies.add(&visit);
        if n % AT_ONCE == AT_ONCE - 1 {
            db.execute_batch("COMMIT; BEGIN").expect("a transaction");
            if n % (10 * AT_ONCE) == 10 * AT_ONCE - 1 {
                say(&format!("{} rows of submissions", n + 1));
            }
        }
    }
    copies.finish();
    db.execute_batch("COMMIT").expect("the last transaction");
}

/// A table, and what a row of it is put in with.
struct Table {
    name: String,
    columns: Vec<String>,
    put: String,
}

type Row = Vec<Value>;

impl Table {
    fn of(db: &Connection, name: &str) -> Table {
        let mut columns = db.prepare("SELECT name FROM pragma_table_info(?)").expect("a table");
        let columns: Vec<String> = columns
            .query_map([name], |row| row.get(0))
            .and_then(Iterator::collect)
            .expect("its columns");
        let marks = vec!["?"; columns.len()].join(", ");
        let put = format!("INSERT INTO {name} ({}) VALUES ({marks})", columns.join(", "));
        Table { name: name.into(), columns, put }
    }

    fn rows(&self, db: &Connection, condition: &str, key: i64) -> Vec<Row> {
        let sql =
            format!("SELECT {} FROM {} WHERE {condition}", self.columns.join(", "), self.name);
        let mut rows = db.prepare_cached(&sql).expect("SQL");
        let read = |row: &rusqlite::Row<'_>| (0..self.columns.len()).map(|i| row.get(i)).collect();
        rows.query_map([key], read).and_then(Iterator::collect).expect("rows")
    }

    fn get<'r>(&self, row: &'r Row, column: &str) -> &'r Value {
        &row[self.columns.iter().position(|c| c == column).expect(column)]
    }

    fn set(&self, row: &mut Row, column: &str, value: impl Into<Value>) {
        row[self.columns.iter().position(|c| c == column).expect(column)] = value.into();
    }

    fn put(&self, db: &Connection, row: Row) {
        let put =
            db.prepare_cached(&self.put).and_then(|mut put| put.execute(params_from_iter(row)));
        put.expect("a row");
    }
}

/// The rows of a visit that was sent.
struct Original {
    submission: Row,
    event: Row,
    /// Rows of the other tables, by the place of the table.
    others: Vec<(usize, Row)>,
    reading: Option<Contributions>,
}

struct Copies<'d> {
    db: &'d Connection,
    data: &'d Path,
    plan: &'d Plan,
    office: &'d Office,
    submission: Table,
    event: Table,
    /// Every table whose rows belong to a submission.
    others: Vec<Table>,
    originals: BTreeMap<Like, Original>,
    sums: BTreeMap<(String, String), (String, VillageMoments)>,
    at: String,
    next: i64,
    events: i64,
    head: Vec<u8>,
}

impl<'d> Copies<'d> {
    fn new(
        db: &'d Connection,
        data: &'d Path,
        plan: &'d Plan,
        office: &'d Office,
        sent: &BTreeMap<usize, (Visited, Like)>,
    ) -> Copies<'d> {
        let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
        let mut named = db
            .prepare(
                "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
                ON c.name = 'submission' WHERE m.type = 'table' AND m.name <> 'submission'",
            )
            .expect("the tables");
        let names: Vec<String> =
            named.query_map([], |row| row.get(0)).and_then(Iterator::collect).expect("their names");
        let sums = db
            .prepare("SELECT round, village, commune, moments FROM moment")
            .and_then(|mut all| {
                all.query_map([], |row| {
                    let moments: Vec<u8> = row.get(3)?;
                    let moments = VillageMoments::unpack(&moments).expect("moments");
                    Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, moments)))
                })?
                .collect()
            })
            .expect("moments");
        let last = "SELECT hash FROM event ORDER BY seq DESC LIMIT 1";
        let mut copies = Copies {
            submission: Table::of(db, "submission"),
            event: Table::of(db, "event"),
            others: names.iter().map(|name| Table::of(db, name)).collect(),
            originals: BTreeMap::new(),
            sums,
            at: db
                .query_row("SELECT max(received_at) FROM submission", [], |row| row.get(0))
                .expect("the time"),
            next: one("SELECT value FROM counter WHERE name = 'submission'"),
            events: one("SELECT value FROM counter WHERE name = 'event'"),
            head: db.query_row(last, [], |row| row.get(0)).expect("the last event"),
            db,
            data,
            plan,
            office,
        };
        for (visit, like) in sent.values() {
            if !copies.originals.contains_key(like) {
                let original = copies.original(visit);
                copies.originals.insert(*like, original);
            }
        }
        copies
    }

    fn original(&self, visit: &Visited) -> Original {
        let id = self.plan.filled(visit).instance;
        let seq: i64 = self
            .db
            .query_row("SELECT seq FROM submission WHERE instance_id = ?", [id], |row| row.get(0))
            .expect("a visit that was sent");
        let submission = self.submission.rows(self.db, "seq = ?", seq).remove(0);
        let reading = match self.submission.get(&submission, "reading") {
            Value::Text(json) => serde_json::from_str(json).expect("a reading"),
            _ => None,
        };
        let counts = *self.submission.get(&submission, "counts") == Value::Integer(1);
        let rows = |(n, table): (usize, &Table)| {
            table
                .rows(self.db, "submission = ?", seq)
                .into_iter()
                .map(move |row| (n, row))
                .collect::<Vec<_>>()
        };
        let arrival = "verb = 'submission.receive' AND subject = CAST(? AS TEXT)";
        Original {
            event: self.event.rows(self.db, arrival, seq).remove(0),
            others: self.others.iter().enumerate().flat_map(rows).collect(),
            reading: reading.filter(|_| counts),
            submission,
        }
    }

    fn add(&mut self, visit: &Visited) {
        let like = self.plan.like(visit, &self.office.drawn);
        let original = &self.originals[&like];
        let (village, _) = self.plan.household(visit.household);
        let ((commune, _), _) = self.plan.village(village);
        let village_id = self.plan.village_id(village);
        let household = self.plan.household_id(visit.household);
        let round = &self.plan.rounds[visit.round];
        let filled = self.plan.filled(visit);
        let xml = filled.xml();
        let xml_sha256 = sha256(&xml);
        let blob = self.plan.photo(visit).map(|bytes| self.keep(&bytes));
        self.next += 1;

        let (table, mut row) = (&self.submission, original.submission.clone());
        table.set(&mut row, "seq", self.next);
        table.set(&mut row, "instance_id", filled.instance);
        table.set(&mut row, "xml", xml);
        table.set(&mut row, "xml_sha256", xml_sha256.clone());
        table.set(&mut row, "collector", self.office.collectors[village].0.clone());
        table.set(&mut row, "received_at", self.at.clone());
        table.set(&mut row, "round", round.clone());
        table.set(&mut row, "household", household.clone());
        table.set(&mut row, "village", village_id.clone());
        table.set(&mut row, "commune", commune.clone());
        table.put(self.db, row);
        for (n, row) in &original.others {
            let (table, mut row) = (&self.others[*n], row.clone());
            table.set(&mut row, "submission", self.next);
            if table.name == "attachment_file" {
                table.set(&mut row, "sha256", blob.clone().expect("a photo"));
            }
            table.put(self.db, row);
        }
        if let Some(reading) = &original.reading {
            let empty = || (commune.clone(), VillageMoments::empty(reading.measures.len()));
            let place = (round.clone(), village_id);
            self.sums.entry(place).or_insert_with(empty).1.add(reading);
        }
        let Value::Text(facts) = self.event.get(&original.event, "data") else {
            panic!("an event without facts")
        };
        let mut facts: Json = serde_json::from_str(facts).expect("facts");
        facts["xml_sha256"] = xml_sha256.into();
        facts["round"] = round.as_str().into();
        facts["household"] = household.into();
        facts["files"] = blob.into_iter().collect::<Vec<_>>().into();
        let event = original.event.clone();
        self.append(event, self.office.collectors[village].0.clone(), &facts.to_string());
    }

    /// The event of an arrival, chained to the one before.
    fn append(&mut self, mut row: Row, actor: String, facts: &str) {
        self.events += 1;
        let subject = self.next.to_string();
        let mut link = Sha256::new();
        link.update(&self.head);
        link.update(self.events.to_be_bytes());
        for field in [self.at.as_str(), "submission.receive", &subject, &actor, facts] {
            link.update((field.len() as u64).to_be_bytes());
            link.update(field.as_bytes());
        }
        self.head = link.finalize().to_vec();
        let table = &self.event;
        table.set(&mut row, "seq", self.events);
        table.set(&mut row, "at", self.at.clone());
        table.set(&mut row, "subject", subject);
        table.set(&mut row, "actor", actor);
        table.set(&mut row, "data", facts.to_owned());
        table.set(&mut row, "hash", self.head.clone());
        table.put(self.db, row);
    }

    /// A blob as the server keeps it; its hash.
    fn keep(&self, bytes: &[u8]) -> String {
        let hash = sha256(bytes);
        let folder = self.data.join("blobs").join(&hash[..2]);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(&hash), bytes).expect("a blob");
        let known = self
            .db
            .query_row("SELECT 1 FROM blob WHERE sha256 = ?", [&hash], |_| Ok(()))
            .optional()
            .expect("a table");
        assert!(known.is_none(), "{PHOTO}: no two photos have the same bytes");
        self.db
            .execute("INSERT INTO blob (sha256, bytes) VALUES (?, ?)", (&hash, bytes.len() as i64))
            .expect("a blob's row");
        hash
    }

    /// What is kept of all of them together.
    fn finish(&self) {
        let count = |name: &str, value: i64| {
            let sql = "UPDATE counter SET value = ? WHERE name = ?";
            self.db.execute(sql, (value, name)).expect("a counter");
        };
        count("submission", self.next);
        count("event", self.events);
        for ((round, village), (commune, moments)) in &self.sums {
            let sql = "INSERT OR REPLACE INTO moment (round, village, commune, moments) VALUES (?, ?, ?, ?)";
            self.db.execute(sql, (round, village, commune, moments.pack())).expect("moments");
        }
        let senders: BTreeSet<&String> = self.office.collectors.iter().map(|(id, _)| id).collect();
        for id in senders {
            let sql = "UPDATE collector SET last_seen_at = ? WHERE id = ?";
            self.db.execute(sql, (&self.at, id)).expect("a collector");
            let sql =
                "UPDATE device SET last_seen_at = ?, phone = 'collect:test' WHERE collector = ?";
            self.db.execute(sql, (&self.at, id)).expect("a phone");
        }
    }
}
