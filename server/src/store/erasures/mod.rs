//! Tombstones: what stays of what was erased, and keeps it from coming back.

mod rows;

pub use rows::{
    about, empty_household, identity, place_of, quarantined_with, release_file, remove_submission,
    unplaced_with,
};

use ntm_shared::api::erasure::{Erasure, Forgotten};

use super::events::IN_AREAS;
use super::remembered::is_empty;
use super::tx::{Row, StoreFault, Tx};

/// What is to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everything about a household.
    Household(String),
    /// What a round collected.
    Round(String),
}

impl Whose {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Whose::Household(id) | Whose::Round(id) => id,
        }
    }
}

/// A tombstone about to be set.
pub struct Tombstone {
    /// Own id.
    pub id: String,
    /// Whose data.
    pub whose: Whose,
    /// Village and commune of the household, as far as known.
    pub place: (Option<String>, Option<String>),
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: String,
}

/// Whether this database knows of erasing: a backup of an older program does not.
///
/// # Errors
/// What the store says.
pub fn there(tx: &dyn Tx) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE name = 'erasure'";
    Ok(tx.first(sql, &[])?.is_some())
}

const ERASURE: &str = "SELECT e.id, e.household, e.round, e.reason, e.actor,
    coalesce((SELECT u.name FROM user u WHERE u.id = e.actor), e.actor), e.at, e.submissions,
    e.files, e.shared_files, e.hash, e.finished_at, e.seq FROM erasure e";

fn erasure(row: &Row) -> Result<Erasure, StoreFault> {
    Ok(Erasure {
        id: row.text(0)?,
        household: row.text_or_null(1)?,
        round: row.text_or_null(2)?,
        reason: row.text(3)?,
        actor: row.text(4)?,
        actor_name: row.text(5)?,
        at: row.text(6)?,
        submissions: row.count(7)?,
        files: row.count(8)?,
        shared_files: row.count(9)?,
        hash: row.text(10)?,
        finished_at: row.text_or_null(11)?,
    })
}

/// The erasure with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Erasure>, StoreFault> {
    let row = tx.first(&format!("{ERASURE} WHERE e.id = $1"), &[id.into()])?;
    row.map(|row| erasure(&row)).transpose()
}

/// The erasure of a household or round, if it was erased.
///
/// # Errors
/// What the store says.
pub fn of(tx: &dyn Tx, whose: &Whose) -> Result<Option<Erasure>, StoreFault> {
    let column = match whose {
        Whose::Household(_) => "household",
        Whose::Round(_) => "round",
    };
    let row = tx.first(&format!("{ERASURE} WHERE e.{column} = $1"), &[whose.id().into()])?;
    row.map(|row| erasure(&row)).transpose()
}

/// Whether a household was erased.
///
/// # Errors
/// What the store says.
pub fn is_erased(tx: &dyn Tx, household: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM erasure WHERE household = $1";
    Ok(tx.first(sql, &[household.into()])?.is_some())
}

/// Whether a submission must not be taken in: by the hash of its form and instance id, the household
/// or the round it is about. The erasure it falls under, and whether its instance is known already.
///
/// # Errors
/// What the store says.
pub fn bars(
    tx: &dyn Tx,
    instance: &str,
    households: [Option<&str>; 2],
    round: Option<&str>,
) -> Result<Option<(i64, bool)>, StoreFault> {
    let sql = "SELECT erasure, 1 FROM erased_instance WHERE hash = $1
        UNION ALL SELECT seq, 0 FROM erasure WHERE household = $2
        UNION ALL SELECT seq, 0 FROM erasure WHERE household = $3
        UNION ALL SELECT seq, 0 FROM erasure WHERE round = $4 LIMIT 1";
    let [first, second] = households;
    let row = tx.first(sql, &[instance.into(), first.into(), second.into(), round.into()])?;
    row.map(|row| Ok((row.int(0)?, row.truth(1)?))).transpose()
}

/// Whether nothing was ever erased.
///
/// # Errors
/// What the store says.
pub fn is_none(tx: &dyn Tx) -> Result<bool, StoreFault> {
    Ok(is_empty(tx, "erasure")? && is_empty(tx, "erased_instance")?)
}

/// Sets a tombstone; its number.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, new: &Tombstone) -> Result<i64, StoreFault> {
    let (household, round) = match &new.whose {
        Whose::Household(id) => (Some(id.as_str()), None),
        Whose::Round(id) => (None, Some(id.as_str())),
    };
    let row = tx.first(
        "INSERT INTO erasure (seq, id, household, round, village, commune, reason, actor, at,
             submissions, files, shared_files, hash)
         SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, '' FROM erasure
         RETURNING seq",
        &[
            (&new.id).into(),
            household.into(),
            round.into(),
            new.place.0.as_deref().into(),
            new.place.1.as_deref().into(),
            (&new.reason).into(),
            (&new.actor).into(),
            (&new.at).into(),
        ],
    )?;
    row.ok_or_else(|| StoreFault::Unreadable("erasure.seq".into()))?.int(0)
}

