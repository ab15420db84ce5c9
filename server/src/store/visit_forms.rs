//! Forms `visit` as they came from phones, their versions, and the visits that were made of them.

use std::collections::BTreeSet;

use ntm_shared::visit_form::FORM;

use super::meta;
use super::submissions::replaced;
use super::tx::{Row, StoreFault, Tx, Value};

/// A form as it came from a phone.
pub struct Form {
    /// The submission's number.
    pub seq: i64,
    /// Its instance id.
    pub instance: String,
    /// Who sent it.
    pub collector: String,
    /// When it arrived.
    pub at: String,
    /// The answers.
    pub xml: Vec<u8>,
}

/// What is followed to find forms that have to be settled, each noted by its key.
#[derive(Clone, Copy, Debug)]
pub enum Cursor {
    /// What arrives: a submission's number.
    Arrivals,
    /// What is decided about forms, and placed: an event's number.
    Decisions,
}

impl Cursor {
    fn key(self) -> &'static str {
        match self {
            Cursor::Arrivals => "visits settled after submission",
            Cursor::Decisions => "visits settled after event",
        }
    }

    /// The last one that was looked at and concerned a visit.
    ///
    /// # Errors
    /// What the store says.
    pub fn reached(self, tx: &dyn Tx) -> Result<i64, StoreFault> {
        Ok(meta::get(tx, self.key())?.and_then(|number| number.parse().ok()).unwrap_or(0))
    }

    /// Notes that one was looked at.
    ///
    /// # Errors
    /// What the store says.
    pub fn reach(self, tx: &dyn Tx, number: i64) -> Result<(), StoreFault> {
        meta::put(tx, self.key(), &number.to_string())
    }

    /// The next after one that concerns forms, with these, and how far that was looked: at most
    /// `window` of them.
    ///
    /// # Errors
    /// What the store says.
    pub fn next(self, tx: &dyn Tx, after: i64, window: i64) -> Result<(i64, Vec<i64>), StoreFault> {
        let sql = match self {
            Cursor::Arrivals => {
                "SELECT seq, CASE WHEN form = $3 THEN '[' || seq || ']' END FROM submission
                 WHERE seq > $1 ORDER BY seq LIMIT $2"
            }
            Cursor::Decisions => {
                "SELECT seq, CASE verb WHEN 'submission.review' THEN data ->> 'submissions'
                     WHEN 'submission.place' THEN '[' || subject || ']' END
                 FROM event WHERE seq > $1 AND $3 <> '' ORDER BY seq LIMIT $2"
            }
        };
        let mut last = after;
        for row in tx.query(sql, &[after.into(), window.into(), FORM.into()])? {
            last = row.int(0)?;
            let Some(numbers) = row.text_or_null(1)? else { continue };
            let numbers: Vec<i64> = serde_json::from_str(&numbers)
                .map_err(|e| StoreFault::Unreadable(format!("submissions of an event: {e}")))?;
            let mut forms = Vec::new();
            for seq in numbers {
                let sql = "SELECT 1 FROM submission WHERE seq = $1 AND form = $2";
                if tx.first(sql, &[seq.into(), FORM.into()])?.is_some() {
                    forms.push(seq);
                }
            }
            if !forms.is_empty() {
                return Ok((last, forms));
            }
        }
        Ok((last, Vec::new()))
    }
}

/// A form as a link of a chain.
pub struct Version {
    /// The submission's number.
    pub seq: i64,
    /// Its instance id.
    pub instance: String,
    /// The instance it replaces; nothing where that would lead in a circle.
    replaces: Option<String>,
    replaced_by: Option<i64>,
    /// It is neither rejected nor an edit that leads back to itself.
    stands: bool,
}

/// More versions of one form than these are not looked at, and are no visits.
const MOST: usize = 1_000;

const VERSION: &str = "SELECT seq, instance_id,
        CASE WHEN branch IS DISTINCT FROM 'edit_cycle' THEN deprecated_id END, replaced_by,
        review <> 'rejected' AND branch IS DISTINCT FROM 'edit_cycle'
    FROM submission WHERE form = $1";

fn read(tx: &dyn Tx, sql: &str, values: &[Value]) -> Result<Vec<Version>, StoreFault> {
    let version = |row: &Row| {
        Ok(Version {
            seq: row.int(0)?,
            instance: row.text(1)?,
            replaces: row.text_or_null(2)?,
            replaced_by: row.int_or_null(3)?,
            stands: row.truth(4)?,
        })
    };
    tx.query(&format!("{VERSION} {sql}"), values)?.iter().map(version).collect()
}

fn called(tx: &dyn Tx, instance: &str) -> Result<Option<Version>, StoreFault> {
    Ok(read(tx, "AND instance_id = $2", &[FORM.into(), instance.into()])?.pop())
}

/// The edits of an instance: the one that took its place, then in order of arrival.
fn edits_of(
    tx: &dyn Tx,
    instance: &str,
    replaced_by: Option<i64>,
) -> Result<std::vec::IntoIter<Version>, StoreFault> {
    let sql = "AND deprecated_id = $2 AND branch IS DISTINCT FROM 'edit_cycle'
        ORDER BY seq IS NOT DISTINCT FROM $3 DESC, seq LIMIT $4";
    let values = [FORM.into(), instance.into(), replaced_by.into(), (MOST as i64).into()];
    Ok(read(tx, sql, &values)?.into_iter())
}

