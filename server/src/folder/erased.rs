//! What was erased, in a file beside the database: `erased.log`, one line of JSON each. A database
//! that is restored from before an erasure does not know of it; this file does. Ids, hashes, who,
//! when and why; no personal data.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::blobs::sync_folder;

/// Its name, in a data folder and in a folder of backups.
pub const NAME: &str = "erased.log";

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The erasure's id.
    pub id: String,
    /// Household id.
    pub household: Option<String>,
    /// Round id.
    pub round: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: String,
    /// Hashes of the instances that do not come back.
    pub instances: Vec<String>,
    /// SHA-256 of the files that were removed.
    pub files: Vec<String>,
}

/// The lines of the log in a folder; none without one. What a crash left of a last line was told to
/// nobody.
///
/// # Errors
/// What the file system says.
pub fn read(folder: &Path) -> io::Result<Vec<Line>> {
    at(&path(folder))
}

/// The lines of a log wherever it lies.
///
/// # Errors
/// What the file system says.
pub fn at(path: &Path) -> io::Result<Vec<Line>> {
    let text = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    let lines = text.split(|byte| *byte == b'\n');
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// Adds the lines that the log in a folder does not have, durably; how many.
///
/// # Errors
/// What the file system says.
pub fn add(folder: &Path, lines: &[Line]) -> io::Result<usize> {
    let known: BTreeSet<String> = read(folder)?.into_iter().map(|line| line.id).collect();
    // A new line first: half of one may stand at the end.
    let mut text = Vec::new();
    let new = lines.iter().filter(|line| !known.contains(&line.id));
    let mut added = 0;
    for line in new {
        added += 1;
        text.push(b'\n');
        text.extend(serde_json::to_vec(line)?);
    }
    if added > 0 {
        text.push(b'\n');
        let mut file = File::options().append(true).create(true).open(path(folder))?;
        file.write_all(&text)?;
        file.sync_all()?;
        sync_folder(folder)?;
    }
    Ok(added)
}

/// Makes durable that the database's log was emptied. SQLite shortens the file and leaves it at
/// that: after a power cut it could be as long as before, with what was erased in it.
///
/// # Errors
/// What the file system says.
pub fn sync_log(data: &Path) -> io::Result<()> {
    match File::open(data.join("data.db-wal")) {
        Ok(log) => log.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_once_and_half_a_line_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let line = |id: &str| Line {
            id: id.into(),
            household: Some("u0066.01.001".into()),
            round: None,
            reason: "theo yêu cầu".into(),
            actor: "admin".into(),
            at: "2026-11-22T00:00:00.000Z".into(),
            instances: vec!["a".into()],
            files: vec![],
        };
        assert_eq!(read(folder.path()).unwrap(), []);
        assert_eq!(add(folder.path(), &[line("a"), line("b")]).unwrap(), 2);
        let whole = fs::read(path(folder.path())).unwrap();
        fs::write(path(folder.path()), &whole[..whole.len() - 9]).unwrap();
        assert_eq!(read(folder.path()).unwrap(), [line("a")]);
        assert_eq!(add(folder.path(), &[line("a"), line("b")]).unwrap(), 1);
        assert_eq!(read(folder.path()).unwrap(), [line("a"), line("b")]);
    }
}
