//! Questions about the database as a whole: is it what was written.

use super::erasures;
use super::tx::{StoreFault, Tx};

/// What SQLite finds wrong with its own pages.
///
/// # Errors
/// When it cannot even be read.
pub fn pages(tx: &dyn Tx) -> Result<Vec<String>, StoreFault> {
    let rows = tx.query("PRAGMA integrity_check", &[])?;
    let found = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

/// Rows that point to a row that is not there: table, and the table pointed to.
///
/// # Errors
/// What the store says.
pub fn dangling(tx: &dyn Tx) -> Result<Vec<String>, StoreFault> {
    let rows = tx.query("PRAGMA foreign_key_check", &[])?;
    rows.iter()
        .map(|row| Ok(format!("a row of {} points to no row of {}", row.text(0)?, row.text(2)?)))
        .collect()
}

/// Version of the tables.
///
/// # Errors
/// What the store says.
pub fn version(tx: &dyn Tx) -> Result<i64, StoreFault> {
    tx.first("PRAGMA user_version", &[])?.map_or(Ok(0), |row| row.int(0))
}

/// An original: number, bytes, and the hash noted when it came.
pub type Original = (i64, Vec<u8>, String);

/// The next originals after a submission's number.
///
/// # Errors
/// What the store says.
pub fn originals_after(tx: &dyn Tx, after: i64, limit: i64) -> Result<Vec<Original>, StoreFault> {
    let sql = "SELECT seq, xml, xml_sha256 FROM submission WHERE seq > $1 ORDER BY seq LIMIT $2";
    let rows = tx.query(sql, &[after.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.int(0)?, row.blob(1)?, row.text(2)?))).collect()
}

/// Published forms: id and version, bytes, and the hash phones were told.
///
/// # Errors
/// What the store says.
pub fn forms(tx: &dyn Tx) -> Result<Vec<(String, Vec<u8>, String)>, StoreFault> {
    let rows = tx.query("SELECT id, version, xform, md5 FROM form ORDER BY seq", &[])?;
    rows.iter()
        .map(|row| Ok((format!("{} {}", row.text(0)?, row.text(1)?), row.blob(2)?, row.text(3)?)))
        .collect()
}

/// What contradicts itself between tables, each with what it means.
const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "the counter of events is not the number of the last event",
        "SELECT value FROM counter WHERE name = 'event'
            AND value <> (SELECT coalesce(max(seq), 0) FROM event)",
    ),
    (
        "the counter of submissions is behind the last submission",
        "SELECT value FROM counter WHERE name = 'submission'
            AND value < (SELECT coalesce(max(seq), 0) FROM submission)",
    ),
    (
        "submission without the one event of its arrival",
        "WITH arrived AS MATERIALIZED (
            SELECT CAST(subject AS INTEGER) AS seq, count(*) AS times FROM event
            WHERE verb = 'submission.receive' GROUP BY 1)
         SELECT s.seq FROM submission s LEFT JOIN arrived a ON a.seq = s.seq
            WHERE a.times IS NOT 1",
    ),
    (
        "submission with two current files of one name",
        "SELECT submission FROM attachment_file WHERE current = 1
            GROUP BY submission, name HAVING count(*) > 1",
    ),
    (
        "rejected submission that counts",
        "SELECT seq FROM submission WHERE counts = 1 AND review = 'rejected'",
    ),
    (
        "submission that counts unapproved where only what is approved does",
        "SELECT s.seq FROM submission s JOIN round r ON r.id = s.round
            WHERE s.counts = 1 AND s.review <> 'approved' AND r.spec ->> 'approved_only'",
    ),
    (
        "submission whose state is not what was decided last",
        "SELECT s.seq FROM submission s JOIN review r ON r.submission = s.seq
            WHERE r.seq = (SELECT max(l.seq) FROM review l WHERE l.submission = s.seq)
            AND s.review <> CASE r.decision WHEN 'returned' THEN 'hasIssues' ELSE r.decision END
            AND s.review <> 'edited'",
    ),
    (
        "submission that counts beside another one of the same household or commune",
        "SELECT max(seq) FROM submission
            WHERE counts = 1 AND (household IS NOT NULL OR commune IS NOT NULL)
            GROUP BY round, form, household, CASE WHEN household IS NULL THEN commune END
            HAVING count(*) > 1",
    ),
];

/// The same in a database that knows no erasing.
const BEFORE_ERASING: &[(&str, &str)] = &[(
    "event of the arrival of a submission that is not there",
    "SELECT e.seq FROM event e LEFT JOIN submission s ON s.seq = CAST(e.subject AS INTEGER)
        WHERE e.verb = 'submission.receive' AND s.seq IS NULL",
)];

/// The same in one that does: what was erased is gone, and its tombstone is there.
const ERASING: &[(&str, &str)] = &[
    (
        "event of the arrival of a submission that is neither there nor erased",
        "SELECT e.seq FROM event e LEFT JOIN submission s ON s.seq = CAST(e.subject AS INTEGER)
            LEFT JOIN erased_submission x ON x.seq = CAST(e.subject AS INTEGER)
            WHERE e.verb = 'submission.receive' AND s.seq IS NULL AND x.seq IS NULL",
    ),
    (
        "erased submission that is there",
        "SELECT x.seq FROM erased_submission x JOIN submission s ON s.seq = x.seq",
    ),
    (
        "erased household of which the roster says more than where it was: erasure",
        "SELECT e.seq FROM erasure e JOIN household h ON h.id = e.household
            WHERE h.erased_at IS NULL OR h.head <> '' OR h.members IS NOT NULL
                OR h.poverty IS NOT NULL OR h.lat IS NOT NULL OR h.lon IS NOT NULL",
    ),
    (
        "erased household without a tombstone: row",
        "SELECT h.rowid FROM household h LEFT JOIN erasure e ON e.household = h.id
            WHERE h.erased_at IS NOT NULL AND e.seq IS NULL",
    ),
    (
        "submission of an erased household: submission",
        "SELECT s.seq FROM submission s
            WHERE s.household IN (SELECT e.household FROM erasure e WHERE e.household IS NOT NULL)",
    ),
    (
        "erasure without its event",
        "WITH said AS MATERIALIZED (SELECT subject FROM event
            WHERE verb IN ('household.erase', 'round.erase'))
         SELECT e.seq FROM erasure e WHERE coalesce(e.household, e.round)
            NOT IN (SELECT subject FROM said)",
    ),
];

/// What contradicts itself, by number.
///
/// # Errors
/// What the store says.
pub fn contradictions(tx: &dyn Tx) -> Result<Vec<String>, StoreFault> {
    let mut found = Vec::new();
    let more = if erasures::there(tx)? { ERASING } else { BEFORE_ERASING };
    for (what, sql) in CONTRADICTIONS.iter().chain(more) {
        for row in tx.query(sql, &[])? {
            found.push(format!("{what}: {}", row.int(0)?));
        }
    }
    Ok(found)
}