/// The first instance of the chain that a form belongs to, whether it is there or not.
fn first(tx: &dyn Tx, mut at: Version) -> Result<String, StoreFault> {
    let mut path = vec![at.instance.clone()];
    while let Some(before) = at.replaces {
        if let Some(circle) = path.iter().position(|known| *known == before) {
            // Nobody has placed these yet; wherever one begins, it is the same circle.
            return Ok(path.split_off(circle).into_iter().min().unwrap_or(before));
        }
        path.push(before.clone());
        match called(tx, &before)? {
            Some(version) if path.len() < MOST => at = version,
            _ => return Ok(before),
        }
    }
    Ok(at.instance)
}

/// The versions of a form: each after its edits, of which the one that took its place is first. Edits of
/// one instance are versions of one form before that instance has come.
///
/// # Errors
/// What the store says.
pub fn versions(tx: &dyn Tx, seq: i64) -> Result<Vec<Version>, StoreFault> {
    let Some(one) = read(tx, "AND seq = $2", &[FORM.into(), seq.into()])?.pop() else {
        return Ok(Vec::new());
    };
    let first = first(tx, one)?;
    let version = called(tx, &first)?;
    let edits = edits_of(tx, &first, version.as_ref().and_then(|version| version.replaced_by))?;
    let mut seen = BTreeSet::from([first]);
    let (mut open, mut found) = (vec![(version, edits)], Vec::new());
    while let Some((_, edits)) = open.last_mut() {
        match edits.next() {
            Some(edit) => {
                if seen.len() < MOST && seen.insert(edit.instance.clone()) {
                    let edits = edits_of(tx, &edit.instance, edit.replaced_by)?;
                    open.push((Some(edit), edits));
                }
            }
            None => found.extend(open.pop().and_then(|(version, _)| version)),
        }
    }
    Ok(found)
}

/// Of the versions of a form the one that stands: the last edit of the chain that is not rejected; where
/// two compete, the one that took the place, and the other when that one is rejected.
pub fn standing(versions: &[Version]) -> Option<i64> {
    versions.iter().find(|version| version.stands).map(|version| version.seq)
}

/// The version that stands of a form.
///
/// # Errors
/// What the store says.
pub fn form(tx: &dyn Tx, seq: i64) -> Result<Option<Form>, StoreFault> {
    let Some(seq) = standing(&versions(tx, seq)?) else { return Ok(None) };
    let sql = "SELECT seq, instance_id, collector, received_at, xml FROM submission WHERE seq = $1";
    let form = |row: Row| {
        Ok(Form {
            seq: row.int(0)?,
            instance: row.text(1)?,
            collector: row.text(2)?,
            at: row.text(3)?,
            xml: row.blob(4)?,
        })
    };
    tx.first(sql, &[seq.into()])?.map(form).transpose()
}

/// Whether one of the events after `seen`, up to `last`, may make a visit of a form that is none: it is
/// about assignments, areas, or who has them.
///
/// # Errors
/// What the store says.
pub fn may_let_in(tx: &dyn Tx, (seen, last): (i64, i64)) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM event WHERE seq > $1 AND seq <= $2
        AND substr(verb, 1, instr(verb, '.') - 1) IN
            ('agency', 'assignment', 'collector', 'team', 'unit') LIMIT 1";
    Ok(tx.first(sql, &[seen.into(), last.into()])?.is_some())
}

/// Forms of teams' phones, up to one submission, that are no visits and may become some, the newest
/// `most`: what they say may become true when an assignment is recorded.
///
/// # Errors
/// What the store says.
pub fn waiting(tx: &dyn Tx, until: i64, most: i64) -> Result<Vec<i64>, StoreFault> {
    let sql = format!(
        "SELECT s.seq FROM area a CROSS JOIN submission s ON s.collector = a.actor
         WHERE a.unit LIKE 'team:%' AND s.form = $1 AND s.seq <= $2 AND s.review <> 'rejected'
             AND coalesce(s.branch, '') NOT IN ('edit_stale', 'edit_cycle') AND NOT {}
             AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.id = CASE
                 WHEN substr(s.instance_id, 1, 5) = 'uuid:' THEN substr(s.instance_id, 6)
                 ELSE s.instance_id END)
         GROUP BY s.seq ORDER BY s.seq DESC LIMIT $3",
        replaced("s")
    );
    let rows = tx.query(&sql, &[FORM.into(), until.into(), most.into()])?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Says which submission a visit was filled in with.
///
/// # Errors
/// What the store says.
pub fn filled_in(tx: &dyn Tx, id: &str, seq: i64) -> Result<(), StoreFault> {
    tx.execute("UPDATE visit SET submission = $1 WHERE id = $2", &[seq.into(), id.into()])?;
    Ok(())
}

/// Takes back what a form said that does not stand; a difficulty that somebody went on with stays.
/// False when it is no visit.
///
/// # Errors
/// What the store says.
pub fn take_back(tx: &dyn Tx, id: &str, seq: i64) -> Result<bool, StoreFault> {
    let from_form = "SELECT 1 FROM visit WHERE id = $1 AND submission = $2";
    if tx.first(from_form, &[id.into(), seq.into()])?.is_none() {
        return Ok(false);
    }
    let begins = format!("{id}.");
    for sql in [
        "DELETE FROM difficulty WHERE substr(id, 1, length($1)) = $1
             AND NOT EXISTS (SELECT 1 FROM difficulty_step s WHERE s.difficulty = difficulty.id)",
        "DELETE FROM support WHERE substr(id, 1, length($1)) = $1",
    ] {
        tx.execute(sql, &[(&begins).into()])?;
    }
    tx.execute("DELETE FROM visit WHERE id = $1", &[id.into()])?;
    Ok(true)
}
