//! Erasing a household, or what a round collected, for good: the rows go in one transaction (of a
//! round, in several), a tombstone stays. Files and what is left on the disk are `erasing.rs`'s.
//!
//! The household stays in the frames it was in, as one that did not answer: N_h is frozen, and an
//! estimate that silently forgot those who asked to be forgotten would speak for fewer people than it
//! says. What it answered counts no more, because moments are the fold of what is there.

use std::collections::BTreeSet;

use jiff::civil::Date;
use ntm_shared::answers::Tree;
use ntm_shared::api::erasure::{Erasure, NewErasure};
use ntm_shared::api::round::NewRound;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::problem;
use ntm_shared::text::nfc;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::submissions::Arrival;
use super::{By, EVERYWHERE, counting, rounds};
use crate::fault::Fault;
use crate::store::erasures::{self, Open, Tombstone, Whose};
use crate::store::{Tx, edits, households, meta, quality, retention, salvage, units};

/// A reason is a sentence, not a key pressed.
pub const REASON: std::ops::RangeInclusive<usize> = 10..=500;
/// Submissions of a round erased in one transaction: others wait for it.
const AT_ONCE: i64 = 200;

/// What a submission that comes again is known by.
pub fn instance_hash(form: &str, instance: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(form.as_bytes());
    hash.update([0]);
    hash.update(instance.as_bytes());
    hex::encode(hash.finalize())
}

/// Erases the rows of a household, or begins with those of a round. Sending the same again changes
/// nothing, and neither does erasing what was erased.
///
/// # Errors
/// `bad_value`; `not_found` for a household that is not there or outside the user's areas;
/// `unknown_round`, `out_of_area`; `conflict` for another request with this id, and for a round that
/// is open or still to be kept.
pub fn begin(tx: &dyn Tx, by: &By, new: NewErasure, today: Date) -> Result<Erasure, Fault> {
    let (whose, reason) = read(&new)?;
    if let Some(known) = erasures::by_id(tx, &new.id)? {
        let same = (&known.household, &known.round) == (&new.household, &new.round)
            && known.reason == reason
            && known.actor == by.actor;
        return if same { Ok(known) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    let place = match &whose {
        Whose::Household(id) => reached(tx, by, id)?,
        Whose::Round(id) => {
            let round = rounds::get(tx, id)?;
            rounds::within_areas(tx, by, &round.spec)?;
            (None, None)
        }
    };
    if let Some(known) = erasures::of(tx, &whose)? {
        return Ok(known);
    }
    if let Whose::Round(id) = &whose {
        may_go(tx, id, today)?;
    }
    let (actor, at) = (by.actor.clone(), by.at.clone());
    erase(tx, by, &Tombstone { id: new.id, whose, place, reason, actor, at })
}

fn read(new: &NewErasure) -> Result<(Whose, String), Fault> {
    let reason = nfc(new.reason.trim());
    if !REASON.contains(&reason.chars().count()) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Lý do xóa dài từ 10 đến 500 ký tự.",
            "The reason for erasing has 10 to 500 characters.",
        ));
    }
    let whose = match (&new.household, &new.round) {
        (Some(id), None) if (1..=200).contains(&id.len()) => Whose::Household(id.clone()),
        (None, Some(id)) if !id.is_empty() => Whose::Round(id.clone()),
        _ => {
            return Err(Fault::with(
                &problem::BAD_VALUE,
                "Nêu một hộ hoặc một đợt.",
                "Name one household or one round.",
            ));
        }
    };
    if !(8..=64).contains(&new.id.len()) {
        let (vi, en) = ("Mã dài từ 8 đến 64 ký tự.", "The id has 8 to 64 characters.");
        return Err(Fault::with(&problem::BAD_VALUE, vi, en));
    }
    Ok((whose, reason))
}

/// Where the household is, if the user may reach there. One that is on no roster is where its
/// submissions were placed; one that is nowhere is for who sees everything.
fn reached(tx: &dyn Tx, by: &By, id: &str) -> Result<(Option<String>, Option<String>), Fault> {
    let place = match households::place(tx, id)? {
        Some((village, commune)) => (Some(village), Some(commune)),
        None => {
            let (seqs, records) = (all_about(tx, id)?, quarantined(tx, id, "household")?);
            let known = erasures::of(tx, &Whose::Household(id.into()))?.is_some();
            if seqs.is_empty() && records.is_empty() && !known {
                return Err(Fault::new(&problem::NOT_FOUND));
            }
            match seqs.first() {
                Some(seq) => erasures::place_of(tx, *seq)?,
                None => (None, None),
            }
        }
    };
    let unit = place.0.clone().or(place.1.clone()).unwrap_or_else(|| EVERYWHERE.into());
    match units::covers(tx, &by.actor, &[unit])? {
        true => Ok(place),
        false => Err(Fault::new(&problem::NOT_FOUND)),
    }
}

