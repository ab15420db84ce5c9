//! How fast one phone may ask: a bucket of requests per token, so that one that runs wild or was
//! stolen does not keep the others waiting. Never by address: a village shares one.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Buckets in memory: a restart fills them.
pub struct Pace {
    rate: f64,
    burst: f64,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

/// Buckets remembered before the full ones are thrown out.
const BUCKETS: usize = 10_000;

impl Pace {
    /// `rate` requests a second in the long run, `burst` of them at once. A rate of 0 is no limit.
    pub fn new(rate: u32, burst: u32) -> Pace {
        Pace { rate: rate.into(), burst: burst.max(1).into(), buckets: Mutex::default() }
    }

    /// Takes one request of `whose`.
    ///
    /// # Errors
    /// How long to wait for the next one.
    pub fn step(&self, whose: &str, now: Instant) -> Result<(), Duration> {
        if self.rate <= 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if buckets.len() >= BUCKETS && !buckets.contains_key(whose) {
            buckets.retain(|_, bucket| self.left(bucket, now) < self.burst);
        }
        let full = || Bucket { left: self.burst, at: now };
        let bucket = buckets.entry(whose.into()).or_insert_with(full);
        let left = self.left(bucket, now);
        (bucket.left, bucket.at) = (left, now);
        if left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - left) / self.rate));
        }
        bucket.left = left - 1.0;
        Ok(())
    }

    fn left(&self, bucket: &Bucket, now: Instant) -> f64 {
        let gained = now.saturating_duration_since(bucket.at).as_secs_f64() * self.rate;
        (bucket.left + gained).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_asks_too_often_waits_and_the_others_do_not() {
        let pace = Pace::new(2, 3);
        let now = Instant::now();
        assert!((0..3).all(|_| pace.step("a", now).is_ok()));
        assert_eq!(pace.step("a", now), Err(Duration::from_millis(500)));
        assert_eq!(pace.step("b", now), Ok(()));
        let later = now + Duration::from_millis(500);
        assert_eq!(pace.step("a", later), Ok(()));
        assert!(pace.step("a", later).is_err());
        let unlimited = Pace::new(0, 1);
        assert!((0..100).all(|_| unlimited.step("a", now).is_ok()));
    }
}
