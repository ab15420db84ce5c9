//! What stands in the way of communes, and what became of it.

use jiff::civil::Date;
use ntm_shared::api::difficulty::{NewDifficulty, NewStep, StepRow, Tier};

use super::tx::{Row, StoreFault, Tx};
use super::visits::{Which, day, seen};

/// A difficulty as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The order in which it was written down.
    pub seq: i64,
    /// What was said at first, the commune as a unit id.
    pub said: NewDifficulty,
    /// Who has it to resolve now.
    pub tier: Tier,
    /// The office that has it to resolve now.
    pub owner: String,
    /// The last day to resolve it now.
    pub deadline: Date,
    /// The day it was resolved.
    pub resolved: Option<Date>,
    /// What became of it, first step first.
    pub steps: Vec<StepRow>,
    /// Who wrote it down.
    pub actor: String,
    /// When.
    pub at: String,
}

const DIFFICULTY: &str =
    "SELECT difficulty.seq, difficulty.said, difficulty.tier, difficulty.owner,
    difficulty.deadline, difficulty.resolved, difficulty.actor, difficulty.at FROM difficulty";

fn tier(row: &Row, i: usize) -> Result<Tier, StoreFault> {
    Tier::read(&row.text(i)?).ok_or_else(|| StoreFault::Unreadable("difficulty.tier".into()))
}

fn stored(tx: &dyn Tx, row: &Row) -> Result<Stored, StoreFault> {
    let said: NewDifficulty = row.json(1)?;
    let resolved = row.text_or_null(5)?.map(|day| day.parse()).transpose();
    let sql =
        "SELECT said, tier, actor, at FROM difficulty_step WHERE difficulty = $1 ORDER BY seq";
    let steps = tx.query(sql, &[(&said.id).into()])?;
    let steps = steps.iter().map(|row| {
        Ok(StepRow {
            said: row.json(0)?,
            tier: tier(row, 1)?,
            actor: row.text(2)?,
            at: row.text(3)?,
        })
    });
    Ok(Stored {
        seq: row.int(0)?,
        steps: steps.collect::<Result<_, StoreFault>>()?,
        said,
        tier: tier(row, 2)?,
        owner: row.text(3)?,
        deadline: day(row, 4)?,
        resolved: resolved.map_err(|_| StoreFault::Unreadable("difficulty.resolved".into()))?,
        actor: row.text(6)?,
        at: row.text(7)?,
    })
}

/// The difficulty with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Stored>, StoreFault> {
    let row = tx.first(&format!("{DIFFICULTY} WHERE difficulty.id = $1"), &[id.into()])?;
    row.map(|row| stored(tx, &row)).transpose()
}

/// The difficulty with this id, if `actor` sees it.
///
/// # Errors
/// What the store says.
pub fn visible(tx: &dyn Tx, actor: &str, id: &str) -> Result<Option<Stored>, StoreFault> {
    let sql = format!("{DIFFICULTY} WHERE {} AND difficulty.id = $4", seen("difficulty"));
    let row = tx.first(&sql, &[actor.into(), "*".into(), "".into(), id.into()])?;
    row.map(|row| stored(tx, &row)).transpose()
}

/// Difficulties, those written down last first: all, or those open whose deadline lies before a day
/// (the end of time for all that are open).
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    which: &Which,
    open_before: Option<Date>,
) -> Result<Vec<Stored>, StoreFault> {
    let sql = format!(
        "{DIFFICULTY} WHERE {} AND difficulty.seq < $4
         AND ($6 = '' OR (difficulty.resolved IS NULL AND difficulty.deadline < $6))
         ORDER BY difficulty.seq DESC LIMIT $5",
        seen("difficulty")
    );
    let [actor, area, team, before, limit] = which.values();
    let open = open_before.map(|day| day.to_string()).unwrap_or_default();
    let rows = tx.query(&sql, &[actor, area, team, before, limit, open.into()])?;
    rows.iter().map(|row| stored(tx, row)).collect()
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreFault> {
    serde_json::to_string(value).map_err(|e| StoreFault::Unreadable(e.to_string()))
}

/// Writes a difficulty down; it is the commune's to resolve.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, new: &NewDifficulty, actor: &str, at: &str) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO difficulty
             (seq, id, commune, team, visit, day, said, tier, owner, deadline, actor, at)
         VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM difficulty),
             $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            (&new.id).into(),
            (&new.commune).into(),
            new.team.clone().into(),
            new.visit.clone().into(),
            new.day.to_string().into(),
            json(new)?.into(),
            Tier::Commune.as_str().into(),
            (&new.owner).into(),
            new.deadline.to_string().into(),
            actor.into(),
            at.into(),
        ],
    )?;
    Ok(())
}

/// The difficulty and the words of the step with this id.
///
/// # Errors
/// What the store says.
pub fn step_by_id(tx: &dyn Tx, id: &str) -> Result<Option<(String, NewStep)>, StoreFault> {
    let sql = "SELECT difficulty, said FROM difficulty_step WHERE id = $1";
    let row = tx.first(sql, &[id.into()])?;
    row.map(|row| Ok((row.text(0)?, row.json(1)?))).transpose()
}

/// Writes a step down, and how the difficulty stands after it.
///
/// # Errors
/// What the store says.
pub fn add_step(
    tx: &dyn Tx,
    after: &Stored,
    step: &NewStep,
    actor: &str,
    at: &str,
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO difficulty_step (seq, id, difficulty, tier, said, actor, at)
         VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM difficulty_step), $1, $2, $3, $4, $5, $6)",
        &[
            (&step.id).into(),
            (&after.said.id).into(),
            after.tier.as_str().into(),
            json(step)?.into(),
            actor.into(),
            at.into(),
        ],
    )?;
    tx.execute(
        "UPDATE difficulty SET tier = $1, owner = $2, deadline = $3, resolved = $4 WHERE id = $5",
        &[
            after.tier.as_str().into(),
            (&after.owner).into(),
            after.deadline.to_string().into(),
            after.resolved.map(|day| day.to_string()).into(),
            (&after.said.id).into(),
        ],
    )?;
    Ok(())
}
