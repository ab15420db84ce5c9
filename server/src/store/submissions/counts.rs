//! Which submissions count, and what those that do say.

use crate::store::tx::{StoreFault, Tx, Value};

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

/// Of a submission that may count: what its review says, in a round where only what is approved counts.
const UNAPPROVED: &str = "review <> 'approved' AND EXISTS (
    SELECT 1 FROM round r WHERE r.id = submission.round AND r.spec ->> 'approved_only')";

/// Of a submission `s`: an edit took its place, and of the edits that followed one is not rejected. A
/// rejected edit gives way to what it replaced.
pub fn replaced(s: &str) -> String {
    format!(
        "({s}.replaced_by IS NOT NULL AND EXISTS (
            WITH RECURSIVE later (seq) AS (SELECT {s}.replaced_by
                UNION SELECT n.replaced_by FROM later l JOIN submission n ON n.seq = l.seq)
            SELECT 1 FROM later l JOIN submission n ON n.seq = l.seq WHERE n.review <> 'rejected'))"
    )
}

/// The submission that should count for `subject`: of those that may, are not rejected, not replaced
/// and wait for no approval, a completed interview before an attempt, then the latest arrival.
///
/// # Errors
/// What the store says.
pub fn best(tx: &dyn Tx, subject: &Subject<'_>) -> Result<Option<Counting>, StoreFault> {
    let sql = format!(
        "{COUNTING} AND countable = 1 AND review <> 'rejected' AND NOT {}
             AND NOT ({UNAPPROVED}) ORDER BY (outcome IS NULL OR outcome = 'completed') DESC, seq DESC LIMIT 1",
        replaced("submission")
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
    /// Whether it was rejected, waits to be approved, or an edit that stands replaced it.
    pub out: bool,
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
    let sql = format!(
        "SELECT round, form, household, village, commune,
             review = 'rejected' OR {} OR ({UNAPPROVED})
        FROM submission WHERE seq = $1 AND countable = 1 AND round IS NOT NULL AND commune IS NOT NULL",
        replaced("submission")
    );
    let row = tx.first(&sql, &[seq.into()])?;
    row.map(|row| {
        Ok(Countable {
            round: row.text(0)?,
            form: row.text(1)?,
            household: row.text_or_null(2)?,
            village: row.text_or_null(3)?,
            commune: row.text(4)?,
            out: row.truth(5)?,
        })
    })
    .transpose()
}

/// A submission that was read by the rules of a round, with its original.
pub struct Original {
    /// Server sequence.
    pub seq: i64,
    /// Household id.
    pub household: Option<String>,
    /// Village unit id.
    pub village: Option<String>,
    /// Commune unit id; one that counts has it.
    pub commune: Option<String>,
    /// What the criteria set read from it.
    pub reading: Option<String>,
    /// The XML as received.
    pub xml: Vec<u8>,
    /// Whether it counts.
    pub counts: bool,
}

/// Which originals of a form in a round are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that count.
    Counting,
    /// Those as well that may count one day: after a decision, or when they are given a household.
    Every,
}

/// Where submissions were placed: commune and village.
pub type Group = (Option<String>, Option<String>);

impl Which {
    fn condition(self) -> &'static str {
        match self {
            Which::Counting => "counts = 1 AND commune IS NOT NULL",
            Which::Every => "(countable = 1 OR reading IS NOT NULL)",
        }
    }

    /// The groups, from an index alone: the rows begin with their XML. Those that count have an index
    /// of their own, by village.
    fn groups(self) -> &'static str {
        match self {
            Which::Counting => {
                "SELECT DISTINCT NULL, village FROM submission
                 WHERE round = $1 AND form = $2 AND counts = 1 ORDER BY village"
            }
            Which::Every => {
                "SELECT DISTINCT commune, village FROM submission
                 WHERE +round = $1 AND +form = $2 ORDER BY commune, village"
            }
        }
    }

    /// `+seq`: in the order of an index that has it SQLite would go through the round, group by group.
    fn of_group(self) -> String {
        let commune = match self {
            Which::Counting => "$4 IS NULL",
            Which::Every => "commune IS NOT DISTINCT FROM $4",
        };
        format!(
            "{ORIGINAL} AND village IS NOT DISTINCT FROM $3 AND {commune} AND {}
             AND +seq > $5 ORDER BY +seq LIMIT $6",
            self.condition()
        )
    }
}

