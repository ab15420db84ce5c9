//! The roster.

use std::sync::LazyLock;

use ntm_shared::geo::Place;
use ntm_shared::household::MAX_MEMBERS;

use super::submissions::waits;
use super::tx::{Row, StoreFault, Tx};

/// A household of the roster.
#[derive(Clone, Debug, PartialEq)]
pub struct Household {
    /// Own id.
    pub id: String,
    /// Village unit id.
    pub village: String,
    /// Commune unit id.
    pub commune: String,
    /// Code within the village's list.
    pub code: String,
    /// Name of the head (personal data).
    pub head: String,
    /// Persons on the roster.
    pub members: Option<u64>,
    /// Official status on the roster.
    pub poverty: Option<String>,
    /// Latitude in degrees.
    pub lat: Option<f64>,
    /// Longitude in degrees.
    pub lon: Option<f64>,
    /// How often its roster entry has changed, from 1.
    pub revision: u64,
}

impl Household {
    /// Where it is, if the roster says.
    pub fn place(&self) -> Option<Place> {
        self.lat.zip(self.lon).map(|(lat, lon)| Place { lat, lon })
    }
}

/// A household with its village's name.
pub type Named = (Household, String);

pub(super) const COLUMNS: &str = "h.id, h.village, h.commune, h.code, h.head, h.members,
    h.poverty, h.lat, h.lon, v.name, h.revision";

/// Whether the village `v` is in the scope of the actor bound to `$1` and in the area bound to `$2`.
pub(super) const IN_SCOPE: &str =
    "EXISTS (SELECT 1 FROM unit_within w WHERE w.unit = v.id AND w.area = $2 AND w.merged = 0)
    AND EXISTS (SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
                WHERE s.actor = $1 AND w.unit = v.id)";

/// Where a page begins: after this village and household. Households are listed village by village,
/// so that a page takes as long as it has rows, however many there are elsewhere.
#[derive(Clone, Debug, Default)]
pub struct After {
    village: String,
    household: String,
}

impl After {
    /// From the key of the last row of the page before; blank for the first page.
    pub fn read(key: &str) -> After {
        // Codes of villages have no such sign.
        let (village, household) = key.split_once('/').unwrap_or((key, ""));
        After { village: village.to_owned(), household: household.to_owned() }
    }

    /// The key of a row.
    pub fn key(village: &str, household: &str) -> String {
        format!("{village}/{household}")
    }
}

pub(super) fn household(row: &Row) -> Result<Named, StoreFault> {
    let household = Household {
        id: row.text(0)?,
        village: row.text(1)?,
        commune: row.text(2)?,
        code: row.text(3)?,
        head: row.text(4)?,
        members: row.count_or_null(5)?,
        poverty: row.text_or_null(6)?,
        lat: row.real_or_null(7)?,
        lon: row.real_or_null(8)?,
        revision: row.count(10)?,
    };
    Ok((household, row.text(9)?))
}

/// Persons of household `h`, or the most there can have been in one that was erased: what bounds the
/// unknown must not become unknown itself because one household asked to be forgotten.
pub(super) static MEMBERS_AT_MOST: LazyLock<String> = LazyLock::new(|| {
    format!("CASE WHEN h.erased_at IS NULL THEN h.members ELSE {MAX_MEMBERS} END")
});

/// The household with this id; one that was erased is not there.
///
/// # Errors
/// What the store says.
pub fn by_id(tx: &dyn Tx, id: &str) -> Result<Option<Named>, StoreFault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM household h JOIN village v ON v.id = h.village
         WHERE h.id = $1 AND h.erased_at IS NULL"
    );
    let row = tx.first(&sql, &[id.into()])?;
    row.map(|row| household(&row)).transpose()
}

/// Village and commune of a household, erased or not.
///
/// # Errors
/// What the store says.
pub fn place(tx: &dyn Tx, id: &str) -> Result<Option<(String, String)>, StoreFault> {
    let row = tx.first("SELECT village, commune FROM household WHERE id = $1", &[id.into()])?;
    row.map(|row| Ok((row.text(0)?, row.text(1)?))).transpose()
}

/// True when the village has a household with this code.
///
/// # Errors
/// What the store says.
pub fn has_code(tx: &dyn Tx, village: &str, code: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM household WHERE village = $1 AND code = $2";
    Ok(tx.first(sql, &[village.into(), code.into()])?.is_some())
}

/// A page of the households in `actor`'s areas and within `area`, by village and id.
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    actor: &str,
    area: &str,
    after: &After,
    limit: i64,
) -> Result<Vec<Named>, StoreFault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM household h JOIN village v ON v.id = h.village
         WHERE h.village = $1 AND h.id > $2 AND h.erased_at IS NULL ORDER BY h.id LIMIT $3"
    );
    page(tx, (actor, area), after, limit, |village, after, left| {
        let rows = tx.query(&sql, &[village.into(), after.into(), left.into()])?;
        rows.iter().map(household).collect()
    })
}

