//! Reading the originals of a round anew: place by place, their XML on every processor. Nothing is
//! kept longer than a batch, so a round of any size takes the same memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ntm_shared::answers::Tree;
use ntm_shared::api::round::Round;
use ntm_shared::criteria::CriteriaSet;

use crate::fault::Fault;
use crate::reading::{interview_day, modules_asked};
use crate::store::submissions::Group;
use crate::store::{StoreFault, Tx, draws, submissions};

pub use crate::store::submissions::{Original, Which};

/// Submissions read from the store at a time; a batch has fewer than twice as many.
const BATCH: usize = 512;

/// What a household's original says: its answers, the day of the interview, the modules it was asked.
pub struct Answers<'a> {
    /// The answers.
    pub tree: &'a Tree,
    /// The day of the interview; the round's first where the phone says none.
    pub day: Date,
    /// The modules it was asked.
    pub asked: &'a BTreeSet<String>,
}

/// Which interviews of a round are read.
pub struct Asked<'a> {
    /// Those that count, or every one that may.
    pub which: Which,
    /// Those of these villages, where they are given.
    pub villages: Option<&'a BTreeSet<String>>,
}

/// Reads the interviews of `round` that are `asked` for: `read` on every processor, `take` here, place
/// by place and in order of arrival; with nothing where the XML no longer reads.
///
/// # Errors
/// What the store says, and `take`.
pub fn households<T: Send>(
    tx: &dyn Tx,
    round: &Round,
    set: &CriteriaSet,
    asked: &Asked<'_>,
    read: impl Fn(&Answers<'_>) -> T + Sync,
    mut take: impl FnMut(Original, Option<T>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let of = (round.spec.id.as_str(), set.household_form.as_str());
    let drawn = draws::modules_drawn(tx, of.0)?;
    let all = submissions::groups(tx, of, asked.which)?;
    let wanted = |(_, v): &Group| {
        asked.villages.is_none_or(|some| v.as_ref().is_some_and(|v| some.contains(v)))
    };
    let mut groups = all.into_iter().filter(wanted);
    let mut waiting = Waiting { of, which: asked.which, at: groups.next().map(|g| (g, 0)), groups };
    let one = |original: &Original| one(original, round, set, &drawn, &read);
    let mut batch = waiting.next(tx)?;
    while !batch.is_empty() {
        // The next batch is fetched while this one is read.
        let (done, following) = std::thread::scope(|scope| {
            let share = batch.len().div_ceil(workers());
            let parts: Vec<_> = batch
                .chunks(share)
                .map(|part| scope.spawn(|| part.iter().map(one).collect::<Vec<_>>()))
                .collect();
            let following = waiting.next(tx);
            let done: Result<Vec<Vec<Option<T>>>, Fault> = parts
                .into_iter()
                .map(|part| part.join().map_err(|_| Fault::from(StoreFault::Panicked)))
                .collect();
            (done, following)
        });
        for (original, value) in batch.into_iter().zip(done?.into_iter().flatten()) {
            take(original, value)?;
        }
        batch = following?;
    }
    Ok(())
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What is still to be read.
struct Waiting<'a, I> {
    /// Round and form.
    of: (&'a str, &'a str),
    which: Which,
    /// The group that is being read, and the last of it that was.
    at: Option<(Group, i64)>,
    groups: I,
}

impl<I: Iterator<Item = Group>> Waiting<'_, I> {
    fn next(&mut self, tx: &dyn Tx) -> Result<Vec<Original>, StoreFault> {
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            let Some((group, after)) = &mut self.at else { break };
            let part = (*after, BATCH as i64);
            let some = submissions::originals_of(tx, self.of, self.which, group, part)?;
            match some.last() {
                Some(last) if some.len() == BATCH => *after = last.seq,
                _ => self.at = self.groups.next().map(|group| (group, 0)),
            }
            batch.extend(some);
        }
        Ok(batch)
    }
}

fn one<T>(
    original: &Original,
    round: &Round,
    set: &CriteriaSet,
    drawn: &BTreeMap<String, Vec<String>>,
    read: impl Fn(&Answers<'_>) -> T,
) -> Option<T> {
    let tree = Tree::read(&original.xml).ok()?;
    let modules = original.household.as_ref().and_then(|h| drawn.get(h));
    let asked = modules_asked(&round.spec, set, modules.map_or(&[], Vec::as_slice));
    let day = interview_day(&tree).unwrap_or(round.spec.starts);
    Some(read(&Answers { tree: &tree, day, asked: &asked }))
}
