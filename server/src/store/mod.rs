//! The database: closures as transactions, one writer with group commit, a small pool of readers.
//!
//! Nobody outside this file begins or commits. `write` answers only after the commit is durable
//! (`synchronous = FULL`); jobs that arrive together share one commit, each in a savepoint of its
//! own, so that a failing job rolls back alone.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::{Semaphore, mpsc, oneshot};

pub mod accounts;
pub mod assignments;
pub mod attachments;
pub mod collectors;
pub mod events;
pub mod findings;
pub mod forms;
pub mod frames;
pub mod held;
pub mod households;
pub mod meta;
pub mod moments;
pub mod rounds;
mod sqlite;
pub mod submissions;
pub mod teams;
mod tx;
pub mod units;
mod writer;

pub use tx::{Row, StoreFault, Tx, Value};

/// Oldest SQLite without the WAL-reset corruption bug.
const OLDEST_SQLITE: i32 = 3_051_003;
/// Reading connections.
const READERS: usize = 4;
/// Jobs that may wait for the writer before callers wait too.
const QUEUE: usize = 1024;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    writer: mpsc::Sender<writer::Job>,
    readers: Arc<Readers>,
    healthy: Arc<AtomicBool>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

struct Readers {
    free: Mutex<Vec<rusqlite::Connection>>,
    permits: Semaphore,
}

impl Db {
    /// Opens `path`, creating and migrating as needed.
    ///
    /// # Errors
    /// When the bundled SQLite is too old, the file cannot be opened, or the database is newer
    /// than this program.
    pub fn open(path: &Path) -> Result<Db, StoreFault> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(StoreFault::Unusable(format!(
                "SQLite {} has a known corruption bug; 3.51.3 or newer is needed",
                rusqlite::version()
            )));
        }
        let connection = sqlite::open_writer(path)?;
        let mut free = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            free.push(sqlite::open_reader(path)?);
        }
        let (writer, jobs) = mpsc::channel(QUEUE);
        let healthy = Arc::new(AtomicBool::new(true));
        let told = healthy.clone();
        let thread = std::thread::Builder::new()
            .name("ntm-writer".into())
            .spawn(move || writer::run(&connection, jobs, &told))
            .map_err(|e| StoreFault::Unusable(e.to_string()))?;
        let readers = Readers { free: Mutex::new(free), permits: Semaphore::new(READERS) };
        Ok(Db {
            writer,
            readers: Arc::new(readers),
            healthy,
            thread: Arc::new(Mutex::new(Some(thread))),
        })
    }

    /// The writer's thread, once: it ends, and the database is closed, when the last handle is gone.
    pub fn take_thread(&self) -> Option<JoinHandle<()>> {
        lock(&self.thread).take()
    }

    /// Whether the last commit succeeded.
    pub fn healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }

    /// Opens an existing database for reading only, beside a running server or without one.
    ///
    /// # Errors
    /// When there is no database.
    pub fn open_read_only(path: &Path) -> Result<Db, StoreFault> {
        let free = vec![sqlite::open_reader(path)?];
        // Nobody receives: a write answers that the database is closed.
        let (writer, _) = mpsc::channel(1);
        let readers = Readers { free: Mutex::new(free), permits: Semaphore::new(1) };
        let healthy = Arc::new(AtomicBool::new(true));
        Ok(Db { writer, readers: Arc::new(readers), healthy, thread: Arc::default() })
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
        let (reply, answer) = oneshot::channel();
        let job = writer::job(job, reply);
        if self.writer.send(job).await.is_err() {
            return Err(StoreFault::Stopped.into());
        }
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
        let readers = self.readers.clone();
        let _permit = self.readers.permits.acquire().await.map_err(|_| StoreFault::Stopped)?;
        tokio::task::spawn_blocking(move || {
            let connection = lock(&readers.free).pop().ok_or(StoreFault::Stopped)?;
            let result = sqlite::snapshot(&connection, query);
            lock(&readers.free).push(connection);
            result
        })
        .await
        .unwrap_or_else(|_| Err(StoreFault::Panicked.into()))
    }
}

/// A panic while holding the list of free connections cannot leave it half changed.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
