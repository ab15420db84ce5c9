//! The SQLite adapter: connections, migrations, binding by number.

use std::cell::{Cell, RefCell};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::tx::{Row, StoreFault, Tx, Value};
use super::{moments, salvage};

/// Released migrations are never edited; a change is a new file.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_intake.sql"),
    include_str!("migrations/0003_devices.sql"),
    include_str!("migrations/0004_exports.sql"),
    include_str!("migrations/0005_review.sql"),
    include_str!("migrations/0006_photo.sql"),
    include_str!("migrations/0007_form_order.sql"),
    include_str!("migrations/0008_erasure.sql"),
    include_str!("migrations/0009_retention.sql"),
    include_str!("migrations/0010_large.sql"),
    include_str!("migrations/0011_moments.sql"),
];

/// The migration after which moments are written as bytes.
const MOMENTS_PACKED: usize = 11;

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
    // A batch changes more pages than the usual 2 MiB hold; they would be written and read again.
    connection.pragma_update(None, "cache_size", -32_000)?;
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
    let there = salvage::there(&SqliteTx::on(&copied))?;
    if there {
        copied.execute_batch("DELETE FROM salvage_file; DELETE FROM salvage;")?;
    }
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), StoreFault> {
    let done: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(done).unwrap_or(usize::MAX);
    if done > MIGRATIONS.len() {
        return Err(StoreFault::Unusable(format!(
            "the database (version {done}) is newer than this program (version {})",
            MIGRATIONS.len()
        )));
    }
    for (i, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let tx = connection.transaction()?;
        tx.execute_batch(sql)?;
        if i + 1 == MOMENTS_PACKED {
            moments::pack(&SqliteTx::on(&tx))?;
        }
        tx.pragma_update(None, "user_version", (i + 1) as i64)?;
        tx.commit()?;
    }
    Ok(())
}

/// Runs `query` between BEGIN and ROLLBACK: one snapshot, nothing changed.
pub(super) fn snapshot<T, E: From<StoreFault>>(
    connection: &Connection,
    query: impl FnOnce(&dyn Tx) -> Result<T, E>,
) -> Result<T, E> {
    let tx = connection.unchecked_transaction().map_err(StoreFault::from)?;
    query(&SqliteTx::on(&tx))
}

/// A transaction on a SQLite connection.
pub(super) struct SqliteTx<'c> {
    connection: &'c Connection,
    struck: RefCell<Option<StoreFault>>,
    reference: Cell<bool>,
}

impl<'c> SqliteTx<'c> {
    pub(super) fn on(connection: &'c Connection) -> SqliteTx<'c> {
        SqliteTx { connection, struck: RefCell::default(), reference: Cell::default() }
    }

    /// Whether reference data were changed: what submissions are placed by.
    pub(super) fn reference(&self) -> bool {
        self.reference.get()
    }

    fn changing(&self, sql: &str) {
        if !is_daily(sql) {
            self.reference.set(true);
        }
    }

    /// The first trouble the disk gave in this transaction, whatever became of the error: it is
    /// then no transaction any more.
    pub(super) fn struck(&self) -> Option<StoreFault> {
        self.struck.borrow().clone()
    }

    fn noting<T>(&self, result: Result<T, StoreFault>) -> Result<T, StoreFault> {
        if let Err(fault) = &result
            && fault.trouble().is_some()
        {
            self.struck.borrow_mut().get_or_insert_with(|| fault.clone());
        }
        result
    }

    fn prepared<T>(
        &self,
        sql: &str,
        values: &[Value],
        run: impl FnOnce(&mut rusqlite::CachedStatement<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreFault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        for index in 1..=statement.parameter_count() {
            // SQLite takes `$2` for a name and numbers parameters by first appearance, so the
            // number is read out of the name.
            let number: Option<usize> =
                statement.parameter_name(index).and_then(|name| name[1..].parse().ok());
            let value = number.and_then(|n| values.get(n - 1)).ok_or_else(|| {
                StoreFault::Database(format!("no value for parameter {index} of: {sql}"))
            })?;
            statement.raw_bind_parameter(index, to_sql(value))?;
        }
        Ok(run(&mut statement)?)
    }
}

impl Tx for SqliteTx<'_> {
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreFault> {
        let changed = self.prepared(sql, values, |statement| statement.raw_execute());
        self.changing(sql);
        self.noting(changed.map(|n| n as u64))
    }

    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreFault> {
        let found = self.prepared(sql, values, |statement| {
            if !statement.readonly() {
                self.changing(sql);
            }
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let cells =
                    (0..width).map(|i| row.get_ref(i).map(from_sql)).collect::<Result<_, _>>()?;
                all.push(Row(cells));
            }
            Ok(all)
        });
        self.noting(found)
    }
}

