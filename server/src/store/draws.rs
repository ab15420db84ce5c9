//! Samples drawn from a round's frame, module by module.

use std::collections::BTreeMap;

use super::tx::{StoreFault, Tx};

/// True when any sample was drawn from the frame.
///
/// # Errors
/// What the store says.
pub fn is_drawn(tx: &dyn Tx, round: &str) -> Result<bool, StoreFault> {
    Ok(tx.first("SELECT 1 FROM draw WHERE round = $1", &[round.into()])?.is_some())
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

/// Every household of a round's samples (not reserves) with its modules.
///
/// # Errors
/// What the store says.
pub fn modules_drawn(
    tx: &dyn Tx,
    round: &str,
) -> Result<BTreeMap<String, Vec<String>>, StoreFault> {
    let sql = "SELECT d.household, d.module FROM draw e CROSS JOIN drawn d
        WHERE e.round = $1 AND d.round = e.round AND d.module = e.module AND d.reserve = 0
        ORDER BY d.household, d.module";
    let mut drawn: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in tx.query(sql, &[round.into()])? {
        drawn.entry(row.text(0)?).or_default().push(row.text(1)?);
    }
    Ok(drawn)
}

/// Households drawn (reserves not counted) per village of an area for a module: (village, n_h).
///
/// # Errors
/// What the store says.
pub fn drawn_per_village(
    tx: &dyn Tx,
    (round, module): (&str, &str),
    area: &str,
) -> Result<Vec<(String, u64)>, StoreFault> {
    let within = match area {
        "*" => "",
        _ => "AND village IN (SELECT w.unit FROM unit_within w WHERE w.area = $3)",
    };
    let sql = format!(
        "SELECT village, count(*) FROM drawn
         WHERE round = $1 AND module = $2 AND reserve = 0 {within} GROUP BY village ORDER BY village"
    );
    let values = [round.into(), module.into(), area.into()];
    let rows = tx.query(&sql, &values[..if area == "*" { 2 } else { 3 }])?;
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
