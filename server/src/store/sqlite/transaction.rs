//! A transaction: binding by number, what struck it, and whether reference data changed in it.

use std::cell::{Cell, RefCell};

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::store::counters::Counters;
use crate::store::moments;
use crate::store::remembered::Remembered;
use crate::store::tx::{Row, StoreFault, Tx, Value};

/// A transaction on a SQLite connection.
pub(in crate::store) struct SqliteTx<'c> {
    connection: &'c Connection,
    struck: RefCell<Option<StoreFault>>,
    changed: Cell<bool>,
    reference: Cell<bool>,
    counters: Option<&'c Counters>,
    remembered: Option<&'c Remembered>,
}

impl<'c> SqliteTx<'c> {
    /// A transaction of who `remembered` so much.
    pub(in crate::store) fn on(
        connection: &'c Connection,
        remembered: Option<&'c Remembered>,
    ) -> SqliteTx<'c> {
        SqliteTx {
            connection,
            struck: RefCell::default(),
            changed: Cell::default(),
            reference: Cell::default(),
            counters: None,
            remembered,
        }
    }

    /// A transaction whose counters are written later.
    pub(in crate::store) fn counting(
        connection: &'c Connection,
        remembered: &'c Remembered,
        counters: &'c Counters,
    ) -> SqliteTx<'c> {
        SqliteTx { counters: Some(counters), ..SqliteTx::on(connection, Some(remembered)) }
    }

    /// Whether anything may have been changed.
    pub(in crate::store) fn changed(&self) -> bool {
        self.changed.get()
    }

    /// Whether reference data were changed: what submissions are placed by.
    pub(in crate::store) fn reference(&self) -> bool {
        self.reference.get()
    }

    fn changing(&self, sql: &str) {
        self.changed.set(true);
        if !is_daily(sql) {
            self.reference.set(true);
        }
        // What these change is remembered by who runs them.
        if let Some(remembered) = self.remembered
            && !sql.starts_with(SEEN)
            && sql != moments::PUT
        {
            remembered.changed(table(sql));
        }
    }

    /// The first trouble the disk gave in this transaction, whatever became of the error: it is
    /// then no transaction any more.
    pub(in crate::store) fn struck(&self) -> Option<StoreFault> {
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

    fn counters(&self) -> Option<&Counters> {
        // Who asks may give out a number, which is a change though no row says so yet.
        self.changed.set(true);
        self.counters
    }

    fn remembered(&self) -> Option<&Remembered> {
        self.remembered
    }
}

/// Tables that change with what phones send, and that nothing is placed by.
const DAILY: [&str; 24] = [
    "access",
    "attachment",
    "attachment_file",
    "blob",
    "counter",
    "difficulty",
    "difficulty_step",
    "entity_change",
    "event",
    "finding",
    "meta",
    "moment",
    "photo",
    "photo_band",
    "quality_answer",
    "record_number",
    "review",
    "salvage",
    "salvage_file",
    "session",
    "submission",
    "support",
    "visit",
    "visit_photo",
];

/// When a collector was heard of last: for people to see.
const SEEN: &str = "UPDATE collector SET last_seen_at = ";

/// Whether a change leaves reference data alone; one that cannot be told does not.
fn is_daily(sql: &str) -> bool {
    if sql.starts_with(SEEN) {
        return true;
    }
    table(sql).is_some_and(|table| DAILY.contains(&table))
}

/// The table that a statement changes; `None` where it does not say so in the plainest way.
fn table(sql: &str) -> Option<&str> {
    let mut words = sql.split_ascii_whitespace();
    let table = match (words.next()?, words.next()?) {
        ("INSERT", "INTO") | ("DELETE", "FROM") => words.next()?,
        ("UPDATE", table) => table,
        _ => return None,
    };
    let plain = table.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    plain.then_some(table)
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
        let tx = SqliteTx::on(&connection, None);
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
        let tx = SqliteTx::on(&connection, None);
        tx.query("SELECT 1", &[]).unwrap();
        assert!(!tx.reference());
        tx.execute("CREATE TABLE counter (n)", &[]).unwrap();
        assert!(tx.reference());
        let tx = SqliteTx::on(&connection, None);
        tx.execute("INSERT INTO counter VALUES (1)", &[]).unwrap();
        tx.query("UPDATE counter SET n = 2 RETURNING n", &[]).unwrap();
        assert!(!tx.reference());
        tx.query("DELETE FROM main.counter RETURNING n", &[]).unwrap();
        assert!(tx.reference());
    }
}
