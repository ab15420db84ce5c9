//! What counts for the households of a round's frame, one by one.

use super::households::{After, COLUMNS, Named, household, page};
use super::submissions::waits;
use super::tx::{StoreFault, Tx};

/// A household of the frame and what there is about it.
pub struct Stored {
    /// The household.
    pub household: Named,
    /// The submission that counts for it: number, outcome, what the criteria set read from it.
    pub counting: Option<(i64, Option<String>, Option<String>)>,
    /// Whether an interview of it may count and does not: where only what is approved counts, it waits.
    pub waits: bool,
    /// Whether a submission about it was rejected.
    pub rejected: bool,
    /// Whether it is in the sample of the module asked about.
    pub drawn: bool,
}

/// A page of the households of a round's frame, in `actor`'s areas and within `area`, without those that
/// were erased.
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    (round, form, module): (&str, &str, &str),
    after: &After,
    limit: i64,
) -> Result<Vec<Stored>, StoreFault> {
    let about = "s.round = $1 AND s.form = $2 AND s.village = $3 AND s.household = f.household";
    let sql = format!(
        "SELECT {COLUMNS}, c.seq, c.outcome, c.reading,
             EXISTS (SELECT 1 FROM submission s WHERE {about} AND {}),
             EXISTS (SELECT 1 FROM submission s WHERE {about} AND s.review = 'rejected'),
             EXISTS (SELECT 1 FROM drawn d WHERE d.round = $1 AND d.module = $6
                 AND d.household = f.household AND d.reserve = 0)
         FROM frame f JOIN household h ON h.id = f.household JOIN village v ON v.id = f.village
         LEFT JOIN submission c ON c.round = $1 AND c.form = $2 AND c.village = $3
             AND c.household = f.household AND c.counts = 1
         WHERE f.round = $1 AND f.village = $3 AND f.household > $4 AND h.erased_at IS NULL
         ORDER BY f.household LIMIT $5",
        waits()
    );
    page(tx, (actor, area), after, limit, |village, after, left| {
        let values =
            [round.into(), form.into(), village.into(), after.into(), left.into(), module.into()];
        let rows = tx.query(&sql, &values)?;
        let stored = rows.iter().map(|row| {
            let counting = match row.int_or_null(11)? {
                Some(seq) => Some((seq, row.text_or_null(12)?, row.text_or_null(13)?)),
                None => None,
            };
            let (waits, rejected, drawn) = (row.truth(14)?, row.truth(15)?, row.truth(16)?);
            Ok(Stored { household: household(row)?, counting, waits, rejected, drawn })
        });
        stored.collect()
    })
}
