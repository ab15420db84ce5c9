//! The event log: every change, numbered inside its transaction and chained by hash. Ids and
//! hashes only, never personal data.

use ntm_shared::api::audit::{Event, Read};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::tx::{StoreFault, Tx, Value};

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
    let before = match tx.counters().and_then(|counters| counters.head(seq - 1)) {
        Some(hash) => hash,
        None => {
            let sql = "SELECT hash FROM event WHERE seq = $1";
            let row = tx.first(sql, &[(seq - 1).into()])?;
            row.map(|row| row.blob(0)).transpose()?.unwrap_or_default()
        }
    };
    let data = data.to_string();
    let hash = link(&before, seq, &[at, verb, subject, actor, &data]);
    tx.execute(
        "INSERT INTO event (seq, at, verb, subject, actor, data, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            seq.into(),
            at.into(),
            verb.into(),
            subject.into(),
            actor.into(),
            data.into(),
            hash.as_slice().into(),
        ],
    )?;
    if let Some(counters) = tx.counters() {
        counters.append(seq, hash);
    }
    Ok(seq)
}

/// The number of the last event.
///
/// # Errors
/// What the store says.
pub fn last(tx: &dyn Tx) -> Result<i64, StoreFault> {
    if let Some(last) = tx.counters().and_then(|counters| counters.last("event")) {
        return Ok(last);
    }
    tx.first("SELECT value FROM counter WHERE name = 'event'", &[])?.map_or(Ok(0), |row| row.int(0))
}

/// What the last event of this verb about `subject` says.
///
/// # Errors
/// What the store says.
pub fn said(tx: &dyn Tx, verb: &str, subject: &str) -> Result<Option<Json>, StoreFault> {
    let sql = "SELECT data FROM event WHERE verb = $1 AND subject = $2 ORDER BY seq DESC LIMIT 1";
    tx.first(sql, &[verb.into(), subject.into()])?.map(|row| row.json(0)).transpose()
}

/// The next number of a counter: a row of the transaction, so that numbers follow commits.
///
/// # Errors
/// What the store says.
pub fn next(tx: &dyn Tx, counter: &str) -> Result<i64, StoreFault> {
    let known = tx.counters().and_then(|counters| counters.last(counter));
    let next = 1 + match known {
        Some(last) => last,
        None => {
            let row = tx.first("SELECT value FROM counter WHERE name = $1", &[counter.into()])?;
            row.ok_or_else(|| StoreFault::Unreadable(format!("no counter {counter}")))?.int(0)?
        }
    };
    match tx.counters() {
        Some(counters) => counters.give(counter, next),
        None => {
            let sql = "UPDATE counter SET value = $1 WHERE name = $2";
            tx.execute(sql, &[next.into(), counter.into()])?;
        }
    }
    Ok(next)
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

/// What walking the chain came to.
#[derive(Debug, Default)]
pub struct Chain {
    /// Events that follow from the first one.
    pub good: i64,
    /// Hash of the last of them.
    pub head: Vec<u8>,
    /// The event that does not follow, if any.
    pub broken: Option<i64>,
}

/// Walks the chain to its end, which must be where the counter says, or to the first event that does
/// not follow.
///
/// # Errors
/// What the store says.
pub fn walk(tx: &dyn Tx) -> Result<Chain, StoreFault> {
    let mut chain = Chain::default();
    loop {
        let rows = tx.query(
            "SELECT at, verb, subject, actor, data, hash, seq FROM event WHERE seq > $1 ORDER BY seq LIMIT 1000",
            &[chain.good.into()],
        )?;
        if rows.is_empty() {
            // What was cut off at the end leaves a chain that is whole.
            if last(tx)? != chain.good {
                chain.broken = Some(chain.good + 1);
            }
            return Ok(chain);
        }
        for row in rows {
            let seq = chain.good + 1;
            let fields = [row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?, row.text(4)?];
            let hash = link(&chain.head, seq, &fields.each_ref().map(String::as_str));
            if row.int(6)? != seq || hash != row.blob(5)? {
                return Ok(Chain { broken: Some(seq), ..chain });
            }
            (chain.good, chain.head) = (seq, hash);
        }
    }
}

/// Walks the chain; the number of events.
///
/// # Errors
/// What the store says; `Unreadable` naming the event that breaks the chain.
pub fn verify(tx: &dyn Tx) -> Result<i64, StoreFault> {
    let chain = walk(tx)?;
    match chain.broken {
        None => Ok(chain.good),
        Some(seq) => Err(StoreFault::Unreadable(format!("event {seq} breaks the chain"))),
    }
}

/// What `e.actor` may do is all within the areas of the reader bound to `$1`.
pub(super) const IN_AREAS: &str = "EXISTS (SELECT 1 FROM area a WHERE a.actor = e.actor)
    AND NOT EXISTS (SELECT 1 FROM area a WHERE a.actor = e.actor AND NOT EXISTS (
        SELECT 1 FROM area s WHERE s.actor = $1 AND (s.unit = a.unit OR EXISTS (
            SELECT 1 FROM unit_within w WHERE w.area = s.unit AND w.unit = a.unit))))";

/// Whose name an actor's id stands for.
const NAME: &str = "coalesce((SELECT u.name FROM user u WHERE u.id = e.actor),
    (SELECT c.name FROM collector c WHERE c.id = e.actor), e.actor)";

