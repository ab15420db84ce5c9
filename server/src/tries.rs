//! Counting failed sign-ins, so that passwords cannot be guessed, a village behind one address is
//! not locked out together, and nobody can lock out somebody else for long: guesses are counted per
//! name and network, and per name from all networks but those the name was right from.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failed sign-ins, in memory: a restart forgives.
pub struct Tries {
    limit: usize,
    window: Duration,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    /// By name and network.
    failed: BTreeMap<(String, String), Vec<Instant>>,
    /// By name, from networks it was never right from.
    strange: BTreeMap<String, Vec<Instant>>,
    /// Names with a network they were right from.
    home: BTreeMap<(String, String), Instant>,
}

/// Entries remembered at once in each table.
const ENTRIES: usize = 10_000;
/// How many more guesses strangers together have than one of them.
const STRANGERS: usize = 10;

impl Tries {
    /// Allows `limit` failures in `window` for a name from one network.
    pub fn new(limit: usize, window: Duration) -> Tries {
        Tries { limit, window, table: Mutex::default() }
    }

    /// # Errors
    /// How long `name` must wait before another try from `network`.
    pub fn may(&self, name: &str, network: &str, now: Instant) -> Result<(), Duration> {
        let key = (name.to_owned(), network.to_owned());
        let table = self.lock();
        let mine = table.failed.get(&key).map_or(Ok(()), |at| self.room(at, self.limit, now));
        if table.home.contains_key(&key) {
            return mine;
        }
        let all = table.strange.get(name);
        mine.and(all.map_or(Ok(()), |at| self.room(at, self.limit * STRANGERS, now)))
    }

    /// Notes a failure; true when it is the one after which the name must wait.
    pub fn failed(&self, name: &str, network: &str, now: Instant) -> bool {
        let key = (name.to_owned(), network.to_owned());
        let mut table = self.lock();
        let at_home = table.home.contains_key(&key);
        let mine = self.note(&mut table.failed, key, now);
        let strange = if at_home { 0 } else { self.note(&mut table.strange, name.to_owned(), now) };
        mine == self.limit || strange == self.limit * STRANGERS
    }

    /// A success forgives the failures before it, and the network is known from then on.
    pub fn succeeded(&self, name: &str, network: &str, now: Instant) {
        let key = (name.to_owned(), network.to_owned());
        let mut table = self.lock();
        table.failed.remove(&key);
        if table.home.len() >= ENTRIES && !table.home.contains_key(&key) {
            let oldest = table.home.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
            oldest.and_then(|key| table.home.remove(&key));
        }
        table.home.insert(key, now);
    }

    /// Whether fewer than `limit` of these failures are recent; else when one is not any more.
    fn room(&self, at: &[Instant], limit: usize, now: Instant) -> Result<(), Duration> {
        let recent = at.iter().filter(|at| now.saturating_duration_since(**at) < self.window);
        let recent: Vec<&Instant> = recent.collect();
        match recent.len().checked_sub(limit).and_then(|over| recent.get(over)) {
            None => Ok(()),
            Some(first) => Err(self.window.saturating_sub(now.saturating_duration_since(**first))),
        }
    }

    /// Adds a failure; how many are recent. Never more entries than [`ENTRIES`]: first those that
    /// are over go, then the one whose last failure is longest ago.
    fn note<K: Ord + Clone>(
        &self,
        entries: &mut BTreeMap<K, Vec<Instant>>,
        key: K,
        now: Instant,
    ) -> usize {
        let recent = |at: &Instant| now.saturating_duration_since(*at) < self.window;
        if entries.len() >= ENTRIES && !entries.contains_key(&key) {
            entries.retain(|_, at| at.last().is_some_and(recent));
            if entries.len() >= ENTRIES {
                let oldest = entries.iter().min_by_key(|(_, at)| at.last().copied());
                let oldest = oldest.map(|(key, _)| key.clone());
                oldest.and_then(|key| entries.remove(&key));
            }
        }
        let at = entries.entry(key).or_default();
        at.retain(recent);
        at.push(now);
        at.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_waits_after_too_many_failures_and_others_do_not() {
        let tries = Tries::new(3, Duration::from_secs(60));
        let now = Instant::now();
        for last in [false, false, true] {
            assert_eq!(tries.may("lan", "1.1.1", now), Ok(()));
            assert_eq!(tries.failed("lan", "1.1.1", now), last);
        }
        assert_eq!(tries.may("lan", "1.1.1", now), Err(Duration::from_secs(60)));
        assert_eq!(tries.may("pao", "1.1.1", now), Ok(()));
        assert_eq!(tries.may("lan", "2.2.2", now), Ok(()));
        assert_eq!(tries.may("lan", "1.1.1", now + Duration::from_secs(61)), Ok(()));
    }

    #[test]
    fn strangers_everywhere_lock_out_each_other_and_not_who_is_at_home() {
        let tries = Tries::new(3, Duration::from_secs(60));
        let now = Instant::now();
        tries.succeeded("lan", "home", now);
        for stranger in 0..STRANGERS * 3 {
            tries.failed("lan", &format!("net {stranger}"), now);
        }
        assert!(tries.may("lan", "another", now).is_err());
        assert_eq!(tries.may("lan", "home", now), Ok(()));
        for _ in 0..3 {
            tries.failed("lan", "home", now);
        }
        assert!(tries.may("lan", "home", now).is_err());
    }

    #[test]
    fn the_table_does_not_grow_and_a_flood_of_names_forgives_nothing_recent() {
        let tries = Tries::new(3, Duration::from_secs(60));
        let now = Instant::now();
        for n in 0..ENTRIES as u64 {
            tries.failed(&format!("name {n}"), "net", now + Duration::from_millis(n));
        }
        let later = now + Duration::from_secs(20);
        for _ in 0..3 {
            tries.failed("lan", "net", later);
        }
        assert_eq!(tries.lock().failed.len(), ENTRIES);
        assert!(tries.may("lan", "net", later).is_err());
    }
}
