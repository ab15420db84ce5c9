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
use crate::reading::{interview_day, modules_asked};
use crate::store::{Tx, frames, meta, moments, rounds, submissions};

/// What the originals of a round say.
#[derive(Default)]
pub struct Fold {
    /// Per submission that counts, its sequence number, what is kept of it and what it reads.
    pub readings: Vec<(i64, Option<String>, String)>,
    /// Per village and its commune, the fold.
    pub sums: BTreeMap<(String, String), VillageMoments>,
    /// Submissions whose XML no longer reads.
    pub unreadable: Vec<i64>,
}

/// Reads every submission of `round` that counts.
///
/// # Errors
/// What the store says.
pub fn fold(tx: &dyn Tx, round: &Round, set: &CriteriaSet) -> Result<Fold, Fault> {
    let mut fold = Fold::default();
    let id = round.spec.id.as_str();
    for one in submissions::counting_in(tx, id, &set.household_form)? {
        let Ok(tree) = Tree::read(&one.xml) else {
            fold.unreadable.push(one.seq);
            continue;
        };
        let (Some(household), Some(village)) = (&one.household, one.village) else { continue };
        let drawn = frames::modules_of(tx, id, household)?;
        let day = interview_day(&tree).unwrap_or(round.spec.starts);
        let read = set.contributions(&tree, day, &modules_asked(&round.spec, set, &drawn));
        let width = set.measures().len();
        let sums =
            fold.sums.entry((village, one.commune)).or_insert_with(|| VillageMoments::empty(width));
        sums.add(&read);
        fold.readings.push((
            one.seq,
            one.reading,
            serde_json::to_string(&read).map_err(Fault::internal)?,
        ));
    }
    for one in submissions::counting_in(tx, id, &set.report_form)? {
        let Ok(tree) = Tree::read(&one.xml) else {
            fold.unreadable.push(one.seq);
            continue;
        };
        let read = serde_json::to_string(&set.report(&tree)).map_err(Fault::internal)?;
        fold.readings.push((one.seq, one.reading, read));
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
    let mut read = 0;
    // Of a round that was erased there is nothing to read: its sums stay as they are.
    let ours = |r: &&Round| r.spec.criteria_set == set.id && r.erased_at.is_none();
    for round in rounds::list(tx)?.iter().filter(ours) {
        let fold = fold(tx, round, set)?;
        read += fold.readings.len();
        for (seq, _, reading) in &fold.readings {
            submissions::set_reading(tx, *seq, reading)?;
        }
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