/// What a list of events or reads is asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only about this.
    pub subject: Option<String>,
    /// Only this verb, or this kind of read.
    pub what: Option<String>,
    /// After this number.
    pub after: i64,
    /// At most so many.
    pub limit: i64,
}

impl Filter {
    fn values(self, reader: &str) -> [Value; 6] {
        [
            reader.into(),
            self.actor.into(),
            self.subject.into(),
            self.what.into(),
            self.after.into(),
            self.limit.into(),
        ]
    }
}

/// A page of events by actors whose areas all lie in `reader`'s, in order.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, reader: &str, filter: Filter) -> Result<Vec<Event>, StoreFault> {
    let sql = format!(
        "SELECT e.seq, e.at, e.verb, e.subject, e.actor, {NAME}, e.data, e.hash FROM event e
         WHERE e.seq > $5 AND ($2 IS NULL OR e.actor = $2) AND ($3 IS NULL OR e.subject = $3)
             AND ($4 IS NULL OR e.verb = $4) AND {IN_AREAS} ORDER BY e.seq LIMIT $6"
    );
    let rows = tx.query(&sql, &filter.values(reader))?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                seq: row.int(0)?,
                at: row.text(1)?,
                verb: row.text(2)?,
                subject: row.text(3)?,
                actor: row.text(4)?,
                actor_name: row.text(5)?,
                data: row.json(6)?,
                hash: hex::encode(row.blob(7)?),
            })
        })
        .collect()
}

/// A page of reads of personal data by actors whose areas all lie in `reader`'s, in order.
///
/// # Errors
/// What the store says.
pub fn reads(tx: &dyn Tx, reader: &str, filter: Filter) -> Result<Vec<Read>, StoreFault> {
    let sql = format!(
        "SELECT e.id, e.at, e.what, e.subject, e.actor, {NAME} FROM access e
         WHERE e.id > $5 AND ($2 IS NULL OR e.actor = $2) AND ($3 IS NULL OR e.subject = $3)
             AND ($4 IS NULL OR e.what = $4) AND {IN_AREAS} ORDER BY e.id LIMIT $6"
    );
    let rows = tx.query(&sql, &filter.values(reader))?;
    rows.iter()
        .map(|row| {
            Ok(Read {
                id: row.int(0)?,
                at: row.text(1)?,
                what: row.text(2)?,
                subject: row.text(3)?,
                actor: row.text(4)?,
                actor_name: row.text(5)?,
            })
        })
        .collect()
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
