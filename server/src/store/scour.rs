//! What `secure_delete` leaves behind. It overwrites the rows that are deleted; but when SQLite
//! divides or merges pages it moves rows to other pages and leaves their old bytes in the unused
//! middle of the page they came from. Those bytes belong to no row, and no statement reaches them:
//! here they are overwritten, through SQLite's own table of pages, in a transaction like any other.
//!
//! Then the log is emptied: the database has nothing of what was deleted, and no log has either.

use std::time::Duration;

use rusqlite::Connection;

use super::sqlite;
use super::tx::StoreFault;

/// How long the readers of older states are waited for; the writer does nothing meanwhile.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long everybody else is waited for (`sqlite/mod.rs`).
const USUAL: Duration = Duration::from_secs(10);

/// Overwrites what is unused in every page that holds rows, and empties the log. False when a reader
/// keeps the log from being emptied: then nothing is walked, for everybody would wait for it in vain.
pub(super) fn run(connection: &Connection) -> Result<bool, StoreFault> {
    if !emptied(connection)? {
        return Ok(false);
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let scoured = pages(connection);
    connection.execute_batch(if scoured.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    scoured?;
    emptied(connection)
}

fn emptied(connection: &Connection) -> Result<bool, StoreFault> {
    connection.busy_timeout(PATIENCE)?;
    let emptied = sqlite::emptied(connection);
    connection.busy_timeout(USUAL)?;
    emptied
}

/// Walks every tree of the database; only pages that hold something where nothing should be are
/// written.
fn pages(connection: &Connection) -> Result<(), StoreFault> {
    let mut roots = connection.prepare("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")?;
    let mut waiting: Vec<u32> = roots.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    waiting.push(1);
    let mut read = connection.prepare("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?;
    let mut write = connection.prepare("UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1")?;
    while let Some(number) = waiting.pop() {
        let mut page: Vec<u8> = read.query_row([number], |row| row.get(0))?;
        let header = if number == 1 { 100 } else { 0 };
        let shape = Shape::of(&page, header)
            .ok_or_else(|| StoreFault::Unreadable(format!("page {number} is no tree's")))?;
        waiting.extend(&shape.children);
        if shape.clean(&mut page) {
            write.execute((number, &page))?;
        }
    }
    Ok(())
}

/// What of a page is unused, and which pages hang below it. SQLite's file format, section 1.6.
struct Shape {
    unused: Vec<std::ops::Range<usize>>,
    children: Vec<u32>,
}

impl Shape {
    /// `None` for bytes that are no page of a tree.
    fn of(page: &[u8], header: usize) -> Option<Shape> {
        let two =
            |at: usize| Some(usize::from(u16::from_be_bytes([*page.get(at)?, *page.get(at + 1)?])));
        let four = |at: usize| Some(u32::from_be_bytes(page.get(at..at + 4)?.try_into().ok()?));
        let inner = match page.get(header)? {
            2 | 5 => true,
            10 | 13 => false,
            _ => return None,
        };
        let cells = two(header + 3)?;
        let pointers = header + if inner { 12 } else { 8 };
        let content = match two(header + 5)? {
            0 => 65_536,
            at => at,
        };
        let end = pointers + 2 * cells;
        if end > content || content > page.len() {
            return None;
        }
        let mut unused = Vec::new();
        unused.push(end..content);
        // Free blocks: where the next is and how long this is; the rest of it is unused.
        let mut block = two(header + 1)?;
        while block != 0 {
            let (next, length) = (two(block)?, two(block + 2)?);
            if length < 4 || block + length > page.len() || (next != 0 && next <= block) {
                return None;
            }
            unused.push(block + 4..block + length);
            block = next;
        }
        let mut children = Vec::new();
        if inner {
            children.push(four(header + 8)?);
            for cell in 0..cells {
                children.push(four(two(pointers + 2 * cell)?)?);
            }
        }
        Some(Shape { unused, children })
    }

    /// Overwrites what is unused; whether anything was there.
    fn clean(&self, page: &mut [u8]) -> bool {
        let mut found = false;
        for range in &self.unused {
            let unused = &mut page[range.clone()];
            if unused.iter().any(|byte| *byte != 0) {
                unused.fill(0);
                found = true;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of every size come, grow and go; of those that went nothing is left in the file, and
    /// `secure_delete` alone would leave something (or this test shows nothing).
    #[test]
    fn nothing_of_a_deleted_row_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let connection = sqlite::open_writer(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (id TEXT PRIMARY KEY, head TEXT NOT NULL) STRICT;
                 CREATE INDEX t_head ON t (head)",
            )
            .unwrap();
        let mut dice = 7_u64;
        let mut thrown = |below: u64| {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % below
        };
        for n in 0..1500 {
            let id = format!("{:06}-{n}", thrown(1_000_000));
            let head = format!("NAME{n:05}NAME").repeat(1 + thrown(40) as usize);
            connection.execute("INSERT INTO t VALUES (?1, ?2)", (id, head)).unwrap();
        }
        connection
            .execute("UPDATE t SET head = head || ' ' || id WHERE rowid % 3 = 0", [])
            .unwrap();
        let rows: i64 =
            connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        connection.execute("DELETE FROM t WHERE rowid % 2 = 0", []).unwrap();
        // Which of them stand anywhere in the file: rows are numbered from 1, names from 0.
        let left = |even: bool| {
            let mut read = connection.prepare("SELECT data FROM sqlite_dbpage").unwrap();
            let pages = read.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
            let mut found = std::collections::BTreeSet::new();
            for page in pages {
                for text in String::from_utf8_lossy(&page.unwrap()).split("NAME") {
                    let number = text.parse::<usize>().ok().filter(|_| text.len() == 5);
                    found.extend(number.filter(|n| (n + 1).is_multiple_of(2) == even));
                }
            }
            found.len()
        };
        assert!(sqlite::emptied(&connection).unwrap());
        assert!(left(true) > 0, "secure_delete is enough: this file is not needed");
        assert!(run(&connection).unwrap());
        assert_eq!((left(true), left(false), rows), (0, 750, 1500));
        let whole: String =
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok");
    }

    #[test]
    fn a_reader_keeps_the_log_and_is_not_disturbed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let connection = sqlite::open_writer(&path).unwrap();
        let reader = sqlite::open_reader(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM meta").unwrap();
        connection.execute("INSERT INTO meta VALUES ('a', 'b')", []).unwrap();
        assert!(!run(&connection).unwrap());
        reader.execute_batch("COMMIT").unwrap();
        assert!(run(&connection).unwrap());
    }
}
