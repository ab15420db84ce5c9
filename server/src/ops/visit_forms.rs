//! Visits filled in on teams' phones: which version of a form is one, and what it says.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use ntm_shared::api::difficulty::NewDifficulty;
use ntm_shared::api::support::{MOST, NewSupport};
use ntm_shared::api::visit::{LONGEST, NewVisit};
use ntm_shared::text::nfc;
use ntm_shared::visit_form::Filled;
use serde_json::json;

use super::By;
use super::visits::{Known, helps, own_id, teams_of};
use crate::fault::Fault;
use crate::store::visit_forms::{self, Form};
use crate::store::{Tx, accounts, difficulties, supports, visits};

/// Days to resolve a difficulty that was told on a visit, where no day was agreed. Whoever passes it on
/// says until when.
const TO_RESOLVE: i64 = 30;

/// A form, what was read from it, and what that is held against.
pub type Told = (Form, Filled, Known);

/// Settles which version of a form is a visit: the one that stands, if it can be one. What others said
/// is taken back. Whatever came first, and repeating it, leads to the same visits.
///
/// # Errors
/// What the store says.
pub fn settle(tx: &dyn Tx, by: &By, seq: i64, told: Option<&Told>) -> Result<(), Fault> {
    let versions = visit_forms::versions(tx, seq)?;
    let stands = visit_forms::standing(&versions);
    for other in versions.iter().filter(|version| Some(version.seq) != stands) {
        let id = own(&other.instance);
        if visit_forms::take_back(tx, &id, other.seq)? {
            by.event(tx, "visit.withdraw", &id, &json!({ "submission": other.seq }))?;
        }
    }
    match told {
        // Another may stand since it was read: that is settled by what has changed meanwhile.
        Some(told) if Some(told.0.seq) == stands => fill(tx, by, told),
        _ => Ok(()),
    }
}

/// The id of the visit that a form becomes.
fn own(instance: &str) -> String {
    instance.trim_start_matches("uuid:").to_owned()
}

/// What a phone's form says becomes a visit, difficulties and support, if the phone is a team's and the
/// team had the commune on that day; else the form stays what it is, a submission, until that is so.
fn fill(tx: &dyn Tx, by: &By, (form, filled, known): &Told) -> Result<(), Fault> {
    let id = own(&form.instance);
    if own_id(&id).is_err() || filled.day > known.today || visits::by_id(tx, &id)?.is_some() {
        return Ok(());
    }
    let areas = accounts::areas(tx, &form.collector)?;
    let mut team = None;
    for own in teams_of(&areas) {
        if team.is_none() && helps(tx, known.units, own, (&filled.commune, filled.day))? {
            team = Some(own.to_owned());
        }
    }
    let Some(team) = team else { return Ok(()) };
    let short = |text: &str| nfc(text.trim()).chars().take(LONGEST).collect::<String>();
    let (commune, day) = (filled.commune.clone(), filled.day);
    let visit = NewVisit {
        id: id.clone(),
        commune: commune.clone(),
        team: Some(team.clone()),
        day,
        criteria_met: filled.criteria_met,
        open_criteria: filled.open_criteria.intersection(&known.criteria).copied().collect(),
        plan: short(&filled.plan),
        photos: BTreeSet::new(),
    };
    visits::insert(tx, &visit, &form.collector, &form.at)?;
    visit_forms::filled_in(tx, &id, form.seq)?;
    let owner = known.units.name(&commune, day).unwrap_or_default();
    let unless_agreed = day.checked_add(TO_RESOLVE.days()).unwrap_or(Date::MAX);
    for (at, told) in filled.difficulties.iter().enumerate() {
        let new = NewDifficulty {
            id: format!("{id}.d{at}"),
            commune: commune.clone(),
            team: Some(team.clone()),
            visit: Some(id.clone()),
            day,
            category: told.category,
            description: short(&told.description),
            owner: owner.clone(),
            deadline: told.deadline.filter(|agreed| *agreed >= day).unwrap_or(unless_agreed),
        };
        if difficulties::by_id(tx, &new.id)?.is_none() {
            difficulties::insert(tx, &new, &form.collector, &form.at)?;
        }
    }
    for (at, given) in filled.supports.iter().enumerate() {
        let village = match &given.village {
            Some(id) if known.has_village(tx, &commune, day, id)? => Some(id.clone()),
            _ => None,
        };
        let new = NewSupport {
            id: format!("{id}.s{at}"),
            commune: commune.clone(),
            team: Some(team.clone()),
            visit: Some(id.clone()),
            day,
            kind: given.kind,
            value: given.value.filter(|value| *value <= MOST),
            beneficiary: given.beneficiary,
            village,
            count: given.count,
            detail: short(&given.detail),
        };
        supports::insert(tx, &new, &form.collector, &form.at)?;
    }
    let facts = json!({
        "commune": commune, "team": team, "submission": form.seq,
        "difficulties": filled.difficulties.len(), "supports": filled.supports.len(),
    });
    by.event(tx, "visit.fill", &id, &facts)?;
    Ok(())
}
