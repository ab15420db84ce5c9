//! Counting failed sign-ins per name, so that passwords cannot be guessed and a village behind one
//! address is not locked out together.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failed sign-ins, in memory: a restart forgives.
pub struct Tries {
    limit: usize,
    window: Duration,
    failed: Mutex<BTreeMap<String, Vec<Instant>>>,
}

/// Names remembered at once; beyond it the table is emptied rather than grown.
const NAMES: usize = 10_000;

impl Tries {
    /// Allows `limit` failures in `window` for a name.
    pub fn new(limit: usize, window: Duration) -> Tries {
        Tries { limit, window, failed: Mutex::default() }
    }

    /// True while `name` may try.
    pub fn may(&self, name: &str, now: Instant) -> bool {
        self.recent(name, now) < self.limit
    }

    /// Notes a failure.
    pub fn failed(&self, name: &str, now: Instant) {
        let mut failed = self.lock();
        if failed.len() >= NAMES {
            failed.clear();
        }
        failed.entry(name.into()).or_default().push(now);
    }

    /// A success forgives the failures before it.
    pub fn succeeded(&self, name: &str) {
        self.lock().remove(name);
    }

    fn recent(&self, name: &str, now: Instant) -> usize {
        let mut failed = self.lock();
        let Some(at) = failed.get_mut(name) else { return 0 };
        at.retain(|at| now.duration_since(*at) < self.window);
        at.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<Instant>>> {
        self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_waits_after_too_many_failures_and_others_do_not() {
        let tries = Tries::new(3, Duration::from_secs(60));
        let now = Instant::now();
        for _ in 0..3 {
            assert!(tries.may("lan", now));
            tries.failed("lan", now);
        }
        assert!(!tries.may("lan", now));
        assert!(tries.may("pao", now));
        assert!(tries.may("lan", now + Duration::from_secs(61)));
    }
}
