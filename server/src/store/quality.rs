//! What supervisors answered to figures that are unlike the others.

use ntm_shared::api::quality::{NewQualityAnswer, Said};

use super::tx::{Row, StoreFault, Tx};

const COLUMNS: &str = "id, subject, code, value, answer, reason, actor, at";

/// An answer, who gave it, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What was answered.
    pub new: NewQualityAnswer,
    /// User id.
    pub actor: String,
    /// Server's time.
    pub at: String,
}

fn kept(row: &Row) -> Result<Kept, StoreFault> {
    let unreadable = || StoreFault::Unreadable("quality_answer".into());
    Ok(Kept {
        new: NewQualityAnswer {
            id: row.text(0)?,
            subject: row.text(1)?,
            code: row.text(2)?,
            value: row.real_or_null(3)?.ok_or_else(unreadable)?,
            answer: Said::read(&row.text(4)?).ok_or_else(unreadable)?,
            reason: row.text(5)?,
        },
        actor: row.text(6)?,
        at: row.text(7)?,
    })
}

/// Keeps an answer.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, round: &str, kept: &Kept) -> Result<(), StoreFault> {
    let new = &kept.new;
    tx.execute(
        "INSERT INTO quality_answer (seq, round, id, subject, code, value, answer, reason, actor, at)
         SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM quality_answer",
        &[
            round.into(),
            (&new.id).into(),
            (&new.subject).into(),
            (&new.code).into(),
            new.value.into(),
            new.answer.as_str().into(),
            (&new.reason).into(),
            (&kept.actor).into(),
            (&kept.at).into(),
        ],
    )?;
    Ok(())
}

/// The answer of this id with its round.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<(String, Kept)>, StoreFault> {
    let sql = format!("SELECT {COLUMNS}, round FROM quality_answer WHERE id = $1");
    tx.first(&sql, &[id.into()])?.map(|row| Ok((row.text(8)?, kept(&row)?))).transpose()
}

/// The answers of a round with the names of those who gave them, in order.
///
/// # Errors
/// What the store says.
pub fn of_round(tx: &dyn Tx, round: &str) -> Result<Vec<(Kept, String)>, StoreFault> {
    let sql = "SELECT q.id, q.subject, q.code, q.value, q.answer, q.reason, q.actor, q.at,
            coalesce(u.name, '')
        FROM quality_answer q LEFT JOIN user u ON u.id = q.actor WHERE q.round = $1 ORDER BY q.seq";
    let rows = tx.query(sql, &[round.into()])?;
    rows.iter().map(|row| Ok((kept(row)?, row.text(8)?))).collect()
}

/// The villages of which visits by a collector count in a round.
///
/// # Errors
/// What the store says.
pub fn villages_of(tx: &dyn Tx, round: &str, collector: &str) -> Result<Vec<String>, StoreFault> {
    let sql = "SELECT DISTINCT village FROM submission
        WHERE collector = $1 AND +round = $2 AND counts = 1 AND village IS NOT NULL ORDER BY village";
    let rows = tx.query(sql, &[collector.into(), round.into()])?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Forgets what was answered about a round: people's words about people.
///
/// # Errors
/// What the store says.
pub fn forget(tx: &dyn Tx, round: &str) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM quality_answer WHERE round = $1", &[round.into()]).map(drop)
}
