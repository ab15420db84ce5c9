//! Photos and other files, content-addressed: `blobs/ab/<sha256>`.
//!
//! Recipe: temporary file beside the blobs → write while hashing → fsync → rename → fsync the
//! folder. `finish` returns only when the bytes survive a power cut. The only code that touches
//! data files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, Semaphore};

use crate::disk::Disk;
use folders::Folders;
use partial::Writers;

pub mod bytes;
mod cache;
mod erase;
mod folders;
pub mod partial;
mod sweep;

/// Files made durable at once. More threads than this wait for the same disk; each has a stack and
/// memory of its own.
const AT_ONCE: usize = 64;

/// Folders in which files arrive, in turn: those who make, sync and rename files in one folder wait
/// for each other.
const ARRIVALS: usize = 64;

/// The blob store of a data folder.
#[derive(Clone, Debug)]
pub struct Blobs {
    root: PathBuf,
    disk: Arc<Disk>,
    /// Shared by uploads from naming a blob until its row is committed; whole for the sweep.
    naming: Arc<RwLock<()>>,
    folders: Arc<Folders>,
    writers: Arc<Writers>,
    /// Files that began to arrive.
    arrived: Arc<AtomicUsize>,
    finishing: Arc<Semaphore>,
}

/// A blob being received. Dropped unfinished, it leaves nothing.
pub struct Incoming {
    file: tempfile::NamedTempFile,
    disk: Arc<Disk>,
    hash: Sha256,
    bytes: u64,
}

/// A durable blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