const ORIGINAL: &str = "SELECT seq, household, village, commune, reading, xml, counts
    FROM submission WHERE round = $1 AND form = $2";

fn originals(tx: &dyn Tx, sql: &str, values: &[Value]) -> Result<Vec<Original>, StoreFault> {
    let rows = tx.query(sql, values)?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Original {
                seq: row.int(0)?,
                household: row.text_or_null(1)?,
                village: row.text_or_null(2)?,
                commune: row.text_or_null(3)?,
                reading: row.text_or_null(4)?,
                xml: row.take_blob(5)?,
                counts: row.truth(6)?,
            })
        })
        .collect()
}

/// Every submission of a form in a round that may count, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn originals_in(tx: &dyn Tx, round: &str, form: &str) -> Result<Vec<Original>, StoreFault> {
    let sql = format!("{ORIGINAL} AND {} ORDER BY seq", Which::Every.condition());
    originals(tx, &sql, &[round.into(), form.into()])
}

/// Where the submissions of a form in a round were placed, in order.
///
/// # Errors
/// What the store says.
pub fn groups(
    tx: &dyn Tx,
    (round, form): (&str, &str),
    which: Which,
) -> Result<Vec<Group>, StoreFault> {
    let rows = tx.query(which.groups(), &[round.into(), form.into()])?;
    rows.iter().map(|row| Ok((row.text_or_null(0)?, row.text_or_null(1)?))).collect()
}

/// At most `most` submissions of a form in a round that were placed in a group and came after `after`,
/// in order of arrival.
///
/// # Errors
/// What the store says.
pub fn originals_of(
    tx: &dyn Tx,
    (round, form): (&str, &str),
    which: Which,
    (commune, village): &Group,
    (after, most): (i64, i64),
) -> Result<Vec<Original>, StoreFault> {
    let values = [
        round.into(),
        form.into(),
        village.as_deref().into(),
        commune.as_deref().into(),
        after.into(),
        most.into(),
    ];
    originals(tx, &which.of_group(), &values)
}

/// What the reports that count say of the communes within an area: (commune, reading), by commune.
///
/// # Errors
/// What the store says.
pub fn readings(
    tx: &dyn Tx,
    (round, form): (&str, &str),
    area: &str,
) -> Result<Vec<(String, String)>, StoreFault> {
    // Of everywhere they are found by the round, of a few communes by these.
    let within = match area {
        "*" => "submission s WHERE",
        _ => "unit_within w CROSS JOIN submission s ON s.commune = w.unit WHERE w.area = $3 AND",
    };
    let sql = format!(
        "SELECT s.commune, s.reading FROM {within} s.round = $1 AND s.form = $2 AND s.counts = 1
         AND s.reading IS NOT NULL ORDER BY s.commune"
    );
    let values = [round.into(), form.into(), area.into()];
    let rows = tx.query(&sql, &values[..if area == "*" { 2 } else { 3 }])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::plan;

    #[test]
    fn the_originals_of_a_village_are_found_by_the_village() {
        for (which, how) in [
            (Which::Counting, "submission_counts (round=? AND form=? AND village=?)"),
            (Which::Every, "submission_commune (commune=? AND round=? AND form=? AND village=?)"),
        ] {
            let (of, groups) = (plan(&which.of_group()), plan(which.groups()));
            assert!(of.contains(how), "{of}");
            assert!(groups.contains("COVERING INDEX submission_c"), "{groups}");
        }
    }
}