/// A round is erased when it is closed and the last day it is kept has passed.
fn may_go(tx: &dyn Tx, id: &str, today: Date) -> Result<(), Fault> {
    let round = rounds::get(tx, id)?;
    let conflict = |vi: String, en: String| Err(Fault::with(&problem::CONFLICT, vi, en));
    if round.state == "open" {
        return conflict(format!("Đợt {id} còn đang mở."), format!("Round {id} is still open."));
    }
    match round.keep_until {
        Some(until) if until < today => Ok(()),
        Some(until) => conflict(
            format!("Đợt {id} phải lưu đến hết {until}."),
            format!("Round {id} is to be kept until {until}."),
        ),
        None => conflict(
            format!("Đợt {id} chưa có thời hạn lưu: ntm round keep {id} --until NGÀY."),
            format!("Round {id} has no retention yet: ntm round keep {id} --until DATE."),
        ),
    }
}

/// Erases again what the log outside the database says was erased: an older state was restored.
/// False when this database knows of it.
///
/// # Errors
/// What the store says.
pub fn repeat(
    tx: &dyn Tx,
    by: &By,
    mut old: Tombstone,
    instances: &[String],
) -> Result<bool, Fault> {
    if erasures::of(tx, &old.whose)?.is_some() {
        return Ok(false);
    }
    // A round that this state does not have cannot be sealed: what it would bar does not come.
    if let Whose::Round(id) = &old.whose
        && crate::store::rounds::by_id(tx, id)?.is_none()
    {
        return Ok(false);
    }
    if let Whose::Household(id) = &old.whose
        && let Some((village, commune)) = households::place(tx, id)?
    {
        old.place = (Some(village), Some(commune));
    }
    let id = old.id.clone();
    erase(tx, by, &old)?;
    let open = erasures::open(tx)?;
    if let Some(open) = open.iter().find(|open| open.id == id) {
        for hash in instances {
            erasures::bar_instance(tx, hash, open.seq)?;
        }
    }
    Ok(true)
}

fn erase(tx: &dyn Tx, by: &By, new: &Tombstone) -> Result<Erasure, Fault> {
    let seq = erasures::insert(tx, new)?;
    match &new.whose {
        Whose::Household(id) => {
            let seqs = all_about(tx, id)?;
            let removed = remove(tx, seq, &seqs, &quarantined(tx, id, "household")?)?;
            erasures::empty_household(tx, id, &new.at)?;
            let facts = json!({
                "erasure": new.id, "submissions": seqs, "files": removed.files, "hash": removed.hash,
            });
            by.event(tx, "household.erase", id, &facts)?;
        }
        Whose::Round(id) => {
            let set = set_of(&rounds::spec(tx, id)?)?;
            retention::seal(tx, id, &set.household_form, &new.at)?;
            quality::forget(tx, id)?;
            meta::put(tx, &sealed_rules(id), set.fingerprint())?;
            let hash = hex::encode(Sha256::digest(retention::sums(tx, id)?.as_bytes()));
            by.event(tx, "round.erase", id, &json!({ "erasure": new.id, "moments": hash }))?;
        }
    }
    erasures::by_id(tx, &new.id)?.ok_or_else(|| Fault::internal("no tombstone"))
}

/// Goes on erasing what does not fit one transaction; false when nothing is left to erase.
/// What communes report of themselves is no person's data and stays.
///
/// # Errors
/// What the store says.
pub fn go_on(tx: &dyn Tx, by: &By, open: &Open) -> Result<bool, Fault> {
    let Whose::Round(round) = &open.whose else { return Ok(false) };
    let report = set_of(&rounds::spec(tx, round)?)?.report_form;
    let seqs = retention::next_submissions(tx, round, &report, AT_ONCE)?;
    let seqs: BTreeSet<i64> = seqs.into_iter().collect();
    let records = quarantined(tx, round, "round")?;
    let names = if seqs.is_empty() { retention::empty_roster(tx, round)? } else { 0 };
    if seqs.is_empty() && records.is_empty() && names == 0 {
        return Ok(false);
    }
    let removed = remove(tx, open.seq, &seqs, &records)?;
    let facts = json!({
        "submissions": seqs, "files": removed.files, "names": names, "hash": removed.hash,
    });
    by.event(tx, "erasure.step", &open.id, &facts)?;
    Ok(true)
}

/// The criteria set of a round.
fn set_of(round: &NewRound) -> Result<CriteriaSet, Fault> {
    let sets = crate::criteria_sets().map_err(Fault::internal)?;
    let set = sets.get(&round.criteria_set).ok_or_else(|| Fault::internal("no criteria set"))?;
    Ok(CriteriaSet::clone(set))
}

