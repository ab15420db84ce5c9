//! The frozen frame of a round.

use std::collections::BTreeMap;

use ntm_shared::geo::Place;

use super::draws::{is_drawn, modules_of};
use super::households::{self, COLUMNS, Household, Named};
use super::tx::{Row, StoreFault, Tx};

/// Freezes the frame: every roster household of these villages.
///
/// # Errors
/// What the store says.
pub fn freeze(tx: &dyn Tx, round: &str, villages: &[String]) -> Result<u64, StoreFault> {
    let mut households = 0;
    for village in villages {
        households += tx.execute(
            "INSERT INTO frame (round, household, village, commune)
             SELECT $1, h.id, h.village, h.commune FROM household h
             WHERE h.village = $2 AND h.erased_at IS NULL",
            &[round.into(), village.into()],
        )?;
    }
    Ok(households)
}

/// True when the frame has households of this village.
///
/// # Errors
/// What the store says.
pub fn reaches(tx: &dyn Tx, round: &str, village: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM frame WHERE round = $1 AND village = $2 LIMIT 1";
    Ok(tx.first(sql, &[round.into(), village.into()])?.is_some())
}

/// A household enters the frame.
///
/// # Errors
/// What the store says.
pub fn enter(tx: &dyn Tx, round: &str, household: &Household) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO frame (round, household, village, commune) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &[
            round.into(),
            (&household.id).into(),
            (&household.village).into(),
            (&household.commune).into(),
        ],
    )?;
    Ok(())
}

/// A village of a frame.
#[derive(Clone, Debug)]
pub struct FrameVillage {
    /// Village unit id.
    pub id: String,
    /// Commune unit id.
    pub commune: String,
    /// Village name.
    pub name: String,
    /// Village code.
    pub code: String,
    /// Households in the frame (N_h).
    pub households: u64,
    /// Households that were erased since the frame was frozen.
    pub erased: u64,
}

/// The villages of a round's frame in `actor`'s areas and within `area`, by id.
///
/// # Errors
/// What the store says.
pub fn villages(
    tx: &dyn Tx,
    actor: &str,
    area: &str,
    round: &str,
) -> Result<Vec<FrameVillage>, StoreFault> {
    let sql = format!(
        "SELECT v.id, v.commune, v.name, v.code,
             (SELECT count(*) FROM frame f WHERE f.round = $3 AND f.village = v.id)
         FROM village v WHERE {} AND EXISTS (
             SELECT 1 FROM frame f WHERE f.round = $3 AND f.village = v.id) ORDER BY v.id",
        super::households::IN_SCOPE
    );
    let rows = tx.query(&sql, &[actor.into(), area.into(), round.into()])?;
    let erased = erased(tx, round)?;
    rows.iter().map(|row| frame_village(row, row.count(4)?, &erased)).collect()
}

/// Households in the frame of a round by village, those erased since included. It looks at every entry
/// of the frame, and is good until reference data change.
///
/// # Errors
/// What the store says.
pub fn sizes(tx: &dyn Tx, round: &str) -> Result<BTreeMap<String, u64>, StoreFault> {
    let sql = "SELECT village, count(*) FROM frame WHERE round = $1 GROUP BY village";
    tx.query(sql, &[round.into()])?.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}

/// The same as [`villages`] where the frame's sizes are known: takes as long as there are villages,
/// however many households they have.
///
/// # Errors
/// What the store says.
pub fn sized_villages(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    round: &str,
    sizes: &BTreeMap<String, u64>,
) -> Result<Vec<FrameVillage>, StoreFault> {
    // From a small area's own villages; those of everywhere are all there are.
    let from = match area {
        "*" => "village v",
        _ => "unit_within a CROSS JOIN village v ON a.area = $2 AND v.id = a.unit",
    };
    let sql = format!(
        "SELECT v.id, v.commune, v.name, v.code FROM {from} WHERE {} ORDER BY v.id",
        super::households::IN_SCOPE
    );
    let rows = tx.query(&sql, &[actor.into(), area.into()])?;
    let erased = erased(tx, round)?;
    let mut found = Vec::new();
    for row in &rows {
        if let Some(households) = sizes.get(&row.text(0)?) {
            found.push(frame_village(row, *households, &erased)?);
        }
    }
    Ok(found)
}

