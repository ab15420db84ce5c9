//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use ntm_server::Clock;

/// Handle on the time of a test server.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Stands at an instant, e.g. `2024-10-15T08:00:00+07:00`.
    pub fn at(instant: &str) -> TestClock {
        let at: Timestamp = instant.parse().expect("an instant");
        TestClock(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// Moves forward (or back).
    pub fn advance(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_millis()).expect("a small step");
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    /// Jumps to an instant.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millisecond(), Ordering::Relaxed);
    }

    /// The clock the server reads.
    pub fn clock(&self) -> Clock {
        let now = self.0.clone();
        Clock::from_fn(move || {
            Timestamp::from_millisecond(now.load(Ordering::Relaxed)).unwrap_or(Timestamp::MIN)
        })
    }
}
