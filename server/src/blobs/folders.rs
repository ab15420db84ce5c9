//! The folders blobs lie in, one deep, and which of them are known to be durable.
//!
//! A server makes them all when it starts, so that an upload finds them there: a folder made on the
//! way costs another fsync. Programs before this one went two deep (`ab/cd/<sha256>`); what lies
//! there stays there, and is written there when it comes again.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{Blobs, sync_folder};

/// The folders that were made, or found, and synced since the store was opened.
///
/// That a folder is there does not say that it stays: another upload may have made it a moment ago
/// and not have synced it yet.
#[derive(Debug, Default)]
pub(super) struct Folders(Mutex<BTreeSet<String>>);

impl Folders {
    /// Makes every folder below `root`, durable.
    pub fn make(&self, root: &Path) -> io::Result<()> {
        let names: Vec<String> = (0..=0xFF_u8).map(|first| hex::encode([first])).collect();
        for name in &names {
            match fs::create_dir(root.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        sync_folder(root)?;
        names.iter().for_each(|name| self.note(name));
        Ok(())
    }

    /// A folder below `root`, durable.
    fn of(&self, root: &Path, name: &str) -> io::Result<PathBuf> {
        let folder = root.join(name);
        if !self.knows(name) {
            fs::create_dir_all(&folder)?;
            sync_folder(root)?;
            self.note(name);
        }
        Ok(folder)
    }

    fn knows(&self, folder: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(folder)
    }

    fn note(&self, folder: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
    }
}

impl Blobs {
    /// Where a blob is, or would be.
    pub fn path(&self, sha256: &str) -> PathBuf {
        let [new, old] = self.paths(sha256);
        if old.exists() { old } else { new }
    }

    /// Both places where a blob may be: that of new ones, and that of those from before.
    pub(super) fn paths(&self, sha256: &str) -> [PathBuf; 2] {
        let folder = self.root.join(&sha256[..2]);
        [folder.join(sha256), folder.join(&sha256[2..4]).join(sha256)]
    }

    /// Where a blob is to be put: in a folder that is durable itself.
    ///
    /// # Errors
    /// What the file system says.
    pub fn place(&self, sha256: &str) -> io::Result<PathBuf> {
        let [_, old] = self.paths(sha256);
        let folder = self.folders.of(&self.root, &sha256[..2])?;
        if old.exists() {
            // Who made that folder may not have lived to sync it.
            sync_folder(&folder)?;
            return Ok(old);
        }
        Ok(folder.join(sha256))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::disk::Disk;

    fn open(data: &Path) -> Blobs {
        Blobs::open(data, &Disk::new(data, None)).unwrap()
    }

    fn store(blobs: &Blobs, bytes: &[u8]) -> String {
        let mut incoming = blobs.begin().unwrap();
        incoming.write(bytes).unwrap();
        blobs.finish(incoming).unwrap().sha256
    }

    /// As a program before this one left it.
    fn moved(blobs: &Blobs, sha256: &str) -> PathBuf {
        let [new, old] = blobs.paths(sha256);
        fs::create_dir_all(old.parent().unwrap()).unwrap();
        fs::rename(new, &old).unwrap();
        old
    }

    fn all(blobs: &Blobs) -> Vec<String> {
        let mut all = Vec::new();
        let note = |name: &str, _: &Path| {
            all.push(name.to_owned());
            Ok::<_, io::Error>(())
        };
        blobs.each(note).unwrap();
        all.sort();
        all
    }

    #[test]
    fn every_folder_is_there_before_the_first_blob() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = open(folder.path());
        for name in ["00", "0a", "a0", "ff"] {
            assert!(blobs.root.join(name).is_dir() && blobs.folders.knows(name), "{name}");
        }
        drop(blobs);
        // They are there already, and one is gone.
        fs::remove_dir(folder.path().join("blobs/7f")).unwrap();
        assert!(open(folder.path()).root.join("7f").is_dir());
        // Who only copies into a store makes those he needs.
        let pool = Blobs::at(&folder.path().join("pool"));
        let hash = "ab".repeat(32);
        let place = pool.place(&hash).unwrap();
        assert!(place.parent().unwrap().is_dir() && !pool.root.join("ac").exists());
    }

    #[test]
    fn what_lies_two_deep_is_found_replaced_listed_and_removed_there() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = open(folder.path());
        let (was, is) = (store(&blobs, b"from before"), store(&blobs, b"new"));
        let old = moved(&blobs, &was);
        let blobs = open(folder.path());
        assert_eq!(blobs.read(&was).unwrap(), b"from before");
        assert_eq!(blobs.verify(&was).unwrap(), 11);
        let mut both = vec![was.clone(), is.clone()];
        both.sort();
        assert_eq!(all(&blobs), both);

        fs::write(&old, b"rot").unwrap();
        assert_eq!(store(&blobs, b"from before"), was);
        assert_eq!(fs::read(&old).unwrap(), b"from before", "sent again, it is whole again");
        assert_eq!(all(&blobs), both, "one file each");

        let mut piece = blobs.piece(1, &was).unwrap();
        assert!(piece.write(b"from before").unwrap());
        assert!(piece.finish(&was).unwrap().is_some());
        assert_eq!(all(&blobs), both, "in pieces too");

        let unnamed = |names: Vec<String>| Ok(names.into_iter().filter(|n| *n == was).collect());
        assert_eq!(blobs.sweep(Duration::ZERO, unnamed).unwrap(), 1);
        assert_eq!(all(&blobs), [is]);
    }

    #[test]
    fn an_erasure_removes_it_from_both_places() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = open(folder.path());
        let hash = store(&blobs, b"erased");
        let old = moved(&blobs, &hash);
        let [new, _] = blobs.paths(&hash);
        fs::copy(&old, &new).unwrap();
        blobs.erase(std::slice::from_ref(&hash)).unwrap();
        assert!(!old.exists() && !new.exists());
        blobs.erase(&[hash]).unwrap();
    }
}