fn frame_village(
    row: &Row,
    households: u64,
    erased: &BTreeMap<String, u64>,
) -> Result<FrameVillage, StoreFault> {
    let id = row.text(0)?;
    Ok(FrameVillage {
        commune: row.text(1)?,
        name: row.text(2)?,
        code: row.text(3)?,
        households,
        erased: erased.get(&id).copied().unwrap_or(0),
        id,
    })
}

/// Where the villages of a frame are, those whose households have positions: the mean of these.
///
/// # Errors
/// What the store says.
pub fn places(tx: &dyn Tx, round: &str) -> Result<BTreeMap<String, Place>, StoreFault> {
    let sql = "SELECT f.village, avg(h.lat), avg(h.lon) FROM frame f JOIN household h ON h.id = f.household
        WHERE f.round = $1 AND h.lat IS NOT NULL AND h.lon IS NOT NULL GROUP BY f.village";
    let rows = tx.query(sql, &[round.into()])?;
    let place = |row: &Row| {
        let both = row.real_or_null(1)?.zip(row.real_or_null(2)?);
        Ok(both.map(|(lat, lon)| (row.text(0), Place { lat, lon })))
    };
    let found: Vec<_> = rows.iter().map(place).collect::<Result<_, StoreFault>>()?;
    found.into_iter().flatten().map(|(id, place)| Ok((id?, place))).collect()
}

/// By village of the frame, its households that were erased: few, whatever the frame's size.
fn erased(tx: &dyn Tx, round: &str) -> Result<BTreeMap<String, u64>, StoreFault> {
    let sql = "SELECT f.village, count(*)
        FROM household h CROSS JOIN frame f ON f.round = $1 AND f.household = h.id
        WHERE h.erased_at IS NOT NULL GROUP BY f.village";
    tx.query(sql, &[round.into()])?.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}

/// Frame households of a village with code and head, by id, those left out that were erased: nobody
/// may draw them.
///
/// # Errors
/// What the store says.
pub fn households(
    tx: &dyn Tx,
    round: &str,
    village: &str,
) -> Result<Vec<(String, String, String)>, StoreFault> {
    let sql = "SELECT h.id, h.code, h.head FROM frame f JOIN household h ON h.id = f.household
               WHERE f.round = $1 AND f.village = $2 AND h.erased_at IS NULL ORDER BY h.id";
    let rows = tx.query(sql, &[round.into(), village.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.text(2)?))).collect()
}

/// A household as a submission of a round about it is placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// The household and its village's name.
    pub named: Named,
    /// Whether it is in the round's frame.
    pub framed: bool,
    /// The modules in whose sample (not reserve) it is.
    pub modules: Vec<String>,
}

/// A household for a round, and those that follow it on its village's list: what a collector who goes
/// from door to door sends next. Nothing when it is not on the roster.
///
/// # Errors
/// What the store says.
pub fn homes_from(
    tx: &dyn Tx,
    round: &str,
    household: &str,
    limit: i64,
) -> Result<Vec<Home>, StoreFault> {
    let sql = format!(
        "SELECT {COLUMNS},
             EXISTS (SELECT 1 FROM frame f WHERE f.round = $2 AND f.household = h.id)
         FROM household a JOIN household h ON h.village = a.village AND h.id >= a.id
         JOIN village v ON v.id = h.village
         WHERE a.id = $1 AND a.erased_at IS NULL AND h.erased_at IS NULL ORDER BY h.id LIMIT $3"
    );
    let drawn = is_drawn(tx, round)?;
    let rows = tx.query(&sql, &[household.into(), round.into(), limit.into()])?;
    rows.iter()
        .map(|row| {
            let named = households::household(row)?;
            let modules = if drawn { modules_of(tx, round, &named.0.id)? } else { Vec::new() };
            Ok(Home { named, framed: row.truth(11)?, modules })
        })
        .collect()
}

