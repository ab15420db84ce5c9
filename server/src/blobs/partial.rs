//! Files that arrive in pieces: `blobs/partial/<submission>.<sha256>`. What is there is a beginning of
//! the file; how long it is says where to go on, after a cut and after a crash. A piece is nobody's
//! data until the whole has the right hash; then it becomes a blob like any other.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Blobs, Stored, bytes, is_hash, sync_folder};

/// A crash of the machine costs at most so much of what was written.
const SYNC_EVERY: u64 = 256 * 1024;

/// Who may write to each file being pieced together: whoever asked last. A connection that hangs half
/// open and delivers late must not write between the pieces of the one after it.
#[derive(Debug, Default)]
pub(super) struct Writers(Mutex<BTreeMap<String, Arc<Mutex<u64>>>>);

impl Writers {
    fn of(&self, name: &str) -> Arc<Mutex<u64>> {
        held(&self.0).entry(name.to_owned()).or_default().clone()
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to write to a file being pieced together, until somebody else takes it.
pub struct Partial {
    blobs: Blobs,
    name: String,
    turn: Arc<Mutex<u64>>,
    mine: u64,
    file: File,
    length: u64,
    unsynced: u64,
}

impl Blobs {
    fn partial_folder(&self) -> PathBuf {
        self.root.join("partial")
    }

    /// How much of a file has arrived.
    pub fn arrived(&self, submission: i64, sha256: &str) -> u64 {
        let path = self.partial_folder().join(name(submission, sha256));
        path.metadata().map_or(0, |meta| meta.len())
    }

    /// Takes over the writing of a file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn piece(&self, submission: i64, sha256: &str) -> io::Result<Partial> {
        let name = name(submission, sha256);
        let turn = self.writers.of(&name);
        let mut owner = held(&turn);
        *owner += 1;
        let mine = *owner;
        let open = || {
            let folder = self.partial_folder();
            let path = folder.join(&name);
            let new = !path.exists();
            let file = OpenOptions::new().create(true).append(true).open(&path)?;
            if new {
                sync_folder(&folder)?;
            }
            let length = file.metadata()?.len();
            Ok((file, length))
        };
        let (file, length) = open().map_err(|e| self.disk.noting(e))?;
        drop(owner);
        Ok(Partial { blobs: self.clone(), name, turn, mine, file, length, unsynced: 0 })
    }

    /// Removes what has arrived of the files of these submissions, durably; whoever is writing stops.
    ///
    /// # Errors
    /// What the file system says.
    pub fn erase_partials(&self, submissions: &[i64]) -> io::Result<()> {
        let of = |name: &str| {
            let seq = name.split('.').next().and_then(|seq| seq.parse::<i64>().ok());
            seq.is_some_and(|seq| submissions.contains(&seq))
        };
        self.remove_partials(|name, _| of(name)).map(|_| ())
    }

    /// Removes what has arrived of files that the submission has whole by another way; whoever is
    /// writing stops.
    ///
    /// # Errors
    /// What the file system says.
    pub fn erase_pieces(&self, submission: i64, sha256: &[String]) -> io::Result<()> {
        let names: Vec<String> = sha256.iter().map(|hash| name(submission, hash)).collect();
        let folder = self.partial_folder();
        if !names.iter().any(|name| folder.join(name).exists()) {
            return Ok(());
        }
        self.remove_partials(|name, _| names.iter().any(|one| one == name)).map(|_| ())
    }

    /// Whether anything is on its way in pieces.
    pub fn has_pieces(&self) -> bool {
        fs::read_dir(self.partial_folder()).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// Removes what nobody has added to for so long; how many.
    ///
    /// # Errors
    /// What the file system says.
    pub fn expire_partials(&self, age: Duration) -> io::Result<usize> {
        self.remove_partials(|_, path| super::sweep::older(path, age))
    }

    fn remove_partials(&self, goes: impl Fn(&str, &std::path::Path) -> bool) -> io::Result<usize> {
        let (folder, mut removed) = (self.partial_folder(), 0);
        if !folder.exists() {
            return Ok(0);
        }
        let mut work = || {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if goes(&name, &path) {
                    let turn = self.writers.of(&name);
                    *held(&turn) += 1;
                    fs::remove_file(&path)?;
                    removed += 1;
                }
            }
            // Synced even if nothing was there: it may have gone without the power to last.
            sync_folder(&folder)
        };
        work().map_err(|e| self.disk.noting(e))?;
        Ok(removed)
    }
}

fn name(submission: i64, sha256: &str) -> String {
    format!("{submission}.{sha256}")
}

impl Partial {
    /// How much has arrived.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds bytes to the end; false when somebody else has taken over.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<bool> {
        let owner = held(&self.turn);
        if *owner != self.mine {
            return Ok(false);
        }
        self.file.write_all(bytes).map_err(|e| self.spoilt(e))?;
        self.length += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.unsynced = 0;
            self.file.sync_data().map_err(|e| self.spoilt(e))?;
        }
        Ok(true)
    }

    /// What the disk did not take is not there, although it may still read as if it were, and syncing it
    /// again would say that all is well: the file begins anew.
    fn spoilt(&self, error: io::Error) -> io::Error {
        let _ = fs::remove_file(self.blobs.partial_folder().join(&self.name));
        self.blobs.disk.noting(error)
    }

    /// Makes what has arrived durable.
    ///
    /// # Errors
    /// What the file system says.
    pub fn sync(&mut self) -> io::Result<()> {
        if self.unsynced > 0 {
            self.unsynced = 0;
            self.file.sync_data().map_err(|e| self.spoilt(e))?;
        }
        Ok(())
    }

    /// Makes a blob of it, durable. `None` when the bytes are not those the hash promised: they are
    /// thrown away, and the file begins anew; or when somebody else has taken over.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish(self, sha256: &str) -> io::Result<Option<Stored>> {
        let owner = held(&self.turn);
        if *owner != self.mine || !is_hash(sha256) {
            return Ok(None);
        }
        let (blobs, path) = (&self.blobs, self.blobs.partial_folder().join(&self.name));
        self.file.sync_all().map_err(|e| self.spoilt(e))?;
        let work = || {
            let (hash, bytes) = bytes::hash(&path)?;
            if hash != sha256 {
                fs::remove_file(&path)?;
                return Ok(None);
            }
            let place = blobs.place(sha256)?;
            fs::rename(&path, &place)?;
            sync_folder(place.parent().unwrap_or(&place))?;
            Ok(Some(Stored { sha256: hash, bytes }))
        };
        let done = work().map_err(|e| blobs.disk.noting(e));
        drop(owner);
        done
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::disk::Disk;

    fn hash(bytes: &[u8]) -> String {
        hex::encode(Sha256::digest(bytes))
    }

    #[test]
    fn pieces_add_up_to_a_blob_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        let sha256 = hash(b"front of the house");
        let mut first = open().piece(7, &sha256).unwrap();
        assert!(first.write(b"front of ").unwrap());
        first.sync().unwrap();
        let blobs = open();
        assert_eq!(blobs.arrived(7, &sha256), 9);
        assert_eq!(blobs.arrived(8, &sha256), 0, "another submission's");
        let mut second = blobs.piece(7, &sha256).unwrap();
        assert_eq!(second.length(), 9);
        assert!(second.write(b"the house").unwrap());
        let stored = second.finish(&sha256).unwrap().unwrap();
        assert_eq!((stored.bytes, &stored.sha256), (18, &sha256));
        assert_eq!(blobs.read(&sha256).unwrap(), b"front of the house");
        assert_eq!(blobs.arrived(7, &sha256), 0);
    }

    #[test]
    fn who_comes_later_writes_and_who_hangs_on_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        let sha256 = hash(b"abcd");
        let mut slow = blobs.piece(1, &sha256).unwrap();
        assert!(slow.write(b"ab").unwrap());
        let mut next = blobs.piece(1, &sha256).unwrap();
        assert!(!slow.write(b"cd").unwrap());
        assert!(slow.finish(&sha256).unwrap().is_none());
        assert!(next.write(b"cd").unwrap());
        assert!(next.finish(&sha256).unwrap().is_some());
    }

    #[test]
    fn wrong_bytes_begin_anew_and_what_is_erased_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        let sha256 = hash(b"right");
        let mut wrong = blobs.piece(1, &sha256).unwrap();
        assert!(wrong.write(b"wrong").unwrap());
        assert!(wrong.finish(&sha256).unwrap().is_none());
        assert_eq!(blobs.arrived(1, &sha256), 0);
        let mut other = blobs.piece(2, &sha256).unwrap();
        assert!(other.write(b"ri").unwrap());
        blobs.piece(3, &sha256).unwrap().write(b"r").unwrap();
        blobs.erase_partials(&[2]).unwrap();
        assert_eq!((blobs.arrived(2, &sha256), blobs.arrived(3, &sha256)), (0, 1));
        assert!(!other.write(b"ght").unwrap(), "a writer goes on after the erasure");
        blobs.piece(4, &sha256).unwrap().write(b"ri").unwrap();
        assert!(blobs.has_pieces());
        blobs.erase_pieces(4, &[hash(b"another"), sha256.clone()]).unwrap();
        blobs.erase_pieces(5, std::slice::from_ref(&sha256)).unwrap();
        assert_eq!((blobs.arrived(4, &sha256), blobs.arrived(3, &sha256)), (0, 1));
        assert_eq!(blobs.expire_partials(Duration::from_secs(3600)).unwrap(), 0);
        assert_eq!(blobs.expire_partials(Duration::ZERO).unwrap(), 1);
    }
}
