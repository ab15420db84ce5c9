//! Submissions: originals byte for byte, and where they belong.

use ntm_shared::api::submission::SubmissionRow;

use super::households::Household;
use super::tx::{Row, StoreFault, Tx, Value};

/// A submission about to be stored.
#[derive(Clone, Debug, Default)]
pub struct NewSubmission {
    /// Form id.
    pub form: String,
    /// Form version as the phone says.
    pub version: String,
    /// Instance id.
    pub instance_id: String,
    /// Instance id this one replaces, as the phone says.
    pub deprecated_id: Option<String>,
    /// The XML as received.
    pub xml: Vec<u8>,
    /// Its SHA-256 in hex.
    pub xml_sha256: String,
    /// Collector's id.
    pub collector: String,
    /// Device id, as the phone says.
    pub device_id: Option<String>,
    /// When it arrived.
    pub received_at: String,
    /// Round; absent while held.
    pub round: Option<String>,
    /// Household id.
    pub household: Option<String>,
    /// Village unit id.
    pub village: Option<String>,
    /// Commune unit id.
    pub commune: Option<String>,
    /// Visit outcome.
    pub outcome: Option<String>,
    /// What the criteria set read from it, as JSON; absent when it feeds no score.
    pub reading: Option<String>,
}

impl NewSubmission {
    /// What tells it from every other: form, instance id, SHA-256 of its XML.
    pub fn clone_key(&self) -> (String, String, String) {
        (self.form.clone(), self.instance_id.clone(), self.xml_sha256.clone())
    }
}

/// Stores a submission; whether it counts is given for one that may.
///
/// # Errors
/// What the store says.
pub fn insert(
    tx: &dyn Tx,
    seq: i64,
    new: &NewSubmission,
    counts: Option<bool>,
) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO submission (seq, form, version, instance_id, deprecated_id, xml, xml_sha256,
             collector, device_id, received_at, round, household, village, commune, outcome,
             review, counts, reading, countable)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'received', $16, $17, $18)",
        &[
            seq.into(),
            (&new.form).into(),
            (&new.version).into(),
            (&new.instance_id).into(),
            new.deprecated_id.as_deref().into(),
            new.xml.as_slice().into(),
            (&new.xml_sha256).into(),
            (&new.collector).into(),
            new.device_id.as_deref().into(),
            (&new.received_at).into(),
            new.round.as_deref().into(),
            new.household.as_deref().into(),
            new.village.as_deref().into(),
            new.commune.as_deref().into(),
            new.outcome.as_deref().into(),
            counts.unwrap_or(false).into(),
            new.reading.as_deref().into(),
            counts.is_some().into(),
        ],
    )?;
    Ok(())
}

/// The stored submission with this identity: (sequence, SHA-256 of its XML, its collector).
///
/// # Errors
/// What the store says.
pub fn by_identity(
    tx: &dyn Tx,
    form: &str,
    instance: &str,
) -> Result<Option<(i64, String, String)>, StoreFault> {
    let sql =
        "SELECT seq, xml_sha256, collector FROM submission WHERE form = $1 AND instance_id = $2";
    let row = tx.first(sql, &[form.into(), instance.into()])?;
    row.map(|row| Ok((row.int(0)?, row.text(1)?, row.text(2)?))).transpose()
}

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

