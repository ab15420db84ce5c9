//! What reviewers decided, every decision kept.

use ntm_shared::api::submission::{Decision, NewReview, ReturnedRow, Review};

use super::tx::{Row, StoreFault, Tx};

/// Keeps one decision about one submission.
///
/// # Errors
/// What the store says.
pub fn insert(
    tx: &dyn Tx,
    submission: i64,
    new: &NewReview,
    actor: &str,
    at: &str,
) -> Result<(), StoreFault> {
    let fields =
        serde_json::to_string(&new.fields).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO review (seq, id, submission, decision, reason, fields, actor, at)
         SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM review",
        &[
            (&new.id).into(),
            submission.into(),
            new.decision.as_str().into(),
            (&new.reason).into(),
            fields.into(),
            actor.into(),
            at.into(),
        ],
    )?;
    Ok(())
}

fn decision(row: &Row, i: usize) -> Result<Decision, StoreFault> {
    Decision::read(&row.text(i)?).ok_or_else(|| StoreFault::Unreadable("review.decision".into()))
}

/// A request made before under this id, with who made it; submissions in order.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<(NewReview, String)>, StoreFault> {
    let sql = "SELECT submission, decision, reason, fields, actor FROM review WHERE id = $1
        ORDER BY submission";
    let rows = tx.query(sql, &[id.into()])?;
    let Some(first) = rows.first() else { return Ok(None) };
    let request = NewReview {
        id: id.into(),
        submissions: rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?,
        decision: decision(first, 1)?,
        reason: first.text(2)?,
        fields: first.json(3)?,
    };
    Ok(Some((request, first.text(4)?)))
}

/// The decisions about a submission, first decision first.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, submission: i64) -> Result<Vec<Review>, StoreFault> {
    let sql = "SELECT r.id, r.decision, r.reason, r.fields, r.actor, u.name, r.at
        FROM review r LEFT JOIN user u ON u.id = r.actor WHERE r.submission = $1 ORDER BY r.seq";
    let rows = tx.query(sql, &[submission.into()])?;
    rows.iter()
        .map(|row| {
            Ok(Review {
                id: row.text(0)?,
                decision: decision(row, 1)?,
                reason: row.text(2)?,
                fields: row.json(3)?,
                by: row.text(4)?,
                by_name: row.text_or_null(5)?,
                at: row.text(6)?,
            })
        })
        .collect()
}

/// A page of a collector's own submissions that came back and were not sent anew, by number.
///
/// # Errors
/// What the store says.
pub fn returned(
    tx: &dyn Tx,
    collector: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<ReturnedRow>, StoreFault> {
    let rows = tx.query(RETURNED, &[collector.into(), after.into(), limit.into()])?;
    rows.iter()
        .map(|row| {
            Ok(ReturnedRow {
                seq: row.int(0)?,
                instance_id: row.text(1)?,
                form: row.text(2)?,
                version: row.text(3)?,
                round: row.text_or_null(4)?,
                household: row.text_or_null(5)?,
                decision: decision(row, 6)?,
                reason: row.text(7)?,
                fields: row.json(8)?,
                at: row.text(9)?,
            })
        })
        .collect()
}

/// What was sent anew is looked for of what came back alone: it mentions the decision, so that it is not
/// asked of everything the collector ever sent.
const RETURNED: &str = "SELECT s.seq, s.instance_id, s.form, s.version, s.round, s.household,
            r.decision, r.reason, r.fields, r.at
        FROM submission s JOIN review r ON r.submission = s.seq
            AND r.seq = (SELECT max(l.seq) FROM review l WHERE l.submission = s.seq)
        WHERE s.collector = $1 AND s.seq > $2 AND r.decision IN ('returned', 'rejected')
            AND NOT EXISTS (SELECT 1 FROM submission n
                WHERE r.decision <> '' AND n.collector = s.collector AND n.seq > s.seq AND n.form = s.form
                AND n.replaced_by IS DISTINCT FROM s.seq
                AND (n.deprecated_id = s.instance_id
                    OR (n.round = s.round AND n.household = s.household)))
        ORDER BY s.seq LIMIT $3";
