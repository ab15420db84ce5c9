//! What a helper team's phone shows of the communes the team has today: how each stands, when somebody
//! was there, what is in its way. From moments and indexes: it takes as long as there is in these
//! communes, whatever else is in the folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use ntm_shared::api::assignment::CommuneRef;
use ntm_shared::api::phone::{
    LastVisit, OpenDifficulty, OwnCommune, OwnCommunes, OwnTeam, Standing,
};
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::problem;
use ntm_shared::score::Verdict;
use ntm_shared::text::Lang;

use crate::fault::Fault;
use crate::following::{self, Own};
use crate::ops::visits::{TEAM, teams_of};
use crate::scoring::{self, Known};
use crate::store::visits::Which;
use crate::store::{Tx, difficulties, rounds, teams};

/// Rounds looked through for a commune at most, the newest first.
const ROUNDS: i64 = 4;
/// Difficulties shown of a commune.
const SHOWN: i64 = 50;

/// Whose phone it is, and how it is told.
pub struct Reader<'a> {
    /// The collector.
    pub actor: &'a str,
    /// The collector's areas.
    pub areas: &'a [String],
    /// The server's day.
    pub today: Date,
    /// The language of what is written.
    pub lang: Lang,
}

/// What the phone shows; nothing for one that is no team's.
///
/// # Errors
/// What the store says.
pub fn of_teams(
    tx: &dyn Tx,
    known: &Known<'_>,
    sets: &BTreeMap<String, Arc<CriteriaSet>>,
    reader: &Reader<'_>,
) -> Result<OwnCommunes, Fault> {
    let own_teams = teams_of(reader.areas);
    let mut said = OwnCommunes { criteria: BTreeMap::new(), communes: Vec::new() };
    if own_teams.is_empty() {
        return Ok(said);
    }
    let named: BTreeMap<String, String> =
        teams::list(tx)?.into_iter().map(|team| (team.id, team.name)).collect();
    let mut standings = BTreeMap::new();
    for team in &own_teams {
        stand(tx, known, sets, (reader, team), (&mut standings, &mut said.criteria))?;
    }
    for own in following::own(tx, known.units, (reader.actor, &own_teams), reader.today)? {
        // What it was surveyed as, or what has become of it.
        let heirs = known.units.heirs(&own.commune, reader.today);
        let standing = standings.remove(&own.commune);
        let standing =
            standing.or_else(|| heirs.iter().find_map(|unit| standings.remove(&unit.id)));
        let difficulties = hard(tx, reader, &own.commune)?;
        said.communes.push(commune(known, reader.today, &named, own, standing, difficulties));
    }
    said.communes.sort_by(|a, b| {
        (&a.commune.commune_name, &a.commune.commune)
            .cmp(&(&b.commune.commune_name, &b.commune.commune))
    });
    Ok(said)
}

fn commune(
    known: &Known<'_>,
    today: Date,
    named: &BTreeMap<String, String>,
    own: Own,
    standing: Option<Standing>,
    difficulties: Vec<OpenDifficulty>,
) -> OwnCommune {
    let team = |assigned: crate::store::assignments::Stored| OwnTeam {
        name: named.get(&assigned.team).cloned().unwrap_or(assigned.team),
        role: assigned.role,
        since: assigned.from.parse().unwrap_or(today),
    };
    OwnCommune {
        teams: own.assigned.into_iter().map(team).collect(),
        last: own.last.map(|(day, by)| LastVisit { day, by }),
        due: own.due,
        commune: CommuneRef {
            commune_code: known.units.code(&own.commune, today).unwrap_or_default().into(),
            commune_name: known.units.name(&own.commune, today).unwrap_or_default(),
            commune: own.commune,
        },
        standing,
        difficulties,
    }
}

/// Scores the communes of a team in the newest round that has them, open ones before closed ones.
fn stand(
    tx: &dyn Tx,
    known: &Known<'_>,
    sets: &BTreeMap<String, Arc<CriteriaSet>>,
    (reader, team): (&Reader<'_>, &str),
    (standings, names): (&mut BTreeMap<String, Standing>, &mut BTreeMap<String, String>),
) -> Result<(), Fault> {
    let area = format!("{TEAM}{team}");
    for round in rounds::reaching(tx, &area, ROUNDS)? {
        let Some(set) = sets.get(&round.spec.criteria_set) else { continue };
        let look = scoring::look(&round, set, None)?;
        let inputs = match scoring::inputs(tx, known, (reader.actor, &area), &round, set, look) {
            Ok(inputs) => inputs,
            Err(fault) if fault.problem.code == problem::NO_CASE_TO_COMPILE.code => continue,
            Err(fault) => return Err(fault),
        };
        for score in scoring::scores(set, &inputs) {
            if standings.contains_key(&score.id) {
                continue;
            }
            let mut standing = Standing {
                round: round.spec.name.clone(),
                made_up: round.spec.made_up,
                total: score.total,
                not_met: Vec::new(),
                undecided: Vec::new(),
            };
            for criterion in score.criteria {
                let list = match criterion.verdict {
                    Verdict::Met => continue,
                    Verdict::NotMet => &mut standing.not_met,
                    Verdict::Undecided => &mut standing.undecided,
                };
                list.push(criterion.id.clone());
                let name = criterion.name.get(reader.lang).to_owned();
                names.entry(criterion.id).or_insert(name);
            }
            standings.insert(score.id, standing);
        }
    }
    Ok(())
}

/// What stands in the way of a commune, the earliest deadline first.
fn hard(tx: &dyn Tx, reader: &Reader<'_>, commune: &str) -> Result<Vec<OpenDifficulty>, Fault> {
    let which = Which {
        actor: reader.actor.to_owned(),
        area: commune.to_owned(),
        team: String::new(),
        before: i64::MAX,
        limit: SHOWN,
    };
    let open = difficulties::list(tx, &which, Some(Date::MAX))?.into_iter();
    let [vi, en] = [0, 1];
    let word = if reader.lang == Lang::Vi { vi } else { en };
    let mut open: Vec<OpenDifficulty> = open
        .map(|stored| OpenDifficulty {
            about: stored.said.category.names()[word].to_owned(),
            description: stored.said.description,
            day: stored.said.day,
            deadline: stored.deadline,
            owner: stored.owner,
        })
        .collect();
    open.sort_by_key(|hard| (hard.deadline, hard.day));
    Ok(open)
}
