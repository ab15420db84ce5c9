//! A plan of helper teams put into words people know: codes and names as of a date.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::assignment::{
    AssignmentRow, ChoiceRow, CommuneRef, Cost, ExplainView, LoadRow, PlanView, TeamRef,
    UnfilledRow,
};
use super::plan::{ChangeRow, GoneRow, ShortageRow};
use crate::assign::{
    CostParts, Explanation, Instance, Plan, Standing, changes, extra, leads, shortages, without,
};
use crate::team::Team;
use crate::unit::Units;

/// What is needed to put a plan into words.
pub struct Told<'a> {
    /// What was asked.
    pub instance: &'a Instance,
    /// The teams of it.
    pub teams: &'a [Team],
    /// Present lead teams: (commune, team).
    pub leads: &'a BTreeSet<(String, String)>,
    /// Present pairs as they were decided, also with teams that are not there any more.
    pub present: &'a BTreeSet<(String, String)>,
    /// Pairs that a person pinned.
    pub pinned: &'a BTreeSet<(String, String)>,
    /// Criteria that the teams' agencies appraise, by team.
    pub appraises: &'a BTreeMap<String, BTreeSet<u16>>,
    /// The units.
    pub units: &'a Units,
    /// The day whose codes and names are meant.
    pub date: Date,
    /// Whether the data are made up.
    pub made_up: bool,
}

impl PlanView {
    /// The plan in words people know: codes and names as of the date.
    pub fn new(told: &Told<'_>, plan: &Plan) -> Self {
        let Told { instance, teams, units, date, made_up, .. } = *told;
        let names = Names::new(teams, units, date);
        let leads = leads(instance, plan, told.leads);
        let needs: BTreeMap<&str, &crate::assign::Need> =
            instance.needs.iter().map(|n| (n.id.as_str(), n)).collect();
        let assignment = |pair: &crate::assign::Pair| {
            let need = needs.get(pair.commune.as_str());
            let leads = leads.contains(&(pair.commune.clone(), pair.team.clone()));
            let own = told.appraises.get(&pair.team);
            let open = need.zip(own).map(|(need, own)| need.open.intersection(own).copied());
            AssignmentRow {
                commune: names.commune(&pair.commune),
                team: names.team(&pair.team),
                role: if leads { "lead" } else { "support" }.into(),
                kept: need.is_some_and(|need| need.present.contains(&pair.team)),
                appraises: open.into_iter().flatten().collect(),
                required: pair.required,
                pinned: told.pinned.contains(&(pair.commune.clone(), pair.team.clone())),
                distance_m: pair.cost.distance_m,
                missing_criteria: pair.cost.missing_criteria.clone(),
                cost: Cost::from(&pair.cost),
            }
        };
        let mut assignments: Vec<_> = plan.pairs.iter().map(assignment).collect();
        assignments.sort_by(|a, b| {
            let key = |r: &AssignmentRow| {
                (r.commune.commune_code.clone(), r.role.clone(), r.team.team.clone())
            };
            key(a).cmp(&key(b))
        });
        let unfilled = plan.unfilled.iter();
        let mut unfilled: Vec<_> = unfilled
            .map(|u| UnfilledRow { commune: names.commune(&u.commune), missing: u.missing })
            .collect();
        unfilled.sort_by(|a, b| a.commune.commune_code.cmp(&b.commune.commune_code));
        let load = |load: &crate::assign::Load| LoadRow {
            team: names.team(&load.team),
            communes: load.communes,
            capacity_min: load.min,
            capacity_max: load.max,
            size: load.size,
        };
        let short = shortages(instance, plan);
        let gone = |(team, why): &(String, _)| GoneRow { team: names.team(team), why: *why };
        let change = |changed: crate::assign::Changed| ChangeRow {
            commune: names.commune(&changed.commune),
            before: changed.before.iter().map(gone).collect(),
            after: changed.after.iter().map(|team| names.team(team)).collect(),
        };
        PlanView {
            made_up,
            date,
            weights: instance.weights,
            model: plan.kind,
            objective: plan.objective,
            bound: plan.bound,
            assignments,
            unfilled,
            shortages: short.iter().map(|s| ShortageRow::new(s, instance, &names)).collect(),
            changes: changes(instance, plan, told.present).into_iter().map(change).collect(),
            teams: plan.loads.iter().map(load).collect(),
        }
    }
}

/// Teams whose exact cost to the whole plan is told.
const EXACT: usize = 5;

