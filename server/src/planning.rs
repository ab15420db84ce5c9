//! From scores, teams, agencies and decisions to the question of who should help whom on a day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ntm_shared::agency::{Agency, heir};
use ntm_shared::assign::{Instance, Weights};
use ntm_shared::score::{CommuneScore, RiskLevel, Verdict};
use ntm_shared::team::Team;
use ntm_shared::travel::Seat;
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::ops::EVERYWHERE;
use crate::store::{Tx, agencies, assignments, frames, languages, teams, travel};

/// The question, and what its answer is put into words with.
pub struct Question {
    /// Communes, teams and what is required of them.
    pub instance: Instance,
    /// The teams that can help on the day, and those that no longer can.
    pub teams: Vec<Team>,
    /// Present lead teams: (commune, team).
    pub leads: BTreeSet<(String, String)>,
    /// Present pairs as they were decided, also with teams that are not there any more.
    pub present: BTreeSet<(String, String)>,
    /// Criteria that the teams' agencies appraise, by team.
    pub appraises: BTreeMap<String, BTreeSet<u16>>,
    /// Households of the communes in the round's frame.
    pub households: BTreeMap<String, u32>,
}

/// The question for a day: open criteria from the scores, communes and teams as of the day. What a
/// decision assigned goes before what the teams' table says. A commune that was merged is its
/// successor; a team whose agency is gone is continued by the first team of the agency's heir.
/// Pinned pairs are required while both are there.
///
/// # Errors
/// What the store says.
pub fn question(
    tx: &dyn Tx,
    units: &Units,
    actor: &str,
    (round, date, weights): (&str, Date, Weights),
    scores: &[CommuneScore],
) -> Result<Question, Fault> {
    let all = teams::list(tx)?;
    let agencies = agencies::all(tx)?;
    let there = |team: &&Team| {
        let agency = team.agency_id.as_ref().and_then(|id| agencies.get(id));
        team.is_there(date) && agency.is_none_or(|agency| agency.exists(date))
    };
    let mut present: Vec<Team> = all.iter().filter(there).cloned().collect();
    let in_force = assignments::on(tx, actor, &date.to_string())?;
    let stands = |commune: &str| -> Vec<String> {
        units.heirs(commune, date).iter().map(|unit| unit.id.clone()).collect()
    };
    let decided: BTreeSet<String> = in_force.iter().flat_map(|a| stands(&a.commune)).collect();
    for team in &mut present {
        let told = std::mem::take(&mut team.present);
        team.present = told
            .iter()
            .flat_map(|commune| stands(commune))
            .filter(|commune| !decided.contains(commune))
            .collect();
    }
    let mut then: BTreeSet<(String, String)> = BTreeSet::new();
    for team in &present {
        then.extend(team.present.iter().map(|commune| (commune.clone(), team.id.clone())));
    }
    let (mut leads, mut pinned) = (BTreeSet::new(), BTreeSet::new());
    for assigned in &in_force {
        let communes = stands(&assigned.commune);
        then.extend(communes.iter().map(|commune| (commune.clone(), assigned.team.clone())));
        let Some(team) = continued(&assigned.team, &all, &present, &agencies, date) else {
            continue;
        };
        for commune in communes {
            let pair = (commune.clone(), team.clone());
            if assigned.role == "lead" {
                leads.insert(pair.clone());
            }
            if assigned.pinned && team == assigned.team {
                pinned.insert(pair);
            }
            if let Some(team) = present.iter_mut().find(|t| t.id == team) {
                team.present.insert(commune);
            }
        }
    }

    let mut open: BTreeMap<String, (BTreeSet<u16>, u8)> = BTreeMap::new();
    for score in scores {
        for commune in stands(&score.id) {
            let known = open.entry(commune).or_default();
            known.0.extend(open_criteria(score));
            known.1 = known.1.max(priority(score));
        }
    }
    let hard = hardest(open.values().map(|(open, _)| open.len()).collect());
    let communes = open
        .iter()
        .filter_map(|(id, (open, _))| Some((id.clone(), units.place(id, date)?, open.clone())))
        .collect();
    let mut instance = Instance::lead_teams(communes, &present, weights);
    for need in &mut instance.needs {
        if let Some((open, priority)) = open.get(&need.id) {
            (need.priority, need.hard) = (*priority, hard.is_some_and(|least| open.len() >= least));
        }
    }
    let known: BTreeSet<&str> = instance.needs.iter().map(|n| n.id.as_str()).collect();
    pinned.retain(|(commune, _)| known.contains(commune.as_str()));
    instance.required = pinned;
    let of = |team: &Team| {
        let agency = team.agency_id.as_ref().and_then(|id| agencies.get(id));
        agency.map(|agency| (team.id.clone(), agency.appraises.clone()))
    };
    let appraises = present.iter().filter_map(of).collect();
    let mut households: BTreeMap<String, u32> = BTreeMap::new();
    for village in frames::villages(tx, actor, EVERYWHERE, round)? {
        let there = village.households.saturating_sub(village.erased);
        for commune in stands(&village.commune) {
            *households.entry(commune).or_default() += u32::try_from(there).unwrap_or(u32::MAX);
        }
    }
    distances(tx, units, date, &mut instance, &all)?;
    Ok(Question { instance, teams: all, leads, present: then, appraises, households })
}

