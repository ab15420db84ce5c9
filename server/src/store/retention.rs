//! Until when rounds are kept, and what stays of one that was erased: sums.

use std::collections::BTreeMap;

use super::moments;
use super::tx::{StoreFault, Tx};

/// Says until when a round is kept, and why; false when that was so already.
///
/// # Errors
/// What the store says.
pub fn keep(tx: &dyn Tx, round: &str, until: &str, reason: &str) -> Result<bool, StoreFault> {
    let changed = tx.execute(
        "UPDATE round SET keep_until = $2, keep_reason = $3
         WHERE id = $1 AND (keep_until IS DISTINCT FROM $2 OR keep_reason IS DISTINCT FROM $3)",
        &[round.into(), until.into(), reason.into()],
    )?;
    Ok(changed > 0)
}

/// Whether a round was erased: its moments are sealed.
///
/// # Errors
/// What the store says.
pub fn is_sealed(tx: &dyn Tx, round: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM round WHERE id = $1 AND erased_at IS NOT NULL";
    Ok(tx.first(sql, &[round.into()])?.is_some())
}

/// Keeps what status and scores need of a round beside its moments, and seals these. `form` is the
/// form of the interview.
///
/// # Errors
/// What the store says.
pub fn seal(tx: &dyn Tx, round: &str, form: &str, at: &str) -> Result<(), StoreFault> {
    tx.execute(&seal_sql(), &[round.into(), form.into()])?;
    tx.execute("UPDATE round SET erased_at = $2 WHERE id = $1", &[round.into(), at.into()])?;
    Ok(())
}

/// `s.village`: what counts is found by village and household; a household does not move.
fn seal_sql() -> String {
    let members = super::households::MEMBERS_AT_MOST.as_str();
    format!(
        "INSERT INTO sealed_village (round, village, persons, persons_missing, received, attempted)
         SELECT f.round, f.village,
             CASE WHEN count({members}) = count(*) THEN sum({members}) END,
             CASE WHEN count({members}) FILTER (WHERE {MISSING}) = count(*) FILTER (WHERE {MISSING})
                 THEN coalesce(sum({members}) FILTER (WHERE {MISSING}), 0) END,
             count(*) FILTER (WHERE s.outcome = 'completed'),
             count(*) FILTER (WHERE s.outcome <> 'completed')
         FROM frame f JOIN household h ON h.id = f.household
         LEFT JOIN submission s ON s.round = f.round AND s.form = $2 AND s.village = f.village
             AND s.household = f.household AND s.counts = 1
         WHERE f.round = $1 GROUP BY f.round, f.village"
    )
}

/// A household of the frame without a completed interview that counts.
const MISSING: &str = "s.outcome IS NULL OR s.outcome <> 'completed'";

/// The moments of a round as one text: a line of JSON for each village.
///
/// # Errors
/// What the store says.
pub fn sums(tx: &dyn Tx, round: &str) -> Result<String, StoreFault> {
    let mut text = String::new();
    for (village, moments) in moments::of_round(tx, round)? {
        let json =
            serde_json::to_string(&moments).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
        text += &format!("{village} {json}\n");
    }
    Ok(text)
}

/// What is known of a village of a round that was erased.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sealed {
    /// Persons on the roster; absent when that was not known for every household.
    pub persons: Option<u64>,
    /// The same in the households without a completed interview.
    pub persons_missing: Option<u64>,
    /// Households with a completed interview.
    pub received: u64,
    /// Households with an attempt only.
    pub attempted: u64,
}

/// The villages of a round that was erased; nothing for any other.
///
/// # Errors
/// What the store says.
pub fn villages(tx: &dyn Tx, round: &str) -> Result<BTreeMap<String, Sealed>, StoreFault> {
    let sql = "SELECT village, persons, persons_missing, received, attempted
        FROM sealed_village WHERE round = $1";
    tx.query(sql, &[round.into()])?
        .iter()
        .map(|row| {
            let sealed = Sealed {
                persons: row.count_or_null(1)?,
                persons_missing: row.count_or_null(2)?,
                received: row.count(3)?,
                attempted: row.count(4)?,
            };
            Ok((row.text(0)?, sealed))
        })
        .collect()
}

/// The next submissions of a round that are to go: all but those of the form `report`.
///
/// # Errors
/// What the store says.
pub fn next_submissions(
    tx: &dyn Tx,
    round: &str,
    report: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreFault> {
    let sql = "SELECT seq FROM submission WHERE round = $1 AND form <> $2 LIMIT $3";
    let rows = tx.query(sql, &[round.into(), report.into(), limit.into()])?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Empties the roster entries of a round's households that stand in no round that was not erased;
/// how many. An import fills them again.
///
/// # Errors
/// What the store says.
pub fn empty_roster(tx: &dyn Tx, round: &str) -> Result<u64, StoreFault> {
    tx.execute(
        "UPDATE household SET head = '', members = NULL, poverty = NULL, lat = NULL, lon = NULL,
             revision = revision + 1
         WHERE id IN (SELECT f.household FROM frame f WHERE f.round = $1)
             AND (head <> '' OR members IS NOT NULL OR poverty IS NOT NULL OR lat IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM frame f JOIN round r ON r.id = f.round
                 WHERE f.household = household.id AND r.erased_at IS NULL)",
        &[round.into()],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::plan;

    #[test]
    fn a_round_is_sealed_by_looking_at_each_interview_once() {
        let plan = plan(&seal_sql());
        let how = "submission_counts (round=? AND form=? AND village=? AND household=?)";
        assert!(plan.contains(how), "{plan}");
    }
}
