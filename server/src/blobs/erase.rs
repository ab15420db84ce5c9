//! Removing files for good: gone when the power fails the next millisecond.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use super::{Blobs, is_hash, sync_folder};

impl Blobs {
    /// Removes files and their thumbnails durably; those that are not there are gone already.
    ///
    /// # Errors
    /// What the file system says; what it did not remove is to be tried again.
    pub fn erase(&self, hashes: &[String]) -> io::Result<()> {
        let mut folders = BTreeSet::new();
        for sha256 in hashes.iter().filter(|hash| is_hash(hash)) {
            let [new, old] = self.paths(sha256);
            for path in [new, old, self.thumbnail(sha256)] {
                remove(&path).map_err(|e| self.disk.noting(e))?;
                // Synced even if the file was gone: it may have gone without the power to last.
                folders.extend(path.parent().filter(|at| at.exists()).map(Path::to_owned));
            }
        }
        folders.iter().try_for_each(|at| sync_folder(at)).map_err(|e| self.disk.noting(e))
    }
}

fn remove(path: &Path) -> io::Result<()> {
    if !path.try_exists()? {
        return Ok(());
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
