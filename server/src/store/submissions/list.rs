//! Submissions as people see them: one, or a page of those in their areas.

use ntm_shared::api::submission::SubmissionRow;

use super::replaced;
use crate::store::tx::{Row, StoreFault, Tx, Value};

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

/// How many submissions of a household form nobody can tell what they are about: without a round, or of
/// this round without a household of the roster. Those that `actor` may see, within `area`; one that
/// belongs nowhere is within everywhere only. What was rejected or replaced by an edit waits no more.
///
/// # Errors
/// What the store says.
pub fn held(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    (round, form): (&str, &str),
) -> Result<u64, StoreFault> {
    let sql = format!("SELECT count(*) FROM ({})", held_sql());
    let row = tx.first(&sql, &[actor.into(), area.into(), round.into(), form.into()])?;
    row.map_or(Ok(0), |row| row.count(0))
}

/// A page of these, in order of arrival.
///
/// # Errors
/// What the store says.
pub fn held_list(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    (round, form): (&str, &str),
    after: i64,
    limit: i64,
) -> Result<Vec<SubmissionRow>, StoreFault> {
    let sql = format!("SELECT seq FROM ({}) WHERE seq > $5 ORDER BY seq LIMIT $6", held_sql());
    let values = [actor.into(), area.into(), round.into(), form.into(), after.into(), limit.into()];
    rows(tx, &sql, &values)
}

/// The two are asked for one by one: each has an index of its own, both together have none.
fn held_sql() -> String {
    let of = |which: &str| {
        format!(
            "SELECT s.seq AS seq FROM submission s
             WHERE {which} AND s.review <> 'rejected' AND NOT {} AND {IN_SCOPE}
                 AND ($2 = '*' OR EXISTS (SELECT 1 FROM unit_within w
                     WHERE w.area = $2 AND w.merged = 0 AND w.unit IN (s.village, s.commune)))",
            replaced("s")
        )
    };
    // `+`: most submissions are of this form, and the index by form is no help.
    let without = of("s.round IS NULL AND +s.form = $4");
    let unknown = of("s.household IS NULL AND s.round = $3 AND s.form = $4");
    format!("{without} UNION ALL {unknown}")
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
    rows(tx, &sql, &values)
}

/// The submissions of a page, of which `sql` says the numbers: rows are long, no others are read.
fn rows(tx: &dyn Tx, sql: &str, values: &[Value]) -> Result<Vec<SubmissionRow>, StoreFault> {
    let one = format!("{ROW} WHERE s.seq = $1");
    let mut page = Vec::new();
    for found in tx.query(sql, values)? {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::plan;

    #[test]
    fn what_nobody_can_place_is_counted_without_looking_at_the_rest() {
        let plan = plan(&held_sql());
        assert!(plan.contains("SEARCH s USING INDEX submission_round (round=?)"), "{plan}");
        let unknown =
            "SEARCH s USING INDEX submission_subject (household=? AND round=? AND form=?)";
        assert!(plan.contains(unknown), "{plan}");
        assert!(!plan.contains("SCAN s"), "{plan}");
    }
}
