//! The event log: every change, numbered inside its transaction and chained by hash. Ids and
//! hashes only, never personal data.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::tx::{StoreFault, Tx};

/// Appends one event; its number. `actor` is a user's or collector's id, or `server`.
///
/// # Errors
/// What the store says.
pub fn append(
    tx: &dyn Tx,
    at: &str,
    verb: &str,
    subject: &str,
    actor: &str,
    data: &Json,
) -> Result<i64, StoreFault> {
    let seq = next(tx, "event")?;
    let before = tx.first("SELECT hash FROM event WHERE seq = $1", &[(seq - 1).into()])?;
    let before = before.map(|row| row.blob(0)).transpose()?.unwrap_or_default();
    let data = data.to_string();
    let hash = link(&before, seq, &[at, verb, subject, actor, &data]);
    tx.execute(
        "INSERT INTO event (seq, at, verb, subject, actor, data, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[seq.into(), at.into(), verb.into(), subject.into(), actor.into(), data.into(), hash.into()],
    )?;
    Ok(seq)
}

/// The number of the last event.
///
/// # Errors
/// What the store says.
pub fn last(tx: &dyn Tx) -> Result<i64, StoreFault> {
    tx.first("SELECT value FROM counter WHERE name = 'event'", &[])?.map_or(Ok(0), |row| row.int(0))
}

/// The next number of a counter: a row of the transaction, so that numbers follow commits.
///
/// # Errors
/// What the store says.
pub fn next(tx: &dyn Tx, counter: &str) -> Result<i64, StoreFault> {
    let row = tx.first(
        "UPDATE counter SET value = value + 1 WHERE name = $1 RETURNING value",
        &[counter.into()],
    )?;
    row.ok_or_else(|| StoreFault::Unreadable(format!("no counter {counter}")))?.int(0)
}

/// The chain: SHA-256 over the previous hash, the number and the fields, each length-prefixed.
fn link(before: &[u8], seq: i64, fields: &[&str]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().to_vec()
}

/// Walks the chain; the number of events, or the first one that does not follow.
///
/// # Errors
/// What the store says; `Unreadable` naming the event that breaks the chain.
pub fn verify(tx: &dyn Tx) -> Result<i64, StoreFault> {
    let (mut before, mut seq) = (Vec::new(), 0);
    loop {
        let rows = tx.query(
            "SELECT at, verb, subject, actor, data, hash FROM event WHERE seq > $1 ORDER BY seq LIMIT 1000",
            &[seq.into()],
        )?;
        if rows.is_empty() {
            return Ok(seq);
        }
        for row in rows {
            seq += 1;
            let fields = [row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?, row.text(4)?];
            let hash = link(&before, seq, &fields.each_ref().map(String::as_str));
            if hash != row.blob(5)? {
                return Err(StoreFault::Unreadable(format!("event {seq} breaks the chain")));
            }
            before = hash;
        }
    }
}

/// Notes that `actor` read personal data.
///
/// # Errors
/// What the store says.
pub fn read_by(
    tx: &dyn Tx,
    at: &str,
    actor: &str,
    what: &str,
    subject: &str,
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO access (at, actor, what, subject) VALUES ($1, $2, $3, $4)",
        &[at.into(), actor.into(), what.into(), subject.into()],
    )?;
    Ok(())
}
