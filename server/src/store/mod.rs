//! The database: closures as transactions, one writer with group commit, a small pool of readers.
//!
//! Nobody outside this folder begins or commits. `write` answers only after the commit is durable
//! (`synchronous = FULL`); jobs that arrive together share one commit, and one that fails rolls back
//! alone (`batch.rs`).

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

pub mod accounts;
pub mod agencies;
pub mod assignments;
pub mod attachments;
mod batch;
pub mod collectors;
pub mod contributions;
mod counters;
pub mod devices;
pub mod difficulties;
pub mod draws;
pub mod edits;
pub mod entities;
pub mod erasures;
pub mod events;
pub mod exports;
pub mod findings;
pub mod form_files;
pub mod forms;
pub mod frames;
pub mod held;
pub mod households;
mod job;
pub mod languages;
pub mod meta;
pub mod moments;
pub mod numbers;
pub mod official;
pub mod photos;
#[cfg(test)]
mod plan;
pub mod quality;
mod readers;
mod remembered;
pub mod requests;
pub mod retention;
pub mod reviews;
pub mod rounds;
pub mod salvage;
mod scour;
pub mod senders;
mod sqlite;
pub mod submissions;
pub mod supports;
pub mod teams;
pub mod travel;
mod tx;
pub mod units;
pub mod visit_forms;
pub mod visits;
pub mod whole;
mod writer;

use job::Job;
use readers::Readers;
use remembered::Remembered;
pub use tx::{Row, StoreFault, Tx};
use writer::{Message, Writer};

use crate::disk::Disk;

/// Oldest SQLite without the WAL-reset corruption bug.
const OLDEST_SQLITE: i32 = 3_051_003;
/// Reading connections.
const READERS: usize = 4;
/// Jobs that may wait for the writer before callers wait too.
const QUEUE: usize = 1024;
/// Notes kept in memory while nothing can be written.
const KEPT: usize = 10_000;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    writer: mpsc::Sender<Message>,
    readers: Arc<Readers>,
    disk: Arc<Disk>,
    kept: Arc<Mutex<Vec<Note>>>,
    reference: Arc<AtomicU64>,
}

/// What is to be written as soon as that can be.
type Note = Arc<dyn Fn(&dyn Tx) -> Result<(), StoreFault> + Send + Sync>;

