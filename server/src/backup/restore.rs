//! Making a data folder out of a backup.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;
use tokio::time::Instant;

use super::{Found, Manifest, each_blob};
use crate::blobs::{Blobs, bytes};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::erasing::Work;
use crate::folder;
use crate::ops::{By, SERVER, epoch};
use crate::store::Db;

/// What a restore came to.
pub struct Restored {
    /// The backup's manifest.
    pub manifest: Manifest,
    /// The new history's name.
    pub epoch: String,
    /// Households and rounds that were erased after the backup was taken, and are erased again.
    pub erased: usize,
    /// Blobs that were not in the backup or not whole, and are not in the data folder either.
    pub damaged: Vec<String>,
}

/// Restores a backup (the newest, if `from` holds several) into `data`, which holds nothing yet.
/// Every hash is verified, and the data get a new epoch. With `damaged`, files that are missing or
/// damaged are left out instead of ending it.
///
/// What was erased after the backup was taken is erased again, before anything of it is copied: as
/// the log beside the backups knows it, the log in `data` if there is one, and the one at `erased`.
///
/// # Errors
/// When the folder has data, the backup is not whole or the file system says no. A restore that
/// broke off leaves a folder that no server starts on; running it again begins anew.
pub async fn restore(
    from: &Path,
    data: &Path,
    damaged: bool,
    erased: Option<&Path>,
) -> anyhow::Result<Restored> {
    let found = Found::at(from)?;
    if let Some(log) = erased {
        anyhow::ensure!(
            log.exists(),
            "Không có nhật ký xóa {} (no log of what was erased there)",
            log.display()
        );
    }
    let lock = folder::begin_restore(data)?;
    let mut lines = folder::erased::read(&found.pool)?;
    if let Some(log) = erased {
        lines.extend(folder::erased::at(log)?);
    }
    folder::erased::add(data, &lines)?;
    let lines = folder::erased::read(data)?;
    let disk = Disk::new(data, Some(0));
    let (pool, blobs) = (Blobs::at(&found.pool), Blobs::open(data, &disk)?);
    let path = data.join("data.db");
    let copied = bytes::copy(&found.database(), &path, found.fits());
    copied.map_err(|error| match error.kind() {
        ErrorKind::InvalidData => anyhow::anyhow!(
            "data.db của bản sao lưu bị hỏng; dùng bản sao lưu khác (the backup's database is damaged; use another backup)"
        ),
        _ => anyhow::Error::new(error).context("the database cannot be copied"),
    })?;

    let db = Db::open(&path, &disk)?;
    let by = || By { actor: SERVER.into(), at: Clock::default().stamp() };
    let work = Work { db: &db, blobs: &blobs, data: data.to_owned() };
    let repeated = work.repeat(lines, by).await.map_err(crate::anyhow_fault)?;
    let blobs = blobs.clone();
    let missing = db.read(move |tx| {
        let mut missing = Vec::new();
        each_blob(tx, |sha256, length| {
            let place = blobs.place(sha256)?;
            let fits = |hash: &str, read| hash == sha256 && read == length;
            match bytes::copy(&pool.path(sha256), &place, fits) {
                Ok(()) => Ok(()),
                Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => {
                    missing.push(sha256.to_owned());
                    Ok(())
                }
                Err(e) => Err(e).context("a file cannot be copied"),
            }
        })?;
        anyhow::Ok(missing)
    });
    let missing = missing.await?;
    anyhow::ensure!(
        damaged || missing.is_empty(),
        "{} tệp của bản sao lưu bị hỏng hoặc thiếu (files of the backup are damaged or missing): {}",
        missing.len(),
        missing.join(", ")
    );
    let fresh = uuid::Uuid::now_v7().to_string();
    let begins = by();
    let (id, taken_at) = (fresh.clone(), found.manifest.taken_at.clone());
    let begun = db.write(move |tx| epoch::restore(tx, &begins, &id, &taken_at)).await;
    begun.map_err(crate::anyhow_fault)?;
    work.finish(by, Instant::now()).await.map_err(crate::anyhow_fault)?;
    db.close().await;
    drop(db);
    folder::end_restore(data)?;
    drop(lock);
    Ok(Restored { manifest: found.manifest, epoch: fresh, erased: repeated, damaged: missing })
}
