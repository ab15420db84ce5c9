//! Visits of helper teams to communes, and their photos.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ntm_shared::api::visit::{NewVisit, VisitPhoto};

use super::tx::{Row, StoreFault, Tx};
use crate::blobs::Stored as Blob;

/// A visit as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The order in which it was written down.
    pub seq: i64,
    /// What was said, the commune as a unit id and the team named; without its photos.
    pub said: NewVisit,
    /// Its photos.
    pub photos: Vec<VisitPhoto>,
    /// Who wrote it down.
    pub actor: String,
    /// When.
    pub at: String,
}

/// Which rows of a list of what teams did are meant.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// Who reads.
    pub actor: String,
    /// The area asked for.
    pub area: String,
    /// The team; any where empty.
    pub team: String,
    /// Newer than this is on the pages before.
    pub before: i64,
    /// How many.
    pub limit: i64,
}

/// Rows of `table` that a reader (`$1`) sees, in an area (`$2`) and of a team (`$3`): what lies in the
/// reader's areas, and what the reader's own team wrote.
pub(super) fn seen(table: &str) -> String {
    format!(
        "(EXISTS (SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
              WHERE s.actor = $1 AND w.unit = {table}.commune)
          OR EXISTS (SELECT 1 FROM area s WHERE s.actor = $1 AND s.unit = 'team:' || {table}.team))
         AND EXISTS (SELECT 1 FROM unit_within w WHERE w.unit = {table}.commune AND w.area = $2)
         AND ($3 = '' OR {table}.team = $3)"
    )
}

pub(super) fn day(row: &Row, i: usize) -> Result<Date, StoreFault> {
    row.text(i)?.parse().map_err(|_| StoreFault::Unreadable("a day".into()))
}

const VISIT: &str = "SELECT visit.seq, visit.id, visit.commune, visit.team, visit.day,
    visit.criteria_met, visit.open_criteria, visit.plan, visit.actor, visit.at FROM visit";

fn stored(tx: &dyn Tx, row: &Row) -> Result<Stored, StoreFault> {
    let id = row.text(1)?;
    let met = row.int_or_null(5)?.map(u8::try_from).transpose();
    let photos = tx.query(
        "SELECT p.sha256, b.sha256 IS NOT NULL FROM (
             SELECT sha256 FROM visit_photo WHERE visit = $1
             UNION SELECT f.sha256 FROM visit v
                 JOIN attachment_file f ON f.submission = v.submission AND f.current = 1
                 WHERE v.id = $1
         ) p LEFT JOIN blob b ON b.sha256 = p.sha256 ORDER BY p.sha256",
        &[(&id).into()],
    )?;
    let photos = photos
        .iter()
        .map(|row| Ok(VisitPhoto { sha256: row.text(0)?, received: row.truth(1)? }))
        .collect::<Result<Vec<_>, StoreFault>>()?;
    let said = NewVisit {
        id,
        commune: row.text(2)?,
        team: Some(row.text(3)?),
        day: day(row, 4)?,
        criteria_met: met.map_err(|_| StoreFault::Unreadable("criteria met".into()))?,
        open_criteria: row.json(6)?,
        plan: row.text(7)?,
        photos: photos.iter().map(|photo| photo.sha256.clone()).collect(),
    };
    Ok(Stored { seq: row.int(0)?, said, photos, actor: row.text(8)?, at: row.text(9)? })
}

/// The visit with this id.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Stored>, StoreFault> {
    let row = tx.first(&format!("{VISIT} WHERE visit.id = $1"), &[id.into()])?;
    row.map(|row| stored(tx, &row)).transpose()
}

/// The visit with this id, if `actor` sees it.
///
/// # Errors
/// What the store says.
pub fn visible(tx: &dyn Tx, actor: &str, id: &str) -> Result<Option<Stored>, StoreFault> {
    let sql = format!("{VISIT} WHERE {} AND visit.id = $4", seen("visit"));
    let row = tx.first(&sql, &[actor.into(), "*".into(), "".into(), id.into()])?;
    row.map(|row| stored(tx, &row)).transpose()
}

/// Visits, those written down last first.
///
/// # Errors
/// What the store says.
pub fn list(tx: &dyn Tx, which: &Which) -> Result<Vec<Stored>, StoreFault> {
    let sql = format!(
        "{VISIT} WHERE {} AND visit.seq < $4 ORDER BY visit.seq DESC LIMIT $5",
        seen("visit")
    );
    tx.query(&sql, &which.values())?.iter().map(|row| stored(tx, row)).collect()
}

impl Which {
    pub(super) fn values(&self) -> [super::tx::Value; 5] {
        let Which { actor, area, team, before, limit } = self;
        [actor.into(), area.into(), team.into(), (*before).into(), (*limit).into()]
    }
}

/// Writes a visit down.
///
/// # Errors
/// What the store says.
pub fn insert(tx: &dyn Tx, new: &NewVisit, actor: &str, at: &str) -> Result<(), StoreFault> {
    let open: Vec<u16> = new.open_criteria.iter().copied().collect();
    let open = serde_json::to_string(&open).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    tx.execute(
        "INSERT INTO visit (seq, id, commune, team, day, criteria_met, open_criteria, plan, actor, at)
         VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM visit), $1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            (&new.id).into(),
            (&new.commune).into(),
            new.team.clone().into(),
            new.day.to_string().into(),
            new.criteria_met.map(i64::from).into(),
            open.into(),
            (&new.plan).into(),
            actor.into(),
            at.into(),
        ],
    )?;
    for photo in &new.photos {
        tx.execute(
            "INSERT INTO visit_photo (visit, sha256) VALUES ($1, $2)",
            &[(&new.id).into(), photo.into()],
        )?;
    }
    Ok(())
}

/// Says that the bytes of a photo are there; false when they were before.
///
/// # Errors
/// What the store says.
pub fn received(tx: &dyn Tx, blob: &Blob) -> Result<bool, StoreFault> {
    let sql = "INSERT INTO blob (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, &[(&blob.sha256).into(), blob.bytes.into()])? > 0)
}

/// A team's last visit to a commune up to a day: the day, and the name of who wrote it down.
///
/// # Errors
/// What the store says.
pub fn last_of(
    tx: &dyn Tx,
    (team, commune): (&str, &str),
    until: Date,
) -> Result<Option<(Date, String)>, StoreFault> {
    let sql = "SELECT v.day, coalesce(c.name, u.name, '') FROM visit v
        LEFT JOIN collector c ON c.id = v.actor LEFT JOIN user u ON u.id = v.actor
        WHERE v.commune = $1 AND v.team = $2 AND v.day <= $3 ORDER BY v.day DESC, v.seq DESC LIMIT 1";
    let row = tx.first(sql, &[commune.into(), team.into(), until.to_string().into()])?;
    row.map(|row| Ok((day(&row, 0)?, row.text(1)?))).transpose()
}

/// The last day on which each team was in each commune, up to a day: by (team, commune).
///
/// # Errors
/// What the store says.
pub fn last(tx: &dyn Tx, until: Date) -> Result<BTreeMap<(String, String), Date>, StoreFault> {
    let sql = "SELECT team, commune, max(day) FROM visit WHERE day <= $1 GROUP BY team, commune";
    let rows = tx.query(sql, &[until.to_string().into()])?;
    rows.iter().map(|row| Ok(((row.text(0)?, row.text(1)?), day(row, 2)?))).collect()
}
