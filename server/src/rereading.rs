//! Scores from the originals instead of the moments: as of another day than that of the interviews, or
//! to see that the moments are what the originals say. Bounded by the area asked about, one at a time
//! (`App::rereading`), and a batch of villages in memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use ntm_shared::api::round::Round;
use ntm_shared::api::score::Rebuilt;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::moment::VillageMoments;
use ntm_shared::problem;
use ntm_shared::score::{Ahead, CommuneInput, CommuneScore, Lapses, Lost, lapses};

use crate::fault::Fault;
use crate::originals::{self, Answers, Asked, Which};
use crate::scoring;
use crate::store::Tx;

/// Days of a forecast where nobody says how many.
pub const DAYS: u16 = 90;
/// Days of a forecast at most.
const MOST_DAYS: u16 = 3_660;

/// Sums and losses of one village.
struct Village {
    now: VillageMoments,
    then: VillageMoments,
    before: Lost,
    ahead: Lost,
}

/// The scores of `inputs` with answers that hold to a day judged on `day`, and what lapses in the
/// `days` after it.
///
/// # Errors
/// `conflict` for a round whose answers were erased, `bad_value` for a day or number out of range.
pub fn as_of(
    tx: &dyn Tx,
    round: &Round,
    set: &CriteriaSet,
    inputs: Vec<CommuneInput>,
    (day, days): (Date, u16),
) -> Result<(Vec<CommuneScore>, Lapses), Fault> {
    let last = (days <= MOST_DAYS).then(|| day.checked_add(i32::from(days).days()).ok()).flatten();
    let after = last.and_then(|last| last.tomorrow().ok());
    let (Some(last), Some(after)) = (last, after) else {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("Dự báo nhiều nhất {MOST_DAYS} ngày."),
            format!("A forecast is for {MOST_DAYS} days at most."),
        ));
    };
    kept(round)?;
    let width = set.measures().len();
    let mut sums: BTreeMap<String, Village> = BTreeMap::new();
    let read = |answers: &Answers<'_>| {
        // A day earlier than the interview is asked for as well; nothing has been lost then.
        [answers.day, day, after].map(|d| set.contributions(answers.tree, d, answers.asked))
    };
    let villages = villages(&inputs);
    let counting = Asked { which: Which::Counting, villages: Some(&villages) };
    originals::households(tx, round, set, &counting, read, |one, read| {
        let (Some([interview, now, then]), Some(village)) = (read, one.village) else {
            return Ok(());
        };
        let sums = sums.entry(village).or_insert_with(|| Village {
            now: VillageMoments::empty(width),
            then: VillageMoments::empty(width),
            before: Lost::default(),
            ahead: Lost::default(),
        });
        sums.now.add(&now);
        sums.then.add(&then);
        sums.before.add(&interview, &now);
        sums.ahead.add(&now, &then);
        Ok(())
    })?;
    let given = |commune: &CommuneInput, of: fn(&Village) -> &VillageMoments| {
        let mut commune = commune.clone();
        for village in &mut commune.villages {
            let sums = sums.get(&village.id).map(of).cloned();
            village.moments = sums.unwrap_or_else(|| VillageMoments::empty(width));
        }
        commune
    };
    let lost = |commune: &CommuneInput, of: fn(&Village) -> &Lost| {
        let mut lost = Lost::default();
        let villages = commune.villages.iter().filter_map(|v| sums.get(&v.id));
        villages.for_each(|v| lost.merge(of(v)));
        lost
    };
    let now: Vec<CommuneInput> = inputs.iter().map(|c| given(c, |v| &v.now)).collect();
    let then: Vec<CommuneInput> = inputs.iter().map(|c| given(c, |v| &v.then)).collect();
    let (now, then) = (scoring::scores(set, &now), scoring::scores(set, &then));
    let losses: Vec<[Lost; 2]> =
        inputs.iter().map(|c| [lost(c, |v| &v.before), lost(c, |v| &v.ahead)]).collect();
    let communes: Vec<Ahead<'_>> = now
        .iter()
        .zip(&then)
        .zip(&losses)
        .map(|((now, then), [before, ahead])| Ahead { now, then, before, ahead })
        .collect();
    let found = lapses(set, (day, last), &communes);
    Ok((now, found))
}

/// Puts sums made anew from the originals in the place of those that were kept, and holds against
/// them what was read before: of those that may count later as well.
///
/// # Errors
/// `conflict` for a round whose answers were erased.
pub fn rebuild(
    tx: &dyn Tx,
    round: &Round,
    set: &CriteriaSet,
    inputs: &mut [CommuneInput],
) -> Result<Rebuilt, Fault> {
    kept(round)?;
    let width = set.measures().len();
    let mut rebuilt = Rebuilt::default();
    let mut sums: BTreeMap<String, VillageMoments> = BTreeMap::new();
    let read = |answers: &Answers<'_>| {
        let given = set.contributions(answers.tree, answers.day, answers.asked);
        let text = serde_json::to_string(&given);
        (given, text)
    };
    let villages = villages(inputs);
    let all = Asked { which: Which::Every, villages: Some(&villages) };
    originals::households(tx, round, set, &all, read, |one, read| {
        let (Some((given, text)), Some(village)) = (read, one.village) else {
            rebuilt.unreadable += 1;
            return Ok(());
        };
        let now = text.map_err(Fault::internal)?;
        rebuilt.readings_differing += u64::from(one.reading != Some(now));
        if one.counts {
            rebuilt.submissions += 1;
            sums.entry(village).or_insert_with(|| VillageMoments::empty(width)).add(&given);
        }
        Ok(())
    })?;
    for village in inputs.iter_mut().flat_map(|commune| &mut commune.villages) {
        let none = || VillageMoments::empty(width);
        let read = sums.remove(&village.id).unwrap_or_else(none);
        rebuilt.villages_differing += u64::from(read.pack() != village.moments.pack());
        village.moments = read;
    }
    Ok(rebuilt)
}

fn villages(inputs: &[CommuneInput]) -> BTreeSet<String> {
    inputs.iter().flat_map(|c| &c.villages).map(|v| v.id.clone()).collect()
}

/// The originals are there to be read.
fn kept(round: &Round) -> Result<(), Fault> {
    match round.erased_at {
        None => Ok(()),
        Some(_) => Err(Fault::with(
            &problem::CONFLICT,
            "Phiếu của đợt đã xóa hết hạn lưu: không còn bản gốc để tính lại.",
            "The round's answers were erased: there are no originals to read anew.",
        )),
    }
}
