//! The one writer: a thread that owns the only writing connection, drains its queue into one
//! durable commit, and answers after the commit. When the disk fails a write, the batch is told,
//! the connection dropped, and nothing written until [`Message::Mend`] succeeds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::scour;
use super::sqlite::{self, SqliteTx};
use super::tx::{StoreFault, Tx};
use crate::disk::{Disk, Trouble};

/// Jobs per commit. Beyond about a hundred, throughput gains nothing and the first caller waits.
const BATCH: usize = 128;
/// Pages in the log (16 MiB) from which on they are copied into the database after a commit: what
/// many commits changed is then copied once.
const LOG: i64 = 4000;

/// Told how the commit went; then answers its caller.
type Answer = Box<dyn FnOnce(Result<(), StoreFault>) + Send>;

/// Runs inside the transaction; whether its changes are kept, and how to answer.
pub(super) type Job = Box<dyn FnOnce(&dyn Tx) -> (bool, Answer) + Send>;

/// A test write.
pub(super) type Test = Box<dyn FnOnce(&dyn Tx) -> Result<(), StoreFault> + Send>;

/// What the writer is asked.
pub(super) enum Message {
    /// Run this and commit.
    Job(Job),
    /// Open the database anew, write the log into it anew, and commit this.
    Mend(Test, oneshot::Sender<Result<(), StoreFault>>),
    /// Overwrite what deleted rows left, and empty the log; whether that could be done.
    Scour(oneshot::Sender<Result<bool, StoreFault>>),
    /// Empty the log, close the database and end.
    Close(oneshot::Sender<()>),
}

pub(super) fn job<T, E>(
    run: impl FnOnce(&dyn Tx) -> Result<T, E> + Send + 'static,
    reply: oneshot::Sender<Result<T, E>>,
) -> Job
where
    T: Send + 'static,
    E: From<StoreFault> + Send + 'static,
{
    Box::new(move |tx| {
        let result = catch_unwind(AssertUnwindSafe(|| run(tx)))
            .unwrap_or_else(|_| Err(StoreFault::Panicked.into()));
        let keep = result.is_ok();
        let answer: Answer = Box::new(move |committed| {
            // A job that failed by itself says so, whatever became of the others' commit. Nobody
            // may be listening any more: the change stands all the same.
            let _ = reply.send(match (result, committed) {
                (Ok(_), Err(fault)) => Err(fault.into()),
                (result, _) => result,
            });
        });
        (keep, answer)
    })
}

/// The writing end of a database.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    /// None after the disk failed it.
    pub(super) connection: Option<Connection>,
    pub(super) disk: Arc<Disk>,
    /// How often reference data have changed.
    pub(super) reference: Arc<AtomicU64>,
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
    fn commit(&mut self, first: Job, queue: &mut mpsc::Receiver<Message>) -> Option<Message> {
        let (mut answers, mut next) = (Vec::new(), None);
        let committed = match (&self.connection, self.disk.trouble()) {
            (Some(connection), None) => {
                let mut reference = false;
                let done =
                    batch(connection, first, queue, &mut answers, (&mut next, &mut reference));
                // Before anybody is told, and though it may not have come to anything.
                if reference {
                    self.reference.fetch_add(1, Ordering::SeqCst);
                }
                done
            }
            (_, trouble) => {
                let fault = StoreFault::from(trouble.unwrap_or(Trouble::Fault));
                answers.push(refused(first, &fault));
                Err(fault)
            }
        };
        if let Err(fault) = &committed {
            self.failed(fault);
        }
        for answer in answers {
            answer(committed.clone());
        }
        // After the answers: what was committed is durable in the log already.
        if let Err(fault) = self.checkpoint_if_long() {
            self.failed(&fault);
        }
        next
    }

    fn failed(&mut self, fault: &StoreFault) {
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

    fn checkpoint_if_long(&self) -> Result<(), StoreFault> {
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
        let connection = sqlite::open_writer(&self.path)?;
        sqlite::checkpoint(&connection, "TRUNCATE")?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        test(&SqliteTx::on(&connection))?;
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

fn batch(
    connection: &Connection,
    first: Job,
    queue: &mut mpsc::Receiver<Message>,
    answers: &mut Vec<Answer>,
    (left, reference): (&mut Option<Message>, &mut bool),
) -> Result<(), StoreFault> {
    let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(StoreFault::from);
    if let Err(fault) = begun {
        // The job still has to be answered; it runs on nothing and is told that it failed.
        answers.push(refused(first, &fault));
        return Err(fault);
    }
    let tx = SqliteTx::on(connection);
    let mut next = Some(first);
    while let Some(job) = next.take() {
        run(connection, "SAVEPOINT job")?;
        let (keep, answer) = job(&tx);
        answers.push(answer);
        *reference = tx.reference();
        // Whatever the job made of it: nothing in this batch can be trusted to the disk any more.
        if let Some(fault) = tx.struck() {
            return Err(fault);
        }
        if !keep {
            run(connection, "ROLLBACK TO job")?;
        }
        run(connection, "RELEASE job")?;
        if answers.len() < BATCH {
            match queue.try_recv() {
                Ok(Message::Job(job)) => next = Some(job),
                Ok(other) => *left = Some(other),
                Err(_) => {}
            }
        }
    }
    Ok(connection.execute_batch("COMMIT")?)
}

/// One statement, parsed once.
fn run(connection: &Connection, sql: &str) -> Result<(), StoreFault> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

/// A transaction in which everything fails: for jobs that could not be begun.
struct Closed(StoreFault);

impl Tx for Closed {
    fn execute(&self, _: &str, _: &[super::Value]) -> Result<u64, StoreFault> {
        Err(self.0.clone())
    }

    fn query(&self, _: &str, _: &[super::Value]) -> Result<Vec<super::Row>, StoreFault> {
        Err(self.0.clone())
    }
}

fn refused(job: Job, fault: &StoreFault) -> Answer {
    job(&Closed(fault.clone())).1
}