/// A roster line for a phone: the household, its round and the modules it was drawn for.
pub struct PhoneRow {
    /// Newest open round whose frame has the household.
    pub round: String,
    /// The household.
    pub household: Named,
    /// Modules in whose sample it is.
    pub modules: Vec<String>,
}

/// The households of open rounds in a collector's areas, by id; of two open rounds the one opened
/// last.
///
/// # Errors
/// What the store says.
pub fn for_phone(tx: &dyn Tx, collector: &str) -> Result<Vec<PhoneRow>, StoreFault> {
    const AREAS: &str =
        "(SELECT w.unit FROM area s JOIN unit_within w ON w.area = s.unit WHERE s.actor = $1)";
    let drawn = format!(
        "SELECT d.household, d.round, d.module
         FROM round r CROSS JOIN draw e CROSS JOIN drawn d
         WHERE r.state = 'open' AND e.round = r.id AND d.round = e.round AND d.module = e.module
             AND d.village IN {AREAS} AND d.reserve = 0"
    );
    let mut modules: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in tx.query(&drawn, &[collector.into()])? {
        modules.entry((row.text(0)?, row.text(1)?)).or_default().push(row.text(2)?);
    }
    let sql = format!(
        "SELECT {COLUMNS}, f.round, r.seq
         FROM round r CROSS JOIN frame f JOIN household h ON h.id = f.household
             JOIN village v ON v.id = h.village
         WHERE r.state = 'open' AND f.round = r.id AND f.village IN {AREAS}
             AND h.erased_at IS NULL"
    );
    let mut found = Vec::new();
    for row in tx.query(&sql, &[collector.into()])? {
        let (household, round) = (households::household(&row)?, row.text(11)?);
        let modules = modules.remove(&(household.0.id.clone(), round.clone())).unwrap_or_default();
        found.push((row.int(12)?, PhoneRow { round, household, modules }));
    }
    found.sort_by(|(a, one), (b, other)| {
        one.household.0.id.cmp(&other.household.0.id).then(b.cmp(a))
    });
    found.dedup_by(|(_, later), (_, first)| later.household.0.id == first.household.0.id);
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

/// Persons the roster lists in the frame households of a village, and in those of them without a
/// completed interview that counts; `None` where the roster does not say for each.
///
/// # Errors
/// What the store says.
pub fn persons(
    tx: &dyn Tx,
    round: &str,
    form: &str,
    village: &str,
) -> Result<(Option<u64>, Option<u64>), StoreFault> {
    let members = households::MEMBERS_AT_MOST.as_str();
    let sql = format!(
        "SELECT CASE WHEN count(m) = count(*) THEN coalesce(sum(m), 0) END,
             CASE WHEN sum(seq IS NULL AND m IS NULL) > 0 THEN NULL
                 ELSE coalesce(sum(CASE WHEN seq IS NULL THEN m END), 0) END
         FROM (SELECT {members} AS m, s.seq AS seq
             FROM frame f JOIN household h ON h.id = f.household
             LEFT JOIN submission s ON s.round = $1 AND s.form = $2 AND s.village = $3
                 AND s.household = f.household AND s.counts = 1 AND s.outcome = 'completed'
             WHERE f.round = $1 AND f.village = $3)"
    );
    let row = tx.first(&sql, &[round.into(), form.into(), village.into()])?;
    row.map_or(Ok((Some(0), Some(0))), |row| Ok((row.count_or_null(0)?, row.count_or_null(1)?)))
}
