//! What is known of each collector's phone while the server runs: uploads under way, how fast its
//! network was, how much it sent today. Nothing of this outlives a restart; the last is then counted
//! from what is stored.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ntm_shared::problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Limits;
use crate::fault::Fault;

/// A phone that waits for its own other uploads is answered after so long.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one request may take on the phone's network. ODK Collect gives up when nothing moves
/// for 60 s, and what is in the phone's send buffer does not show as moving.
const AT_A_TIME: f64 = 20.0;
/// Smaller bodies say more about latency than about speed.
const TELLING: u64 = 32 * 1024;

/// Every collector's phone.
pub struct Senders {
    each: Mutex<BTreeMap<String, Sender>>,
    all: Arc<Semaphore>,
}

/// The right to send a body; given back when dropped.
pub struct Turn {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

struct Sender {
    turns: Arc<Semaphore>,
    /// Bytes per second, smoothed.
    speed: Option<f64>,
    /// The day that `bytes` and `files` are of.
    day: String,
    bytes: u64,
    files: u64,
}

impl Senders {
    /// Nobody yet.
    pub fn new(limits: &Limits) -> Senders {
        Senders { each: Mutex::default(), all: Arc::new(Semaphore::new(limits.uploads)) }
    }

    /// Waits for the collector's turn: a few uploads at a time, so that nobody holds all the places.
    ///
    /// # Errors
    /// `busy` when its other uploads do not end.
    pub async fn turn(&self, id: &str, limits: &Limits) -> Result<Turn, Fault> {
        let own = self.of(id, limits, |sender| sender.turns.clone());
        let both = async {
            let own = own.acquire_owned().await.map_err(Fault::internal)?;
            let of_all = self.all.clone().acquire_owned().await.map_err(Fault::internal)?;
            Ok(Turn { _own: own, _of_all: of_all })
        };
        let waited = tokio::time::timeout(PATIENCE, both).await;
        waited.unwrap_or_else(|_| Err(Fault::new(&problem::BUSY)))
    }

    /// Whether anybody is sending at this moment.
    pub fn busy(&self, limits: &Limits) -> bool {
        self.all.available_permits() < limits.uploads
    }

    /// Notes that `bytes` of a body came in `time`.
    pub fn came(&self, id: &str, limits: &Limits, bytes: u64, time: Duration) {
        if bytes < TELLING {
            return;
        }
        let speed = bytes as f64 / time.as_secs_f64().max(0.001);
        self.of(id, limits, |sender| {
            sender.speed = Some(sender.speed.map_or(speed, |before| (before + speed) / 2.0));
        });
    }

    /// The most bytes the phone should put into one request: what its network carries in a while.
    pub fn at_a_time(&self, id: &str, limits: &Limits) -> u64 {
        let speed = self.of(id, limits, |sender| sender.speed);
        let (least, most) = limits.at_a_time();
        speed.map_or(most, |speed| ((speed * AT_A_TIME) as u64).clamp(least, most))
    }

    /// Whether today's quota still has room for `bytes` and `files`.
    ///
    /// # Errors
    /// `over_quota`.
    pub fn within_quota(
        &self,
        id: &str,
        limits: &Limits,
        today: &str,
        bytes: u64,
        files: u64,
    ) -> Result<(), Fault> {
        let (most_bytes, most_files) = limits.quota;
        let fits = self.of(id, limits, |sender| {
            sender.turn_of_day(today);
            sender.bytes.saturating_add(bytes) <= most_bytes
                && sender.files.saturating_add(files) <= most_files
        });
        if fits { Ok(()) } else { Err(Fault::new(&problem::OVER_QUOTA)) }
    }

    /// Whether it is known what was kept of it today: not after a start.
    pub fn is_counted(&self, id: &str, limits: &Limits) -> bool {
        self.of(id, limits, |sender| !sender.day.is_empty())
    }

    /// Says what was kept of it today before the server started: bytes and files.
    pub fn count_from(&self, id: &str, limits: &Limits, today: &str, (bytes, files): (u64, u64)) {
        self.of(id, limits, |sender| {
            if sender.day.is_empty() {
                (sender.day, sender.bytes, sender.files) = (today.to_owned(), bytes, files);
            }
        });
    }

    /// Counts what was kept.
    pub fn kept(&self, id: &str, limits: &Limits, today: &str, bytes: u64, files: u64) {
        self.of(id, limits, |sender| {
            sender.turn_of_day(today);
            sender.bytes = sender.bytes.saturating_add(bytes);
            sender.files = sender.files.saturating_add(files);
        });
    }

    fn of<T>(&self, id: &str, limits: &Limits, take: impl FnOnce(&mut Sender) -> T) -> T {
        let mut all: MutexGuard<'_, _> = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        // As many as there are collectors: the caller has found `id` among them.
        take(all.entry(id.to_owned()).or_insert_with(|| Sender {
            turns: Arc::new(Semaphore::new(limits.uploads_each)),
            speed: None,
            day: String::new(),
            bytes: 0,
            files: 0,
        }))
    }
}

impl Sender {
    fn turn_of_day(&mut self, today: &str) {
        if self.day != today {
            (self.day, self.bytes, self.files) = (today.to_owned(), 0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_phone_is_told_to_send_little_at_a_time() {
        let (senders, limits) = (Senders::new(&Limits::default()), Limits::default());
        let (least, most) = limits.batch;
        assert_eq!(senders.at_a_time("a", &limits), most);
        // 8 KB/s, the 64 kbit/s of a bad day in the mountains.
        senders.came("a", &limits, 80_000, Duration::from_secs(10));
        assert_eq!(senders.at_a_time("a", &limits), 160_000);
        assert_eq!(senders.at_a_time("b", &limits), most, "another phone");
        let narrow = Limits { upload: 50_000, ..Limits::default() };
        assert_eq!(senders.at_a_time("a", &narrow), 50_000, "never more than is taken");
        senders.came("a", &limits, 100, Duration::from_secs(10));
        assert_eq!(senders.at_a_time("a", &limits), 160_000, "too little to tell");
        for _ in 0..10 {
            senders.came("a", &limits, 40_000, Duration::from_secs(60));
        }
        assert_eq!(senders.at_a_time("a", &limits), least);
        for _ in 0..30 {
            senders.came("a", &limits, 5_000_000, Duration::from_secs(1));
        }
        assert_eq!(senders.at_a_time("a", &limits), most);
    }

    #[test]
    fn a_quota_is_one_phones_and_of_one_day() {
        let limits = Limits { quota: (1000, 3), ..Limits::default() };
        let senders = Senders::new(&limits);
        let asks = |id, day, bytes| senders.within_quota(id, &limits, day, bytes, 1).is_ok();
        senders.kept("a", &limits, "1", 900, 1);
        assert!(asks("a", "1", 100));
        assert!(!asks("a", "1", 101));
        assert!(asks("b", "1", 1000));
        assert!(asks("a", "2", 1000));
        senders.kept("a", &limits, "2", 1, 3);
        assert!(!asks("a", "2", 1), "too many files");
    }
}
