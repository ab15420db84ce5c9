//! One process writes a data folder, or a folder of backups.

pub mod erased;

use std::fs::{self, File};
use std::path::Path;

use anyhow::Context;

/// Stands in a folder from the first to the last step of a restore.
const RESTORING: &str = "restoring";

/// Held while a process uses the folder; the system releases it when the process dies.
pub struct Lock(#[expect(dead_code, reason = "holding it open is its use")] File);

/// Makes the data folder if needed and takes it.
///
/// # Errors
/// When another process has it, a restore into it broke off, or the file system says no.
pub fn lock(data: &Path) -> anyhow::Result<Lock> {
    let lock = take(data)?;
    anyhow::ensure!(
        !data.join(RESTORING).exists(),
        "Việc khôi phục vào {} bị dở dang; chạy lại ntm-server restore (a restore into the data folder broke off: run it again).",
        data.display()
    );
    Ok(lock)
}

/// Makes a folder if needed and takes it.
///
/// # Errors
/// When another process has it, or the file system says no.
pub fn take(folder: &Path) -> anyhow::Result<Lock> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let file = File::create(folder.join("lock"))
        .with_context(|| format!("cannot write to the folder {}", folder.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(_) => anyhow::bail!(
            "Thư mục dữ liệu {} đang được một máy chủ khác dùng (the data folder is in use by another server).",
            folder.display()
        ),
    }
}

/// Takes a folder to restore into: one that holds nothing, or what a broken-off restore left.
///
/// # Errors
/// When it holds anything else.
pub fn begin_restore(data: &Path) -> anyhow::Result<Lock> {
    let lock = take(data)?;
    let marker = data.join(RESTORING);
    if marker.exists() {
        for name in ["data.db", "data.db-wal", "data.db-shm"] {
            if data.join(name).exists() {
                fs::remove_file(data.join(name))?;
            }
        }
        if data.join("blobs").exists() {
            fs::remove_dir_all(data.join("blobs"))?;
        }
    }
    for entry in fs::read_dir(data)? {
        let name = entry?.file_name();
        let harmless =
            ["lock", RESTORING, "lost+found", erased::NAME].iter().any(|known| name == *known);
        anyhow::ensure!(
            harmless,
            "Thư mục {} đã có dữ liệu; chỉ khôi phục vào thư mục trống (the folder has data; a restore needs an empty one).",
            data.display()
        );
    }
    File::create(&marker)?.sync_all()?;
    crate::blobs::sync_folder(data)?;
    Ok(lock)
}

/// The folder is whole and may be used.
///
/// # Errors
/// What the file system says.
pub fn end_restore(data: &Path) -> anyhow::Result<()> {
    fs::remove_file(data.join(RESTORING))?;
    Ok(crate::blobs::sync_folder(data)?)
}
