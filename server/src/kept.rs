//! Answers that stay good until reference data changes: who a token belongs to, what a round asks,
//! whose area a unit is in. Every submission asks them anew, and every commit makes SQLite's readers
//! read their pages again; these change a few times a day.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ntm_shared::api::collector::Collector;
use ntm_shared::api::round::NewRound;
use ntm_shared::expr::Instances;

use crate::store::devices;
use crate::store::frames::Home;

/// Answers kept at most: with more than that, asking again is no worse than finding them.
const MOST: usize = 4096;

/// What is kept of the reference data. Only what there is: a stranger's guesses fill nothing.
#[derive(Default)]
pub struct Reference {
    /// Phones and their collectors, by the hash of the token.
    pub phones: Kept<Vec<u8>, Arc<(Collector, devices::Stored)>>,
    /// Whether a newer version than this published one was published, by form and version.
    pub superseded: Kept<(String, String), bool>,
    /// Rounds, by id.
    pub rounds: Kept<String, Arc<Round>>,
    /// Households as a round's submissions are placed, by round and household.
    pub homes: Kept<(String, String), Arc<Home>>,
    /// Village and commune of a household as its form looks them up, by round, village and commune.
    pub around: Kept<(String, String, String), Instances>,
    /// Households in a round's frame by village, by round.
    pub frames: Kept<String, Arc<BTreeMap<String, u64>>>,
    /// Whether a unit is within the areas of a collector, by both.
    pub covered: Kept<(String, String), bool>,
}

/// A round as far as a submission's place depends on it.
pub struct Round {
    /// What it is about.
    pub spec: Arc<NewRound>,
    /// Whether it takes submissions.
    pub open: bool,
    /// Whether it was erased.
    pub sealed: bool,
}

/// Answers by what was asked, all as of one state of the reference data
/// ([`Db::reference`](crate::store::Db::reference)).
pub struct Kept<K, V>(Mutex<(u64, HashMap<K, V>)>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Kept<K, V> {
        Kept(Mutex::new((0, HashMap::new())))
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    /// The answer to `key` if it was given in this state; otherwise `ask`ed and, if there is one,
    /// kept. `state` must have been read before the transaction in which `ask` looks.
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn or<E>(
        &self,
        state: u64,
        key: K,
        ask: impl FnOnce() -> Result<Option<V>, E>,
    ) -> Result<Option<V>, E> {
        if let Some(known) = self.get(state, &key) {
            return Ok(Some(known));
        }
        let answer = ask()?;
        if let Some(answer) = &answer {
            self.put(state, key, answer.clone());
        }
        Ok(answer)
    }

    /// The answer to `key` if it was given in this state.
    pub fn get(&self, state: u64, key: &K) -> Option<V> {
        let kept = self.lock();
        if kept.0 == state { kept.1.get(key).cloned() } else { None }
    }

    /// Keeps an answer given in this state.
    pub fn put(&self, state: u64, key: K, answer: V) {
        let mut kept = self.lock();
        if state < kept.0 {
            return;
        }
        if state > kept.0 || kept.1.len() >= MOST {
            *kept = (state, HashMap::new());
        }
        kept.1.insert(key, answer);
    }

    /// An answer is inserted whole or not at all, whoever panics meanwhile.
    fn lock(&self) -> MutexGuard<'_, (u64, HashMap<K, V>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_in_its_state_only() {
        let kept = Kept::default();
        let ask = |state, answer: Option<i32>| kept.or::<()>(state, "a", || Ok(answer)).unwrap();
        assert_eq!(ask(1, None), None);
        assert_eq!(ask(1, Some(1)), Some(1), "that there is none is not kept");
        assert_eq!(ask(1, Some(2)), Some(1));
        assert_eq!(ask(2, Some(2)), Some(2));
        // Asked before the change, answered after it.
        kept.put(1, "a", 1);
        assert_eq!(ask(2, None), Some(2));
        assert_eq!(ask(1, Some(3)), Some(3));
        assert_eq!(ask(2, None), Some(2), "an older state keeps nothing");
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let kept = Kept::default();
        for key in 0..2 * MOST {
            kept.put(0, key, ());
        }
        assert!(kept.lock().1.len() <= MOST);
        assert_eq!(kept.get(0, &(2 * MOST - 1)), Some(()));
    }
}
