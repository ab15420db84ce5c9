//! Sweeping out files that nothing names: what a crash left between a blob and its row.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Blobs, is_hash};
use crate::fault::Fault;

/// Files looked at, and held still, at a time.
const AT_ONCE: usize = 256;

impl Blobs {
    /// Every finished blob and every stray file in the store, folder by folder; `take` is given the
    /// name (a hash, if it is a blob) and the path.
    ///
    /// # Errors
    /// What the file system says, and what `take` does.
    pub fn each<E: From<io::Error>>(
        &self,
        mut take: impl FnMut(&str, &Path) -> Result<(), E>,
    ) -> Result<(), E> {
        for outer in folders(&self.root)? {
            let inner = folders(&outer)?;
            for folder in std::iter::once(&outer).chain(&inner) {
                for entry in fs::read_dir(folder)? {
                    let path = entry?.path();
                    if *folder == outer && inner.binary_search(&path).is_ok() {
                        continue;
                    }
                    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    take(&name, &path)?;
                }
            }
        }
        Ok(())
    }

    /// Removes blobs older than `grace` that `unnamed` finds to have no row; how many. An upload
    /// that is about to name one is waited for, and `unnamed` asked after that.
    ///
    /// # Errors
    /// What the file system says, and what `unnamed` does.
    pub fn sweep(
        &self,
        grace: Duration,
        unnamed: impl Fn(Vec<String>) -> Result<Vec<String>, Fault>,
    ) -> Result<usize, Fault> {
        let (mut old, mut swept) = (Vec::new(), 0);
        self.each(|name, path| {
            if is_hash(name) && older(path, grace) {
                old.push(name.to_owned());
            }
            if old.len() >= AT_ONCE {
                swept += self.sweep_some(std::mem::take(&mut old), grace, &unnamed)?;
            }
            Ok::<_, Fault>(())
        })?;
        Ok(swept + self.sweep_some(old, grace, &unnamed)?)
    }

    fn sweep_some(
        &self,
        old: Vec<String>,
        grace: Duration,
        unnamed: &impl Fn(Vec<String>) -> Result<Vec<String>, Fault>,
    ) -> Result<usize, Fault> {
        // First without holding anybody up: nearly always there is nothing to do.
        let maybe = unnamed(old)?;
        if maybe.is_empty() {
            return Ok(0);
        }
        let _still = self.naming.blocking_write();
        let mut swept = 0;
        for name in unnamed(maybe)? {
            let path = self.path(&name);
            // Written again meanwhile: its row may be a retry away.
            if older(&path, grace) {
                fs::remove_file(&path)?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        // `ab`, and `cd` of programs before this one: not `incoming`.
        if entry.file_name().len() == 2 && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// A file system's clock that jumped makes a file look young: it stays.
pub(super) fn older(path: &Path, grace: Duration) -> bool {
    let changed = path.metadata().and_then(|meta| meta.modified());
    changed.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age >= grace))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::disk::Disk;

    fn store(blobs: &Blobs, bytes: &[u8]) -> String {
        let mut incoming = blobs.begin().unwrap();
        incoming.write(bytes).unwrap();
        blobs.finish(incoming).unwrap().sha256
    }

    #[test]
    fn only_old_blobs_without_a_row_are_swept_out() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        let (named, orphan) = (store(&blobs, b"named"), store(&blobs, b"orphan"));
        let unnamed = |names: Vec<String>| Ok(names.into_iter().filter(|n| *n == orphan).collect());
        assert_eq!(blobs.sweep(Duration::from_secs(60), unnamed).unwrap(), 0);
        assert_eq!(blobs.sweep(Duration::ZERO, unnamed).unwrap(), 1);
        assert!(blobs.read(&named).is_ok());
        assert_eq!(blobs.read(&orphan).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    /// An upload has stored the very bytes of an orphan and not yet committed its row: the sweep
    /// waits for it, asks again, and leaves them.
    #[test]
    fn a_blob_about_to_be_named_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), &Disk::new(folder.path(), None)).unwrap();
        let hash = store(&blobs, b"sent again");
        let rows = Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let upload = runtime.block_on(blobs.naming());
        let sweep = std::thread::spawn({
            let (blobs, rows) = (blobs.clone(), rows.clone());
            let unnamed = move |names: Vec<String>| {
                let rows = rows.lock().unwrap();
                Ok(names.into_iter().filter(|name| !rows.contains(name)).collect())
            };
            move || blobs.sweep(Duration::ZERO, unnamed)
        });
        std::thread::sleep(Duration::from_millis(100));
        assert!(!sweep.is_finished(), "it did not wait for the upload");
        rows.lock().unwrap().push(hash.clone());
        drop(upload);
        assert_eq!(sweep.join().unwrap().unwrap(), 0);
        assert!(blobs.read(&hash).is_ok());
    }
}
