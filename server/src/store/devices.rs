//! Phones of collectors: their tokens (hashes only), and codes that set one up.

use ntm_shared::api::collector::Device;

use super::tx::{Row, StoreFault, Tx};

/// A phone with what only the server may see.
pub struct Stored {
    /// The phone.
    pub device: Device,
    /// Whose it is.
    pub collector: String,
    /// The first device id heard with its token.
    pub phone: Option<String>,
}

/// A phone about to be stored.
pub struct NewDevice {
    /// Own id.
    pub id: String,
    /// Whose it is.
    pub collector: String,
    /// What people call it.
    pub label: String,
    /// SHA-256 of its token.
    pub token_hash: Vec<u8>,
    /// When it was made.
    pub created_at: String,
    /// When its token expires.
    pub expires_at: String,
}

const DEVICE: &str =
    "SELECT d.id, d.label, d.created_at, d.expires_at, d.revoked_at, d.last_seen_at,
    d.other_phone_at, d.collector, d.phone FROM device d";

fn stored(row: &Row) -> Result<Stored, StoreFault> {
    Ok(Stored {
        device: Device {
            id: row.text(0)?,
            label: row.text(1)?,
            created_at: row.text(2)?,
            expires_at: row.text(3)?,
            revoked_at: row.text_or_null(4)?,
            last_seen_at: row.text_or_null(5)?,
            other_phone_at: row.text_or_null(6)?,
            missing: Vec::new(),
        },
        collector: row.text(7)?,
        phone: row.text_or_null(8)?,
    })
}

/// The phone of a token, revoked or not.
///
/// # Errors
/// What the store says.
pub fn by_token(tx: &dyn Tx, token_hash: Vec<u8>) -> Result<Option<Stored>, StoreFault> {
    let row = tx.first(&format!("{DEVICE} WHERE d.token_hash = $1"), &[token_hash.into()])?;
    row.map(|row| stored(&row)).transpose()
}

/// The phone with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Stored>, StoreFault> {
    let row = tx.first(&format!("{DEVICE} WHERE d.id = $1"), &[id.into()])?;
    row.map(|row| stored(&row)).transpose()
}

/// The phones of a collector, oldest first.
///
/// # Errors
/// What the store says.
pub fn of_collector(tx: &dyn Tx, collector: &str) -> Result<Vec<Device>, StoreFault> {
    let sql = format!("{DEVICE} WHERE d.collector = $1 ORDER BY d.created_at, d.id");
    let rows = tx.query(&sql, &[collector.into()])?;
    rows.iter().map(|row| Ok(stored(row)?.device)).collect()
}

/// Adds a phone.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, new: NewDevice) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO device (id, collector, label, token_hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            new.id.into(),
            new.collector.into(),
            new.label.into(),
            new.token_hash.into(),
            new.created_at.into(),
            new.expires_at.into(),
        ],
    )?;
    Ok(())
}

/// Shuts one phone out.
///
/// # Errors
/// What the store says.
pub fn revoke(tx: &dyn Tx, id: &str, at: &str) -> Result<(), StoreFault> {
    tx.execute("UPDATE device SET revoked_at = $1 WHERE id = $2", &[at.into(), id.into()])?;
    Ok(())
}

/// Notes that a phone was heard of, by which device id, and whether that is another than before.
///
/// # Errors
/// What the store says.
pub fn seen(
    tx: &dyn Tx,
    id: &str,
    at: &str,
    phone: Option<&str>,
    other: bool,
) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE device SET last_seen_at = $1, phone = coalesce(phone, $2),
             other_phone_at = CASE WHEN $3 = 1 THEN $1 ELSE other_phone_at END WHERE id = $4",
        &[at.into(), phone.map(str::to_owned).into(), other.into(), id.into()],
    )?;
    Ok(())
}

/// A code that sets up one phone.
pub struct Enrolment {
    /// Id the phone will have.
    pub device: String,
    /// Whose it will be.
    pub collector: String,
    /// What people call it.
    pub label: String,
    /// Days its token will be good for.
    pub days: u32,
}

/// Adds a code; an earlier one for the same phone stops working.
///
/// # Errors
/// What the store says.
pub fn add_enrolment(
    tx: &dyn Tx,
    hash: Vec<u8>,
    new: &Enrolment,
    expires: &str,
) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM enrolment WHERE device = $1", &[(&new.device).into()])?;
    tx.execute(
        "INSERT INTO enrolment (secret_hash, device, collector, label, days, expires_at, used)
         VALUES ($1, $2, $3, $4, $5, $6, 0)",
        &[
            hash.into(),
            (&new.device).into(),
            (&new.collector).into(),
            (&new.label).into(),
            new.days.into(),
            expires.into(),
        ],
    )?;
    Ok(())
}

/// Uses up a code, if it was still good.
///
/// # Errors
/// What the store says.
pub fn use_enrolment(
    tx: &dyn Tx,
    hash: Vec<u8>,
    now: &str,
) -> Result<Option<Enrolment>, StoreFault> {
    let row = tx.first(
        "UPDATE enrolment SET used = 1 WHERE secret_hash = $1 AND used = 0 AND expires_at > $2
         RETURNING device, collector, label, days",
        &[hash.into(), now.into()],
    )?;
    row.map(|row| {
        let days = u32::try_from(row.int(3)?)
            .map_err(|_| StoreFault::Unreadable("enrolment.days".into()))?;
        Ok(Enrolment { device: row.text(0)?, collector: row.text(1)?, label: row.text(2)?, days })
    })
    .transpose()
}

/// The phone that a used code set up.
///
/// # Errors
/// What the store says.
pub fn enrolled(tx: &dyn Tx, hash: Vec<u8>) -> Result<Option<String>, StoreFault> {
    let sql = "SELECT device FROM enrolment WHERE secret_hash = $1 AND used = 1";
    tx.first(sql, &[hash.into()])?.map(|row| row.text(0)).transpose()
}
