//! Whether the disk takes what it is given: the trouble it gave, and the room it has left.
//!
//! After a failed write or fsync nothing more is written until a test write went through
//! (`tend.rs`): the system may call pages clean that never reached the disk, so trying the same
//! fsync again proves nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ntm_shared::problem::{self, Problem};

use crate::fault::Fault;

/// Least and most that stays free when the settings do not say.
const RESERVE: (u64, u64) = (16 << 20, 1 << 30);

/// The smallest reserve: less room than this is what a refused upload gave back.
const FLOOR: u64 = 1 << 20;

/// How long what the file system said of its room is believed. What is written meanwhile is less than
/// the reserve.
const BELIEVED: Duration = Duration::from_millis(20);

/// What the disk did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It has no room, or the quota is used up.
    Full,
    /// It failed.
    Fault,
}

impl Trouble {
    /// The row of the problem table.
    pub fn problem(self) -> &'static Problem {
        match self {
            Trouble::Full => &problem::STORAGE_FULL,
            Trouble::Fault => &problem::STORAGE_FAULT,
        }
    }

    /// What an error says of the disk, if anything: a missing file or too many open ones say nothing.
    fn of(error: &io::Error) -> Option<Trouble> {
        const EIO: i32 = 5;
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Trouble::Full),
            io::ErrorKind::ReadOnlyFilesystem => Some(Trouble::Fault),
            _ if error.raw_os_error() == Some(EIO) => Some(Trouble::Fault),
            _ => None,
        }
    }
}

/// The disk under a data folder.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    reserve: Option<u64>,
    trouble: AtomicU8,
    receiving: AtomicU64,
    /// When the file system was asked last, and what it said.
    space: Mutex<Option<(Instant, Space)>>,
}

/// Room promised to an upload until it is dropped.
#[derive(Debug)]
pub struct Admitted {
    disk: Arc<Disk>,
    bytes: u64,
}

impl Disk {
    /// The disk under `folder`, of which `reserve` bytes stay free.
    pub fn new(folder: &Path, reserve: Option<u64>) -> Arc<Disk> {
        let (trouble, receiving) = (AtomicU8::new(0), AtomicU64::new(0));
        let space = Mutex::default();
        Arc::new(Disk { folder: folder.to_owned(), reserve, trouble, receiving, space })
    }

    /// The trouble nothing has mended yet. While there is any, nothing is written.
    pub fn trouble(&self) -> Option<Trouble> {
        match self.trouble.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Trouble::Full),
            _ => Some(Trouble::Fault),
        }
    }

    /// A write failed.
    pub fn struck(&self, trouble: Trouble) {
        self.trouble.store(if trouble == Trouble::Full { 1 } else { 2 }, Ordering::Relaxed);
        tracing::error!(
            ?trouble,
            "the disk refused a write: nothing is written until a test succeeds"
        );
    }

    /// A test write went through.
    pub fn mended(&self) {
        self.trouble.store(0, Ordering::Relaxed);
        tracing::warn!("the disk takes writes again");
    }

    /// Whether trying a test write makes sense.
    pub fn may_be_mended(&self) -> bool {
        self.trouble() != Some(Trouble::Full) || self.has_room(0)
    }

    /// Passes an error of a write on, having noted what it says of the disk.
    pub fn noting(&self, error: io::Error) -> io::Error {
        if let Some(trouble) = Trouble::of(&error) {
            self.struck(trouble);
        }
        error
    }

    /// What keeps it from taking an upload: trouble, or too little room.
    pub fn state(&self) -> Option<Trouble> {
        self.trouble().or_else(|| (!self.has_room(0)).then_some(Trouble::Full))
    }

    /// Room for an upload of so many bytes, or the reason why not.
    ///
    /// # Errors
    /// `storage_full`, `storage_fault`.
    pub fn admit(self: &Arc<Self>, bytes: u64) -> Result<Admitted, Fault> {
        if let Some(trouble) = self.trouble() {
            return Err(Fault::new(trouble.problem()));
        }
        let before = self.receiving.fetch_add(bytes, Ordering::Relaxed);
        let admitted = Admitted { disk: self.clone(), bytes };
        match self.is_room(self.believed(), before + bytes) {
            true => Ok(admitted),
            false => Err(Fault::new(&problem::STORAGE_FULL)),
        }
    }

    /// Whether so many bytes fit beside the uploads under way. Nothing is promised: who can wait takes
    /// no room from senders, not even for a moment.
    pub fn fits(&self, bytes: u64) -> bool {
        let receiving = self.receiving.load(Ordering::Relaxed);
        self.trouble().is_none() && self.has_room(receiving.saturating_add(bytes))
    }

    fn has_room(&self, bytes: u64) -> bool {
        self.is_room(self.asked(), bytes)
    }

    fn is_room(&self, space: Space, bytes: u64) -> bool {
        // A file system that does not say is taken to have room: a write will tell.
        let Some((free, whole)) = space else { return true };
        let reserve = self.reserve.unwrap_or_else(|| (whole / 20).clamp(RESERVE.0, RESERVE.1));
        free >= reserve.max(FLOOR).saturating_add(bytes)
    }

    /// What the file system says of its room now.
    fn asked(&self) -> Space {
        let said = space(&self.folder);
        *self.space.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), said));
        said
    }

    /// The same, or what it said a moment ago.
    fn believed(&self) -> Space {
        let last = *self.space.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(at, _)| at.elapsed() < BELIEVED)
            .map_or_else(|| self.asked(), |(_, said)| said)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.disk.receiving.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Bytes free for this process, and of the whole file system, if that says.
type Space = Option<(u64, u64)>;

#[cfg(unix)]
fn space(folder: &Path) -> Space {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some((
        found.f_bavail.saturating_mul(found.f_frsize),
        found.f_blocks.saturating_mul(found.f_frsize),
    ))
}

#[cfg(not(unix))]
fn space(_: &Path) -> Space {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_promised_once_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let (free, _) = space(folder.path()).unwrap();
        let disk = Disk::new(folder.path(), Some(free / 2));
        let first = disk.admit(free / 3).expect("a third of the room");
        assert!(disk.admit(free / 3).is_err(), "more was promised than there is");
        assert!(!disk.fits(free / 3), "what was promised does not fit anything else");
        drop(first);
        assert!(disk.fits(free / 3) && disk.admit(free / 3).is_ok());
        assert!(disk.admit(free / 3).is_ok());
        assert_eq!(disk.state(), None);
        assert_eq!(Disk::new(folder.path(), Some(u64::MAX)).state(), Some(Trouble::Full));
    }

    #[test]
    fn only_what_the_disk_did_is_trouble() {
        let disk = Disk::new(Path::new("."), Some(0));
        for (code, trouble) in
            [(24, None), (2, None), (28, Some(Trouble::Full)), (5, Some(Trouble::Fault))]
        {
            disk.noting(io::Error::from_raw_os_error(code));
            assert_eq!(disk.trouble(), trouble, "{code}");
        }
        assert!(disk.admit(0).is_err());
        disk.mended();
        assert!(disk.admit(0).is_ok());
    }
}
