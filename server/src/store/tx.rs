//! What a transaction offers: one SQL text for queries and changes, `$1` placeholders bound by
//! number. Small enough that another database costs one adapter.

use super::counters::Counters;
use super::remembered::Remembered;
use crate::disk::Trouble;

/// A value bound to a placeholder or read from a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// INTEGER.
    Int(i64),
    /// REAL.
    Real(f64),
    /// TEXT.
    Text(String),
    /// BLOB.
    Blob(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => $make:expr),*) => {
        $(impl From<$from> for Value { fn from(value: $from) -> Value { $make(value) } })*
    };
}
value_from! {
    i64 => Value::Int, f64 => Value::Real, String => Value::Text, Vec<u8> => Value::Blob,
    i32 => |v: i32| Value::Int(v.into()), u32 => |v: u32| Value::Int(v.into()),
    bool => |v: bool| Value::Int(v.into()), &str => |v: &str| Value::Text(v.into()),
    &String => |v: &String| Value::Text(v.clone()), &[u8] => |v: &[u8]| Value::Blob(v.to_vec())
}
impl From<u64> for Value {
    /// Sizes and counts; SQLite integers are signed and ours never reach 2^63.
    fn from(value: u64) -> Value {
        Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// One row of an answer.
#[derive(Debug)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// Column `i` as text.
    ///
    /// # Errors
    /// When the column is not TEXT.
    pub fn text(&self, i: usize) -> Result<String, StoreFault> {
        match self.0.get(i) {
            Some(Value::Text(text)) => Ok(text.clone()),
            other => Err(wrong(i, "TEXT", other)),
        }
    }

    /// Column `i` as text, `None` for NULL.
    ///
    /// # Errors
    /// When the column is neither TEXT nor NULL.
    pub fn text_or_null(&self, i: usize) -> Result<Option<String>, StoreFault> {
        if self.null(i) { Ok(None) } else { self.text(i).map(Some) }
    }

    /// Column `i` as an integer.
    ///
    /// # Errors
    /// When the column is not INTEGER.
    pub fn int(&self, i: usize) -> Result<i64, StoreFault> {
        match self.0.get(i) {
            Some(Value::Int(int)) => Ok(*int),
            other => Err(wrong(i, "INTEGER", other)),
        }
    }

    /// Column `i` as an integer, `None` for NULL.
    ///
    /// # Errors
    /// When the column is neither INTEGER nor NULL.
    pub fn int_or_null(&self, i: usize) -> Result<Option<i64>, StoreFault> {
        if self.null(i) { Ok(None) } else { self.int(i).map(Some) }
    }

    /// Column `i` as a count or size.
    ///
    /// # Errors
    /// When the column is not a non-negative INTEGER.
    pub fn count(&self, i: usize) -> Result<u64, StoreFault> {
        u64::try_from(self.int(i)?).map_err(|_| wrong(i, "a count", self.0.get(i)))
    }

    /// Column `i` as a count, `None` for NULL.
    ///
    /// # Errors
    /// When the column is neither NULL nor a non-negative INTEGER.
    pub fn count_or_null(&self, i: usize) -> Result<Option<u64>, StoreFault> {
        if self.null(i) { Ok(None) } else { self.count(i).map(Some) }
    }

    /// Column `i` as bytes, without a copy; the column is empty afterwards.
    ///
    /// # Errors
    /// When the column is not BLOB.
    pub fn take_blob(&mut self, i: usize) -> Result<Vec<u8>, StoreFault> {
        match self.0.get_mut(i) {
            Some(Value::Blob(bytes)) => Ok(std::mem::take(bytes)),
            other => Err(wrong(i, "BLOB", other.as_deref())),
        }
    }

    /// Column `i` as a truth value.
    ///
    /// # Errors
    /// When the column is not INTEGER.
    pub fn truth(&self, i: usize) -> Result<bool, StoreFault> {
        Ok(self.int(i)? != 0)
    }

    /// Column `i` as a number, `None` for NULL.
    ///
    /// # Errors
    /// When the column is not REAL, INTEGER or NULL.
    pub fn real_or_null(&self, i: usize) -> Result<Option<f64>, StoreFault> {
        match self.0.get(i) {
            Some(Value::Real(real)) => Ok(Some(*real)),
            Some(Value::Null) => Ok(None),
            other => Err(wrong(i, "REAL", other)),
        }
    }

    /// Column `i` as bytes.
    ///
    /// # Errors
    /// When the column is not a BLOB.
    pub fn blob(&self, i: usize) -> Result<Vec<u8>, StoreFault> {
        match self.0.get(i) {
            Some(Value::Blob(bytes)) => Ok(bytes.clone()),
            other => Err(wrong(i, "BLOB", other)),
        }
    }

    /// Column `i`, JSON text, as a value of our own making.
    ///
    /// # Errors
    /// When the column is not TEXT or does not read as `T`.
    pub fn json<T: serde::de::DeserializeOwned>(&self, i: usize) -> Result<T, StoreFault> {
        serde_json::from_str(&self.text(i)?)
            .map_err(|e| StoreFault::Unreadable(format!("column {i}: {e}")))
    }

    fn null(&self, i: usize) -> bool {
        matches!(self.0.get(i), Some(Value::Null))
    }
}

/// The message names the kind found, never the value: it may be personal.
fn wrong(i: usize, wanted: &str, found: Option<&Value>) -> StoreFault {
    let found = match found {
        None => "no such column",
        Some(Value::Null) => "NULL",
        Some(Value::Int(_)) => "INTEGER",
        Some(Value::Real(_)) => "REAL",
        Some(Value::Text(_)) => "TEXT",
        Some(Value::Blob(_)) => "BLOB",
    };
    StoreFault::Unreadable(format!("column {i}: wanted {wanted}, found {found}"))
}

/// A transaction in progress.
pub trait Tx {
    /// Runs a change; the number of rows it touched.
    ///
    /// # Errors
    /// What the database says.
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreFault>;

    /// Runs a query; all its rows. Lists are paged by key, so answers stay small.
    ///
    /// # Errors
    /// What the database says.
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreFault>;

    /// The counters of a transaction that writes them at its end.
    fn counters(&self) -> Option<&Counters> {
        None
    }

    /// What the writer remembers; nothing for who only reads.
    fn remembered(&self) -> Option<&Remembered> {
        None
    }

    /// The first row of a query, if any.
    ///
    /// # Errors
    /// What the database says.
    fn first(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreFault> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}

/// How the store can fail.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreFault {
    /// The disk or the quota is full.
    #[error("the disk is full")]
    Full,
    /// The disk failed, or has failed and was not mended yet.
    #[error("disk: {0}")]
    Disk(String),
    /// The database said no.
    #[error("database: {0}")]
    Database(String),
    /// The database cannot be used at all.
    #[error("{0}")]
    Unusable(String),
    /// A stored value does not read back as what it should be.
    #[error("stored value: {0}")]
    Unreadable(String),
    /// The writer has stopped.
    #[error("the database is closed")]
    Stopped,
    /// A job panicked; its changes were rolled back.
    #[error("a database job failed unexpectedly")]
    Panicked,
}

impl StoreFault {
    /// What the disk did, if that is why.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            StoreFault::Full => Some(Trouble::Full),
            StoreFault::Disk(_) => Some(Trouble::Fault),
            _ => None,
        }
    }
}

impl From<Trouble> for StoreFault {
    fn from(trouble: Trouble) -> StoreFault {
        match trouble {
            Trouble::Full => StoreFault::Full,
            Trouble::Fault => StoreFault::Disk("nothing is written until a test succeeds".into()),
        }
    }
}