/// The village a submission was placed in.
///
/// # Errors
/// What the store says.
pub fn village(tx: &dyn Tx, seq: i64) -> Result<Option<String>, StoreFault> {
    let row = tx.first("SELECT village FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map_or(Ok(None), |row| row.text_or_null(0))
}

/// The round a submission was placed in.
///
/// # Errors
/// What the store says.
pub fn round(tx: &dyn Tx, seq: i64) -> Result<Option<String>, StoreFault> {
    let row = tx.first("SELECT round FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map_or(Ok(None), |row| row.text_or_null(0))
}

/// Gives an interview that is about no household yet to one, so that it may count; false when it
/// is no interview, or is about one.
///
/// # Errors
/// What the store says.
pub fn give(tx: &dyn Tx, seq: i64, household: &Household) -> Result<bool, StoreFault> {
    let changed = tx.execute(
        "UPDATE submission SET household = $1, village = $2, commune = $3, countable = 1
         WHERE seq = $4 AND household IS NULL AND outcome IS NOT NULL AND reading IS NOT NULL",
        &[
            (&household.id).into(),
            (&household.village).into(),
            (&household.commune).into(),
            seq.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// The review state of a submission.
///
/// # Errors
/// What the store says.
pub fn review(tx: &dyn Tx, seq: i64) -> Result<Option<String>, StoreFault> {
    let row = tx.first("SELECT review FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map(|row| row.text(0)).transpose()
}

/// Sets the review state of a submission.
///
/// # Errors
/// What the store says.
pub fn set_review(tx: &dyn Tx, seq: i64, state: &str) -> Result<(), StoreFault> {
    tx.execute("UPDATE submission SET review = $1 WHERE seq = $2", &[state.into(), seq.into()])?;
    Ok(())
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

/// A visit that counts, with its original.
pub struct VisitRow {
    /// Server sequence.
    pub seq: i64,
    /// Collector's id.
    pub collector: String,
    /// Visit outcome.
    pub outcome: String,
    /// What the criteria set read from it.
    pub reading: Option<String>,
    /// The XML as received.
    pub xml: Vec<u8>,
}

/// The submissions of a form that count in a village, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn visits_in(
    tx: &dyn Tx,
    round: &str,
    form: &str,
    village: &str,
) -> Result<Vec<VisitRow>, StoreFault> {
    let sql = "SELECT seq, collector, outcome, reading, xml FROM submission
        WHERE round = $1 AND form = $2 AND village = $3 AND counts = 1 AND outcome IS NOT NULL
        ORDER BY seq";
    let rows = tx.query(sql, &[round.into(), form.into(), village.into()])?;
    rows.iter()
        .map(|row| {
            Ok(VisitRow {
                seq: row.int(0)?,
                collector: row.text(1)?,
                outcome: row.text(2)?,
                reading: row.text_or_null(3)?,
                xml: row.blob(4)?,
            })
        })
        .collect()
}

/// Keeps what the criteria set reads from a submission.
///
/// # Errors
/// What the store says.
pub fn set_reading(tx: &dyn Tx, seq: i64, reading: &str) -> Result<(), StoreFault> {
    tx.execute("UPDATE submission SET reading = $1 WHERE seq = $2", &[reading.into(), seq.into()])?;
    Ok(())
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

/// The XML as received.
///
/// # Errors
/// What the store says.
pub fn xml(tx: &dyn Tx, seq: i64) -> Result<Option<Vec<u8>>, StoreFault> {
    let row = tx.first("SELECT xml FROM submission WHERE seq = $1", &[seq.into()])?;
    row.map(|row| row.blob(0)).transpose()
}

/// True when anything has come in for a round.
///
/// # Errors
/// What the store says.
pub fn any(tx: &dyn Tx, round: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM submission WHERE round = $1 LIMIT 1";
    Ok(tx.first(sql, &[round.into()])?.is_some())
}

/// Submissions waiting for a person to place them: those without a round, and those of this round's
/// household form without a household of the roster.
///
/// # Errors
/// What the store says.
pub fn held(tx: &dyn Tx, round: &str, form: &str) -> Result<u64, StoreFault> {
    let sql = "SELECT count(*) FROM submission
        WHERE review <> 'rejected'
            AND (round IS NULL OR (round = $1 AND form = $2 AND household IS NULL))";
    let row = tx.first(sql, &[round.into(), form.into()])?;
    row.map_or(Ok(0), |row| row.count(0))
}

/// Progress of one village: (received, attempted). What counts is of the frame.
///
/// # Errors
/// What the store says.
pub fn progress(
    tx: &dyn Tx,
    round: &str,
    form: &str,
    village: &str,
) -> Result<(u64, u64), StoreFault> {
    let sql = "SELECT coalesce(sum(s.outcome = 'completed'), 0),
            coalesce(sum(s.outcome <> 'completed'), 0)
        FROM submission s WHERE s.round = $1 AND s.form = $2 AND s.village = $3 AND s.counts = 1";
    let row = tx.first(sql, &[round.into(), form.into(), village.into()])?;
    row.map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
}

const ROW: &str = "SELECT s.seq, s.form, s.version, s.instance_id, s.round, s.household, s.village,
    s.commune, s.outcome, s.review, s.counts, s.received_at,
    (SELECT count(*) FROM attachment a WHERE a.submission = s.seq),
    (SELECT count(*) FROM attachment_file a WHERE a.submission = s.seq AND a.current = 1),
    (SELECT count(*) FROM finding x WHERE x.submission = s.seq)
    FROM submission s";

/// The actor `$1` sees a submission when its commune or village lies in its areas; one that
/// belongs nowhere yet is seen by those who see everything.
const IN_SCOPE: &str =
    "EXISTS (SELECT 1 FROM area r WHERE r.actor = $1 AND (r.unit = '*' OR EXISTS (
    SELECT 1 FROM unit_within w WHERE w.area = r.unit AND w.unit IN (s.village, s.commune))))";

fn row(row: &Row) -> Result<SubmissionRow, StoreFault> {
    Ok(SubmissionRow {
        seq: row.int(0)?,
        form: row.text(1)?,
        version: row.text(2)?,
        instance_id: row.text(3)?,
        round: row.text_or_null(4)?,
        household: row.text_or_null(5)?,
        village: row.text_or_null(6)?,
        commune: row.text_or_null(7)?,
        outcome: row.text_or_null(8)?,
        review: row.text(9)?,
        counts: row.truth(10)?,
        received_at: row.text(11)?,
        attachments_expected: row.count(12)?,
        attachments_present: row.count(13)?,
        findings: row.count(14)?,
    })
}

/// One submission, if `actor` may see it.
///
/// # Errors
/// What the store says.
pub fn get(tx: &dyn Tx, actor: &str, seq: i64) -> Result<Option<SubmissionRow>, StoreFault> {
    let sql = format!("{ROW} WHERE {IN_SCOPE} AND s.seq = $2");
    tx.first(&sql, &[actor.into(), seq.into()])?.map(|found| row(&found)).transpose()
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Round id.
    pub round: Option<String>,
    /// Form id.
    pub form: Option<String>,
    /// Household id.
    pub household: Option<String>,
    /// Unit id the submission lies in.
    pub within: Option<String>,
}

/// A page of the submissions `actor` may see, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn list(
    tx: &dyn Tx,
    actor: &str,
    filter: Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<SubmissionRow>, StoreFault> {
    let mut sql = format!("SELECT s.seq FROM submission s WHERE {IN_SCOPE} AND s.seq > $2");
    let mut values: Vec<Value> = vec![actor.into(), after.into(), limit.into()];
    let few = match filter.household {
        Some(_) => None,
        None => few_communes(tx, actor, filter.within.as_deref())?,
    };
    let mut narrow = |condition: &str, value: Option<String>| {
        if let Some(value) = value {
            values.push(value.into());
            sql += &condition.replace('?', &format!("${}", values.len()));
        }
    };
    // What few communes sent is looked for under their names; else what came is gone through in
    // its order, that of a round under the round's name.
    let of_round =
        if few.is_some() { " AND coalesce(s.round, '') = ?" } else { " AND s.round = ?" };
    narrow(of_round, filter.round);
    narrow(" AND s.form = ?", filter.form);
    narrow(" AND s.household = ?", filter.household);
    narrow(
        " AND EXISTS (SELECT 1 FROM unit_within w WHERE w.area = ? AND w.merged = 0 AND w.unit IN (s.village, s.commune))",
        filter.within,
    );
    if let Some(few) = few {
        if few.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> =
            (1..=few.len()).map(|n| format!("${}", values.len() + n)).collect();
        sql += &format!(" AND s.commune IN ({})", names.join(", "));
        values.extend(few.into_iter().map(Value::from));
    }
    sql += " ORDER BY s.seq LIMIT $3";
    // Rows are long: only those of the page are read.
    let one = format!("{ROW} WHERE s.seq = $1");
    let mut page = Vec::new();
    for found in tx.query(&sql, &values)? {
        page.extend(tx.first(&one, &[found.int(0)?.into()])?.map(|found| row(&found)).transpose()?);
    }
    Ok(page)
}

/// Communes that are few: most of what came is not theirs.
const FEW: i64 = 20;

/// The communes in which everything lies that `actor` may see and that lies in `within`, when they
/// are few.
fn few_communes(
    tx: &dyn Tx,
    actor: &str,
    within: Option<&str>,
) -> Result<Option<Vec<String>>, StoreFault> {
    let commune = "SELECT DISTINCT coalesce(v.commune, w.unit)";
    let rows = match within {
        Some(area) => tx.query(
            &format!(
                "{commune} FROM unit_within w LEFT JOIN village v ON v.id = w.unit
                 WHERE w.area = $1 AND w.merged = 0 LIMIT $2"
            ),
            &[area.into(), (FEW + 1).into()],
        )?,
        None => tx.query(
            &format!(
                "{commune} FROM area r JOIN unit_within w ON w.area = r.unit
                 LEFT JOIN village v ON v.id = w.unit WHERE r.actor = $1 LIMIT $2"
            ),
            &[actor.into(), (FEW + 1).into()],
        )?,
    };
    if rows.len() as i64 > FEW {
        return Ok(None);
    }
    rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>().map(Some)
}