/// Tables that change with what phones send, and that nothing is placed by.
const DAILY: [&str; 17] = [
    "access",
    "attachment",
    "attachment_file",
    "blob",
    "counter",
    "entity_change",
    "event",
    "finding",
    "meta",
    "moment",
    "photo",
    "photo_band",
    "review",
    "salvage",
    "salvage_file",
    "session",
    "submission",
];

/// When a collector was heard of last: for people to see.
const SEEN: &str = "UPDATE collector SET last_seen_at = ";

/// Whether a change leaves reference data alone; one that cannot be told does not.
fn is_daily(sql: &str) -> bool {
    if sql.starts_with(SEEN) {
        return true;
    }
    let mut words = sql.split_ascii_whitespace();
    let table = match (words.next(), words.next()) {
        (Some("INSERT"), Some("INTO")) | (Some("DELETE"), Some("FROM")) => words.next(),
        (Some("UPDATE"), table) => table,
        _ => None,
    };
    table.is_some_and(|table| DAILY.contains(&table))
}

fn to_sql(value: &Value) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match value {
        Value::Null => ValueRef::Null,
        Value::Int(int) => ValueRef::Integer(*int),
        Value::Real(real) => ValueRef::Real(*real),
        Value::Text(text) => ValueRef::Text(text.as_bytes()),
        Value::Blob(bytes) => ValueRef::Blob(bytes),
    })
}

fn from_sql(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Int(int),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_bind_by_number_not_by_appearance() {
        let connection = Connection::open_in_memory().unwrap();
        let tx = SqliteTx::on(&connection);
        let rows = tx.query("SELECT $2, $1, $2", &["a".into(), "b".into()]).unwrap();
        assert_eq!(rows[0].text(0).unwrap(), "b");
        assert_eq!(rows[0].text(1).unwrap(), "a");
        assert_eq!(rows[0].text(2).unwrap(), "b");
        assert!(tx.query("SELECT $3", &["a".into()]).is_err());
    }

    #[test]
    fn what_may_change_reference_data_is_taken_to() {
        for daily in
            ["INSERT INTO submission (seq)", "UPDATE\n counter SET", "DELETE FROM finding WHERE"]
        {
            assert!(is_daily(daily), "{daily}");
        }
        for not in [
            "UPDATE device SET revoked_at",
            "INSERT INTO frame SELECT",
            "INSERT OR REPLACE INTO submission",
            "WITH x AS (SELECT 1) UPDATE submission",
            "DELETE FROM \"finding\"",
            "",
        ] {
            assert!(!is_daily(not), "{not}");
        }
        let connection = Connection::open_in_memory().unwrap();
        let tx = SqliteTx::on(&connection);
        tx.query("SELECT 1", &[]).unwrap();
        assert!(!tx.reference());
        tx.execute("CREATE TABLE counter (n)", &[]).unwrap();
        assert!(tx.reference());
        let tx = SqliteTx::on(&connection);
        tx.execute("INSERT INTO counter VALUES (1)", &[]).unwrap();
        tx.query("UPDATE counter SET n = 2 RETURNING n", &[]).unwrap();
        assert!(!tx.reference());
        tx.query("DELETE FROM main.counter RETURNING n", &[]).unwrap();
        assert!(tx.reference());
    }

    #[test]
    fn moments_written_as_json_are_read_after_the_migration() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let before = Connection::open(&path).unwrap();
        MIGRATIONS[..MOMENTS_PACKED - 1].iter().for_each(|sql| before.execute_batch(sql).unwrap());
        before.pragma_update(None, "user_version", (MOMENTS_PACKED - 1) as i64).unwrap();
        let mut sums = ntm_shared::moment::VillageMoments::empty(2);
        (sums.outcomes.completed, sums.measures[1].n, sums.measures[1].yy) =
            (3, 3, -5_000_000_000_000);
        let json = serde_json::to_string(&sums).unwrap();
        before.execute("INSERT INTO moment VALUES ('r', 'v', 'c', ?)", [json]).unwrap();
        drop(before);
        let after = open_writer(&path).unwrap();
        let tx = SqliteTx::on(&after);
        assert_eq!(moments::of_round(&tx, "r").unwrap(), [("v".to_owned(), sums)]);
        assert!(tx.query("SELECT * FROM moment_json", &[]).is_err());
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        drop(open_writer(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(open_writer(&path), Err(StoreFault::Unusable(_))));
    }

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
