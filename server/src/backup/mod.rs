//! Backups: a folder with one pool of blobs and, per backup, a database and a manifest.
//!
//! ```text
//! DIR/blobs/ab/<sha256>              every blob any of the backups names, once
//! DIR/2026-11-22T00-34-38.123Z/      a finished backup; its name appears when it is whole
//!     manifest.json, data.db
//! ```

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::blobs::{Blobs, bytes};
use crate::check::{Checked, check_all};
use crate::store::{Db, StoreFault, Tx, attachments};

mod forget;
mod restore;
mod take;

pub use forget::Forgotten;
pub use restore::{Restored, restore};
pub use take::{Taken, backup};

const MANIFEST: &str = "manifest.json";
/// Where a backup is made.
const PARTIAL: &str = ".partial";
/// Where one goes that is not to be any more.
const REMOVED: &str = ".removed";
const FORMAT: u32 = 1;
/// Rows read at a time.
const PAGE: i64 = 1000;

/// What a backup says of itself. The blobs that belong to it are those its database names.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this description.
    pub format: u32,
    /// Version of the program that made it.
    pub program: String,
    /// Version of the tables.
    pub schema: i64,
    /// The history of the data it was taken from.
    pub epoch: Option<String>,
    /// When it began: everything acknowledged before is in it.
    pub taken_at: String,
    /// Bytes of `data.db`.
    pub database_bytes: u64,
    /// SHA-256 of `data.db`.
    pub database_sha256: String,
    /// Number of blobs.
    pub blobs: u64,
    /// Bytes of the blobs.
    pub blob_bytes: u64,
    /// Blobs that were missing or damaged already where they were taken from.
    pub damaged: Vec<String>,
}

/// A finished backup.
struct Found {
    folder: PathBuf,
    pool: PathBuf,
    manifest: Manifest,
}

impl Found {
    /// The backup at `path`, or the newest of the backups at `path`.
    fn at(path: &Path) -> anyhow::Result<Found> {
        let folder = if path.join(MANIFEST).exists() {
            path.to_owned()
        } else {
            let newest = finished(path)?.pop();
            newest.with_context(|| {
                format!("Không có bản sao lưu nào trong {} (no backup there)", path.display())
            })?
        };
        let folder = folder.canonicalize()?;
        let text = fs::read(folder.join(MANIFEST))?;
        let manifest: Manifest = serde_json::from_slice(&text).context("manifest.json")?;
        anyhow::ensure!(
            manifest.format == FORMAT,
            "a backup of format {} is not known to this program",
            manifest.format
        );
        let pool = folder.parent().context("a backup lies in a folder")?.to_owned();
        Ok(Found { folder, pool, manifest })
    }

    fn database(&self) -> PathBuf {
        self.folder.join("data.db")
    }

    /// Whether `data.db` may be it.
    fn fits(&self) -> impl Fn(&str, u64) -> bool {
        let Manifest { database_sha256, database_bytes, .. } = &self.manifest;
        move |hash: &str, length| hash == database_sha256 && length == *database_bytes
    }
}

/// Finished backups, oldest first.
fn finished(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = fs::read_dir(root).with_context(|| format!("cannot read {}", root.display()))?;
    let mut found = Vec::new();
    for entry in read {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.join(MANIFEST).exists() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Calls `each` with hash and size of every blob the database names.
fn each_blob<E: From<StoreFault>>(
    tx: &dyn Tx,
    mut each: impl FnMut(&str, u64) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let page = attachments::blobs_after(tx, &after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        page.iter().try_for_each(|(sha256, bytes)| each(sha256, *bytes))?;
    }
}

/// Checks a backup (the newest, if `path` holds several): the database against the manifest, then
/// everything in it, as for a data folder.
///
/// # Errors
/// When there is no backup, or its database cannot be read at all.
pub async fn check_backup(path: &Path) -> anyhow::Result<Checked> {
    let found = Found::at(path)?;
    let (hash, length) = bytes::hash(&found.database()).context("data.db")?;
    if !found.fits()(&hash, length) {
        let faults = vec!["data.db is not what the manifest says".to_owned()];
        return Ok(Checked { faults, ..Checked::default() });
    }
    check_all(Db::open_copy(&found.database())?, Blobs::at(&found.pool)).await
}

/// Writes a manifest durably.
fn write(manifest: &Manifest, folder: &Path) -> anyhow::Result<()> {
    let mut file = File::create(folder.join(MANIFEST))?;
    file.write_all(&serde_json::to_vec_pretty(manifest)?)?;
    Ok(file.sync_all()?)
}
