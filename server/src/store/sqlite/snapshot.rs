//! Reading: one consistent state of the database, from the first question on.

use std::cell::Cell;

use rusqlite::Connection;

use super::run;
use super::transaction::SqliteTx;
use crate::store::tx::{Row, StoreFault, Tx, Value};

/// Runs `query` on one snapshot, nothing changed. Who finds that everything is known already asks the
/// database nothing, and costs it nothing.
pub(in crate::store) fn snapshot<T, E: From<StoreFault>>(
    connection: &Connection,
    query: impl FnOnce(&dyn Tx) -> Result<T, E>,
) -> Result<T, E> {
    query(&Snapshot { connection, tx: SqliteTx::on(connection, None), begun: Cell::default() })
}

/// A transaction that begins with the first question, and is rolled back at its end.
struct Snapshot<'c> {
    connection: &'c Connection,
    tx: SqliteTx<'c>,
    begun: Cell<bool>,
}

impl Snapshot<'_> {
    fn begin(&self) -> Result<(), StoreFault> {
        if !self.begun.get() {
            run(self.connection, "BEGIN")?;
            self.begun.set(true);
        }
        Ok(())
    }
}

impl Tx for Snapshot<'_> {
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreFault> {
        self.begin()?;
        self.tx.execute(sql, values)
    }

    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreFault> {
        self.begin()?;
        self.tx.query(sql, values)
    }
}

impl Drop for Snapshot<'_> {
    /// Also when the query panicked: the connection goes back to the others.
    fn drop(&mut self) {
        if self.begun.get() {
            let _ = run(self.connection, "ROLLBACK");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_begins_with_its_first_question_and_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "WAL").unwrap();
        writer.execute_batch("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)").unwrap();
        let reader = Connection::open(&path).unwrap();
        let count = |tx: &dyn Tx| tx.first("SELECT count(*) FROM t", &[])?.unwrap().int(0);
        let counted = snapshot(&reader, |tx| {
            assert!(reader.is_autocommit(), "nothing was asked yet");
            writer.execute("INSERT INTO t VALUES (2)", []).unwrap();
            let first = count(tx)?;
            writer.execute("INSERT INTO t VALUES (3)", []).unwrap();
            Ok::<_, StoreFault>((first, count(tx)?))
        });
        assert_eq!(counted.unwrap(), (2, 2));
        assert!(reader.is_autocommit());
        assert_eq!(snapshot(&reader, count).unwrap(), 3);
    }
}
