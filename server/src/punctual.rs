//! Connections that say nothing: whoever connects and does not begin to speak is let go. Once a
//! request has begun, the HTTP server's own clocks run.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Bytes by which a client has shown which HTTP it speaks: HTTP/2 opens with so many.
const OPENING: usize = 24;

/// Accepts connections that begin within `head`.
#[derive(Clone)]
pub struct Punctual<A> {
    /// Accepts the connection itself, encrypted or not.
    pub inner: A,
    /// How long the beginning may take.
    pub head: Duration,
}

impl<A, I, S> Accept<I, S> for Punctual<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: Unpin,
{
    type Stream = Opening<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, A::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepting, head) = (self.inner.accept(stream, service), self.head);
        Box::pin(async move {
            let (inner, service) = accepting.await?;
            Ok((Opening { inner, clock: Some(Box::pin(sleep(head))), read: 0 }, service))
        })
    }
}

/// A connection whose beginning is timed.
pub struct Opening<S> {
    inner: S,
    clock: Option<Pin<Box<Sleep>>>,
    read: usize,
}

impl<S: AsyncRead + Unpin> AsyncRead for Opening<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let opening = &mut *self;
        let before = buffer.filled().len();
        let polled = Pin::new(&mut opening.inner).poll_read(context, buffer);
        if let Some(clock) = &mut opening.clock {
            opening.read += buffer.filled().len() - before;
            if opening.read >= OPENING {
                opening.clock = None;
            } else if polled.is_pending() && clock.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Opening<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
