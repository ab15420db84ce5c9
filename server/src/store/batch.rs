//! Jobs that share one commit, and what becomes of the others when one of them fails.

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::counters::Counters;
use super::job::Job;
use super::remembered::Remembered;
use super::sqlite::{SqliteTx, run};
use super::tx::StoreFault;
use super::writer::Message;

/// Jobs per commit. Beyond about a hundred, throughput gains nothing and the first caller waits.
const BATCH: usize = 128;

/// Jobs of one commit.
///
/// A savepoint copies every page that is changed after it, so jobs that can be done again do without:
/// when one of them fails after it has changed something, which none is expected to, all of them are
/// taken back and done again, each in a savepoint.
pub(super) struct Batch<'c> {
    connection: &'c Connection,
    remembered: &'c Remembered,
    /// Whether reference data were changed.
    pub(super) reference: bool,
    /// Whether every job from here on has a savepoint of its own: the transaction can no longer be
    /// begun anew.
    careful: bool,
}

impl<'c> Batch<'c> {
    pub(super) fn on(connection: &'c Connection, remembered: &'c Remembered) -> Batch<'c> {
        Batch { connection, remembered, reference: false, careful: false }
    }

    /// Runs the first of `jobs` and what waits behind it, and commits; a message that is no job is
    /// left in `next`.
    pub(super) fn run(
        &mut self,
        jobs: &mut Vec<Box<dyn Job>>,
        queue: &mut mpsc::Receiver<Message>,
        next: &mut Option<Message>,
    ) -> Result<(), StoreFault> {
        run(self.connection, "BEGIN IMMEDIATE")?;
        let counters = Counters::default();
        loop {
            self.last_of(jobs, &counters)?;
            if jobs.len() == BATCH {
                break;
            }
            match queue.try_recv() {
                Ok(Message::Job(job)) => jobs.push(job),
                Ok(other) => {
                    *next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        self.write(&counters)?;
        run(self.connection, "COMMIT")
    }

    /// Runs the last of the jobs; the ones before it again where they have to be.
    fn last_of(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        counters: &Counters,
    ) -> Result<(), StoreFault> {
        let Some(job) = jobs.last_mut() else { return Ok(()) };
        self.careful |= !job.repeats();
        if self.careful {
            self.write(counters)?;
            return self.guarded(job);
        }
        let tx = SqliteTx::counting(self.connection, self.remembered, counters);
        let keep = job.run(&tx);
        self.after(&tx)?;
        if keep || !tx.changed() {
            return Ok(());
        }
        run(self.connection, "ROLLBACK")?;
        run(self.connection, "BEGIN IMMEDIATE")?;
        self.remembered.forget();
        counters.forget();
        self.careful = true;
        jobs.iter_mut().try_for_each(|job| self.guarded(job))
    }

    /// Runs a job that rolls back alone.
    fn guarded(&mut self, job: &mut Box<dyn Job>) -> Result<(), StoreFault> {
        run(self.connection, "SAVEPOINT job")?;
        let tx = SqliteTx::on(self.connection, Some(self.remembered));
        let keep = job.run(&tx);
        self.after(&tx)?;
        if !keep {
            run(self.connection, "ROLLBACK TO job")?;
            self.remembered.forget();
        }
        run(self.connection, "RELEASE job")
    }

    /// Writes the counters, where there is anything to write.
    fn write(&mut self, counters: &Counters) -> Result<(), StoreFault> {
        let tx = SqliteTx::on(self.connection, Some(self.remembered));
        let written = counters.write(&tx);
        self.after(&tx).and(written)
    }

    /// Whatever the job made of it: after a fault of the disk nothing in this batch can be trusted to
    /// it any more.
    fn after(&mut self, tx: &SqliteTx<'_>) -> Result<(), StoreFault> {
        self.reference |= tx.reference();
        tx.struck().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use serde_json::json;
    use tokio::sync::oneshot;

    use super::*;
    use crate::store::events;
    use crate::store::job::{once, repeatable};
    use crate::store::sqlite;
    use crate::store::tx::{Tx, Value};

    const PUT: &str = "INSERT INTO meta (key, value) VALUES ($1, 'x')";

    fn put(tx: &dyn Tx, key: &str) -> Result<(), StoreFault> {
        tx.execute(PUT, &[Value::from(key)]).map(drop)
    }

    type Answer = oneshot::Receiver<Result<(), StoreFault>>;

    /// A job that can be done again, and leaves a row under `key`.
    fn good(key: &'static str) -> (Box<dyn Job>, Answer) {
        let (reply, answer) = oneshot::channel();
        (repeatable(move |tx| put(tx, key), reply), answer)
    }

    fn bad(message: &str) -> Result<(), StoreFault> {
        Err(StoreFault::Database(message.into()))
    }

    /// What jobs that were waiting together are answered, and the keys that are there afterwards.
    fn committed(jobs: Vec<(Box<dyn Job>, Answer)>) -> (Vec<bool>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let connection = sqlite::open_writer(&path).unwrap();
        let (sender, mut queue) = mpsc::channel(64);
        let (mut done, mut answers) = (Vec::new(), Vec::new());
        for (job, answer) in jobs {
            answers.push(answer);
            match done.is_empty() {
                true => done.push(job),
                false => assert!(sender.try_send(Message::Job(job)).is_ok()),
            }
        }
        let remembered = Remembered::default();
        let (mut batch, mut next) = (Batch::on(&connection, &remembered), None);
        batch.run(&mut done, &mut queue, &mut next).unwrap();
        assert!(next.is_none());
        done.into_iter().for_each(|job| job.answer(Ok(())));
        let told = answers.into_iter().map(|mut answer| answer.try_recv().unwrap().is_ok());
        let told = told.collect();
        assert!(connection.is_autocommit());
        let tx = SqliteTx::on(&connection, None);
        events::verify(&tx).unwrap();
        let rows = tx.query("SELECT key FROM meta WHERE value = 'x' ORDER BY key", &[]).unwrap();
        (told, rows.iter().map(|row| row.text(0).unwrap()).collect())
    }

    #[test]
    fn a_job_that_fails_half_way_takes_nothing_of_the_others_along() {
        for once_too in [false, true] {
            let (reply, answer) = oneshot::channel();
            let half = |tx: &dyn Tx| put(tx, "half").and_then(|()| bad("half-way"));
            let half = (repeatable(half, reply), answer);
            let (reply, answer) = oneshot::channel();
            let panics = |tx: &dyn Tx| -> Result<(), StoreFault> {
                put(tx, "panics")?;
                panic!("half-way")
            };
            let panics = (repeatable(panics, reply), answer);
            let mut jobs = vec![good("a"), half, good("b"), panics, good("c")];
            if once_too {
                let (reply, answer) = oneshot::channel();
                jobs.insert(0, (once(|tx| put(tx, "once"), reply), answer));
            }
            let (told, there) = committed(jobs);
            let after = usize::from(once_too);
            assert_eq!(told[after..], [true, false, true, false, true]);
            let kept: &[_] = if once_too { &["a", "b", "c", "once"] } else { &["a", "b", "c"] };
            assert_eq!(there, kept);
        }
    }

    /// Numbers follow one another whoever took them, and what was taken back took none.
    #[test]
    fn events_are_numbered_and_chained_across_the_jobs_of_a_commit() {
        let event = |tx: &dyn Tx, verb: &str| {
            let seq = events::append(tx, "2024-10-15", verb, "", "server", &json!({}))?;
            assert_eq!(events::last(tx)?, seq);
            Ok::<_, StoreFault>(())
        };
        for fails in [false, true] {
            let mut jobs = Vec::new();
            for n in 0..6 {
                let (reply, answer) = oneshot::channel();
                let job = match n {
                    // Others see what those before them did.
                    4 => once(move |tx| event(tx, "once"), reply),
                    2 if fails => {
                        repeatable(move |tx| event(tx, "no").and_then(|()| bad("no")), reply)
                    }
                    _ => repeatable(move |tx| event(tx, "again"), reply),
                };
                jobs.push((job, answer));
            }
            let (told, _) = committed(jobs);
            assert_eq!(told.iter().filter(|told| !**told).count(), usize::from(fails));
        }
    }

    /// Sums of a village, raised by one interview each; what a job that failed made of them is forgotten.
    #[test]
    fn what_was_taken_back_is_not_remembered() {
        use crate::store::moments;
        use ntm_shared::moment::VillageMoments;
        let raise = |tx: &dyn Tx| {
            let sums = moments::get(tx, "r", "v")?;
            let mut sums = sums.unwrap_or_else(|| VillageMoments::empty(1));
            sums.outcomes.completed += 1;
            moments::put(tx, "r", ("v", "c"), &sums)
        };
        for fails in 0..6 {
            let (found, told) = oneshot::channel();
            let mut found = Some(found);
            let mut jobs = Vec::new();
            for n in 0..6 {
                let (reply, answer) = oneshot::channel();
                let failing = move |tx: &dyn Tx| raise(tx).and_then(|()| bad("half-way"));
                let job = match n {
                    n if n == fails && n % 2 == 0 => repeatable(failing, reply),
                    n if n == fails => once(failing, reply),
                    _ => repeatable(raise, reply),
                };
                jobs.push((job, answer));
            }
            let (reply, answer) = oneshot::channel();
            let look = once(
                move |tx| {
                    let sums = moments::get(tx, "r", "v")?;
                    let stored = tx.first("SELECT moments FROM moment", &[])?;
                    let stored = stored.and_then(|mut row| row.take_blob(0).ok());
                    let stored = stored.and_then(|bytes| VillageMoments::unpack(&bytes));
                    if let Some(found) = found.take() {
                        let _ = found.send((sums, stored));
                    }
                    Ok::<_, StoreFault>(())
                },
                reply,
            );
            jobs.push((look, answer));
            committed(jobs);
            let (sums, stored) = told.blocking_recv().unwrap();
            assert_eq!(sums, stored, "{fails}");
            assert_eq!(sums.unwrap().outcomes.completed, 5, "{fails}");
        }
    }

    /// What fails without having changed anything costs the others nothing.
    #[test]
    fn a_job_that_only_looked_is_not_done_again() {
        let runs = Arc::new(AtomicU64::new(0));
        let (reply, answer) = oneshot::channel();
        let counted = runs.clone();
        let looks = move |_: &dyn Tx| {
            counted.fetch_add(1, Ordering::SeqCst);
            bad("refused")
        };
        let (told, there) = committed(vec![good("a"), (repeatable(looks, reply), answer)]);
        assert_eq!((told, there), (vec![true, false], vec!["a".to_owned()]));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }
}