impl Blobs {
    /// Opens the store under `data`, creating it as needed and sweeping out what was being
    /// received when the server last stopped.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(data: &Path, disk: &Arc<Disk>) -> io::Result<Blobs> {
        let root = data.join("blobs");
        let incoming = root.join("incoming");
        if incoming.exists() {
            fs::remove_dir_all(&incoming)?;
        }
        for n in 0..ARRIVALS {
            fs::create_dir_all(arrivals(&root, n))?;
        }
        fs::create_dir_all(root.join("partial"))?;
        let blobs = Blobs { disk: disk.clone(), ..Blobs::at(data) };
        blobs.folders.make(&blobs.root)?;
        sync_folder(data)?;
        Ok(blobs)
    }

    /// The store under `data` for reading only.
    pub fn at(data: &Path) -> Blobs {
        Blobs {
            root: data.join("blobs"),
            disk: Disk::new(data, None),
            naming: Arc::default(),
            folders: Arc::default(),
            writers: Arc::default(),
            arrived: Arc::default(),
            finishing: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Held from before [`Blobs::finish`] until the row that names the blob is committed: nothing
    /// is swept out meanwhile.
    pub async fn naming(&self) -> OwnedRwLockReadGuard<()> {
        self.naming.clone().read_owned().await
    }

    /// Held while files lose their names and are removed: no upload names one meanwhile.
    pub async fn unnaming(&self) -> OwnedRwLockWriteGuard<()> {
        self.naming.clone().write_owned().await
    }

    /// Begins receiving a blob.
    ///
    /// # Errors
    /// What the file system says.
    pub fn begin(&self) -> io::Result<Incoming> {
        let next = self.arrived.fetch_add(1, Ordering::Relaxed) % ARRIVALS;
        let made = tempfile::NamedTempFile::new_in(arrivals(&self.root, next));
        let file = made.map_err(|e| self.disk.noting(e))?;
        Ok(Incoming { file, disk: self.disk.clone(), hash: Sha256::new(), bytes: 0 })
    }

    /// Makes a received blob durable, off the async threads and when it is its turn. Storing the same
    /// bytes again is harmless.
    ///
    /// # Errors
    /// What the file system says; the blob is then not stored.
    pub async fn keep(&self, incoming: Incoming) -> io::Result<Stored> {
        let turn = self.finishing.clone().acquire_owned().await.map_err(io::Error::other)?;
        let blobs = self.clone();
        let finish = move || {
            let stored = blobs.finish(incoming);
            drop(turn);
            stored
        };
        tokio::task::spawn_blocking(finish).await.map_err(io::Error::other)?
    }

    /// As [`Blobs::keep`], on this thread and now.
    ///
    /// # Errors
    /// What the file system says; the blob is then not stored.
    pub fn finish(&self, incoming: Incoming) -> io::Result<Stored> {
        self.make_durable(incoming).map_err(|e| self.disk.noting(e))
    }

    fn make_durable(&self, incoming: Incoming) -> io::Result<Stored> {
        let sha256 = hex::encode(incoming.hash.finalize());
        let stored = Stored { sha256, bytes: incoming.bytes };
        let file = incoming.file;
        file.as_file().sync_all()?;
        let path = self.place(&stored.sha256)?;
        file.persist(&path).map_err(|e| e.error)?;
        sync_folder(path.parent().unwrap_or(&path))?;
        Ok(stored)
    }

    /// Writes, makes durable and removes a blob's worth of bytes, as an upload would.
    ///
    /// # Errors
    /// What the file system says.
    pub fn test(&self) -> io::Result<()> {
        let folder = self.root.join("incoming");
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(&[0x5A; 64 * 1024])?;
        file.as_file().sync_all()?;
        sync_folder(&folder)?;
        file.close()
    }

    /// The bytes of a blob, verified against its hash.
    ///
    /// # Errors
    /// `NotFound`, `InvalidData` when the bytes no longer match, or what the file system says.
    pub fn read(&self, sha256: &str) -> io::Result<Vec<u8>> {
        if !is_hash(sha256) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let bytes = fs::read(self.path(sha256))?;
        if hex::encode(Sha256::digest(&bytes)) != sha256 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(bytes)
    }

    /// Whether a blob is there whole: how long it is.
    ///
    /// # Errors
    /// As [`Blobs::read`].
    pub fn verify(&self, sha256: &str) -> io::Result<u64> {
        if !is_hash(sha256) {
            return Err(io::ErrorKind::NotFound.into());
        }
        match bytes::hash(&self.path(sha256))? {
            (hash, length) if hash == sha256 => Ok(length),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl Incoming {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|e| self.disk.noting(e))
    }

    /// True while nothing has arrived.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }
}

/// Whether `name` is a SHA-256 in lower-case hex, as every finished blob is called.
pub fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Where the nth of the files arriving is kept until it is whole.
fn arrivals(root: &Path, n: usize) -> PathBuf {
    root.join("incoming").join(format!("{n:02x}"))
}

/// A name in a folder is durable only once the folder is.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_one_blob_and_read_back_verified() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        let store = |bytes: &[u8]| {
            let mut incoming = blobs.begin().unwrap();
            incoming.write(bytes).unwrap();
            blobs.finish(incoming).unwrap()
        };
        let first = store("ảnh nhà".as_bytes());
        assert_eq!(first, store("ảnh nhà".as_bytes()));
        assert_eq!(blobs.read(&first.sha256).unwrap(), "ảnh nhà".as_bytes());

        fs::write(blobs.path(&first.sha256), b"rot").unwrap();
        assert_eq!(blobs.read(&first.sha256).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(blobs.read("../../data.db").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_was_never_finished_is_swept_out() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        fs::write(folder.path().join("blobs/incoming/left"), b"half a photo").unwrap();
        fs::write(folder.path().join("blobs/incoming/07/left"), b"half a photo").unwrap();
        let mut dropped = blobs.begin().unwrap();
        dropped.write(b"half").unwrap();
        drop(dropped);
        Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        for entry in fs::read_dir(folder.path().join("blobs/incoming")).unwrap() {
            assert_eq!(fs::read_dir(entry.unwrap().path()).unwrap().count(), 0);
        }
    }
}
