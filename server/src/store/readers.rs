//! The pool of reading connections.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::sqlite;
use super::tx::{StoreFault, Tx};

/// Connections that read, each for one query at a time.
pub(super) struct Readers {
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(free: Vec<Connection>) -> Readers {
        let permits = Arc::new(Semaphore::new(free.len()));
        Readers { free: Mutex::new(free), permits }
    }

    /// Runs a query on a thread that may wait for the disk.
    pub(super) async fn run<T, E>(
        self: Arc<Self>,
        query: impl FnOnce(&dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_| StoreFault::Stopped)?;
        tokio::task::spawn_blocking(move || {
            // Given back with the connection, not when the caller goes away in the middle.
            let _permit = permit;
            self.on_a_free_one(query)
        })
        .await
        .unwrap_or_else(|_| Err(StoreFault::Panicked.into()))
    }

    /// Runs a query on this thread.
    pub(super) async fn run_here<T, E: From<StoreFault>>(
        &self,
        query: impl FnOnce(&dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let permit = self.permits.acquire().await;
        let _permit = permit.map_err(|_| StoreFault::Stopped)?;
        self.on_a_free_one(query)
    }

    /// For who has a permit; a query that panics gives the connection back as well.
    fn on_a_free_one<T, E: From<StoreFault>>(
        &self,
        query: impl FnOnce(&dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.free().pop().ok_or(StoreFault::Stopped)?;
        let run = AssertUnwindSafe(|| sqlite::snapshot(&connection, query));
        let result = catch_unwind(run).unwrap_or_else(|_| Err(StoreFault::Panicked.into()));
        self.free().push(connection);
        result
    }

    /// A panic while holding the list cannot leave it half changed.
    fn free(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::disk::Disk;
    use crate::store::{Db, READERS, events};

    /// A phone that hung up while its token was looked up took a connection's place with it: the
    /// next reader found none and was told that the database is closed.
    #[test]
    fn readers_that_go_away_or_panic_take_no_connection_along() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path(), None);
        let db = Db::open(&folder.path().join("data.db"), &disk).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for _ in 0..READERS {
                let slow = db.read(|_| {
                    std::thread::sleep(Duration::from_millis(300));
                    Ok::<_, StoreFault>(())
                });
                assert!(tokio::time::timeout(Duration::from_millis(20), slow).await.is_err());
            }
            assert!(db.read(|tx| events::last(tx)).await.is_ok());
            for _ in 0..2 * READERS {
                let panicked =
                    db.read(|_| -> Result<(), StoreFault> { panic!("in a query") }).await;
                assert!(matches!(panicked, Err(StoreFault::Panicked)));
            }
            assert!(db.read(|tx| events::last(tx)).await.is_ok());
        });
    }
}