/// Adds to what a tombstone says was erased.
///
/// # Errors
/// What the store says.
pub fn grown(
    tx: &dyn Tx,
    erasure: i64,
    (submissions, files, shared): (usize, usize, usize),
    hash: &str,
) -> Result<(), StoreFault> {
    tx.execute(
        "UPDATE erasure SET submissions = submissions + $1, files = files + $2,
             shared_files = shared_files + $3, hash = $4 WHERE seq = $5",
        &[
            (submissions as u64).into(),
            (files as u64).into(),
            (shared as u64).into(),
            hash.into(),
            erasure.into(),
        ],
    )?;
    Ok(())
}

/// Notes that an instance is not to be taken in again.
///
/// # Errors
/// What the store says.
pub fn bar_instance(tx: &dyn Tx, hash: &str, erasure: i64) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO erased_instance (hash, erasure) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[hash.into(), erasure.into()],
    )?;
    Ok(())
}

/// An erasure that is under way.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its number.
    pub seq: i64,
    /// Its id.
    pub id: String,
    /// Whose data.
    pub whose: Whose,
}

/// Erasures of which something may be left on the disk, first begun first.
///
/// # Errors
/// What the store says.
pub fn open(tx: &dyn Tx) -> Result<Vec<Open>, StoreFault> {
    let sql =
        "SELECT seq, id, household, round FROM erasure WHERE finished_at IS NULL ORDER BY seq";
    tx.query(sql, &[])?
        .iter()
        .map(|row| {
            let whose = match row.text_or_null(2)? {
                Some(household) => Whose::Household(household),
                None => Whose::Round(row.text(3)?),
            };
            Ok(Open { seq: row.int(0)?, id: row.text(1)?, whose })
        })
        .collect()
}

/// The files of an erasure, in order of their hashes.
///
/// # Errors
/// What the store says.
pub fn files(tx: &dyn Tx, erasure: i64) -> Result<Vec<String>, StoreFault> {
    let sql = "SELECT sha256 FROM erased_file WHERE erasure = $1 ORDER BY sha256";
    tx.query(sql, &[erasure.into()])?.iter().map(|row| row.text(0)).collect()
}

/// The submissions of an erasure.
///
/// # Errors
/// What the store says.
pub fn submissions(tx: &dyn Tx, erasure: i64) -> Result<Vec<i64>, StoreFault> {
    let sql = "SELECT seq FROM erased_submission WHERE erasure = $1 ORDER BY seq";
    tx.query(sql, &[erasure.into()])?.iter().map(|row| row.int(0)).collect()
}

/// Every file that was ever erased, in order of the hashes.
///
/// # Errors
/// What the store says.
pub fn all_files(tx: &dyn Tx) -> Result<Vec<String>, StoreFault> {
    let sql = "SELECT DISTINCT sha256 FROM erased_file ORDER BY sha256";
    tx.query(sql, &[])?.iter().map(|row| row.text(0)).collect()
}

/// The instances an erasure bars, in order of the hashes.
///
/// # Errors
/// What the store says.
pub fn instances(tx: &dyn Tx, erasure: i64) -> Result<Vec<String>, StoreFault> {
    let sql = "SELECT hash FROM erased_instance WHERE erasure = $1 ORDER BY hash";
    tx.query(sql, &[erasure.into()])?.iter().map(|row| row.text(0)).collect()
}

/// Nothing of it is left.
///
/// # Errors
/// What the store says.
pub fn finish(tx: &dyn Tx, erasure: i64, at: &str) -> Result<bool, StoreFault> {
    let sql = "UPDATE erasure SET finished_at = $1 WHERE seq = $2 AND finished_at IS NULL";
    Ok(tx.execute(sql, &[at.into(), erasure.into()])? > 0)
}

/// Erasures by people whose areas all lie in `reader`'s, in order.
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    reader: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Erasure>, StoreFault> {
    let sql = format!(
        "{ERASURE} WHERE e.seq > coalesce((SELECT a.seq FROM erasure a WHERE a.id = $2), 0)
         AND {IN_AREAS} ORDER BY e.seq LIMIT $3"
    );
    tx.query(&sql, &[reader.into(), after.into(), limit.into()])?.iter().map(erasure).collect()
}

/// The households of a collector's areas that were erased, in the order that happened.
///
/// # Errors
/// What the store says.
pub fn forgotten(
    tx: &dyn Tx,
    collector: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Forgotten>, StoreFault> {
    let sql = "SELECT e.seq, e.household, e.at FROM erasure e
        WHERE e.seq > $2 AND e.household IS NOT NULL AND EXISTS (
            SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
            WHERE s.actor = $1 AND w.unit IN (e.village, e.commune))
        ORDER BY e.seq LIMIT $3";
    let rows = tx.query(sql, &[collector.into(), after.into(), limit.into()])?;
    rows.iter()
        .map(|row| Ok(Forgotten { seq: row.int(0)?, household: row.text(1)?, at: row.text(2)? }))
        .collect()
}

/// A tombstone with the hashes of the instances and of the files.
pub type Whole = (Erasure, Vec<String>, Vec<String>);

/// A tombstone as the log outside the database has it.
///
/// # Errors
/// What the store says.
pub fn tombstone(tx: &dyn Tx, erasure: i64) -> Result<Option<Whole>, StoreFault> {
    let row = tx.first(&format!("{ERASURE} WHERE e.seq = $1"), &[erasure.into()])?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((self::erasure(&row)?, instances(tx, erasure)?, files(tx, erasure)?)))
}