impl Db {
    /// Opens `path`, creating and migrating as needed.
    ///
    /// # Errors
    /// When the bundled SQLite is too old, the file cannot be opened, it would not be durable, or
    /// the database is newer than this program.
    pub fn open(path: &Path, disk: &Arc<Disk>) -> Result<Db, StoreFault> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(StoreFault::Unusable(format!(
                "SQLite {} has a known corruption bug; 3.51.3 or newer is needed",
                rusqlite::version()
            )));
        }
        let connection = Some(sqlite::open_writer(path)?);
        let mut free = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            free.push(sqlite::open_reader(path)?);
        }
        let (writer, messages) = mpsc::channel(QUEUE);
        let reference = Arc::<AtomicU64>::default();
        let end = Writer {
            path: path.to_owned(),
            connection,
            disk: disk.clone(),
            reference: reference.clone(),
            unmeasured: 0,
            remembered: Remembered::default(),
        };
        std::thread::Builder::new()
            .name("ntm-writer".into())
            .spawn(move || end.run(messages))
            .map_err(|e| StoreFault::Unusable(e.to_string()))?;
        let readers = Arc::new(Readers::new(free));
        let (disk, kept) = (disk.clone(), Arc::default());
        Ok(Db { writer, readers, disk, kept, reference })
    }

    /// Opens an existing database for reading only, beside a running server or without one.
    ///
    /// # Errors
    /// When there is no database.
    pub fn open_read_only(path: &Path) -> Result<Db, StoreFault> {
        Ok(Db::reading(path, sqlite::open_reader(path)?))
    }

    /// Opens a database that nobody writes any more, such as a backup's.
    ///
    /// # Errors
    /// When there is no database.
    pub fn open_copy(path: &Path) -> Result<Db, StoreFault> {
        Ok(Db::reading(path, sqlite::open_copy(path)?))
    }

    /// Copies everything committed by now into a new file, beside a running server. Not durable
    /// yet.
    ///
    /// # Errors
    /// What the database says.
    pub fn copy(from: &Path, to: &Path) -> Result<(), StoreFault> {
        sqlite::copy(from, to)
    }

    fn reading(path: &Path, connection: rusqlite::Connection) -> Db {
        let readers = Arc::new(Readers::new(vec![connection]));
        // Nobody receives: a write answers that the database is closed.
        let (writer, _) = mpsc::channel(1);
        let disk = Disk::new(path, None);
        Db { writer, readers, disk, kept: Arc::default(), reference: Arc::default() }
    }

    /// The state reference data are in (units, rosters, frames, rounds, forms, people): a number that
    /// grows before anybody hears that they changed. What was read after reading the same number is
    /// still so.
    pub fn reference(&self) -> u64 {
        self.reference.load(Ordering::SeqCst)
    }

    /// The disk it is on.
    pub fn disk(&self) -> &Arc<Disk> {
        &self.disk
    }

    /// Opens the database anew after the disk failed it, and writes to it, notes kept meanwhile
    /// included.
    ///
    /// # Errors
    /// What the store says; nothing is mended then.
    pub async fn mend(&self) -> Result<(), StoreFault> {
        let notes = lock(&self.kept).clone();
        let written = notes.len();
        let test = move |tx: &dyn Tx| {
            meta::put(tx, "disk mended after event", &events::last(tx)?.to_string())?;
            notes.iter().try_for_each(|note| note(tx))
        };
        let (reply, answer) = oneshot::channel();
        self.ask(Message::Mend(Box::new(test), reply)).await?;
        answer.await.unwrap_or(Err(StoreFault::Stopped))?;
        lock(&self.kept).drain(..written);
        Ok(())
    }

    /// Overwrites what deleted rows left between the rows that stay, and empties the log. False when
    /// somebody still reads an older state: to be tried again.
    ///
    /// # Errors
    /// What the store says.
    pub async fn scour(&self) -> Result<bool, StoreFault> {
        if let Some(trouble) = self.disk.trouble() {
            return Err(trouble.into());
        }
        let (reply, answer) = oneshot::channel();
        self.ask(Message::Scour(reply)).await?;
        answer.await.unwrap_or(Err(StoreFault::Stopped))
    }

    /// Finishes what waits, empties the log and closes the writing end.
    pub async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.ask(Message::Close(reply)).await.is_ok() {
            let _ = answer.await;
        }
    }

    /// Writes a note of a read, or keeps it until the disk takes writes again: reading goes on
    /// meanwhile.
    ///
    /// # Errors
    /// What the store says; also when too many are kept.
    pub async fn note(
        &self,
        note: impl Fn(&dyn Tx) -> Result<(), StoreFault> + Send + Sync + 'static,
    ) -> Result<(), StoreFault> {
        let note: Note = Arc::new(note);
        let now = note.clone();
        let Err(fault) = self.write_repeatable(move |tx| now(tx)).await else { return Ok(()) };
        let mut kept = lock(&self.kept);
        if fault.trouble().is_none() || kept.len() >= KEPT {
            return Err(fault);
        }
        kept.push(note);
        Ok(())
    }

    /// Waits for the commit of what is in the writer's queue, if anything can be committed.
    pub async fn settle(&self) {
        let _ = self.write(|_| Ok::<_, StoreFault>(())).await;
    }

    async fn ask(&self, message: Message) -> Result<(), StoreFault> {
        self.writer.send(message).await.map_err(|_| StoreFault::Stopped)
    }

    /// Runs `job` in a write transaction and answers after it is durable. Keep everything that is
    /// not rows (parsing, hashing, checking) out of `job`.
    ///
    /// # Errors
    /// The job's own error (its changes are rolled back), or a store fault.
    pub async fn write<T, E>(
        &self,
        job: impl FnOnce(&dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        self.answered(|reply| job::once(job, reply)).await
    }

    /// The same for a job that can be done again after its changes were taken back: it needs no savepoint,
    /// which would copy every page it changes.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_repeatable<T, E>(
        &self,
        job: impl FnMut(&dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        self.answered(|reply| job::repeatable(job, reply)).await
    }

    async fn answered<T, E: From<StoreFault>>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Box<dyn Job>,
    ) -> Result<T, E> {
        if let Some(trouble) = self.disk.trouble() {
            return Err(StoreFault::from(trouble).into());
        }
        let (reply, answer) = oneshot::channel();
        self.ask(Message::Job(job(reply))).await?;
        answer.await.unwrap_or_else(|_| Err(StoreFault::Stopped.into()))
    }

    /// Runs `query` on one consistent snapshot.
    ///
    /// # Errors
    /// The query's own error, or a store fault.
    pub async fn read<T, E>(
        &self,
        query: impl FnOnce(&dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        self.readers.clone().run(query).await
    }

    /// The same for a query of a few rows found by their keys, right here: handing it to another
    /// thread and waiting for that would take longer than it does.
    ///
    /// # Errors
    /// The query's own error, or a store fault.
    pub async fn glance<T, E>(
        &self,
        query: impl FnOnce(&dyn Tx) -> Result<T, E> + Send,
    ) -> Result<T, E>
    where
        E: From<StoreFault>,
    {
        self.readers.run_here(query).await
    }
}

/// A panic while holding the list of notes cannot leave it half changed.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