/// A page of the households of a round's frame, in `actor`'s areas and within `area`, without a
/// completed interview that counts or, where only what is approved counts, waits for that; with the
/// outcome of the attempt that counts, if any.
///
/// # Errors
/// What the store says.
pub fn missing(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    round: &str,
    form: &str,
    after: &After,
    limit: i64,
) -> Result<Vec<(Named, Option<String>)>, StoreFault> {
    let sql = format!(
        "SELECT {COLUMNS}, s.outcome
         FROM frame f JOIN household h ON h.id = f.household JOIN village v ON v.id = f.village
         LEFT JOIN submission s ON s.round = $1 AND s.form = $2 AND s.village = $3
             AND s.household = f.household AND s.counts = 1
         WHERE f.round = $1 AND f.village = $3 AND f.household > $4 AND h.erased_at IS NULL
             AND (s.outcome IS NULL OR s.outcome <> 'completed')
             AND NOT EXISTS (SELECT 1 FROM round r WHERE r.id = $1 AND r.spec ->> 'approved_only'
                 AND EXISTS (SELECT 1 FROM submission s WHERE s.round = $1 AND s.form = $2
                     AND s.village = $3 AND s.household = f.household AND {}))
         ORDER BY f.household LIMIT $5",
        waits()
    );
    page(tx, (actor, area), after, limit, |village, after, left| {
        let values = [round.into(), form.into(), village.into(), after.into(), left.into()];
        let rows = tx.query(&sql, &values)?;
        rows.iter().map(|row| Ok((household(row)?, row.text_or_null(11)?))).collect()
    })
}

/// A page of the households of a round whose interview counts, in `actor`'s areas and within `area`,
/// those for which `wanted` finds something in what the criteria set read from it.
///
/// # Errors
/// What the store says.
pub fn read_as<T>(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    (round, form): (&str, &str),
    after: &After,
    limit: i64,
    wanted: impl Fn(&str) -> Option<T>,
) -> Result<Vec<(Named, T)>, StoreFault> {
    let sql = format!(
        "SELECT {COLUMNS}, s.reading
         FROM submission s JOIN household h ON h.id = s.household JOIN village v ON v.id = s.village
         WHERE s.round = $1 AND s.form = $2 AND s.village = $3 AND s.household > $4
             AND s.counts = 1 AND s.outcome = 'completed' AND s.reading IS NOT NULL
             AND h.erased_at IS NULL
         ORDER BY s.household"
    );
    page(tx, (actor, area), after, limit, |village, after, left| {
        let rows = tx.query(&sql, &[round.into(), form.into(), village.into(), after.into()])?;
        let mut found = Vec::new();
        for row in &rows {
            if found.len() as i64 >= left {
                break;
            }
            if let Some(wanted) = wanted(&row.text(11)?) {
                found.push((household(row)?, wanted));
            }
        }
        Ok(found)
    })
}

/// Villages looked up at a time.
const VILLAGES: i64 = 64;

/// A page, village by village from where the one before ended, until it is full: `of` gives the
/// rows of a village after a household, at most so many.
pub(super) fn page<T>(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    after: &After,
    limit: i64,
    of: impl Fn(&str, &str, i64) -> Result<Vec<T>, StoreFault>,
) -> Result<Vec<T>, StoreFault> {
    let villages = |which: &str, from: &str| -> Result<Vec<String>, StoreFault> {
        let sql = format!(
            "SELECT v.id FROM village v WHERE v.id {which} $3 AND {IN_SCOPE} ORDER BY v.id LIMIT $4"
        );
        let values = [actor.into(), area.into(), from.into(), VILLAGES.into()];
        tx.query(&sql, &values)?.iter().map(|row| row.text(0)).collect()
    };
    let mut rows = Vec::new();
    let mut batch = villages("=", &after.village)?;
    let mut from = after.village.clone();
    let mut household = after.household.as_str();
    loop {
        for village in &batch {
            rows.extend(of(village, household, limit - rows.len() as i64)?);
            household = "";
            if rows.len() as i64 >= limit {
                return Ok(rows);
            }
        }
        household = "";
        batch = villages(">", &from)?;
        let Some(last) = batch.last() else { return Ok(rows) };
        from.clone_from(last);
    }
}

/// Adds a household or changes its details, counting revisions: (new, changed).
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, household: Household) -> Result<(bool, bool), StoreFault> {
    let known = by_id(tx, &household.id)?.map(|(known, _)| known);
    let revision = known.as_ref().map_or(1, |known| known.revision);
    let household = Household { revision, ..household };
    if known.as_ref() == Some(&household) {
        return Ok((false, false));
    }
    // What was erased does not come back, whoever brings it.
    if known.is_none() && super::erasures::is_erased(tx, &household.id)? {
        return Ok((false, false));
    }
    tx.execute(
        "INSERT INTO household (id, village, commune, code, head, members, poverty, lat, lon, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
         ON CONFLICT (id) DO UPDATE SET head = excluded.head, members = excluded.members,
             poverty = excluded.poverty, lat = excluded.lat, lon = excluded.lon,
             revision = household.revision + 1
         WHERE household.erased_at IS NULL",
        &[
            household.id.into(),
            household.village.into(),
            household.commune.into(),
            household.code.into(),
            household.head.into(),
            household.members.into(),
            household.poverty.into(),
            household.lat.into(),
            household.lon.into(),
        ],
    )?;
    Ok((known.is_none(), known.is_some()))
}
