//! Official values.

use jiff::civil::Date;
use ntm_shared::criteria::ReportValue;
use ntm_shared::official::OfficialValue;

use super::tx::{Row, StoreFault, Tx};

/// Adds or corrects a value: (new, changed).
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, set: &str, value: &OfficialValue) -> Result<(bool, bool), StoreFault> {
    let json =
        serde_json::to_string(&value.value).map_err(|e| StoreFault::Unreadable(e.to_string()))?;
    let (as_of, issued) = (value.as_of.to_string(), value.issued.to_string());
    let key = [
        set.into(),
        (&value.commune).into(),
        (&value.indicator).into(),
        as_of.as_str().into(),
        (&value.document).into(),
    ];
    let known = "SELECT value, issued FROM official WHERE criteria_set = $1 AND commune = $2
        AND indicator = $3 AND as_of = $4 AND document = $5";
    let known = match tx.first(known, &key)? {
        Some(row) => Some((row.text(0)?, row.text(1)?)),
        None => None,
    };
    if known.as_ref().is_some_and(|(value, day)| *value == json && *day == issued) {
        return Ok((false, false));
    }
    tx.execute(
        "INSERT INTO official (criteria_set, commune, indicator, as_of, document, issued, value)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (criteria_set, commune, indicator, as_of, document)
             DO UPDATE SET issued = excluded.issued, value = excluded.value",
        &[
            set.into(),
            (&value.commune).into(),
            (&value.indicator).into(),
            as_of.as_str().into(),
            (&value.document).into(),
            issued.as_str().into(),
            json.into(),
        ],
    )?;
    Ok((known.is_none(), known.is_some()))
}

/// The values of a set that speak of `day` or a day before, of communes in `actor`'s areas and within
/// `area`: by commune, indicator and day, the latest document of a day last.
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    set: &str,
    day: Date,
) -> Result<Vec<OfficialValue>, StoreFault> {
    let sql =
        "SELECT o.commune, o.indicator, o.value, o.as_of, o.document, o.issued FROM official o
        WHERE o.criteria_set = $3 AND o.as_of <= $4
            AND EXISTS (SELECT 1 FROM unit_within w WHERE w.unit = o.commune AND w.area = $2)
            AND EXISTS (SELECT 1 FROM area s JOIN unit_within w ON w.area = s.unit
                        WHERE s.actor = $1 AND w.unit = o.commune)
        ORDER BY o.commune, o.indicator, o.as_of, o.issued, o.document";
    let day = day.to_string();
    let rows = tx.query(sql, &[actor.into(), area.into(), set.into(), day.as_str().into()])?;
    rows.iter().map(value).collect()
}

fn value(row: &Row) -> Result<OfficialValue, StoreFault> {
    let day = |at: usize, what: &str| -> Result<Date, StoreFault> {
        row.text(at)?.parse().map_err(|_| StoreFault::Unreadable(format!("official.{what}")))
    };
    let value: ReportValue = row.json(2)?;
    Ok(OfficialValue {
        commune: row.text(0)?,
        indicator: row.text(1)?,
        value,
        as_of: day(3, "as_of")?,
        document: row.text(4)?,
        issued: day(5, "issued")?,
    })
}
