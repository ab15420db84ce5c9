//! Reading and copying files of any size while hashing them.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::sync_folder;

/// SHA-256 (lower-case hex) and length of a file.
///
/// # Errors
/// What the file system says.
pub fn hash(path: &Path) -> io::Result<(String, u64)> {
    through(File::open(path)?, |_| Ok(()))
}

/// Copies a file durably: under another name first, then renamed. SHA-256 and length of what was
/// copied; it is in place only if `fits` says that this is what it should be.
///
/// # Errors
/// What the file system says; `InvalidData` when it does not fit.
pub fn copy(from: &Path, to: &Path, fits: impl Fn(&str, u64) -> bool) -> io::Result<()> {
    let partial = to.with_extension("partial");
    let mut file = File::create(&partial)?;
    let (hash, length) = through(File::open(from)?, |chunk| file.write_all(chunk))?;
    if !fits(&hash, length) {
        fs::remove_file(&partial)?;
        return Err(io::ErrorKind::InvalidData.into());
    }
    file.sync_all()?;
    fs::rename(&partial, to)?;
    sync_folder(to.parent().unwrap_or(to))
}

/// Another name for the same file where the file system can, a copy where it cannot; the bytes are
/// read and must fit in both cases.
///
/// # Errors
/// As [`copy`].
pub fn link_or_copy(from: &Path, to: &Path, fits: impl Fn(&str, u64) -> bool) -> io::Result<()> {
    if fs::hard_link(from, to).is_err() {
        return copy(from, to, fits);
    }
    let (hash, length) = hash(to)?;
    if !fits(&hash, length) {
        fs::remove_file(to)?;
        return Err(io::ErrorKind::InvalidData.into());
    }
    sync_folder(to.parent().unwrap_or(to))
}

fn through(
    mut file: File,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(String, u64)> {
    let (mut hash, mut length) = (Sha256::new(), 0);
    let mut chunk = vec![0; 256 * 1024];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok((hex::encode(hash.finalize()), length)),
            read => {
                hash.update(&chunk[..read]);
                take(&chunk[..read])?;
                length += read as u64;
            }
        }
    }
}
