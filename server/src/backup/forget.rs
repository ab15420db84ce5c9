//! Backups forget what was erased: the next one that is taken takes it out of those before.
//!
//! Files go from the pool. The databases of older backups are made anew without the rows: beside the
//! old one first, then in its place. Copies of the folder elsewhere are beyond this program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::time::Instant;

use super::{MANIFEST, Manifest, PARTIAL, REMOVED, each_blob, finished, write};
use crate::blobs::{Blobs, bytes, sync_folder};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::erasing::Work;
use crate::folder::erased::{self, Line};
use crate::ops::{By, SERVER};
use crate::store::erasures::{self, Whose};
use crate::store::{Db, StoreFault, Tx, attachments, whole};

/// In a finished backup that is to stand in the place of another: that one's name.
const REPLACES: &str = "replaces";

/// What backups had of what was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Files removed from the pool.
    pub files: usize,
    /// Databases made anew.
    pub databases: usize,
}

/// Finishes putting a database in the place of an older one, should that have been interrupted.
pub(super) fn resume(root: &Path) -> anyhow::Result<()> {
    let partial = root.join(PARTIAL);
    let Ok(name) = fs::read_to_string(partial.join(REPLACES)) else { return Ok(()) };
    // Half a name is what a crash left of it: then nothing was replaced yet.
    if !name.ends_with('Z') || name.contains(['/', '\\']) {
        return Ok(());
    }
    let place = root.join(name);
    let removed = root.join(REMOVED);
    if removed.exists() && place.exists() {
        fs::remove_dir_all(&removed)?;
    }
    if place.exists() {
        fs::rename(&place, &removed)?;
    }
    fs::rename(&partial, &place).context("a backup cannot be given its name")?;
    fs::remove_file(place.join(REPLACES))?;
    sync_folder(&place)?;
    sync_folder(root)?;
    if removed.exists() {
        fs::remove_dir_all(&removed)?;
    }
    Ok(sync_folder(root)?)
}

/// Takes what was erased in `data` out of every backup in `root`; `newest` was taken a moment ago.
pub(super) async fn everywhere(
    data: &Path,
    root: &Path,
    newest: &Path,
) -> anyhow::Result<Forgotten> {
    erased::add(root, &erased::read(data)?)?;
    let lines = erased::read(root)?;
    if lines.is_empty() {
        return Ok(Forgotten::default());
    }
    let mut forgotten = Forgotten::default();
    for folder in finished(root)? {
        let db = Db::open_copy(&folder.join("data.db"))?;
        let (known, all) = (lines.clone(), lines.len());
        let new = db.read(move |tx| unknown(tx, known)).await?;
        drop(db);
        if new > 0 {
            tracing::info!(new, all, "a backup is made anew without what was erased");
            anew(root, &folder, &lines).await?;
            forgotten.databases += 1;
        }
    }
    let files: Vec<String> = lines.into_iter().flat_map(|line| line.files).collect();
    let db = Db::open_copy(&newest.join("data.db"))?;
    let unnamed = db.read(move |tx| attachments::unnamed(tx, files)).await?;
    let pool = Blobs::at(root);
    let there: Vec<String> = unnamed.into_iter().filter(|f| pool.path(f).exists()).collect();
    pool.erase(&there)?;
    forgotten.files = there.len();
    Ok(forgotten)
}

/// How many of these erasures a database does not know.
fn unknown(tx: &dyn Tx, lines: Vec<Line>) -> Result<usize, StoreFault> {
    if !erasures::there(tx)? {
        return Ok(lines.len());
    }
    let mut unknown = 0;
    for line in lines {
        let whose = match (line.household, line.round) {
            (Some(household), _) => Whose::Household(household),
            (None, Some(round)) if crate::store::rounds::by_id(tx, &round)?.is_some() => {
                Whose::Round(round)
            }
            _ => continue,
        };
        unknown += usize::from(erasures::of(tx, &whose)?.is_none());
    }
    Ok(unknown)
}

/// Makes a backup's database anew, and puts it in the place of the old one.
async fn anew(root: &Path, folder: &Path, lines: &[Line]) -> anyhow::Result<()> {
    let partial = root.join(PARTIAL);
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    let work = partial.join("work");
    fs::create_dir_all(&work)?;
    let path = work.join("data.db");
    bytes::copy(&folder.join("data.db"), &path, |_, _| true)?;
    let disk = Disk::new(root, Some(0));
    let (db, blobs) = (Db::open(&path, &disk)?, Blobs::at(&work));
    let by = || By { actor: SERVER.into(), at: Clock::default().stamp() };
    let erasing = Work { db: &db, blobs: &blobs, data: work.clone() };
    erasing.repeat(lines.to_vec(), by).await.map_err(crate::anyhow_fault)?;
    erasing.finish(by, Instant::now()).await.map_err(crate::anyhow_fault)?;
    db.close().await;
    drop(db);
    let database = partial.join("data.db");
    Db::copy(&path, &database)?;
    fs::File::open(&database)?.sync_all()?;
    fs::remove_dir_all(&work)?;
    write(&manifest(folder, &database).await?, &partial)?;
    let name = folder.file_name().context("a backup has a name")?;
    let replaces: PathBuf = partial.join(REPLACES);
    sync_folder(&partial)?;
    fs::write(&replaces, name.to_string_lossy().as_bytes())?;
    fs::File::open(&replaces)?.sync_all()?;
    sync_folder(&partial)?;
    resume(root)
}

/// The old backup's manifest with what is different now.
async fn manifest(folder: &Path, database: &Path) -> anyhow::Result<Manifest> {
    let old: Manifest = serde_json::from_slice(&fs::read(folder.join(MANIFEST))?)?;
    let (database_sha256, database_bytes) = bytes::hash(database)?;
    let db = Db::open_copy(database)?;
    let read = db.read(|tx| {
        let (mut blobs, mut blob_bytes) = (0, 0);
        each_blob(tx, |_, bytes| {
            (blobs, blob_bytes) = (blobs + 1, blob_bytes + bytes);
            Ok::<_, StoreFault>(())
        })?;
        Ok::<_, StoreFault>((blobs, blob_bytes, whole::version(tx)?))
    });
    let (blobs, blob_bytes, schema) = read.await?;
    Ok(Manifest { schema, database_bytes, database_sha256, blobs, blob_bytes, ..old })
}