/// Under which name the rules are kept that the moments of an erased round were read with.
pub fn sealed_rules(round: &str) -> String {
    format!("sealed rules {round}")
}

/// Nothing is left of these on the disk.
///
/// # Errors
/// What the store says.
pub fn finish(tx: &dyn Tx, by: &By, done: &[Open]) -> Result<(), Fault> {
    for open in done {
        if erasures::finish(tx, open.seq, &by.at)? {
            by.event(tx, "erasure.finish", &open.id, &json!({}))?;
        }
    }
    Ok(())
}

/// Whether an arrival is about what was erased, and must not come back: then its instance is
/// remembered, and nothing else of it.
///
/// # Errors
/// What the store says.
pub fn turn_away(tx: &dyn Tx, by: &By, arrival: &Arrival) -> Result<bool, Fault> {
    if erasures::is_none(tx)? {
        return Ok(false);
    }
    let new = &arrival.submission;
    let hash = instance_hash(&new.form, &new.instance_id);
    let entity = arrival.entity.as_ref().map(|entity| entity.id.as_str());
    let whose = [new.household.as_deref(), entity];
    let Some((erasure, known)) = erasures::bars(tx, &hash, whose, new.round.as_deref())? else {
        return Ok(false);
    };
    if !known {
        erasures::bar_instance(tx, &hash, erasure)?;
        let facts = json!({ "form": new.form, "xml_sha256": new.xml_sha256 });
        by.event(tx, "submission.forget", &erasure.to_string(), &facts)?;
    }
    Ok(true)
}

/// Submissions about a household, placed or not, and their earlier versions: an edit that moved an
/// interview to this household took the answers along.
fn all_about(tx: &dyn Tx, household: &str) -> Result<BTreeSet<i64>, Fault> {
    let mut own = erasures::about(tx, household)?;
    for (seq, xml) in erasures::unplaced_with(tx, household)? {
        if says(&xml, "household", household) {
            own.push(seq);
        }
    }
    let mut all = BTreeSet::new();
    for seq in own {
        all.extend(edits::with_earlier(tx, seq)?);
    }
    Ok(all)
}

/// Records of the quarantine that say this of themselves.
fn quarantined(tx: &dyn Tx, id: &str, field: &str) -> Result<Vec<Record>, Fault> {
    let found = erasures::quarantined_with(tx, id)?.into_iter();
    let ours = found.filter(|(.., xml)| says(xml, field, id));
    Ok(ours.map(|(record, form, instance, _)| (record, instance_hash(&form, &instance))).collect())
}

/// A record of the quarantine, and the hash of its instance.
type Record = (i64, String);

fn says(xml: &[u8], field: &str, id: &str) -> bool {
    let Ok(tree) = Tree::read(xml) else { return false };
    let root = tree.root();
    let named = tree.named(root, field).any(|node| tree.text(node).trim() == id);
    let entity = tree.named(root, "meta").flat_map(|meta| tree.named(meta, "entity"));
    named
        || field == "household"
            && entity.into_iter().any(|e| tree.attribute(e, "id").is_some_and(|is| is.trim() == id))
}

struct Removed {
    files: usize,
    hash: String,
}

/// Removes submissions and records of the quarantine; what is left of them are hashes.
fn remove(
    tx: &dyn Tx,
    erasure: i64,
    seqs: &BTreeSet<i64>,
    records: &[Record],
) -> Result<Removed, Fault> {
    let (mut hash, mut files) = (Sha256::new(), BTreeSet::new());
    for seq in seqs {
        let Some([form, instance, xml]) = erasures::identity(tx, *seq)? else { continue };
        counting::leave(tx, *seq)?;
        hash.update(format!("{form} {xml}\n"));
        erasures::bar_instance(tx, &instance_hash(&form, &instance), erasure)?;
        files.extend(erasures::remove_submission(tx, *seq, erasure)?);
    }
    for (record, instance) in records {
        let kept = salvage::files(tx, *record)?;
        files.extend(kept.into_iter().map(|(_, blob)| blob.sha256));
        salvage::remove(tx, *record)?;
        erasures::bar_instance(tx, instance, erasure)?;
    }
    let (mut gone, mut shared) = (0, 0);
    for sha256 in &files {
        hash.update(format!("{sha256}\n"));
        match erasures::release_file(tx, sha256, erasure)? {
            true => gone += 1,
            false => shared += 1,
        }
    }
    let hash = hex::encode(hash.finalize());
    erasures::grown(tx, erasure, (seqs.len(), gone, shared), &hash)?;
    Ok(Removed { files: gone, hash })
}
