//! The folders blobs lie in, two deep, and which of them are known to be durable.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::sync_folder;

/// The folders that were made, or found, and synced since the store was opened.
///
/// That a folder is there does not say that it stays: another upload may have made it a moment ago
/// and not have synced it yet.
#[derive(Debug, Default)]
pub(super) struct Folders(Mutex<BTreeSet<String>>);

impl Folders {
    /// The folder of a blob below `root`, durable.
    pub fn of(&self, root: &Path, sha256: &str) -> io::Result<PathBuf> {
        let (outer, inner) = (&sha256[..2], &sha256[..4]);
        let outer_folder = root.join(outer);
        let folder = outer_folder.join(&inner[2..]);
        if self.knows(inner) {
            return Ok(folder);
        }
        fs::create_dir_all(&folder)?;
        sync_folder(&outer_folder)?;
        if !self.knows(outer) {
            sync_folder(root)?;
            self.note(outer);
        }
        self.note(inner);
        Ok(folder)
    }

    fn knows(&self, folder: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(folder)
    }

    fn note(&self, folder: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
    }
}
