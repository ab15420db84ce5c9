//! Which submissions count, and what those that do say.

use crate::store::tx::{StoreFault, Tx};

/// The submission that counts for a subject (a household, or a commune's report).
pub struct Counting {
    /// Server sequence.
    pub seq: i64,
    /// Instance id.
    pub instance_id: String,
    /// Visit outcome.
    pub outcome: Option<String>,
    /// What the criteria set read from it.
    pub reading: Option<String>,
}

/// What a submission is about: (round, form, household, commune). For forms about a commune the
/// household is absent.
pub struct Subject<'a> {
    /// Round id.
    pub round: &'a str,
    /// Form id.
    pub form: &'a str,
    /// Household id.
    pub household: Option<&'a str>,
    /// Commune unit id.
    pub commune: &'a str,
}

const COUNTING: &str = "SELECT seq, instance_id, outcome, reading FROM submission
    WHERE round = $1 AND form = $2 AND household IS NOT DISTINCT FROM $3 AND commune = $4";

fn one(tx: &dyn Tx, sql: &str, subject: &Subject<'_>) -> Result<Option<Counting>, StoreFault> {
    let row = tx.first(
        sql,
        &[
            subject.round.into(),
            subject.form.into(),
            subject.household.into(),
            subject.commune.into(),
        ],
    )?;
    row.map(|row| {
        Ok(Counting {
            seq: row.int(0)?,
            instance_id: row.text(1)?,
            outcome: row.text_or_null(2)?,
            reading: row.text_or_null(3)?,
        })
    })
    .transpose()
}

/// The submission that counts for `subject`.
///
/// # Errors
/// What the store says.
pub fn counting(tx: &dyn Tx, subject: &Subject<'_>) -> Result<Option<Counting>, StoreFault> {
    one(tx, &format!("{COUNTING} AND counts = 1"), subject)
}

/// The submission that should count for `subject`: of those that may and are not rejected, a
/// completed interview before an attempt, then the latest arrival.
///
/// # Errors
/// What the store says.
pub fn best(tx: &dyn Tx, subject: &Subject<'_>) -> Result<Option<Counting>, StoreFault> {
    let sql = format!(
        "{COUNTING} AND countable = 1 AND review <> 'rejected' AND replaced_by IS NULL
         ORDER BY (outcome IS NULL OR outcome = 'completed') DESC, seq DESC LIMIT 1"
    );
    one(tx, &sql, subject)
}

/// Says whether a submission counts that may.
///
/// # Errors
/// What the store says.
pub fn set_counts(tx: &dyn Tx, seq: i64, counts: bool) -> Result<(), StoreFault> {
    let sql = "UPDATE submission SET counts = $1, countable = 1 WHERE seq = $2";
    tx.execute(sql, &[counts.into(), seq.into()])?;
    Ok(())
}

/// What is known of a submission that may count.
pub struct Countable {
    /// Round id.
    pub round: String,
    /// Form id.
    pub form: String,
    /// Household id.
    pub household: Option<String>,
    /// Village unit id.
    pub village: Option<String>,
    /// Commune unit id.
    pub commune: String,
    /// Whether it was rejected, or an edit replaced it.
    pub rejected: bool,
}

impl Countable {
    /// What it is about.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            round: &self.round,
            form: &self.form,
            household: self.household.as_deref(),
            commune: &self.commune,
        }
    }
}

/// A submission that may count; `None` for one that may not.
///
/// # Errors
/// What the store says.
pub fn countable(tx: &dyn Tx, seq: i64) -> Result<Option<Countable>, StoreFault> {
    let sql = "SELECT round, form, household, village, commune,
             review = 'rejected' OR replaced_by IS NOT NULL
        FROM submission WHERE seq = $1 AND countable = 1 AND round IS NOT NULL AND commune IS NOT NULL";
    let row = tx.first(sql, &[seq.into()])?;
    row.map(|row| {
        Ok(Countable {
            round: row.text(0)?,
            form: row.text(1)?,
            household: row.text_or_null(2)?,
            village: row.text_or_null(3)?,
            commune: row.text(4)?,
            rejected: row.truth(5)?,
        })
    })
    .transpose()
}

/// A submission that counts, with its original.
pub struct Original {
    /// Server sequence.
    pub seq: i64,
    /// Household id.
    pub household: Option<String>,
    /// Village unit id.
    pub village: Option<String>,
    /// Commune unit id.
    pub commune: String,
    /// What the criteria set read from it.
    pub reading: Option<String>,
    /// The XML as received.
    pub xml: Vec<u8>,
}

/// The submissions of a form that count in a round, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn counting_in(tx: &dyn Tx, round: &str, form: &str) -> Result<Vec<Original>, StoreFault> {
    let sql = "SELECT seq, household, village, commune, reading, xml FROM submission
        WHERE round = $1 AND form = $2 AND counts = 1 AND commune IS NOT NULL ORDER BY seq";
    let rows = tx.query(sql, &[round.into(), form.into()])?;
    rows.iter()
        .map(|row| {
            Ok(Original {
                seq: row.int(0)?,
                household: row.text_or_null(1)?,
                village: row.text_or_null(2)?,
                commune: row.text(3)?,
                reading: row.text_or_null(4)?,
                xml: row.blob(5)?,
            })
        })
        .collect()
}

/// What the reports that count say: (commune, reading), by commune.
///
/// # Errors
/// What the store says.
pub fn readings(tx: &dyn Tx, round: &str, form: &str) -> Result<Vec<(String, String)>, StoreFault> {
    let sql = "SELECT commune, reading FROM submission
        WHERE round = $1 AND form = $2 AND counts = 1 AND reading IS NOT NULL ORDER BY commune";
    let rows = tx.query(sql, &[round.into(), form.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}
