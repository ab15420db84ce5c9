//! The SQLite adapter: connections, migrations, binding by number.

use std::path::Path;

use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::tx::{Row, StoreFault, Tx, Value};

/// Released migrations are never edited; a change is a new file.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_first.sql")];

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreFault::Full,
            // SQLite's messages name tables and columns, not values.
            _ => StoreFault::Database(error.to_string()),
        }
    }
}

pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreFault> {
    let mut connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    migrate(&mut connection)?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.pragma_update(None, "query_only", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
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
    query(&SqliteTx(&tx))
}

/// A transaction on a SQLite connection.
pub(super) struct SqliteTx<'c>(pub &'c Connection);

impl SqliteTx<'_> {
    fn prepared<T>(
        &self,
        sql: &str,
        values: &[Value],
        run: impl FnOnce(&mut rusqlite::CachedStatement<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreFault> {
        let mut statement = self.0.prepare_cached(sql)?;
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
        self.prepared(sql, values, |statement| statement.raw_execute()).map(|n| n as u64)
    }

    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreFault> {
        self.prepared(sql, values, |statement| {
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let cells =
                    (0..width).map(|i| row.get_ref(i).map(from_sql)).collect::<Result<_, _>>()?;
                all.push(Row(cells));
            }
            Ok(all)
        })
    }
}

fn to_sql(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Int(int) => Sql::Integer(*int),
        Value::Real(real) => Sql::Real(*real),
        Value::Text(text) => Sql::Text(text.clone()),
        Value::Blob(bytes) => Sql::Blob(bytes.clone()),
    }
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
        let tx = SqliteTx(&connection);
        let rows = tx.query("SELECT $2, $1, $2", &["a".into(), "b".into()]).unwrap();
        assert_eq!(rows[0].text(0).unwrap(), "b");
        assert_eq!(rows[0].text(1).unwrap(), "a");
        assert_eq!(rows[0].text(2).unwrap(), "b");
        assert!(tx.query("SELECT $3", &["a".into()]).is_err());
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        drop(open_writer(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(open_writer(&path), Err(StoreFault::Unusable(_))));
    }
}