/// Languages of communes, and minutes of travel where a table has them: those of a team before those of
/// its agency. A merged commune speaks what its parts spoke, and is as far as the nearest of them.
fn distances(
    tx: &dyn Tx,
    units: &Units,
    date: Date,
    instance: &mut Instance,
    teams: &[Team],
) -> Result<(), Fault> {
    let stands = |commune: &str| -> Vec<String> {
        units.heirs(commune, date).iter().map(|unit| unit.id.clone()).collect()
    };
    let mut spoken: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (commune, languages) in languages::on(tx, date)? {
        for heir in stands(&commune) {
            spoken.entry(heir).or_default().extend(languages.iter().cloned());
        }
    }
    for need in &mut instance.needs {
        need.languages = spoken.remove(&need.id).unwrap_or_default();
    }
    let mut ways: BTreeMap<(String, Seat), i64> = BTreeMap::new();
    for time in travel::all(tx)? {
        for heir in stands(&time.commune) {
            let metres = i64::from(time.minutes) * instance.weights.metres_per_minute;
            let known = ways.entry((heir, time.from.clone())).or_insert(metres);
            *known = metres.min(*known);
        }
    }
    if ways.is_empty() {
        return Ok(());
    }
    for offer in &instance.offers {
        let agency =
            teams.iter().find(|team| team.id == offer.id).and_then(|t| t.agency_id.clone());
        for need in &instance.needs {
            let way = |seat: Seat| ways.get(&(need.id.clone(), seat)).copied();
            let of_agency = || agency.clone().and_then(|agency| way(Seat::Agency(agency)));
            if let Some(metres) = way(Seat::Team(offer.id.clone())).or_else(of_agency) {
                instance.ways.insert((need.id.clone(), offer.id.clone()), metres);
            }
        }
    }
    Ok(())
}

/// The team that goes on with the work of a team: itself, or the first team by id of the agency that
/// its own has become.
fn continued(
    id: &str,
    all: &[Team],
    present: &[Team],
    agencies: &BTreeMap<String, Agency>,
    date: Date,
) -> Option<String> {
    if present.iter().any(|team| team.id == id) {
        return Some(id.to_owned());
    }
    let agency = all.iter().find(|team| team.id == id)?.agency_id.as_ref()?;
    let heir = heir(agencies, agency, date)?;
    let of_heir = present.iter().filter(|team| team.agency_id.as_ref() == Some(&heir.id));
    of_heir.map(|team| team.id.clone()).min()
}

/// Criteria a commune has not met for certain.
fn open_criteria(score: &CommuneScore) -> impl Iterator<Item = u16> {
    let open = score.criteria.iter().filter(|c| c.verdict != Verdict::Met);
    open.filter_map(|criterion| criterion.id.parse().ok())
}

/// Communes that may lose their recognition are served first.
fn priority(score: &CommuneScore) -> u8 {
    match score.risk.level {
        RiskLevel::None => 0,
        RiskLevel::Possible => 1,
        RiskLevel::Certain => 2,
    }
}

/// From how many open criteria on a commune is among the hardest tenth; `None` where the tenth has no
/// more than half of them have.
fn hardest(mut open: Vec<usize>) -> Option<usize> {
    open.sort_unstable();
    let least = *open.get(open.len() * 9 / 10)?;
    (least > open[open.len() / 2]).then_some(least)
}
