//! Villages, and which area contains which unit.

use super::tx::{Row, StoreFault, Tx};

/// A village, imported with its households.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Village {
    /// Unit id.
    pub id: String,
    /// Commune unit id it was imported under.
    pub commune: String,
    /// Code within the commune.
    pub code: String,
    /// Name.
    pub name: String,
    /// First day, when known.
    pub valid_from: Option<String>,
}

fn village(row: &Row) -> Result<Village, StoreFault> {
    Ok(Village {
        id: row.text(0)?,
        commune: row.text(1)?,
        code: row.text(2)?,
        name: row.text(3)?,
        valid_from: row.text_or_null(4)?,
    })
}

const VILLAGE: &str = "SELECT v.id, v.commune, v.code, v.name, v.valid_from FROM village v";

/// The village with this id.
///
/// # Errors
/// What the store says.
pub fn village_by_id(tx: &dyn Tx, id: &str) -> Result<Option<Village>, StoreFault> {
    let row = tx.first(&format!("{VILLAGE} WHERE v.id = $1"), &[id.into()])?;
    row.map(|row| village(&row)).transpose()
}

/// The villages in `actor`'s areas and within `area`, by id.
///
/// # Errors
/// What the store says.
pub fn villages(
    tx: &dyn Tx,
    actor: &str,
    area: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Village>, StoreFault> {
    let sql = format!(
        "{VILLAGE} WHERE v.id > $3
         AND EXISTS (SELECT 1 FROM unit_within w WHERE w.unit = v.id AND w.area = $2 AND w.merged = 0)
         AND EXISTS (SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
                     WHERE s.actor = $1 AND w.unit = v.id)
         ORDER BY v.id LIMIT $4"
    );
    let rows = tx.query(&sql, &[actor.into(), area.into(), after.into(), limit.into()])?;
    rows.iter().map(village).collect()
}

/// Adds a village, or renames it; true when it was new.
///
/// # Errors
/// What the store says.
pub fn put_village(tx: &dyn Tx, village: &Village) -> Result<bool, StoreFault> {
    let known = village_by_id(tx, &village.id)?.is_some();
    tx.execute(
        "INSERT INTO village (id, commune, code, name, valid_from) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        &[
            (&village.id).into(),
            (&village.commune).into(),
            (&village.code).into(),
            (&village.name).into(),
            village.valid_from.clone().into(),
        ],
    )?;
    if !known {
        tx.execute(
            "INSERT INTO unit_within (unit, area, merged)
             SELECT $1, w.area, w.merged FROM unit_within w WHERE w.unit = $2 UNION SELECT $1, $1, 0",
            &[(&village.id).into(), (&village.commune).into()],
        )?;
    }
    Ok(!known)
}

/// Says that `area` contains `unit`; `merged` when only because it was merged into what does.
///
/// # Errors
/// What the store says.
pub fn put_within(tx: &dyn Tx, unit: &str, area: &str, merged: bool) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO unit_within (unit, area, merged) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[unit.into(), area.into(), merged.into()],
    )?;
    Ok(())
}

/// True when every one of `units` lies in `actor`'s areas ('*' lies only in '*').
///
/// # Errors
/// What the store says.
pub fn covers(tx: &dyn Tx, actor: &str, units: &[String]) -> Result<bool, StoreFault> {
    for unit in units {
        let inside = tx.first(
            "SELECT 1 FROM area s WHERE s.actor = $1 AND (s.unit = $2 OR EXISTS (
                 SELECT 1 FROM unit_within w WHERE w.area = s.unit AND w.unit = $2))",
            &[actor.into(), unit.into()],
        )?;
        if inside.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The village ids inside any of `areas`.
///
/// # Errors
/// What the store says.
pub fn villages_in(tx: &dyn Tx, areas: &[String]) -> Result<Vec<Village>, StoreFault> {
    let mut found = Vec::new();
    for area in areas {
        let sql = format!(
            "{VILLAGE} JOIN unit_within w ON w.unit = v.id WHERE w.area = $1 AND w.merged = 0 ORDER BY v.id"
        );
        for row in tx.query(&sql, &[area.into()])? {
            found.push(village(&row)?);
        }
    }
    found.sort_by(|a: &Village, b| a.id.cmp(&b.id));
    found.dedup();
    Ok(found)
}

/// Empties the table of areas.
///
/// # Errors
/// What the store says.
pub fn clear_within(tx: &dyn Tx) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM unit_within", &[])?;
    Ok(())
}

/// An area `team:ID` is the communes the team has on a day. It lies in every area that contains all of
/// these; that of a team without communes lies in '*' only.
///
/// # Errors
/// What the store says.
pub fn put_teams_within(tx: &dyn Tx, today: &str) -> Result<(), StoreFault> {
    tx.execute("DELETE FROM unit_within WHERE area LIKE 'team:%' OR unit LIKE 'team:%'", &[])?;
    tx.execute(
        "INSERT INTO unit_within (unit, area, merged)
         SELECT w.unit, 'team:' || a.team, min(w.merged)
         FROM assignment a JOIN unit_within w ON w.area = a.commune
         WHERE a.valid_from <= $1 AND (a.valid_to IS NULL OR a.valid_to >= $1)
         GROUP BY w.unit, a.team",
        &[today.into()],
    )?;
    tx.execute(
        "INSERT INTO unit_within (unit, area, merged)
         SELECT 'team:' || a.team, w.area, 0
         FROM assignment a JOIN unit_within w ON w.unit = a.commune
         WHERE a.valid_from <= $1 AND (a.valid_to IS NULL OR a.valid_to >= $1)
             AND w.area NOT LIKE 'team:%'
         GROUP BY a.team, w.area
         HAVING count(DISTINCT a.commune) = (SELECT count(DISTINCT b.commune) FROM assignment b
             WHERE b.team = a.team AND b.valid_from <= $1
                 AND (b.valid_to IS NULL OR b.valid_to >= $1))",
        &[today.into()],
    )?;
    tx.execute(
        "INSERT INTO unit_within (unit, area, merged)
         SELECT 'team:' || t.id, '*', 0 FROM team t WHERE true ON CONFLICT DO NOTHING",
        &[],
    )?;
    Ok(())
}

/// Villages lie where their communes lie.
///
/// # Errors
/// What the store says.
pub fn put_villages_within(tx: &dyn Tx) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO unit_within (unit, area, merged)
         SELECT v.id, w.area, w.merged FROM village v JOIN unit_within w ON w.unit = v.commune
         UNION SELECT v.id, v.id, 0 FROM village v",
        &[],
    )?;
    Ok(())
}
