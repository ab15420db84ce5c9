//! Which communes a team was not in for long: assignments in force beside the last visits.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::store::assignments::Stored;
use crate::store::{Tx, assignments, visits};

/// Days that a team may stay away, where nobody says.
pub const DAYS: u16 = 30;

/// A commune and a team that was not there for long.
pub struct Lacking {
    /// Commune unit id, as it was when it was assigned.
    pub commune: String,
    /// Team id.
    pub team: String,
    /// `lead` or `support`.
    pub role: String,
    /// The day of the last visit.
    pub last: Option<Date>,
    /// Whole days since then, or since the assignment began.
    pub days: i32,
}

/// Teams that `actor` sees and that were not in a commune of theirs for more than `days` days on
/// `date`, the longest time first. A visit to what a commune has become is a visit to it.
///
/// # Errors
/// What the store says.
pub fn lacking(
    tx: &dyn Tx,
    known: &Units,
    actor: &str,
    (date, days): (Date, i32),
) -> Result<Vec<Lacking>, Fault> {
    let last = visits::last(tx, date)?;
    let mut found = Vec::new();
    for assigned in assignments::on(tx, actor, &date.to_string())? {
        let mut communes = vec![assigned.commune.as_str()];
        communes.extend(known.heirs(&assigned.commune, date).iter().map(|unit| unit.id.as_str()));
        let visited = communes
            .iter()
            .filter_map(|commune| last.get(&(assigned.team.clone(), (*commune).to_owned())));
        let visited = visited.max().copied();
        let from: Date = assigned.from.parse().map_err(Fault::internal)?;
        // A visit under an earlier decision counts too.
        let since = visited.unwrap_or(from);
        let gone = since.until(date).map_err(Fault::internal)?.get_days();
        if gone > days {
            let (commune, team, role) = (assigned.commune, assigned.team, assigned.role);
            found.push(Lacking { commune, team, role, last: visited, days: gone });
        }
    }
    found.sort_by(|a, b| {
        b.days.cmp(&a.days).then_with(|| (&a.commune, &a.team).cmp(&(&b.commune, &b.team)))
    });
    Ok(found)
}

/// A commune of the teams that a phone is of.
pub struct Own {
    /// Commune unit id, as it was when it was assigned.
    pub commune: String,
    /// What they have it by, leading teams first.
    pub assigned: Vec<Stored>,
    /// The last visit of one of them, and the name of who wrote it down.
    pub last: Option<(Date, String)>,
    /// The first day on which they were away for more than [`DAYS`] days.
    pub due: Date,
}

/// The communes that the `teams` of `actor` have on a day.
///
/// # Errors
/// What the store says.
pub fn own(
    tx: &dyn Tx,
    known: &Units,
    (actor, teams): (&str, &[&str]),
    date: Date,
) -> Result<Vec<Own>, Fault> {
    let mut by_commune: BTreeMap<String, Vec<Stored>> = BTreeMap::new();
    for assigned in assignments::on(tx, actor, &date.to_string())? {
        if teams.contains(&assigned.team.as_str()) {
            by_commune.entry(assigned.commune.clone()).or_default().push(assigned);
        }
    }
    let mut found = Vec::new();
    for (commune, mut assigned) in by_commune {
        assigned.sort_by(|a, b| (a.role != "lead", &a.team).cmp(&(b.role != "lead", &b.team)));
        let mut places = vec![commune.as_str()];
        places.extend(known.heirs(&commune, date).iter().map(|unit| unit.id.as_str()));
        let mut last: Option<(Date, String)> = None;
        let mut since = Date::MIN;
        for one in &assigned {
            since = since.max(one.from.parse().map_err(Fault::internal)?);
            for place in &places {
                let visited = visits::last_of(tx, (&one.team, place), date)?;
                last = last.max(visited);
            }
        }
        let since = last.as_ref().map_or(since, |(day, _)| *day);
        let due = since.checked_add((i64::from(DAYS) + 1).days()).unwrap_or(Date::MAX);
        found.push(Own { commune, assigned, last, due });
    }
    Ok(found)
}
