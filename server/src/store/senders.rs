//! What was kept of a collector.

use super::tx::{StoreFault, Tx};

/// Submissions read at a time, newest first.
const PAGE: i64 = 100;

/// Bytes and files kept of a collector since an instant: of submissions, and of those that wait for
/// the rest. What the quota of a day is held against after a restart.
///
/// # Errors
/// What the store says.
pub fn kept(tx: &dyn Tx, collector: &str, since: &str) -> Result<(u64, u64), StoreFault> {
    let waiting = "SELECT coalesce(sum(s.bytes), 0), coalesce(sum(
            (SELECT count(*) FROM salvage_file f WHERE f.salvage = s.id)), 0)
        FROM salvage s WHERE s.collector = $1 AND s.changed_at >= $2";
    let mut kept = match tx.first(waiting, &[collector.into(), since.into()])? {
        Some(row) => (row.count(0)?, row.count(1)?),
        None => (0, 0),
    };
    // By the index of what a collector sent, as far back as it goes: no more than the quota lets in.
    let sent = "SELECT s.seq, s.received_at, length(s.xml),
            (SELECT coalesce(sum(b.bytes), 0) FROM attachment_file f
             JOIN blob b ON b.sha256 = f.sha256 WHERE f.submission = s.seq),
            (SELECT count(*) FROM attachment_file f WHERE f.submission = s.seq)
        FROM submission s WHERE s.collector = $1 AND s.seq < $2 ORDER BY s.seq DESC LIMIT $3";
    let mut before = i64::MAX;
    loop {
        let page = tx.query(sent, &[collector.into(), before.into(), PAGE.into()])?;
        let Some(last) = page.last() else { return Ok(kept) };
        before = last.int(0)?;
        for row in &page {
            if row.text(1)?.as_str() < since {
                return Ok(kept);
            }
            kept = (kept.0 + row.count(2)? + row.count(3)?, kept.1 + row.count(4)?);
        }
    }
}
