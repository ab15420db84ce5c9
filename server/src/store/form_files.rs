//! Files that forms read beside the roster.

use super::tx::{Row, StoreFault, Tx};
use crate::blobs::Stored;

/// A file of a form version.
pub struct FormFile {
    /// Name.
    pub name: String,
    /// SHA-256 in lower-case hex: where the bytes are.
    pub sha256: String,
    /// MD5 in lower-case hex: what phones are told.
    pub md5: String,
}

fn file(row: &Row) -> Result<FormFile, StoreFault> {
    Ok(FormFile { name: row.text(0)?, sha256: row.text(1)?, md5: row.text(2)? })
}

/// The files of a version, by name.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, form: &str, version: &str) -> Result<Vec<FormFile>, StoreFault> {
    let sql = "SELECT name, sha256, md5 FROM form_file
        WHERE form = $1 AND version = $2 ORDER BY name";
    tx.query(sql, &[form.into(), version.into()])?.iter().map(file).collect()
}

/// One of them.
///
/// # Errors
/// What the store says.
pub fn get(
    tx: &dyn Tx,
    form: &str,
    version: &str,
    name: &str,
) -> Result<Option<FormFile>, StoreFault> {
    let sql = "SELECT name, sha256, md5 FROM form_file
        WHERE form = $1 AND version = $2 AND name = $3";
    tx.first(sql, &[form.into(), version.into(), name.into()])?.map(|row| file(&row)).transpose()
}

/// Adds a durable file.
///
/// # Errors
/// What the store says.
pub fn insert(
    tx: &dyn Tx,
    form: &str,
    version: &str,
    name: &str,
    (blob, md5): (&Stored, &str),
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO blob (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[(&blob.sha256).into(), blob.bytes.into()],
    )?;
    tx.execute(
        "INSERT INTO form_file (form, version, name, sha256, md5) VALUES ($1, $2, $3, $4, $5)",
        &[form.into(), version.into(), name.into(), (&blob.sha256).into(), md5.into()],
    )?;
    Ok(())
}
