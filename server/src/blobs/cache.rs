//! Thumbnails: `cache/thumbnails/ab/<sha256>.jpg`. Losing the folder loses nothing.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use super::{Blobs, is_hash};

impl Blobs {
    fn thumbnails(&self) -> PathBuf {
        self.root.with_file_name("cache").join("thumbnails")
    }

    pub(super) fn thumbnail(&self, sha256: &str) -> PathBuf {
        self.thumbnails().join(&sha256[..2]).join(format!("{sha256}.jpg"))
    }

    /// Keeps the thumbnail of a blob. Not durable: it can be made again.
    ///
    /// # Errors
    /// What the file system says.
    pub fn cache(&self, sha256: &str, thumbnail: &[u8]) -> io::Result<()> {
        if !is_hash(sha256) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let path = self.thumbnail(sha256);
        let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
        let write = || {
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(thumbnail)?;
            file.persist(&path).map_err(|e| e.error)?;
            Ok(())
        };
        write().map_err(|e| self.disk.noting(e))
    }

    /// The thumbnail of a blob, if there is one that a power cut left whole.
    pub fn cached(&self, sha256: &str) -> Option<Vec<u8>> {
        let bytes = is_hash(sha256).then(|| fs::read(self.thumbnail(sha256)).ok())??;
        (bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9])).then_some(bytes)
    }

    /// Removes the thumbnail of a blob that is erased.
    ///
    /// # Errors
    /// What the file system says.
    pub fn uncache(&self, sha256: &str) -> io::Result<()> {
        match fs::remove_file(self.thumbnail(sha256)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes every thumbnail whose blob no row names.
    ///
    /// # Errors
    /// What `unnamed` or the file system says.
    pub fn sweep_cache<E: From<io::Error>>(
        &self,
        mut unnamed: impl FnMut(Vec<String>) -> Result<Vec<String>, E>,
    ) -> Result<(), E> {
        let Ok(folders) = fs::read_dir(self.thumbnails()) else { return Ok(()) };
        for folder in folders {
            let mut names = Vec::new();
            for file in fs::read_dir(folder?.path())? {
                let name = file?.file_name().to_string_lossy().into_owned();
                names.extend(name.strip_suffix(".jpg").filter(|n| is_hash(n)).map(str::to_owned));
            }
            for name in unnamed(names)? {
                self.uncache(&name)?;
            }
        }
        Ok(())
    }
}
