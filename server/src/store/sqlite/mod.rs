//! The SQLite adapter: connections.

mod migrate;
mod snapshot;
mod transaction;

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::migrate::migrate;
pub(super) use self::snapshot::snapshot;
pub(super) use self::transaction::SqliteTx;
use super::salvage;
use super::tx::StoreFault;

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreFault::Full,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                StoreFault::Disk(error.to_string())
            }
            // SQLite's messages name tables and columns, not values.
            _ => StoreFault::Database(error.to_string()),
        }
    }
}

/// Plans do not depend on the values bound: SQLite would else parse and plan a statement anew for
/// nearly every one, which costs more than running it.
fn stable_plans(connection: &Connection) -> Result<(), StoreFault> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreFault> {
    let mut connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(256);
    // A batch changes more pages than the usual 2 MiB hold; they would be written and read again. Of far
    // more, each commit after a page was split would look at every one (`pcache1TruncateUnsafe`: a split
    // may use a page's number far beyond the last).
    connection.pragma_update(None, "cache_size", -8_000)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Checkpoints are the writer's own, so that one that fails is noticed.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    in_memory_temporaries(&connection)?;
    stable_plans(&connection)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    assert_durable(&connection)?;
    assert_erasable(&connection)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// What an acknowledgement rests on, as SQLite itself says it: a file system that cannot have a
/// write-ahead log answers with another mode, not with an error.
fn assert_durable(connection: &Connection) -> Result<(), StoreFault> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if mode != "wal" || synchronous != 2 {
        return Err(StoreFault::Unusable(format!(
            "the database must run with journal_mode=wal and synchronous=2 (FULL), not {mode} and {synchronous}"
        )));
    }
    Ok(())
}

/// What "erased" rests on: `scour.rs` overwrites what is left between rows through SQLite's own table
/// of pages. Without it a server would find out when somebody asks to be forgotten.
fn assert_erasable(connection: &Connection) -> Result<(), StoreFault> {
    let sql = "SELECT count(*) FROM pragma_module_list WHERE name = 'sqlite_dbpage'";
    match connection.query_row(sql, [], |row| row.get::<_, i64>(0))? {
        0 => Err(StoreFault::Unusable(
            "SQLite was built without SQLITE_ENABLE_DBPAGE_VTAB: nothing could be erased for good \
             (LIBSQLITE3_FLAGS in .cargo/config.toml)"
                .into(),
        )),
        _ => Ok(()),
    }
}

/// Nothing of the data is written to a folder for temporary files.
fn in_memory_temporaries(connection: &Connection) -> Result<(), StoreFault> {
    Ok(connection.pragma_update(None, "temp_store", "MEMORY")?)
}

/// Copies the log into the database. `mode` is `PASSIVE` (what can be without waiting) or
/// `TRUNCATE` (all of it, and the log emptied, unless somebody still reads from it).
pub(super) fn checkpoint(connection: &Connection, mode: &str) -> Result<(), StoreFault> {
    let mut statement = connection.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?;
    Ok(statement.query_row([], |_| Ok(()))?)
}

/// Copies the whole log into the database and empties it; false when a reader is in the way.
pub(super) fn emptied(connection: &Connection) -> Result<bool, StoreFault> {
    let mut statement = connection.prepare_cached("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(statement.query_row([], |row| row.get::<_, i64>(0))? == 0)
}

/// Pages in the log that are not in the database yet or not out of the log.
pub(super) fn pages_in_log(connection: &Connection) -> Result<i64, StoreFault> {
    let mut statement = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
    Ok(statement.query_row([], |row| row.get(1))?)
}

pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.pragma_update(None, "query_only", true)?;
    in_memory_temporaries(&connection)?;
    stable_plans(&connection)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
}

/// Opens a database that nobody writes any more, on whatever it lies.
pub(super) fn open_copy(path: &Path) -> Result<Connection, StoreFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    in_memory_temporaries(&connection)?;
    Ok(connection)
}

/// Copies one consistent state of a database, beside its writer, into a new file that stands alone:
/// everything committed before the call is in it. Not durable yet.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), StoreFault> {
    let to_text = to.to_str().ok_or_else(|| StoreFault::Unusable("not a path of text".into()))?;
    let source = open_reader(from)?;
    source.pragma_update(None, "query_only", false)?;
    source.execute("VACUUM INTO ?1", [to_text])?;
    let copied = Connection::open(to)?;
    copied.pragma_update(None, "journal_mode", "DELETE")?;
    copied.pragma_update(None, "secure_delete", true)?;
    // What nobody was told is safe is not carried along: its files would have to be, too.
    let there = salvage::there(&SqliteTx::on(&copied, None))?;
    if there {
        copied.execute_batch("DELETE FROM salvage_file; DELETE FROM salvage;")?;
    }
    Ok(())
}

/// One statement, parsed once.
pub(super) fn run(connection: &Connection, sql: &str) -> Result<(), StoreFault> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weaker_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_writer(&folder.path().join("data.db")).unwrap();
        assert_durable(&connection).unwrap();
        connection.pragma_update(None, "synchronous", "NORMAL").unwrap();
        assert!(matches!(assert_durable(&connection), Err(StoreFault::Unusable(_))));
        let other = Connection::open_in_memory().unwrap();
        assert!(matches!(assert_durable(&other), Err(StoreFault::Unusable(_))));
    }

    #[test]
    fn the_log_is_measured_and_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_writer(&folder.path().join("data.db")).unwrap();
        assert!(pages_in_log(&connection).unwrap() > 10);
        checkpoint(&connection, "TRUNCATE").unwrap();
        assert_eq!(pages_in_log(&connection).unwrap(), 0);
    }
}
