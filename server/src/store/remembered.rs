//! What the writer knows of rows that nobody else writes, from one commit to the next: every submission
//! asks for them anew, and hardly any changes them. Whatever is written to a table forgets what was
//! remembered of it ([`SqliteTx`](super::sqlite::SqliteTx) says so of every statement), and whatever is
//! taken back forgets everything.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use ntm_shared::moment::VillageMoments;

use super::tx::{StoreFault, Tx};

/// Rows remembered of one kind, at most: with more than that, asking again is no worse.
const MOST: usize = 2048;

/// Table of collectors.
const COLLECTOR: &str = "collector";
/// Table of moments.
const MOMENT: &str = "moment";

/// See the module.
#[derive(Default)]
pub struct Remembered {
    /// By table: whether it has no row.
    empty: RefCell<BTreeMap<&'static str, bool>>,
    /// By collector: when they were heard of last, as it is stored.
    heard: RefCell<HashMap<String, String>>,
    /// By round and village: their moments.
    moments: RefCell<HashMap<(String, String), VillageMoments>>,
}

impl Remembered {
    /// Forgets what may not be so any more after a change of a table; of any, when it cannot be told of
    /// which.
    pub(super) fn changed(&self, table: Option<&str>) {
        match table {
            None => self.forget(),
            Some(COLLECTOR) => self.heard.borrow_mut().clear(),
            Some(MOMENT) => self.moments.borrow_mut().clear(),
            Some(table) => drop(self.empty.borrow_mut().remove(table)),
        }
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        self.empty.borrow_mut().clear();
        self.heard.borrow_mut().clear();
        self.moments.borrow_mut().clear();
    }

    /// When a collector was heard of last.
    pub(super) fn heard(&self, collector: &str) -> Option<String> {
        self.heard.borrow().get(collector).cloned()
    }

    /// Remembers when a collector was heard of last.
    pub(super) fn hear(&self, collector: &str, when: &str) {
        put(&mut self.heard.borrow_mut(), collector.to_owned(), when.to_owned());
    }

    /// The moments of a village, if they are remembered.
    pub(super) fn moments(&self, round: &str, village: &str) -> Option<VillageMoments> {
        let key = (round.to_owned(), village.to_owned());
        self.moments.borrow().get(&key).cloned()
    }

    /// Remembers the moments of a village.
    pub(super) fn put_moments(&self, round: &str, village: &str, moments: &VillageMoments) {
        let key = (round.to_owned(), village.to_owned());
        put(&mut self.moments.borrow_mut(), key, moments.clone());
    }
}

fn put<K: Eq + std::hash::Hash, V>(all: &mut HashMap<K, V>, key: K, value: V) {
    if all.len() >= MOST && !all.contains_key(&key) {
        all.clear();
    }
    all.insert(key, value);
}

/// Whether a table has no row; where nothing is remembered it is looked at as it is.
///
/// # Errors
/// What the store says.
pub(super) fn is_empty(tx: &dyn Tx, table: &'static str) -> Result<bool, StoreFault> {
    let known = tx.remembered().and_then(|of| of.empty.borrow().get(table).copied());
    if let Some(known) = known {
        return Ok(known);
    }
    let empty = tx.first(&format!("SELECT 1 FROM {table} LIMIT 1"), &[])?.is_none();
    if let Some(of) = tx.remembered() {
        of.empty.borrow_mut().insert(table, empty);
    }
    Ok(empty)
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::SqliteTx;
    use super::*;

    #[test]
    fn a_table_that_is_written_to_is_looked_at_again() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let tables = "CREATE TABLE salvage (id INTEGER); CREATE TABLE meta (key TEXT, value TEXT)";
        connection.execute_batch(tables).unwrap();
        let remembered = Remembered::default();
        let tx = SqliteTx::on(&connection, Some(&remembered));
        let empty = || is_empty(&tx, "salvage").unwrap();
        assert!(empty());
        // Nobody but the writer writes; it would not be noticed.
        connection.execute_batch("INSERT INTO salvage VALUES (1)").unwrap();
        assert!(empty());
        tx.execute("INSERT INTO meta (key, value) VALUES ('a', 'b')", &[]).unwrap();
        assert!(empty(), "another table");
        tx.execute("INSERT INTO salvage (id) VALUES (2)", &[]).unwrap();
        assert!(!empty());
        tx.execute("DELETE FROM salvage", &[]).unwrap();
        assert!(empty());
        for odd in [
            "INSERT OR REPLACE INTO salvage VALUES (3)",
            "UPDATE OR IGNORE salvage SET id = 3",
            "WITH x AS (SELECT 4 AS n) INSERT INTO salvage SELECT n FROM x",
            "insert into salvage values (5)",
            "INSERT INTO salvage(id) VALUES (6)",
            "INSERT INTO \"salvage\" VALUES (7)",
            "INSERT INTO main.salvage VALUES (8)",
        ] {
            tx.execute("DELETE FROM salvage", &[]).unwrap();
            tx.execute("INSERT INTO salvage (id) VALUES (9)", &[]).unwrap();
            connection.execute_batch("DELETE FROM salvage").unwrap();
            assert!(empty(), "{odd}");
            tx.execute(odd, &[]).unwrap();
            assert_eq!(empty(), odd.starts_with("UPDATE"), "{odd}");
        }
        // Who remembers nothing looks.
        assert!(!is_empty(&SqliteTx::on(&connection, None), "salvage").unwrap());
    }

    #[test]
    fn what_is_remembered_has_bounds() {
        let remembered = Remembered::default();
        (0..2 * MOST).for_each(|n| remembered.hear(&n.to_string(), "2024-10-15T08:00"));
        assert!(remembered.heard.borrow().len() <= MOST);
        assert!(remembered.heard(&(2 * MOST - 1).to_string()).is_some());
        remembered.changed(Some("collector"));
        assert!(remembered.heard.borrow().is_empty());
    }
}
