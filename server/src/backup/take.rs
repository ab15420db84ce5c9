//! Taking a backup beside a running server.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::forget::{self, Forgotten};
use super::{FORMAT, Manifest, PARTIAL, REMOVED, each_blob, finished};
use crate::blobs::{Blobs, bytes, is_hash, sync_folder};
use crate::clock::Clock;
use crate::folder;
use crate::store::{Db, attachments, meta, whole};

/// What a backup came to.
pub struct Taken {
    /// The finished backup.
    pub folder: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// Blobs that were not in the pool before.
    pub new_blobs: u64,
    /// Older backups removed.
    pub removed: usize,
    /// What older backups had of what was erased since.
    pub forgotten: Forgotten,
}

/// Backs `data` up into `to`, keeping the newest `keep` backups there. Everything acknowledged
/// before the call is in it: first the database, then the blobs it names, which are durable before
/// their rows and never change.
///
/// # Errors
/// When there is nothing to back up, the target cannot be written or another backup is writing to
/// it. What was there before stays.
pub async fn backup(data: &Path, to: &Path, keep: usize) -> anyhow::Result<Taken> {
    let source = data.join("data.db");
    anyhow::ensure!(source.exists(), "Không có dữ liệu trong {} (no data there)", data.display());
    let taken_at = Clock::default().stamp();
    let _lock = folder::take(to)?;
    let (data, to) = (data.canonicalize()?, to.canonicalize()?);
    anyhow::ensure!(
        !to.starts_with(&data),
        "Bản sao lưu phải nằm ngoài thư mục dữ liệu (a backup inside the data folder dies with it)"
    );
    let partial = to.join(PARTIAL);
    forget::resume(&to)?;
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir(&partial)?;
    let copy = partial.join("data.db");
    Db::copy(&source, &copy)?;
    File::open(&copy)?.sync_all()?;

    let db = Db::open_copy(&copy)?;
    let (from, pool) = (Blobs::at(&data), Blobs::at(&to));
    let read = db.read(move |tx| {
        let pages = whole::pages(tx)?;
        anyhow::ensure!(pages.is_empty(), "the database is damaged: {}", pages.join("; "));
        let mut files = Files { from, pool, count: 0, bytes: 0, new: 0, damaged: Vec::new() };
        each_blob(tx, |sha256, bytes| files.take(sha256, bytes))?;
        Ok((files, meta::get(tx, meta::EPOCH)?, whole::version(tx)?))
    });
    let (files, epoch, schema) = read.await?;
    drop(db);
    let (database_sha256, database_bytes) = bytes::hash(&copy)?;
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").into(),
        schema,
        epoch,
        taken_at: taken_at.clone(),
        database_bytes,
        database_sha256,
        blobs: files.count,
        blob_bytes: files.bytes,
        damaged: files.damaged,
    };
    super::write(&manifest, &partial)?;
    sync_folder(&partial)?;
    // A colon is no letter of a file name on a USB stick.
    let folder = to.join(taken_at.replace(':', "-"));
    fs::rename(&partial, &folder).context("the finished backup cannot be given its name")?;
    sync_folder(&to)?;
    let removed = prune(&to, keep.max(1)).await?;
    let forgotten = forget::everywhere(&data, &to, &folder).await?;
    Ok(Taken { folder, manifest, new_blobs: files.new, removed, forgotten })
}

struct Files {
    from: Blobs,
    pool: Blobs,
    count: u64,
    bytes: u64,
    new: u64,
    damaged: Vec<String>,
}

impl Files {
    /// Takes one blob into the pool, its bytes read and verified, unless an earlier backup did.
    fn take(&mut self, sha256: &str, length: u64) -> anyhow::Result<()> {
        self.count += 1;
        self.bytes += length;
        anyhow::ensure!(is_hash(sha256), "a row speaks of a blob that has no hash for a name");
        let to = self.pool.path(sha256);
        if to.metadata().is_ok_and(|there| there.len() == length) {
            return Ok(());
        }
        let to = self.pool.place(sha256)?;
        // Of another length, it is what a power cut left of it.
        if to.exists() {
            fs::remove_file(&to)?;
        }
        let fits = |hash: &str, read| hash == sha256 && read == length;
        match bytes::link_or_copy(&self.from.path(sha256), &to, fits) {
            Ok(()) => self.new += 1,
            // The rest is worth keeping all the same; the caller is told.
            Err(error) if damage(&error) => self.damaged.push(sha256.into()),
            Err(error) => return Err(error).context("a file cannot be copied"),
        }
        Ok(())
    }
}

fn damage(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidData)
}

/// Removes the oldest backups, then blobs that none of those left names.
async fn prune(root: &Path, keep: usize) -> anyhow::Result<usize> {
    let mut all = finished(root)?;
    let old: Vec<PathBuf> = all.drain(..all.len().saturating_sub(keep)).collect();
    if old.is_empty() {
        return Ok(0);
    }
    for folder in &old {
        // Under a hidden name it is no backup any more, whatever is left of it.
        let hidden = root.join(REMOVED);
        if hidden.exists() {
            fs::remove_dir_all(&hidden)?;
        }
        fs::rename(folder, &hidden)?;
        sync_folder(root)?;
        fs::remove_dir_all(&hidden)?;
    }
    let mut unnamed = BTreeSet::new();
    Blobs::at(root).each(|name, _| {
        unnamed.insert(name.to_owned());
        Ok::<_, std::io::Error>(())
    })?;
    for folder in &all {
        let names = std::mem::take(&mut unnamed);
        let db = Db::open_copy(&folder.join("data.db"))?;
        let left = db.read(move |tx| attachments::unnamed(tx, names.into_iter().collect()));
        unnamed = left.await?.into_iter().collect();
    }
    for name in unnamed.iter().filter(|name| is_hash(name)) {
        fs::remove_file(Blobs::at(root).path(name))?;
    }
    Ok(old.len())
}
