//! Which submission counts, and keeping the moments equal to the fold of those that do.
//!
//! One counts per (round, form, household): a completed interview before an attempt, then the
//! latest by server sequence; a rejected one never, and where a round counts what is approved only, no
//! other. One that an edit replaced counts only when that, and what replaced it in turn, is rejected. A
//! commune's report likewise, per (round, form, commune).

use ntm_shared::finding::{Finding, Severity};
use ntm_shared::moment::{Contributions, VillageMoments};
use ntm_shared::text::Text;

use serde_json::json;

use super::{By, SERVER};
use crate::fault::Fault;
use crate::store::submissions::{Counting, NewSubmission, Subject as Key};
use crate::store::{StoreFault, Tx, edits, findings, moments, retention, submissions};

/// A placed submission and what it is about.
pub struct Subject<'s> {
    seq: i64,
    round: &'s str,
    commune: &'s str,
    of: &'s NewSubmission,
    /// Whether it waits to be approved before it counts.
    waits: bool,
    /// What its reading says, if that is at hand.
    says: Option<&'s Contributions>,
}

impl<'s> Subject<'s> {
    /// What `submission`, which nobody has decided about, is about; `None` while it belongs to no round
    /// or commune. In a round that counts what is approved `only`, it waits for that.
    pub fn of(submission: &'s NewSubmission, seq: i64, only: bool) -> Option<Subject<'s>> {
        Some(Subject {
            seq,
            round: submission.round.as_deref()?,
            commune: submission.commune.as_deref()?,
            of: submission,
            waits: only,
            says: None,
        })
    }

    /// With what was read from it, so that it need not be read out of JSON again.
    pub fn saying(self, says: Option<&'s Contributions>) -> Subject<'s> {
        Subject { says, ..self }
    }

    fn key(&self) -> Key<'s> {
        let (round, commune) = (self.round, self.commune);
        Key { round, form: &self.of.form, household: self.of.household.as_deref(), commune }
    }
}

/// Whether a visit ended as an interview.
fn completed(outcome: Option<&str>) -> bool {
    outcome.is_none_or(|outcome| outcome == "completed")
}

/// Whether a new submission counts, and what counted until then.
pub struct Standing {
    before: Option<Counting>,
    /// True when the new one counts instead.
    pub counts: bool,
}

/// Decides whether the new submission counts instead of the one that did. A completed interview
/// counts before an attempt, then the later arrival; one that was held until its form was published
/// may be the earlier of the two.
pub fn standing(tx: &dyn Tx, new: &Subject<'_>) -> Result<Standing, Fault> {
    let before = submissions::counting(tx, &new.key())?;
    let rank = |outcome: &Option<String>, seq| (completed(outcome.as_deref()), seq);
    let counts = !new.waits
        && before
            .as_ref()
            .is_none_or(|old| rank(&new.of.outcome, new.seq) > rank(&old.outcome, old.seq));
    Ok(Standing { before, counts })
}

/// Does what follows for the one that counted, for the findings of both and for the village's
/// moments; whether the new one counts is said in its row already.
pub fn follow(tx: &dyn Tx, new: &Subject<'_>, standing: Standing) -> Result<(), Fault> {
    let Standing { before, counts } = standing;
    let of = new.of;
    if let Some(before) = &before {
        let both = [&of.outcome, &before.outcome].iter().all(|o| completed(o.as_deref()));
        // An edit of what came before is no second interview.
        if both && of.household.is_some() && of.deprecated_id.as_ref() != Some(&before.instance_id)
        {
            findings::add(tx, new.seq, &[already_surveyed()])?;
        }
        if !new.waits {
            findings::add(tx, if counts { before.seq } else { new.seq }, &[superseded()])?;
        }
        if counts {
            submissions::set_counts(tx, before.seq, false)?;
        }
    }
    if !counts {
        return Ok(());
    }
    let Some(village) = &of.village else { return Ok(()) };
    let old = read(before.and_then(|before| before.reading).as_deref())?;
    let place = (village.as_str(), new.commune);
    match new.says {
        None => fold(tx, new.round, place, old.as_ref(), read(of.reading.as_deref())?.as_ref()),
        says => fold(tx, new.round, place, old.as_ref(), says),
    }
}

/// Decides whether a submission that is there counts, and does what follows.
pub fn settle(tx: &dyn Tx, new: &Subject<'_>) -> Result<(), Fault> {
    let standing = standing(tx, new)?;
    submissions::set_counts(tx, new.seq, standing.counts)?;
    follow(tx, new, standing)
}

/// Notes of a submission that its edit came before it: it may count, and does when that was rejected.
pub fn give_way(tx: &dyn Tx, new: &Subject<'_>) -> Result<(), Fault> {
    submissions::set_counts(tx, new.seq, false)?;
    reconsider(tx, new.seq)
}

/// Decides anew what counts for what a submission is about, and for what those are about that it took
/// the place of, directly or through others: a rejected edit gives way to them.
pub fn reconsider_all(tx: &dyn Tx, seq: i64) -> Result<(), Fault> {
    edits::with_earlier(tx, seq)?.into_iter().try_for_each(|one| reconsider(tx, one))
}

/// Decides anew what counts for the household or commune of a submission that was decided about, and
/// moves the village's moments with it.
pub fn reconsider(tx: &dyn Tx, seq: i64) -> Result<(), Fault> {
    changes(tx, seq).map(drop)
}

/// The same; true when another one counts.
fn changes(tx: &dyn Tx, seq: i64) -> Result<bool, Fault> {
    let Some(one) = submissions::countable(tx, seq)? else { return Ok(false) };
    // While a round is being erased its sums stay what they were.
    if retention::is_sealed(tx, &one.round)? {
        return Ok(false);
    }
    let key = one.subject();
    let (before, after) = (submissions::counting(tx, &key)?, submissions::best(tx, &key)?);
    let (old, new) = (before.as_ref().map(|b| b.seq), after.as_ref().map(|a| a.seq));
    findings::withdraw(tx, seq, SUPERSEDED)?;
    if old != new {
        if let Some(old) = old {
            submissions::set_counts(tx, old, false)?;
            if old != seq {
                findings::add(tx, old, &[superseded()])?;
            }
        }
        if let Some(new) = new {
            submissions::set_counts(tx, new, true)?;
            findings::withdraw(tx, new, SUPERSEDED)?;
        }
        if let Some(village) = &one.village {
            let old = read(before.and_then(|before| before.reading).as_deref())?;
            let new = read(after.and_then(|after| after.reading).as_deref())?;
            fold(tx, &one.round, (village, &one.commune), old.as_ref(), new.as_ref())?;
        }
    }
    if !one.out && new != Some(seq) {
        findings::add(tx, seq, &[superseded()])?;
    }
    Ok(old != new)
}

/// Lets count what edits replaced that were rejected before a rejected edit gave way.
pub fn give_back(tx: &dyn Tx, by: &By) -> Result<(), Fault> {
    let mut again = Vec::new();
    for seq in edits::given_back(tx)? {
        if changes(tx, seq)? {
            again.push(seq);
        }
    }
    if !again.is_empty() {
        by.event(tx, "submission.recount", SERVER, &json!({ "submissions": again }))?;
    }
    Ok(())
}

/// Takes a submission out of what counts, because it is about to be erased; nothing counts instead.
/// The sums of a round that was erased as a whole stay.
pub fn leave(tx: &dyn Tx, seq: i64) -> Result<(), Fault> {
    let Some(one) = submissions::countable(tx, seq)? else { return Ok(()) };
    let key = one.subject();
    let counting = submissions::counting(tx, &key)?.filter(|counting| counting.seq == seq);
    let (Some(counting), false) = (counting, retention::is_sealed(tx, &one.round)?) else {
        return Ok(());
    };
    submissions::set_counts(tx, seq, false)?;
    let Some(village) = &one.village else { return Ok(()) };
    fold(tx, &one.round, (village, &one.commune), read(counting.reading.as_deref())?.as_ref(), None)
}

/// What the criteria set read from a submission.
fn read(json: Option<&str>) -> Result<Option<Contributions>, Fault> {
    let read = json.map(serde_json::from_str).transpose();
    Ok(read.map_err(|e| StoreFault::Unreadable(format!("submission.reading: {e}")))?)
}

fn fold(
    tx: &dyn Tx,
    round: &str,
    place: (&str, &str),
    old: Option<&Contributions>,
    new: Option<&Contributions>,
) -> Result<(), Fault> {
    let Some(width) = new.or(old).map(|c| c.measures.len()) else {
        return Ok(());
    };
    let mut sums =
        moments::get(tx, round, place.0)?.unwrap_or_else(|| VillageMoments::empty(width));
    if let Some(old) = old {
        sums.remove(old);
    }
    if let Some(new) = new {
        sums.add(new);
    }
    // A village about which nothing counts has no moments, as if nothing had ever come.
    if sums == VillageMoments::empty(sums.measures.len()) {
        return Ok(moments::remove(tx, round, place.0)?);
    }
    Ok(moments::put(tx, round, place, &sums)?)
}

fn already_surveyed() -> Finding {
    Finding::whole(
        "already_surveyed",
        Severity::Warning,
        Text::new(
            "Hộ này đã có một phiếu phỏng vấn hoàn thành trong đợt.",
            "The household already had a completed interview in this round.",
        ),
    )
}

/// Code of a submission beside which another one counts.
const SUPERSEDED: &str = "superseded";

fn superseded() -> Finding {
    Finding::whole(
        SUPERSEDED,
        Severity::Note,
        Text::new(
            "Hộ (hoặc xã) này có phiếu khác được tính trong đợt; phiếu này được giữ lại.",
            "Another submission counts for this household or commune in the round; this one is kept.",
        ),
    )
}
