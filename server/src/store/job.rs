//! What the writer is asked to do, and who waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::tx::{StoreFault, Tx};

/// Something to do in a transaction for somebody who waits for it to be durable.
pub(super) trait Job: Send {
    /// Does it; whether its changes are to be kept.
    fn run(&mut self, tx: &dyn Tx) -> bool;

    /// Whether it can be done again after its changes were taken back.
    fn repeats(&self) -> bool;

    /// Answers, once it is known how the commit went.
    fn answer(self: Box<Self>, committed: Result<(), StoreFault>);
}

/// A job and its caller.
struct Asked<F, T, E> {
    run: F,
    repeats: bool,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Asked<F, T, E>
where
    F: FnMut(&dyn Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreFault> + Send,
{
    fn run(&mut self, tx: &dyn Tx) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.run)(tx)))
            .unwrap_or_else(|_| Err(StoreFault::Panicked.into()));
        self.result.insert(result).is_ok()
    }

    fn repeats(&self) -> bool {
        self.repeats
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreFault>) {
        // A job that failed by itself says so, whatever became of the others' commit. Nobody may be
        // listening any more: the change stands all the same.
        let _ = self.reply.send(match (self.result, committed) {
            (Some(Ok(_)) | None, Err(fault)) => Err(fault.into()),
            (Some(result), _) => result,
            (None, Ok(())) => Err(StoreFault::Stopped.into()),
        });
    }
}

/// A job that is done once.
pub(super) fn once<T, E>(
    run: impl FnOnce(&dyn Tx) -> Result<T, E> + Send + 'static,
    reply: oneshot::Sender<Result<T, E>>,
) -> Box<dyn Job>
where
    T: Send + 'static,
    E: From<StoreFault> + Send + 'static,
{
    let mut run = Some(run);
    let run = move |tx: &dyn Tx| match run.take() {
        Some(run) => run(tx),
        None => Err(StoreFault::Stopped.into()),
    };
    Box::new(Asked { run, repeats: false, result: None, reply })
}

/// A job that can be done again.
pub(super) fn repeatable<T, E>(
    run: impl FnMut(&dyn Tx) -> Result<T, E> + Send + 'static,
    reply: oneshot::Sender<Result<T, E>>,
) -> Box<dyn Job>
where
    T: Send + 'static,
    E: From<StoreFault> + Send + 'static,
{
    Box::new(Asked { run, repeats: true, result: None, reply })
}
