//! Reading the originals anew, by the rules of today: what the kept moments must equal, and how
//! they come to when the rules have changed.

use std::collections::BTreeMap;

use ntm_shared::answers::Tree;
use ntm_shared::api::round::Round;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::moment::VillageMoments;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::originals::{self, Answers, Asked, Which};
use crate::store::{Tx, meta, moments, rounds, submissions};

/// What the originals of a round say.
#[derive(Default)]
pub struct Fold {
    /// Per village and its commune, the fold.
    pub sums: BTreeMap<(String, String), VillageMoments>,
    /// Submissions whose XML no longer reads.
    pub unreadable: Vec<i64>,
}

/// What one submission says that counts or may count later.
pub struct Said<'a> {
    /// Its sequence number.
    pub seq: i64,
    /// What is kept of it.
    pub kept: Option<&'a str>,
    /// What it reads.
    pub now: &'a str,
}

/// Reads every submission of `round` that counts or may count later, so that none of them keeps what
/// other rules read; `tell` hears each of them, and those that count are summed up.
///
/// # Errors
/// What the store says, and `tell`.
pub fn fold(
    tx: &dyn Tx,
    round: &Round,
    set: &CriteriaSet,
    mut tell: impl FnMut(&Said<'_>) -> Result<(), Fault>,
) -> Result<Fold, Fault> {
    let mut fold = Fold::default();
    let width = set.measures().len();
    let read = |answers: &Answers<'_>| {
        let given = set.contributions(answers.tree, answers.day, answers.asked);
        let text = serde_json::to_string(&given);
        (given, text)
    };
    let all = Asked { which: Which::Every, villages: None };
    originals::households(tx, round, set, &all, read, |one, read| {
        let Some((given, text)) = read else {
            fold.unreadable.push(one.seq);
            return Ok(());
        };
        let now = text.map_err(Fault::internal)?;
        tell(&Said { seq: one.seq, kept: one.reading.as_deref(), now: &now })?;
        if let (true, Some(_), Some(village), Some(commune)) =
            (one.counts, one.household, one.village, one.commune)
        {
            let none = || VillageMoments::empty(width);
            fold.sums.entry((village, commune)).or_insert_with(none).add(&given);
        }
        Ok(())
    })?;
    for one in submissions::originals_in(tx, &round.spec.id, &set.report_form)? {
        let Ok(tree) = Tree::read(&one.xml) else {
            fold.unreadable.push(one.seq);
            continue;
        };
        let now = serde_json::to_string(&set.report(&tree)).map_err(Fault::internal)?;
        tell(&Said { seq: one.seq, kept: one.reading.as_deref(), now: &now })?;
    }
    Ok(fold)
}

/// Reads every round of `set` anew when the set is not the one its moments were read with.
///
/// # Errors
/// What the store says.
pub fn follow(tx: &dyn Tx, by: &By, set: &CriteriaSet) -> Result<(), Fault> {
    let key = format!("criteria {}", set.id);
    if meta::get(tx, &key)?.as_deref() == Some(set.fingerprint()) {
        return Ok(());
    }
    let mut read = 0_u64;
    // Of a round that was erased there is nothing to read: its sums stay as they are.
    let ours = |r: &&Round| r.spec.criteria_set == set.id && r.erased_at.is_none();
    for round in rounds::list(tx)?.iter().filter(ours) {
        let fold = fold(tx, round, set, |said| {
            read += 1;
            if said.kept != Some(said.now) {
                submissions::set_reading(tx, said.seq, said.now)?;
            }
            Ok(())
        })?;
        moments::clear(tx, &round.spec.id)?;
        for ((village, commune), sums) in &fold.sums {
            moments::put(tx, &round.spec.id, (village, commune), sums)?;
        }
    }
    meta::put(tx, &key, set.fingerprint())?;
    by.event(
        tx,
        "moment.rebuild",
        &set.id,
        &json!({ "rules": set.fingerprint(), "submissions": read }),
    )?;
    Ok(())
}
