//! Survey rounds.

use jiff::civil::Date;
use ntm_shared::api::round::{NewRound, Round};

use super::tx::{Row, StoreFault, Tx};

const ROUND: &str = "SELECT r.spec, r.state,
    (SELECT count(*) FROM frame f WHERE f.round = r.id), r.keep_until, r.erased_at FROM round r";

fn round(row: &Row) -> Result<Round, StoreFault> {
    let keep_until = row.text_or_null(3)?.map(|day| day.parse()).transpose();
    Ok(Round {
        spec: row.json(0)?,
        state: row.text(1)?,
        frame: row.count(2)?,
        keep_until: keep_until.map_err(|_| StoreFault::Unreadable("round.keep_until".into()))?,
        erased_at: row.text_or_null(4)?,
    })
}

/// The round with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Round>, StoreFault> {
    tx.first(&format!("{ROUND} WHERE r.id = $1"), &[id.into()])?.map(|row| round(&row)).transpose()
}

/// What a round is about, and `open` or `closed`: without its frame's size, which takes a count.
///
/// # Errors
/// What the store says.
pub fn spec(tx: &dyn Tx, id: &str) -> Result<Option<(NewRound, String)>, StoreFault> {
    let row = tx.first("SELECT spec, state FROM round WHERE id = $1", &[id.into()])?;
    row.map(|row| Ok((row.json(0)?, row.text(1)?))).transpose()
}

/// What the open rounds are about, newest first.
///
/// # Errors
/// What the store says.
pub fn open(tx: &dyn Tx) -> Result<Vec<NewRound>, StoreFault> {
    let sql = "SELECT spec FROM round WHERE state = 'open' ORDER BY seq DESC";
    tx.query(sql, &[])?.iter().map(|row| row.json(0)).collect()
}

/// What the rounds with a criteria set are about that began before `day`, the latest first.
///
/// # Errors
/// What the store says.
pub fn before(tx: &dyn Tx, set: &str, day: Date) -> Result<Vec<NewRound>, StoreFault> {
    let rows = tx.query("SELECT spec FROM round ORDER BY seq DESC", &[])?;
    let mut specs = Vec::new();
    for row in &rows {
        let spec: NewRound = row.json(0)?;
        if spec.criteria_set == set && spec.starts < day {
            specs.push(spec);
        }
    }
    specs.sort_by_key(|spec| std::cmp::Reverse(spec.starts));
    Ok(specs)
}

/// Every round, newest first.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx) -> Result<Vec<Round>, StoreFault> {
    // A backup of an older program knows no retention.
    if !super::erasures::there(tx)? {
        let older = ROUND.replace("r.keep_until, r.erased_at", "NULL, NULL");
        return tx.query(&format!("{older} ORDER BY r.seq DESC"), &[])?.iter().map(round).collect();
    }
    tx.query(&format!("{ROUND} ORDER BY r.seq DESC"), &[])?.iter().map(round).collect()
}

/// The last rounds whose frame reaches into an area and that were not erased: those that are open
/// first, the newest first. Their frames are not counted: the size is 0.
///
/// # Errors
/// What the store says.
pub fn reaching(tx: &dyn Tx, area: &str, most: i64) -> Result<Vec<Round>, StoreFault> {
    let uncounted = ROUND.replace("(SELECT count(*) FROM frame f WHERE f.round = r.id)", "0");
    let sql = format!(
        "{uncounted} WHERE r.erased_at IS NULL AND EXISTS (SELECT 1 FROM frame f WHERE f.round = r.id
             AND f.village IN (SELECT w.unit FROM unit_within w WHERE w.area = $1))
         ORDER BY r.state = 'open' DESC, r.seq DESC LIMIT $2"
    );
    tx.query(&sql, &[area.into(), most.into()])?.iter().map(round).collect()
}

/// Adds an open round.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, spec: &NewRound) -> Result<(), StoreFault> {
    let json = serde_json::to_string(spec).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO round (id, spec, state, seq)
         VALUES ($1, $2, 'open', (SELECT coalesce(max(seq), 0) + 1 FROM round))",
        &[(&spec.id).into(), json.into()],
    )?;
    Ok(())
}

/// Closes a round; true when it was open.
///
/// # Errors
/// What the store says.
pub fn close(tx: &dyn Tx, id: &str) -> Result<bool, StoreFault> {
    let sql = "UPDATE round SET state = 'closed' WHERE id = $1 AND state = 'open'";
    Ok(tx.execute(sql, &[id.into()])? > 0)
}

/// Ids of the forms a collector's phone is given: those of open rounds whose frame reaches into its
/// areas.
///
/// # Errors
/// What the store says.
pub fn forms_for(
    tx: &dyn Tx,
    collector: &str,
) -> Result<std::collections::BTreeSet<String>, StoreFault> {
    Ok(for_phone(tx, collector)?.into_iter().flat_map(|round| round.forms).collect())
}

/// The open rounds whose frame reaches into a collector's areas, newest first.
///
/// # Errors
/// What the store says.
pub fn for_phone(tx: &dyn Tx, collector: &str) -> Result<Vec<NewRound>, StoreFault> {
    let sql = "SELECT r.spec FROM round r WHERE r.state = 'open' AND EXISTS (
        SELECT 1 FROM frame f WHERE f.round = r.id AND f.village IN (
            SELECT w.unit FROM area s JOIN unit_within w ON w.area = s.unit WHERE s.actor = $1))
        ORDER BY r.seq DESC";
    tx.query(sql, &[collector.into()])?.iter().map(|row| row.json(0)).collect()
}
