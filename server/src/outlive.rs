//! Work that is done to its end, whoever stops waiting for it.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// A future that goes on by itself when it is dropped: a phone that hangs up in the middle of an upload
/// drops the request with it, and what arrived is still to be put by. Until then it is polled where it
/// is waited for, which saves most requests a task and the way to another thread and back.
pub struct Outliving<F>(Option<Pin<Box<F>>>)
where
    F: Future + Send + 'static,
    F::Output: Send;

/// Does `work` to its end.
pub fn outliving<F>(work: F) -> Outliving<F>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    Outliving(Some(Box::pin(work)))
}

impl<F> Future for Outliving<F>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // Taken out meanwhile: what panics is not gone on with.
        let Some(mut work) = self.0.take() else { return Poll::Pending };
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(work);
        }
        polled
    }
}

impl<F> Drop for Outliving<F>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn drop(&mut self) {
        // Without a runtime the program is ending.
        if let (Some(work), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_goes_on() {
        let (done, mut told) = mpsc::channel(4);
        let work = |wait, n: i32| {
            let done = done.clone();
            outliving(async move {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                done.send(n).await.unwrap();
                n
            })
        };
        assert_eq!(work(1, 1).await, 1);
        assert!(tokio::time::timeout(Duration::from_millis(1), work(50, 2)).await.is_err());
        // Not even begun.
        drop(work(100, 3));
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(told.recv().await.unwrap());
        }
        assert_eq!(all, [1, 2, 3]);
    }

    #[tokio::test]
    async fn what_panicked_is_not_gone_on_with() {
        use futures_util::FutureExt;
        let (done, mut told) = mpsc::channel::<()>(1);
        let work = outliving(async move {
            let _done = done;
            panic!("in the middle")
        });
        assert!(std::panic::AssertUnwindSafe(work).catch_unwind().await.is_err());
        assert!(told.recv().await.is_none());
    }
}
