//! One process writes a data folder.

use std::fs::{self, File};
use std::path::Path;

use anyhow::Context;

/// Held while a process uses the folder; the system releases it when the process dies.
pub struct Lock(#[expect(dead_code, reason = "holding it open is its use")] File);

/// Makes the folder if needed and takes it.
///
/// # Errors
/// When another process has it, or the file system says no.
pub fn lock(data: &Path) -> anyhow::Result<Lock> {
    fs::create_dir_all(data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;
    let file = File::create(data.join("lock")).context("cannot write to the data folder")?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(_) => anyhow::bail!(
            "Thư mục dữ liệu {} đang được một máy chủ khác dùng (the data folder is in use by another server).",
            data.display()
        ),
    }
}
