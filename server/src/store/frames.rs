//! The frozen frame of a round and the samples drawn from it.

use std::collections::BTreeMap;

use super::households::{self, COLUMNS, Household, Named};
use super::tx::{StoreFault, Tx};

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

/// True when any sample was drawn from the frame.
///
/// # Errors
/// What the store says.
pub fn is_drawn(tx: &dyn Tx, round: &str) -> Result<bool, StoreFault> {
    Ok(tx.first("SELECT 1 FROM draw WHERE round = $1", &[round.into()])?.is_some())
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
    rows.iter()
        .map(|row| {
            let id = row.text(0)?;
            Ok(FrameVillage {
                commune: row.text(1)?,
                name: row.text(2)?,
                code: row.text(3)?,
                households: row.count(4)?,
                erased: erased.get(&id).copied().unwrap_or(0),
                id,
            })
        })
        .collect()
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

/// The seed a module was drawn with.
///
/// # Errors
/// What the store says.
pub fn seed(tx: &dyn Tx, round: &str, module: &str) -> Result<Option<u64>, StoreFault> {
    let sql = "SELECT seed FROM draw WHERE round = $1 AND module = $2";
    let Some(row) = tx.first(sql, &[round.into(), module.into()])? else { return Ok(None) };
    row.text(0)?.parse().map(Some).map_err(|_| StoreFault::Unreadable("draw.seed".into()))
}

/// Records a draw's seed.
///
/// # Errors
/// What the store says.
pub fn record_draw(tx: &dyn Tx, round: &str, module: &str, seed: u64) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO draw (round, module, seed) VALUES ($1, $2, $3)",
        &[round.into(), module.into(), seed.to_string().into()],
    )?;
    Ok(())
}

/// Records one household of a draw.
///
/// # Errors
/// What the store says.
pub fn record_drawn(
    tx: &dyn Tx,
    round: &str,
    module: &str,
    (household, village): (&str, &str),
    position: u32,
    reserve: bool,
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO drawn (round, module, household, village, position, reserve)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            round.into(),
            module.into(),
            household.into(),
            village.into(),
            position.into(),
            reserve.into(),
        ],
    )?;
    Ok(())
}

/// The modules in whose sample (not reserve) a household is.
///
/// # Errors
/// What the store says.
pub fn modules_of(tx: &dyn Tx, round: &str, household: &str) -> Result<Vec<String>, StoreFault> {
    let sql = "SELECT d.module FROM draw e CROSS JOIN drawn d
        WHERE e.round = $1 AND d.round = e.round AND d.module = e.module AND d.household = $2
            AND d.reserve = 0 ORDER BY d.module";
    let rows = tx.query(sql, &[round.into(), household.into()])?;
    rows.iter().map(|row| row.text(0)).collect()
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

/// Households drawn (reserves not counted) per village for a module: (village, n_h).
///
/// # Errors
/// What the store says.
pub fn drawn_per_village(
    tx: &dyn Tx,
    round: &str,
    module: &str,
) -> Result<Vec<(String, u64)>, StoreFault> {
    let sql = "SELECT village, count(*) FROM drawn
               WHERE round = $1 AND module = $2 AND reserve = 0 GROUP BY village ORDER BY village";
    let rows = tx.query(sql, &[round.into(), module.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}

/// One household of a draw: (position, reserve, id, code, head).
pub type Drawn = (u32, bool, String, String, String);

/// The households drawn in a village, in drawn order.
///
/// # Errors
/// What the store says.
pub fn drawn(
    tx: &dyn Tx,
    round: &str,
    module: &str,
    village: &str,
) -> Result<Vec<Drawn>, StoreFault> {
    let sql = "SELECT d.position, d.reserve, h.id, h.code, h.head
               FROM drawn d JOIN household h ON h.id = d.household
               WHERE d.round = $1 AND d.module = $2 AND d.village = $3 ORDER BY d.position";
    let rows = tx.query(sql, &[round.into(), module.into(), village.into()])?;
    rows.iter()
        .map(|row| {
            let position = u32::try_from(row.int(0)?)
                .map_err(|_| StoreFault::Unreadable("drawn.position".into()))?;
            Ok((position, row.truth(1)?, row.text(2)?, row.text(3)?, row.text(4)?))
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
