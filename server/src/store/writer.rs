//! The one writer: a thread that owns the only writing connection, drains its queue into one
//! durable commit, and answers after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::sqlite::SqliteTx;
use super::tx::{StoreFault, Tx};

/// Jobs per commit. Beyond about a hundred, throughput gains nothing and the first caller waits.
const BATCH: usize = 128;

/// Told how the commit went; then answers its caller.
type Answer = Box<dyn FnOnce(Result<(), StoreFault>) + Send>;

/// Runs inside the transaction; whether its changes are kept, and how to answer.
pub(super) type Job = Box<dyn FnOnce(&dyn Tx) -> (bool, Answer) + Send>;

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

pub(super) fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>, healthy: &AtomicBool) {
    while let Some(first) = jobs.blocking_recv() {
        let mut answers = Vec::new();
        let committed = batch(connection, first, &mut jobs, &mut answers);
        healthy.store(committed.is_ok(), Ordering::Relaxed);
        if let Err(fault) = &committed {
            tracing::error!(%fault, "commit failed");
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
        }
        for answer in answers {
            answer(match &committed {
                Ok(()) => Ok(()),
                Err(StoreFault::Full) => Err(StoreFault::Full),
                Err(other) => Err(StoreFault::Database(other.to_string())),
            });
        }
    }
}

fn batch(
    connection: &Connection,
    first: Job,
    jobs: &mut mpsc::Receiver<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreFault> {
    let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(StoreFault::from);
    if let Err(fault) = begun {
        // The job still has to be answered; it runs on nothing and is told that it failed.
        answers.push(refused(first));
        return Err(fault);
    }
    let mut next = Some(first);
    while let Some(job) = next {
        connection.execute_batch("SAVEPOINT job")?;
        let (keep, answer) = job(&SqliteTx(connection));
        answers.push(answer);
        connection.execute_batch(if keep {
            "RELEASE job"
        } else {
            "ROLLBACK TO job; RELEASE job"
        })?;
        next = if answers.len() < BATCH { jobs.try_recv().ok() } else { None };
    }
    Ok(connection.execute_batch("COMMIT")?)
}

/// A transaction in which everything fails: for jobs that could not be begun.
struct Closed;

impl Tx for Closed {
    fn execute(&self, _: &str, _: &[super::Value]) -> Result<u64, StoreFault> {
        Err(StoreFault::Stopped)
    }

    fn query(&self, _: &str, _: &[super::Value]) -> Result<Vec<super::Row>, StoreFault> {
        Err(StoreFault::Stopped)
    }
}

fn refused(job: Job) -> Answer {
    job(&Closed).1
}
