//! Published form versions: immutable, the newest published is current.

use ntm_shared::api::form::FormVersion;

use super::tx::{Row, StoreFault, Tx};

const FORM: &str = "SELECT f.id, f.version, f.title, f.md5, f.published_at,
    f.seq = (SELECT max(g.seq) FROM form g WHERE g.id = f.id) FROM form f";

fn form(row: &Row) -> Result<FormVersion, StoreFault> {
    Ok(FormVersion {
        id: row.text(0)?,
        version: row.text(1)?,
        title: row.text(2)?,
        hash: format!("md5:{}", row.text(3)?),
        published_at: row.text(4)?,
        current: row.truth(5)?,
    })
}

/// A form version about to be published.
pub struct NewForm {
    /// Form id.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// Its source, as published: an XLSForm in Markdown tables, or an XForm.
    pub source: String,
    /// XForm bytes served to phones.
    pub xform: Vec<u8>,
    /// MD5 of those bytes in hex.
    pub md5: String,
}

/// Every version, by form and order of publication.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx) -> Result<Vec<FormVersion>, StoreFault> {
    tx.query(&format!("{FORM} ORDER BY f.id, f.seq"), &[])?.iter().map(form).collect()
}

/// One version.
///
/// # Errors
/// What the store says.
pub fn get(tx: &dyn Tx, id: &str, version: &str) -> Result<Option<FormVersion>, StoreFault> {
    let sql = format!("{FORM} WHERE f.id = $1 AND f.version = $2");
    tx.first(&sql, &[id.into(), version.into()])?.map(|row| form(&row)).transpose()
}

/// Whether a newer version than this one was published; `None` if this one was not.
///
/// # Errors
/// What the store says.
pub fn superseded(tx: &dyn Tx, id: &str, version: &str) -> Result<Option<bool>, StoreFault> {
    let sql = "SELECT f.seq < (SELECT max(g.seq) FROM form g WHERE g.id = $1)
        FROM form f WHERE f.id = $1 AND f.version = $2";
    tx.first(sql, &[id.into(), version.into()])?.map(|row| row.truth(0)).transpose()
}

/// True when any version of the form was ever published.
///
/// # Errors
/// What the store says.
pub fn known(tx: &dyn Tx, id: &str) -> Result<bool, StoreFault> {
    Ok(tx.first("SELECT 1 FROM form WHERE id = $1", &[id.into()])?.is_some())
}

/// The source of a version: an XLSForm in Markdown tables, or an XForm.
///
/// # Errors
/// What the store says.
pub fn source(tx: &dyn Tx, id: &str, version: &str) -> Result<Option<String>, StoreFault> {
    let sql = "SELECT source FROM form WHERE id = $1 AND version = $2";
    tx.first(sql, &[id.into(), version.into()])?.map(|row| row.text(0)).transpose()
}

/// The newest published version with submissions.
///
/// # Errors
/// What the store says.
pub fn newest_with_data(tx: &dyn Tx, id: &str) -> Result<Option<String>, StoreFault> {
    let sql = "SELECT f.version FROM form f WHERE f.id = $1 AND EXISTS (SELECT 1 FROM submission s
        WHERE s.form = f.id AND s.version = f.version) ORDER BY f.seq DESC LIMIT 1";
    tx.first(sql, &[id.into()])?.map(|row| row.text(0)).transpose()
}

/// Whether data of a version newer than `with` came in after the submission `seen`. Only what came since
/// is looked at: the writer asks, and senders wait for it.
///
/// # Errors
/// What the store says.
pub fn is_overtaken(
    tx: &dyn Tx,
    id: &str,
    (with, seen): (Option<&str>, i64),
) -> Result<bool, StoreFault> {
    let values = [id.into(), with.map(str::to_owned).into(), seen.into()];
    Ok(tx.first(OVERTAKEN, &values)?.is_some())
}

const OVERTAKEN: &str = "SELECT 1 FROM submission s CROSS JOIN form f ON f.id = $1 AND f.version = s.version
    WHERE s.seq > $3 AND +s.form = $1
        AND f.seq > coalesce((SELECT w.seq FROM form w WHERE w.id = $1 AND w.version = $2), 0) LIMIT 1";

/// The XForm bytes of a version.
///
/// # Errors
/// What the store says.
pub fn xform(tx: &dyn Tx, id: &str, version: &str) -> Result<Option<Vec<u8>>, StoreFault> {
    let sql = "SELECT xform FROM form WHERE id = $1 AND version = $2";
    tx.first(sql, &[id.into(), version.into()])?.map(|row| row.blob(0)).transpose()
}

/// Publishes a version.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, form: &NewForm, at: &str) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO form (id, version, title, source, xform, md5, published_at, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT coalesce(max(seq), 0) + 1 FROM form))",
        &[
            (&form.id).into(),
            (&form.version).into(),
            (&form.title).into(),
            (&form.source).into(),
            form.xform.clone().into(),
            (&form.md5).into(),
            at.into(),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::plan;

    #[test]
    fn whoever_publishes_has_the_writer_look_at_what_just_came() {
        let plan = plan(OVERTAKEN);
        assert!(plan.contains("SEARCH s USING INTEGER PRIMARY KEY (rowid>?)"), "{plan}");
    }
}
