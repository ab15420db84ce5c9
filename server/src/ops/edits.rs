//! Edits of a sent form: a new instance that names the one it replaces. The newest version counts
//! that is not rejected; every version is kept. What fits no chain is a branch, flagged for a reviewer.

use ntm_shared::finding::{Finding, Severity};
use ntm_shared::text::Text;

use super::counting;
use crate::fault::Fault;
use crate::store::submissions::NewSubmission;
use crate::store::{Tx, edits, findings};

/// An edit of what is not there.
pub const UNKNOWN: &str = "edit_unknown";
/// An edit of what another edit replaced already.
pub const STALE: &str = "edit_stale";
/// An edit that leads back to itself.
pub const CYCLE: &str = "edit_cycle";
/// What an edit took the place of.
pub const REPLACED: &str = "replaced";
/// A longer chain is taken for a circle: nobody edits one form so often.
const LONGEST: usize = 200;

/// What became of a submission among its versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// It is an edit that belongs nowhere.
    pub branch: bool,
    /// An edit of it came before it: it is kept, and counts only when that is rejected.
    pub replaced: bool,
}

/// Whether a submission about to be stored has other versions.
///
/// # Errors
/// What the store says.
pub fn is_linked(tx: &dyn Tx, new: &NewSubmission) -> Result<bool, Fault> {
    Ok(new.deprecated_id.is_some()
        || !edits::waiting(tx, &new.form, &new.instance_id, UNKNOWN)?.is_empty())
}

/// Puts a submission that was just stored in its place among its versions.
///
/// # Errors
/// What the store says.
pub fn link(tx: &dyn Tx, seq: i64, new: &NewSubmission) -> Result<Linked, Fault> {
    let (form, instance) = (new.form.as_str(), new.instance_id.as_str());
    let mut linked = Linked::default();
    if let Some(old) = new.deprecated_id.as_deref() {
        let branch = edit(tx, seq, form, instance, old)?;
        if let Some(code) = branch {
            flag(tx, seq, code)?;
            linked.branch = true;
        }
        if branch == Some(CYCLE) {
            return Ok(linked);
        }
    }
    // Edits that overtook this one on their way.
    for (n, edit) in edits::waiting(tx, form, instance, UNKNOWN)?.into_iter().enumerate() {
        unflag(tx, edit)?;
        if n == 0 {
            replace(tx, seq, edit)?;
            linked.replaced = true;
        } else {
            flag(tx, edit, STALE)?;
        }
    }
    // One that took the place while this was held: it came when this was there and could not count.
    let now = edits::version(tx, form, instance)?;
    linked.replaced |= now.is_some_and(|version| version.replaced_by.is_some());
    Ok(linked)
}

/// Takes the place of what is edited, or says why not.
fn edit(
    tx: &dyn Tx,
    seq: i64,
    form: &str,
    instance: &str,
    old: &str,
) -> Result<Option<&'static str>, Fault> {
    if leads_to(tx, form, old, instance)? {
        return Ok(Some(CYCLE));
    }
    let Some(version) = edits::version(tx, form, old)? else { return Ok(Some(UNKNOWN)) };
    if version.replaced_by.is_some() {
        return Ok(Some(STALE));
    }
    replace(tx, version.seq, seq)?;
    counting::reconsider_all(tx, version.seq)?;
    Ok(None)
}

fn leads_to(tx: &dyn Tx, form: &str, from: &str, to: &str) -> Result<bool, Fault> {
    let mut at = from.to_owned();
    for _ in 0..LONGEST {
        if at == to {
            return Ok(true);
        }
        let before = edits::version(tx, form, &at)?.and_then(|version| version.deprecated_id);
        let Some(before) = before else { return Ok(false) };
        at = before;
    }
    Ok(true)
}

fn replace(tx: &dyn Tx, old: i64, new: i64) -> Result<(), Fault> {
    edits::replace(tx, old, new)?;
    let text = Text::new(
        "Phiếu đã có bản sửa; bản này được giữ lại.",
        "An edit took this submission's place; this version is kept.",
    );
    Ok(findings::add(tx, old, &[Finding::whole(REPLACED, Severity::Note, text)])?)
}

fn flag(tx: &dyn Tx, seq: i64, code: &str) -> Result<(), Fault> {
    let text = match code {
        UNKNOWN => Text::new(
            "Bản sửa của một phiếu chưa có trên máy chủ; cán bộ cần xem.",
            "An edit of a submission the server does not have; a reviewer should look.",
        ),
        STALE => Text::new(
            "Bản sửa của một phiếu đã được sửa bằng bản khác; cả hai đều được giữ, cán bộ cần xem.",
            "An edit of a submission that another edit replaced already; both are kept, a reviewer should look.",
        ),
        _ => Text::new(
            "Các bản sửa chỉ vòng lại nhau; tất cả đều được giữ, cán bộ cần xem.",
            "Edits that replace each other in a circle; all are kept, a reviewer should look.",
        ),
    };
    edits::set_branch(tx, seq, Some(code))?;
    Ok(findings::add(tx, seq, &[Finding::whole(code, Severity::Warning, text)])?)
}

/// What it edits has come.
fn unflag(tx: &dyn Tx, seq: i64) -> Result<(), Fault> {
    edits::set_branch(tx, seq, None)?;
    Ok(findings::withdraw(tx, seq, UNKNOWN)?)
}
