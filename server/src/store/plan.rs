//! How SQLite would go about a statement, for tests: what is asked of a large folder is answered from an
//! index.

use rusqlite::params_from_iter;

use super::sqlite;

/// The steps, one a line, on the tables as they are made.
pub fn plan(sql: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let connection = sqlite::open_writer(&folder.path().join("data.db")).unwrap();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let given = vec!["1"; statement.parameter_count()];
    let steps =
        statement.query_map(params_from_iter(given), |row| row.get::<_, String>(3)).unwrap();
    steps.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
}