impl ExplainView {
    /// The explanation in words people know: codes and names as of the date.
    pub fn new(told: &Told<'_>, plan: &Plan, explanation: &Explanation) -> Self {
        let Told { instance, teams, units, date, made_up, .. } = *told;
        let names = Names::new(teams, units, date);
        let commune = &explanation.commune;
        let need = instance.needs.iter().find(|n| n.id == *commune);
        let mut left = EXACT;
        let choice = |choice: &crate::assign::Choice| {
            let next = choice.standing == Standing::Possible && left > 0;
            left -= usize::from(next);
            ChoiceRow {
                team: names.team(&choice.team),
                standing: choice.standing,
                distance_m: choice.cost.distance_m,
                missing_criteria: choice.cost.missing_criteria.clone(),
                cost: Cost::from(&choice.cost),
                extra_at_least: choice.extra_at_least,
                extra: if next { extra(instance, plan, commune, &choice.team) } else { None },
            }
        };
        ExplainView {
            made_up,
            commune: names.commune(commune),
            open_criteria: need.map(|n| n.open.iter().copied().collect()).unwrap_or_default(),
            choices: explanation.choices.iter().map(choice).collect(),
            instead: without(instance, plan, commune),
        }
    }
}

impl From<&CostParts> for Cost {
    fn from(parts: &CostParts) -> Self {
        Cost {
            distance: parts.distance,
            missing: parts.missing,
            keep: parts.keep,
            language: parts.language,
            load: parts.load,
            total: parts.total(),
        }
    }
}

pub(super) struct Names<'a> {
    teams: BTreeMap<&'a str, &'a Team>,
    units: &'a Units,
    date: Date,
}

impl<'a> Names<'a> {
    fn new(teams: &'a [Team], units: &'a Units, date: Date) -> Self {
        Names { teams: teams.iter().map(|t| (t.id.as_str(), t)).collect(), units, date }
    }

    pub(super) fn commune(&self, id: &str) -> CommuneRef {
        CommuneRef {
            commune: id.to_owned(),
            commune_code: self.units.code(id, self.date).unwrap_or_default().to_owned(),
            commune_name: self.units.name(id, self.date).unwrap_or_default(),
        }
    }

    pub(super) fn team(&self, id: &str) -> TeamRef {
        let team = self.teams.get(id);
        TeamRef {
            team: id.to_owned(),
            team_name: team.map(|t| t.name.clone()).unwrap_or_default(),
            agency: team.map(|t| t.agency.clone()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;
    use crate::assign::{Weights, explain, plan};
    use crate::team::read_teams;

    #[test]
    fn a_plan_reads_in_codes_and_names_and_adds_up() {
        let (on, units) = (date(2024, 10, 15), Units::built_in());
        let known = (1..=19).collect();
        let teams =
            read_teams(crate::data::DEMO_TEAMS.as_bytes(), units, on, &known, &BTreeSet::new())
                .unwrap();
        let commune = |code: &str| {
            let id = units.by_code(code, on).unwrap().id.clone();
            let place = units.place(&id, on).unwrap();
            (id, place, BTreeSet::from([9, 17]))
        };
        let communes = vec![commune("03040"), commune("03037"), commune("02872")];
        let instance = Instance::lead_teams(communes, &teams, Weights::default());
        let plan = plan(&instance).unwrap();
        let (leads, appraises) = (BTreeSet::new(), BTreeMap::from([("T01".into(), [17].into())]));
        let told = Told {
            instance: &instance,
            teams: &teams,
            leads: &leads,
            present: &leads,
            pinned: &leads,
            appraises: &appraises,
            units,
            date: on,
            made_up: true,
        };
        let view = PlanView::new(&told, &plan);
        let codes: Vec<_> =
            view.assignments.iter().map(|a| a.commune.commune_code.as_str()).collect();
        assert_eq!(codes, ["02872", "03037", "03040"]);
        assert_eq!(view.assignments[1].commune.commune_name, "Xã Mường Hoa");
        assert_eq!(view.assignments.iter().map(|a| a.cost.total).sum::<i64>(), view.objective);
        let json = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<PlanView>(&json).unwrap(), view);

        let why = explain(&instance, &plan, &view.assignments[1].commune.commune).unwrap();
        let told = ExplainView::new(&told, &plan, &why);
        assert!(told.choices.iter().any(|c| c.extra.is_some()));
        assert_eq!(told.instead.len(), 1);
        assert_eq!(told.choices.len(), teams.len());
        assert_eq!(told.choices[0].standing, Standing::Chosen);
        assert_eq!(told.choices[0].team, view.assignments[1].team);
        assert_eq!(told.choices[0].cost, view.assignments[1].cost);
        assert_eq!(told.open_criteria, [9, 17]);
    }
}
