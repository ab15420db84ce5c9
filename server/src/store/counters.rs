//! What every event and every submission reads, raises and reads again: kept in memory from one job
//! of a commit to the next, and written once, before it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::tx::{StoreFault, Tx};

/// The numbers a transaction has given out and not written yet.
#[derive(Default)]
pub struct Counters {
    last: RefCell<BTreeMap<String, i64>>,
    /// Number and hash of the last event.
    head: RefCell<Option<(i64, Vec<u8>)>>,
}

impl Counters {
    /// The number given out last, if it is known here.
    pub(super) fn last(&self, counter: &str) -> Option<i64> {
        self.last.borrow().get(counter).copied()
    }

    /// Says which number was given out last.
    pub(super) fn give(&self, counter: &str, number: i64) {
        let mut last = self.last.borrow_mut();
        match last.get_mut(counter) {
            Some(last) => *last = number,
            None => drop(last.insert(counter.to_owned(), number)),
        }
    }

    /// The hash of event `seq`, if that was the last.
    pub(super) fn head(&self, seq: i64) -> Option<Vec<u8>> {
        self.head.borrow().as_ref().filter(|head| head.0 == seq).map(|head| head.1.clone())
    }

    /// Says what the last event is.
    pub(super) fn append(&self, seq: i64, hash: Vec<u8>) {
        self.head.replace(Some((seq, hash)));
    }

    /// Writes the numbers, and forgets them: what comes now asks the database again.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn write(&self, tx: &dyn Tx) -> Result<(), StoreFault> {
        self.forget().iter().try_for_each(|(counter, number)| {
            let sql = "UPDATE counter SET value = $1 WHERE name = $2";
            tx.execute(sql, &[(*number).into(), counter.into()]).map(drop)
        })
    }

    /// Forgets the numbers: what gave them out was taken back.
    pub(super) fn forget(&self) -> BTreeMap<String, i64> {
        self.head.take();
        self.last.take()
    }
}
