//! Erasing to the end: rows, files, thumbnails, the log outside the database, and what SQLite leaves
//! on the disk. "Erased" is answered after the last of it; a start goes on where a crash ended it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ntm_shared::api::erasure::{Erasure, NewErasure};
use tokio::time::{Instant, sleep};

use crate::app::App;
use crate::blobs::Blobs;
use crate::fault::Fault;
use crate::folder::erased::{self, Line};
use crate::ops::{By, SERVER, erasures as ops};
use crate::store::erasures::{self, Open, Tombstone, Whose};
use crate::store::{Db, salvage};

/// Between two tries to empty the database's log, which readers of an older state hold up.
const AGAIN: Duration = Duration::from_millis(300);

/// Erases what is asked for. Without `finished_at` in the answer something still reads an older
/// state, such as a backup being taken: the server goes on by itself.
///
/// # Errors
/// As [`ops::begin`], and what the disk says; what was begun is gone on with all the same.
pub async fn erase(app: Arc<App>, by: By, new: NewErasure) -> Result<Erasure, Fault> {
    let _one = app.erasing.lock().await;
    let today = app.config.clock.today();
    let begun = {
        // An upload that names a file of it is wholly before this, or wholly after.
        let _still = app.blobs.unnaming().await;
        app.db.write(move |tx| ops::begin(tx, &by, new, today)).await?
    };
    if begun.finished_at.is_some() {
        return Ok(begun);
    }
    app.unfinished.store(true, Ordering::Relaxed);
    let until = Instant::now() + app.config.limits.erasing;
    finish(&app, until).await?;
    // It may be an earlier request's: erased once is erased.
    let id = begun.id.clone();
    let known = app.db.read(move |tx| erasures::by_id(tx, &id)).await?;
    Ok(known.unwrap_or(begun))
}

/// Goes on with what was begun, until `until`.
///
/// # Errors
/// What the store and the disk say.
pub async fn finish(app: &App, until: Instant) -> Result<(), Fault> {
    let work = Work { db: &app.db, blobs: &app.blobs, data: app.config.data.clone() };
    let done = work.finish(|| app.by(SERVER), until).await?;
    app.unfinished.store(!done, Ordering::Relaxed);
    Ok(())
}

/// As the server starts: erases again what the log knows and the database does not, and goes on with
/// what was begun.
///
/// # Errors
/// What the store and the disk say.
pub async fn begin(app: &App) -> Result<(), Fault> {
    let work = Work { db: &app.db, blobs: &app.blobs, data: app.config.data.clone() };
    let lines = work.log().await?;
    work.repeat(lines, || app.by(SERVER)).await?;
    // The rows are gone; what a failing disk or a reader keeps from being finished is gone on with.
    if let Err(fault) = finish(app, Instant::now()).await {
        tracing::warn!(code = fault.problem.code, "an erasure is not finished yet");
        app.unfinished.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Removes files that came with what was turned away, unless something names them.
///
/// # Errors
/// What the store and the disk say.
pub async fn discard(app: &App, files: Vec<String>) -> Result<(), Fault> {
    let _still = app.blobs.unnaming().await;
    remove(&app.db, &app.blobs, files).await
}

async fn remove(db: &Db, blobs: &Blobs, files: Vec<String>) -> Result<(), Fault> {
    let unnamed = db.read(move |tx| salvage::unnamed(tx, files)).await?;
    let blobs = blobs.clone();
    let erased = tokio::task::spawn_blocking(move || blobs.erase(&unnamed)).await;
    Ok(erased.map_err(Fault::internal)??)
}

/// Erasing in a data folder, served or being restored.
pub struct Work<'a> {
    /// Its database.
    pub db: &'a Db,
    /// Its files.
    pub blobs: &'a Blobs,
    /// The folder.
    pub data: PathBuf,
}

impl Work<'_> {
    async fn log(&self) -> Result<Vec<Line>, Fault> {
        let data = self.data.clone();
        let read = tokio::task::spawn_blocking(move || erased::read(&data)).await;
        Ok(read.map_err(Fault::internal)??)
    }

    /// Erases the rows of what `lines` say was erased and this database does not know; how many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn repeat(&self, lines: Vec<Line>, by: impl Fn() -> By) -> Result<usize, Fault> {
        let mut repeated = 0;
        for line in lines {
            let whose = match (line.household, line.round) {
                (Some(household), _) => Whose::Household(household),
                (None, Some(round)) => Whose::Round(round),
                (None, None) => continue,
            };
            let Line { id, reason, actor, at, instances, .. } = line;
            let old = Tombstone { id, whose, place: (None, None), reason, actor, at };
            let by = by();
            let new = self.db.write(move |tx| ops::repeat(tx, &by, old, &instances)).await?;
            repeated += usize::from(new);
        }
        Ok(repeated)
    }

    /// Takes everything begun to its end; false when the time is over before the database's log
    /// could be emptied.
    ///
    /// # Errors
    /// What the store and the disk say.
    pub async fn finish(&self, by: impl Fn() -> By, until: Instant) -> Result<bool, Fault> {
        let open = self.db.read(erasures::open).await?;
        if open.is_empty() {
            return Ok(true);
        }
        for one in &open {
            while self.rows(one, by()).await? {}
            self.files(one).await?;
            self.write_down(one).await?;
        }
        while !self.db.scour().await? {
            if Instant::now() >= until {
                return Ok(false);
            }
            sleep(AGAIN).await;
        }
        let data = self.data.clone();
        tokio::task::spawn_blocking(move || erased::sync_log(&data))
            .await
            .map_err(Fault::internal)??;
        let by = by();
        self.db.write(move |tx| ops::finish(tx, &by, &open)).await?;
        Ok(true)
    }

    async fn rows(&self, open: &Open, by: By) -> Result<bool, Fault> {
        let _still = self.blobs.unnaming().await;
        let open = open.clone();
        self.db.write(move |tx| ops::go_on(tx, &by, &open)).await
    }

    async fn files(&self, open: &Open) -> Result<(), Fault> {
        let _still = self.blobs.unnaming().await;
        let seq = open.seq;
        let gone = self.db.read(move |tx| erasures::submissions(tx, seq)).await?;
        let blobs = self.blobs.clone();
        let pieces = tokio::task::spawn_blocking(move || blobs.erase_partials(&gone)).await;
        pieces.map_err(Fault::internal)??;
        let files = self.db.read(move |tx| erasures::files(tx, seq)).await?;
        remove(self.db, self.blobs, files).await
    }

    /// Outside the database too, for the day an older one is restored.
    async fn write_down(&self, open: &Open) -> Result<(), Fault> {
        let (seq, data) = (open.seq, self.data.clone());
        let Some((erasure, instances, files)) =
            self.db.read(move |tx| erasures::tombstone(tx, seq)).await?
        else {
            return Ok(());
        };
        let Erasure { id, household, round, reason, actor, at, .. } = erasure;
        let line = Line { id, household, round, reason, actor, at, instances, files };
        let added = tokio::task::spawn_blocking(move || erased::add(&data, &[line])).await;
        added.map_err(Fault::internal)??;
        Ok(())
    }
}
