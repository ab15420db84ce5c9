//! Which submission counts, and keeping the moments equal to the fold of those that do.
//!
//! One counts per (round, form, household): a completed interview before an attempt, then the
//! latest by server sequence; a rejected one never. A commune's report likewise, per (round, form,
//! commune).

use ntm_shared::finding::{Finding, Severity};
use ntm_shared::moment::{Contributions, VillageMoments};
use ntm_shared::text::Text;

use crate::fault::Fault;
use crate::store::submissions::{Counting, NewSubmission, Subject as Key};
use crate::store::{StoreFault, Tx, findings, moments, retention, submissions};

/// A placed submission and what it is about.
pub struct Subject {
    seq: i64,
    round: String,
    form: String,
    household: Option<String>,
    village: Option<String>,
    commune: String,
    outcome: Option<String>,
    reading: Option<String>,
    /// Instance id that it says it is an edit of.
    edits: Option<String>,
}

impl Subject {
    /// What `submission` is about; `None` while it belongs to no round or commune.
    pub fn of(submission: &NewSubmission, seq: i64) -> Option<Subject> {
        Some(Subject {
            seq,
            round: submission.round.clone()?,
            form: submission.form.clone(),
            household: submission.household.clone(),
            village: submission.village.clone(),
            commune: submission.commune.clone()?,
            outcome: submission.outcome.clone(),
            reading: submission.reading.clone(),
            edits: submission.deprecated_id.clone(),
        })
    }

    fn key(&self) -> Key<'_> {
        Key {
            round: &self.round,
            form: &self.form,
            household: self.household.as_deref(),
            commune: &self.commune,
        }
    }

    fn completed(outcome: Option<&str>) -> bool {
        outcome.is_none_or(|outcome| outcome == "completed")
    }
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
pub fn standing(tx: &dyn Tx, new: &Subject) -> Result<Standing, Fault> {
    let before = submissions::counting(tx, &new.key())?;
    let rank = |outcome: &Option<String>, seq| (Subject::completed(outcome.as_deref()), seq);
    let counts =
        before.as_ref().is_none_or(|old| rank(&new.outcome, new.seq) > rank(&old.outcome, old.seq));
    Ok(Standing { before, counts })
}

/// Does what follows for the one that counted, for the findings of both and for the village's
/// moments; whether the new one counts is said in its row already.
pub fn follow(tx: &dyn Tx, new: &Subject, standing: Standing) -> Result<(), Fault> {
    let Standing { before, counts } = standing;
    if let Some(before) = &before {
        let both = [&new.outcome, &before.outcome].iter().all(|o| Subject::completed(o.as_deref()));
        // An edit of what came before is no second interview.
        if both && new.household.is_some() && new.edits.as_ref() != Some(&before.instance_id) {
            findings::add(tx, new.seq, &[already_surveyed()])?;
        }
        findings::add(tx, if counts { before.seq } else { new.seq }, &[superseded()])?;
        if !counts {
            return Ok(());
        }
        submissions::set_counts(tx, before.seq, false)?;
    }
    let Some(village) = &new.village else { return Ok(()) };
    let old = before.and_then(|before| before.reading);
    fold(tx, &new.round, (village, &new.commune), old.as_deref(), new.reading.as_deref())
}

/// Decides whether a submission that is there counts, and does what follows.
pub fn settle(tx: &dyn Tx, new: &Subject) -> Result<(), Fault> {
    let standing = standing(tx, new)?;
    submissions::set_counts(tx, new.seq, standing.counts)?;
    follow(tx, new, standing)
}

/// Decides anew what counts for the household or commune of a submission that was rejected, or is
/// no longer, and moves the village's moments with it.
pub fn reconsider(tx: &dyn Tx, seq: i64) -> Result<(), Fault> {
    let Some(one) = submissions::countable(tx, seq)? else { return Ok(()) };
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
            let (old, new) = (before.and_then(|b| b.reading), after.and_then(|a| a.reading));
            fold(tx, &one.round, (village, &one.commune), old.as_deref(), new.as_deref())?;
        }
    }
    if !one.rejected && new != Some(seq) {
        findings::add(tx, seq, &[superseded()])?;
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
    fold(tx, &one.round, (village, &one.commune), counting.reading.as_deref(), None)
}

fn fold(
    tx: &dyn Tx,
    round: &str,
    place: (&str, &str),
    old: Option<&str>,
    new: Option<&str>,
) -> Result<(), Fault> {
    let read = |json: &str| -> Result<Contributions, Fault> {
        serde_json::from_str(json)
            .map_err(|e| StoreFault::Unreadable(format!("submission.reading: {e}")).into())
    };
    let (old, new) = (old.map(read).transpose()?, new.map(read).transpose()?);
    let Some(width) = new.as_ref().or(old.as_ref()).map(|c| c.measures.len()) else {
        return Ok(());
    };
    let mut sums =
        moments::get(tx, round, place.0)?.unwrap_or_else(|| VillageMoments::empty(width));
    if let Some(old) = old {
        sums.remove(&old);
    }
    if let Some(new) = new {
        sums.add(&new);
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
