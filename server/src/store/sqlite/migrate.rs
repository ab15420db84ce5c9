//! Bringing a database's tables to those of this program.

use rusqlite::Connection;

use super::SqliteTx;
use crate::store::moments;
use crate::store::tx::StoreFault;

/// Released migrations are never edited; a change is a new file.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_intake.sql"),
    include_str!("../migrations/0003_devices.sql"),
    include_str!("../migrations/0004_exports.sql"),
    include_str!("../migrations/0005_review.sql"),
    include_str!("../migrations/0006_photo.sql"),
    include_str!("../migrations/0007_form_order.sql"),
    include_str!("../migrations/0008_erasure.sql"),
    include_str!("../migrations/0009_retention.sql"),
    include_str!("../migrations/0010_large.sql"),
    include_str!("../migrations/0011_moments.sql"),
    include_str!("../migrations/0012_official.sql"),
    include_str!("../migrations/0013_agency.sql"),
    include_str!("../migrations/0014_quality.sql"),
    include_str!("../migrations/0015_followup.sql"),
    include_str!("../migrations/0016_reach.sql"),
    include_str!("../migrations/0017_numbers.sql"),
    include_str!("../migrations/0018_waits.sql"),
];

/// The migration after which moments are written as bytes.
const MOMENTS_PACKED: usize = 11;

/// Runs the migrations that the database has not had, each in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreFault> {
    let done: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(done).unwrap_or(usize::MAX);
    if done > MIGRATIONS.len() {
        return Err(StoreFault::Unusable(format!(
            "the database (version {done}) is newer than this program (version {})",
            MIGRATIONS.len()
        )));
    }
    for (i, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let tx = connection.transaction()?;
        tx.execute_batch(sql)?;
        if i + 1 == MOMENTS_PACKED {
            moments::pack(&SqliteTx::on(&tx, None))?;
        }
        tx.pragma_update(None, "user_version", (i + 1) as i64)?;
        tx.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::open_writer;
    use super::*;
    use crate::store::tx::Tx;

    #[test]
    fn moments_written_as_json_are_read_after_the_migration() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let before = Connection::open(&path).unwrap();
        MIGRATIONS[..MOMENTS_PACKED - 1].iter().for_each(|sql| before.execute_batch(sql).unwrap());
        before.pragma_update(None, "user_version", (MOMENTS_PACKED - 1) as i64).unwrap();
        let mut sums = ntm_shared::moment::VillageMoments::empty(2);
        (sums.outcomes.completed, sums.measures[1].n, sums.measures[1].yy) =
            (3, 3, -5_000_000_000_000);
        let json = serde_json::to_string(&sums).unwrap();
        before.execute("INSERT INTO moment VALUES ('r', 'v', 'c', ?)", [json]).unwrap();
        drop(before);
        let after = open_writer(&path).unwrap();
        let tx = SqliteTx::on(&after, None);
        assert_eq!(moments::of_round(&tx, "r").unwrap(), [("v".to_owned(), sums)]);
        assert!(tx.query("SELECT * FROM moment_json", &[]).is_err());
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        drop(open_writer(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(open_writer(&path), Err(StoreFault::Unusable(_))));
    }
}
