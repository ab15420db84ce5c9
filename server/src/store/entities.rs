//! What submissions want done with households, as entities of the list that phones have.

use std::collections::BTreeMap;

use ntm_shared::form::Saved;

use super::tx::{StoreFault, Tx};

/// What has become of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It stands in the roster.
    Applied,
    /// A person decides.
    Waiting,
    /// A person decided against it, or it can never be.
    Refused,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Waiting => "waiting",
            State::Refused => "refused",
        }
    }
}

/// A change that waits for a person.
pub struct Waiting {
    /// Household id, as the phone says.
    pub household: String,
    /// Whether the household is to be made; else changed.
    pub create: bool,
    /// Answers by property.
    pub properties: BTreeMap<String, String>,
}

/// Keeps what a submission wants.
///
/// # Errors
/// What the store says.
pub fn insert(
    tx: &dyn Tx,
    seq: i64,
    saved: &Saved,
    create: bool,
    state: State,
) -> Result<(), StoreFault> {
    let properties = serde_json::to_string(&saved.properties)
        .map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO entity_change (submission, household, action, base_version, properties, state)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[
            seq.into(),
            (&saved.id).into(),
            if create { "create" } else { "update" }.into(),
            saved.base_version.into(),
            properties.into(),
            state.as_str().into(),
        ],
    )?;
    Ok(())
}

/// What a submission wants that has not been done; `None` when there is nothing.
///
/// # Errors
/// What the store says.
pub fn open(tx: &dyn Tx, seq: i64) -> Result<Option<Waiting>, StoreFault> {
    let sql = "SELECT household, action, properties FROM entity_change
        WHERE submission = $1 AND state <> 'applied'";
    let row = tx.first(sql, &[seq.into()])?;
    row.map(|row| {
        Ok(Waiting {
            household: row.text(0)?,
            create: row.text(1)? == "create",
            properties: row.json(2)?,
        })
    })
    .transpose()
}

/// Says what has become of a change.
///
/// # Errors
/// What the store says.
pub fn set(tx: &dyn Tx, seq: i64, state: State) -> Result<(), StoreFault> {
    let sql = "UPDATE entity_change SET state = $1 WHERE submission = $2 AND state <> 'applied'";
    tx.execute(sql, &[state.as_str().into(), seq.into()])?;
    Ok(())
}

/// Whether a household is gone from the list, as far as a collector may know: `None` when it never
/// was on it.
///
/// # Errors
/// What the store says.
pub fn deleted(tx: &dyn Tx, collector: &str, household: &str) -> Result<Option<bool>, StoreFault> {
    let known = "SELECT h.erased_at IS NOT NULL FROM household h WHERE h.id = $2 AND EXISTS (
        SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
        WHERE s.actor = $1 AND w.unit = h.village)";
    let values = [collector.into(), household.into()];
    if let Some(row) = tx.first(known, &values)? {
        return row.truth(0).map(Some);
    }
    // Erased before it ever was on the roster: only who has its id asks about it.
    let erased = "SELECT 1 FROM erasure e WHERE e.household = $1
        AND NOT EXISTS (SELECT 1 FROM household h WHERE h.id = e.household)";
    if tx.first(erased, &[household.into()])?.is_some() {
        return Ok(Some(true));
    }
    let wanted = "SELECT min(e.state = 'refused') FROM entity_change e
        JOIN submission s ON s.seq = e.submission
        WHERE s.collector = $1 AND e.household = $2 AND e.action = 'create' HAVING count(*) > 0";
    tx.first(wanted, &values)?.map(|row| row.truth(0)).transpose()
}
