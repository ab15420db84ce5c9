//! The one writer: a thread that owns the only writing connection, drains its queue into one
//! durable commit, and answers after the commit. When the disk fails a write, the batch is told,
//! the connection dropped, and nothing written until [`Message::Mend`] succeeds.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::batch::Batch;
use super::job::Job;
use super::remembered::Remembered;
use super::scour;
use super::sqlite::{self, SqliteTx};
use super::tx::{StoreFault, Tx};
use crate::disk::{Disk, Trouble};

/// Pages in the log (16 MiB) from which on they are copied into the database after a commit: what
/// many commits changed is then copied once.
const LOG: i64 = 4000;
/// Jobs after which the log is measured: they seldom change more than twenty pages each.
const MEASURED: usize = 64;

/// A test write.
pub(super) type Test = Box<dyn FnOnce(&dyn Tx) -> Result<(), StoreFault> + Send>;

/// What the writer is asked.
pub(super) enum Message {
    /// Run this and commit.
    Job(Box<dyn Job>),
    /// Open the database anew, write the log into it anew, and commit this.
    Mend(Test, oneshot::Sender<Result<(), StoreFault>>),
    /// Overwrite what deleted rows left, and empty the log; whether that could be done.
    Scour(oneshot::Sender<Result<bool, StoreFault>>),
    /// Empty the log, close the database and end.
    Close(oneshot::Sender<()>),
}

/// The writing end of a database.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    /// None after the disk failed it.
    pub(super) connection: Option<Connection>,
    pub(super) disk: Arc<Disk>,
    /// How often reference data have changed.
    pub(super) reference: Arc<AtomicU64>,
    /// Jobs done since the log was last measured.
    pub(super) unmeasured: usize,
    /// What is known of rows from one commit to the next.
    pub(super) remembered: Remembered,
}

impl Writer {
    /// Serves until nobody can ask any more, or until told to close.
    pub(super) fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut next = None;
        while let Some(message) = next.take().or_else(|| messages.blocking_recv()) {
            match message {
                Message::Job(first) => next = self.commit(first, &mut messages),
                Message::Mend(test, reply) => {
                    let _ = reply.send(self.mend(test));
                }
                Message::Scour(reply) => {
                    let scoured = self.scour();
                    if let Err(fault) = &scoured {
                        self.failed(fault);
                    }
                    let _ = reply.send(scoured);
                }
                Message::Close(reply) => {
                    self.close();
                    let _ = reply.send(());
                    return;
                }
            }
        }
        self.close();
    }

    /// Runs `first` and what waits behind it; a message that is no job is handed back.
    fn commit(
        &mut self,
        first: Box<dyn Job>,
        queue: &mut mpsc::Receiver<Message>,
    ) -> Option<Message> {
        let (mut jobs, mut next) = (vec![first], None);
        let committed = match (&self.connection, self.disk.trouble()) {
            (Some(connection), None) => {
                let mut batch = Batch::on(connection, &self.remembered);
                let done = batch.run(&mut jobs, queue, &mut next);
                // Before anybody is told, and though it may not have come to anything.
                if batch.reference {
                    self.reference.fetch_add(1, Ordering::SeqCst);
                }
                done
            }
            (_, trouble) => Err(StoreFault::from(trouble.unwrap_or(Trouble::Fault))),
        };
        if let Err(fault) = &committed {
            self.failed(fault);
        }
        self.unmeasured += jobs.len();
        for job in jobs {
            job.answer(committed.clone());
        }
        // After the answers: what was committed is durable in the log already.
        if self.unmeasured >= MEASURED
            && let Err(fault) = self.checkpoint_if_long()
        {
            self.failed(&fault);
        }
        next
    }

    fn failed(&mut self, fault: &StoreFault) {
        self.remembered.forget();
        tracing::error!(%fault, "commit failed");
        if let Some(trouble) = fault.trouble() {
            if self.connection.take().is_some() {
                self.disk.struck(trouble);
            }
        } else if let Some(connection) = &self.connection
            && !connection.is_autocommit()
        {
            let _ = connection.execute_batch("ROLLBACK");
        }
    }

    fn checkpoint_if_long(&mut self) -> Result<(), StoreFault> {
        self.unmeasured = 0;
        match &self.connection {
            Some(connection) if sqlite::pages_in_log(connection)? > LOG => {
                sqlite::checkpoint(connection, "PASSIVE")
            }
            _ => Ok(()),
        }
    }

    fn scour(&self) -> Result<bool, StoreFault> {
        match &self.connection {
            Some(connection) => scour::run(connection),
            None => Err(StoreFault::from(self.disk.trouble().unwrap_or(Trouble::Fault))),
        }
    }

    /// Every page of the log is written into the database and synced before anything new: what a
    /// failed fsync may have left in memory only is then on the disk by other writes.
    fn mend(&mut self, test: Test) -> Result<(), StoreFault> {
        self.connection = None;
        self.remembered.forget();
        let connection = sqlite::open_writer(&self.path)?;
        sqlite::checkpoint(&connection, "TRUNCATE")?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        test(&SqliteTx::on(&connection, None))?;
        connection.execute_batch("COMMIT")?;
        self.reference.fetch_add(1, Ordering::SeqCst);
        self.connection = Some(connection);
        Ok(())
    }

    fn close(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if let Err(fault) = sqlite::checkpoint(&connection, "TRUNCATE") {
            tracing::warn!(%fault, "the log was not emptied; the next start reads it");
        }
    }
}
