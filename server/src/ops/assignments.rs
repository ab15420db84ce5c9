//! Putting a plan into force by decision.

use std::collections::BTreeSet;

use jiff::civil::Date;
use ntm_shared::api::assignment::NewAssignments;
use ntm_shared::problem;
use ntm_shared::unit::Units;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::assignments::Stored;
use crate::store::{Tx, agencies, assignments, teams, units};

/// Stores who leads and supports which commune from a day on. Whatever the commune had ends the day
/// before, in every role, and so does what it inherited from the communes it was made of; a commune that
/// is not named keeps what it has. Repeating it changes nothing.
///
/// # Errors
/// `conflict` for another decision with this id, or over an assignment, also of what the commune has
/// become later, that begins no earlier;
/// `bad_value` for a commune with two lead teams or none, and for a team that is unknown or not there
/// on that day; `out_of_area`.
pub fn apply(
    tx: &dyn Tx,
    by: &By,
    new: &NewAssignments,
    (known, today): (&Units, Date),
) -> Result<Vec<Stored>, Fault> {
    let mut wanted: Vec<Stored> = new
        .pairs
        .iter()
        .map(|pair| Stored {
            commune: pair.commune.clone(),
            team: pair.team.clone(),
            role: if pair.support { "support" } else { "lead" }.into(),
            pinned: pair.pinned,
            decision: new.decision.clone(),
            from: new.from.to_string(),
            to: None,
        })
        .collect();
    wanted.sort_by(|a, b| (&a.commune, &a.role, &a.team).cmp(&(&b.commune, &b.role, &b.team)));
    let before = assignments::of_batch(tx, &new.id)?;
    if !before.is_empty() {
        let same =
            before.iter().map(|k| Stored { to: None, ..k.clone() }).eq(wanted.iter().cloned());
        return if same { Ok(before) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    check(tx, by, new)?;
    let from = new.from.to_string();
    let communes: BTreeSet<&str> = wanted.iter().map(|one| one.commune.as_str()).collect();
    for commune in &communes {
        for later in known.descendants(commune) {
            if assignments::begins_later(tx, &later.id, &from)? {
                return Err(Fault::with(
                    &problem::CONFLICT,
                    format!("Xã {} đã có phân công từ ngày này hoặc muộn hơn.", later.id),
                    format!("Commune {} has an assignment from that day or later.", later.id),
                ));
            }
        }
    }
    for commune in communes {
        end(tx, known, commune, new.from)?;
    }
    for assignment in &wanted {
        assignments::put(tx, &new.id, &new.round, assignment)?;
    }
    super::teams::put_within(tx, today)?;
    let facts = json!({ "round": new.round, "decision": new.decision, "from": new.from, "pairs": wanted.len() });
    by.event(tx, "assignment.apply", &new.id, &facts)?;
    Ok(wanted)
}

/// Ends what a commune had before a day: its own, and what it inherited. All rows of one decision begin
/// on one day, so none of them ends another.
fn end(tx: &dyn Tx, known: &Units, commune: &str, from: Date) -> Result<u64, Fault> {
    let eve = from.yesterday().map_err(Fault::internal)?.to_string();
    let mut communes = vec![commune];
    communes.extend(known.forebears(commune, from).iter().map(|unit| unit.id.as_str()));
    Ok(assignments::end(tx, &communes, (&from.to_string(), &eve))?)
}

/// Ends what earlier versions of the program let go on beside a later decision: supporting teams, and
/// the teams of communes that were merged. Changes nothing where there is no such thing.
///
/// # Errors
/// What the store says.
pub fn settle(tx: &dyn Tx, by: &By, known: &Units) -> Result<(), Fault> {
    let mut ended = 0;
    for (commune, from) in assignments::begun(tx)? {
        ended += end(tx, known, &commune, from.parse().map_err(Fault::internal)?)?;
    }
    if ended > 0 {
        by.event(tx, "assignment.settle", "assignments", &json!({ "ended": ended }))?;
    }
    Ok(())
}

fn check(tx: &dyn Tx, by: &By, new: &NewAssignments) -> Result<(), Fault> {
    let bad = |vi: String, en: String| Err(Fault::with(&problem::BAD_VALUE, vi, en));
    if new.pairs.is_empty() || new.decision.trim().is_empty() || new.id.is_empty() {
        return bad(
            "Thiếu số quyết định hoặc danh sách phân công.".into(),
            "The decision number or the list of assignments is missing.".into(),
        );
    }
    let communes: Vec<String> = new.pairs.iter().map(|pair| pair.commune.clone()).collect();
    if !units::covers(tx, &by.actor, &communes)? {
        return Err(Fault::new(&problem::OUT_OF_AREA));
    }
    let (teams, agencies) = (teams::list(tx)?, agencies::all(tx)?);
    let (mut leads, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for pair in &new.pairs {
        if !pair.support && !leads.insert(&pair.commune) {
            return bad(
                format!("Xã {} có hai tổ phụ trách chính.", pair.commune),
                format!("Commune {} has two lead teams.", pair.commune),
            );
        }
        if !pairs.insert((&pair.commune, &pair.team)) {
            return bad(
                format!("Xã {} có tổ {} hai lần.", pair.commune, pair.team),
                format!("Commune {} has team {} twice.", pair.commune, pair.team),
            );
        }
        let Some(team) = teams.iter().find(|team| team.id == pair.team) else {
            return bad(
                format!("Không có tổ {}.", pair.team),
                format!("There is no team {}.", pair.team),
            );
        };
        let agency = team.agency_id.as_ref().and_then(|id| agencies.get(id));
        if !team.is_there(new.from) || agency.is_some_and(|agency| !agency.exists(new.from)) {
            return bad(
                format!("Tổ {} hoặc cơ quan của tổ không còn vào ngày {}.", pair.team, new.from),
                format!("Team {} or its agency is not there on {}.", pair.team, new.from),
            );
        }
    }
    let lacks_lead = new.pairs.iter().find(|pair| !leads.contains(&pair.commune));
    if let Some(pair) = lacks_lead {
        return bad(
            format!("Xã {} chưa có tổ phụ trách chính.", pair.commune),
            format!("Commune {} has no lead team.", pair.commune),
        );
    }
    Ok(())
}
