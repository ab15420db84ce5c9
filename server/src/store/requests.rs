//! The register of what people ask about their own data.

use jiff::civil::Date;
use ntm_shared::api::request::{NewRequest, Request, RequestKind, Step, StepRow};

use super::tx::{Row, StoreFault, Tx};

/// A request about to be written down.
pub struct Entry<'a> {
    /// What was said of it.
    pub new: &'a NewRequest,
    /// The household's village.
    pub village: &'a str,
    /// Last day to answer.
    pub answer_by: Date,
    /// Last day to carry it out.
    pub due: Date,
}

/// Writes a request down.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, entry: &Entry<'_>, actor: &str, at: &str) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO request (id, household, village, kind, received, answer_by, due, actor, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            (&entry.new.id).into(),
            (&entry.new.household).into(),
            entry.village.into(),
            entry.new.kind.as_str().into(),
            entry.new.received.to_string().into(),
            entry.answer_by.to_string().into(),
            entry.due.to_string().into(),
            actor.into(),
            at.into(),
        ],
    )?;
    Ok(())
}

/// Whether there is a request with this id, wherever it belongs.
///
/// # Errors
/// What the store says.
pub fn exists(tx: &dyn Tx, id: &str) -> Result<bool, StoreFault> {
    Ok(tx.first("SELECT 1 FROM request WHERE id = $1", &[id.into()])?.is_some())
}

/// Adds a step.
///
/// # Errors
/// What the store says.
pub fn add_step(
    tx: &dyn Tx,
    id: &str,
    step: Step,
    reason: &str,
    actor: &str,
    at: &str,
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO request_step (request, step, reason, actor, at) VALUES ($1, $2, $3, $4, $5)",
        &[id.into(), step.as_str().into(), reason.into(), actor.into(), at.into()],
    )?;
    Ok(())
}

/// Sets the last day to carry a request out.
///
/// # Errors
/// What the store says.
pub fn set_due(tx: &dyn Tx, id: &str, due: Date) -> Result<(), StoreFault> {
    tx.execute("UPDATE request SET due = $1 WHERE id = $2", &[due.to_string().into(), id.into()])?;
    Ok(())
}

const REQUEST: &str = "SELECT q.id, q.household, q.kind, q.received, q.answer_by, q.due, q.actor,
    coalesce((SELECT u.name FROM user u WHERE u.id = q.actor), q.actor), q.at FROM request q
    WHERE EXISTS (SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
        WHERE s.actor = $1 AND w.unit = q.village)";

/// A request in `actor`'s areas.
///
/// # Errors
/// What the store says.
pub fn by_id(
    tx: &dyn Tx,
    actor: &str,
    id: &str,
    today: Date,
) -> Result<Option<Request>, StoreFault> {
    let row = tx.first(&format!("{REQUEST} AND q.id = $2"), &[actor.into(), id.into()])?;
    row.map(|row| request(tx, &row, today)).transpose()
}

/// A page of the requests in `actor`'s areas, by the day they are due.
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    actor: &str,
    after: &str,
    limit: i64,
    today: Date,
) -> Result<Vec<Request>, StoreFault> {
    let sql = format!(
        "{REQUEST} AND ($2 = '' OR (q.due, q.id) > (SELECT a.due, a.id FROM request a WHERE a.id = $2))
         ORDER BY q.due, q.id LIMIT $3"
    );
    let rows = tx.query(&sql, &[actor.into(), after.into(), limit.into()])?;
    rows.iter().map(|row| request(tx, row, today)).collect()
}

fn request(tx: &dyn Tx, row: &Row, today: Date) -> Result<Request, StoreFault> {
    let id = row.text(0)?;
    let day = |i: usize| {
        row.text(i)?.parse::<Date>().map_err(|_| StoreFault::Unreadable("request: a day".into()))
    };
    let kind = RequestKind::read(&row.text(2)?);
    let steps = steps(tx, &id)?;
    let closed = steps.iter().find(|step| step.step.closes()).map(|step| step.step);
    let answered = !steps.is_empty();
    let (answer_by, due) = (day(4)?, day(5)?);
    Ok(Request {
        household: row.text(1)?,
        kind: kind.ok_or_else(|| StoreFault::Unreadable("request.kind".into()))?,
        received: day(3)?,
        answer_by,
        due,
        state: closed.map_or("open", Step::as_str).to_owned(),
        overdue: closed.is_none() && (due < today || (!answered && answer_by < today)),
        actor: row.text(6)?,
        actor_name: row.text(7)?,
        at: row.text(8)?,
        steps,
        id,
    })
}

fn steps(tx: &dyn Tx, request: &str) -> Result<Vec<StepRow>, StoreFault> {
    let sql = "SELECT p.step, p.reason, p.actor,
            coalesce((SELECT u.name FROM user u WHERE u.id = p.actor), p.actor), p.at
        FROM request_step p WHERE p.request = $1 ORDER BY p.at, p.step";
    tx.query(sql, &[request.into()])?
        .iter()
        .map(|row| {
            let step = Step::read(&row.text(0)?);
            Ok(StepRow {
                step: step.ok_or_else(|| StoreFault::Unreadable("request_step.step".into()))?,
                reason: row.text(1)?,
                actor: row.text(2)?,
                actor_name: row.text(3)?,
                at: row.text(4)?,
            })
        })
        .collect()
}
