//! What a plan is asked to be, and what it says beyond who helps whom: shortages and changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::assignment::{CommuneRef, NewPair, PlanView, TeamRef};
use super::told::{Names, Told};
use crate::assign::{
    Beside, Change, Contradiction, Instance, Kind, Plan, Shortage, Weights, Why, fairest_load,
};
use crate::text::Text;

/// `POST /api/v1/rounds/{id}/plan`: everything may be left out. Communes are unit ids or codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanRequest {
    /// The points.
    pub weights: Weights,
    /// How missing criteria count; the coverage model without.
    pub model: Option<Kind>,
    /// The day the plan is for: its units, agencies and teams; the round's last day without.
    pub at: Option<Date>,
    /// How many teams each commune should have, the lead team included; 1 without.
    pub teams: Option<u32>,
    /// The largest distance in metres of a pair that is not pinned.
    pub max_distance_m: Option<i64>,
    /// Pairs that must be.
    pub pins: Vec<NewPair>,
    /// Pairs that must not be.
    pub forbid: Vec<NewPair>,
    /// Other capacities than the teams' own.
    pub capacity: BTreeMap<String, u32>,
    /// Communes served first in a shortage, besides those at risk of losing recognition.
    pub priority: Vec<String>,
    /// Whether no team should have more communes than the fairest plan needs.
    pub fair: bool,
    /// Whether present pairs that can stay must stay: a re-plan that touches only what must change.
    pub repair: bool,
    /// What loads are counted in; communes without.
    pub size: Option<SizeBy>,
}

/// What loads are counted in, if not in communes: a team's load is then the sum of its communes' sizes
/// in mean sizes, and criteria count for every pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizeBy {
    /// Households in the round's frame.
    Households,
    /// Open criteria, and at least one.
    Difficulty,
}

impl PlanRequest {
    /// The sizes of communes that are asked for; `households` are those of the round's frame.
    pub fn sizes(
        &self,
        instance: &Instance,
        households: &BTreeMap<String, u32>,
    ) -> BTreeMap<String, u32> {
        match self.size {
            None => BTreeMap::new(),
            Some(SizeBy::Households) => households.clone(),
            Some(SizeBy::Difficulty) => {
                let size = |open: usize| u32::try_from(open).unwrap_or(u32::MAX).max(1);
                instance.needs.iter().map(|n| (n.id.clone(), size(n.open.len()))).collect()
            }
        }
    }

    /// The instance with what is asked for.
    ///
    /// # Errors
    /// `unknown_team`, `unknown_commune` for ids of `capacity` and `priority`; what pins contradict
    /// is found by planning.
    pub fn shape(&self, mut instance: Instance) -> Result<Instance, Vec<Contradiction>> {
        let mut wrong = Vec::new();
        let pair = |p: &NewPair| (p.commune.clone(), p.team.clone());
        instance.forbidden.extend(self.forbid.iter().map(pair));
        instance.required.extend(self.pins.iter().map(pair));
        instance.max_distance_m = self.max_distance_m.or(instance.max_distance_m);
        for need in &mut instance.needs {
            need.wanted = self.teams.unwrap_or(need.wanted);
        }
        for (team, most) in &self.capacity {
            match instance.offers.iter_mut().find(|o| o.id == *team) {
                Some(offer) => {
                    offer.max = *most;
                    offer.min = offer.min.min(*most);
                }
                None => wrong.push(Contradiction::unknown_team(team)),
            }
        }
        for commune in &self.priority {
            match instance.needs.iter_mut().find(|n| n.id == *commune) {
                Some(need) => need.priority = 9,
                None => wrong.push(Contradiction::unknown_commune(commune)),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        if self.repair {
            instance.keep_present();
        }
        if self.fair && instance.contradictions().is_empty() {
            instance = instance.capped(fairest_load(&instance));
        }
        Ok(instance)
    }
}

/// The answer: the plan, and what it costs beside its pairs. The `cost.total` of all assignments and
/// `beside.total` add up to `objective`, however loads and criteria are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAnswer {
    /// The plan.
    #[serde(flatten)]
    pub plan: PlanView,
    /// What counts once for the whole plan; nothing from servers that did not say it yet.
    #[serde(default)]
    pub beside: BesideView,
}

/// What a plan costs beside its pairs, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BesideView {
    /// By cause.
    #[serde(flatten)]
    pub parts: Beside,
    /// The sum of these.
    pub total: i64,
    /// How many open criteria `uncovered` is for.
    pub criteria: usize,
}

impl PlanAnswer {
    /// The plan in words people know, with what it costs beside its pairs.
    pub fn new(told: &Told<'_>, plan: &Plan) -> Self {
        let parts = plan.beside;
        let criteria = plan.uncovered.iter().map(|of| of.criteria.len()).sum();
        let beside = BesideView { parts, total: parts.total(), criteria };
        PlanAnswer { plan: PlanView::new(told, plan), beside }
    }
}

/// A shortage in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortageRow {
    /// The communes.
    pub communes: Vec<CommuneRef>,
    /// The teams whose places they take up whole.
    pub teams: Vec<TeamRef>,
    /// Places needed.
    pub needed: u32,
    /// Places of these teams.
    pub capacity: u32,
    /// Pairs with other teams.
    pub links: u32,
    /// Places that stay empty.
    pub short: u32,
    /// The shortage in a sentence.
    pub message: Text,
    /// What would close it, one thing at a time, cheapest first, each as a sentence.
    pub relaxations: Vec<Text>,
}

impl ShortageRow {
    pub(super) fn new(shortage: &Shortage, instance: &Instance, names: &Names<'_>) -> Self {
        let Shortage { needed, capacity, links, short, .. } = *shortage;
        let communes: Vec<CommuneRef> =
            shortage.communes.iter().map(|id| names.commune(id)).collect();
        let teams: Vec<TeamRef> = shortage.teams.iter().map(|id| names.team(id)).collect();
        let km = instance.max_distance_m.map(|m| (m + 999) / 1000);
        let [reach_vi, reach_en] = match km {
            Some(km) => [format!(" trong vòng {km} km"), format!(" within {km} km")],
            None => [String::new(), String::new()],
        };
        let (n, t) = (communes.len(), teams.len());
        let vi = format!(
            "{n} xã này cần {needed} lượt tổ; {t} tổ có thể giúp{reach_vi} chỉ nhận được {capacity}, các tổ khác {links}: thiếu {short}."
        );
        let en = format!(
            "These {n} communes need {needed} places; the {t} teams that can help{reach_en} have {capacity}, others {links}: {short} short."
        );
        ShortageRow {
            communes,
            teams,
            needed,
            capacity,
            links,
            short,
            message: Text::new(vi, en),
            relaxations: shortage.relaxations.iter().map(|r| names.relaxation(&r.change)).collect(),
        }
    }
}

impl Names<'_> {
    fn relaxation(&self, change: &Change) -> Text {
        let communes = |ids: &[String]| -> String {
            ids.iter().map(|id| self.commune(id).commune_name).collect::<Vec<_>>().join(", ")
        };
        match change {
            Change::Distance { metres } => {
                let km = (metres + 999) / 1000;
                Text::new(
                    format!("Cho phép xa đến {km} km."),
                    format!("Allow distances up to {km} km."),
                )
            }
            Change::Forbidden { pairs } => {
                let list: Vec<String> = pairs
                    .iter()
                    .map(|(c, t)| format!("{} – {t}", self.commune(c).commune_name))
                    .collect();
                let list = list.join("; ");
                Text::new(format!("Bỏ cấm: {list}."), format!("Allow again: {list}."))
            }
            Change::Capacity { teams, more } => {
                let teams = teams.join(", ");
                Text::new(
                    format!("Tổ {teams} nhận thêm {more} xã."),
                    format!("Teams {teams}: {more} communes more each."),
                )
            }
            Change::Fewer { communes: ids } => {
                let list = communes(ids);
                Text::new(format!("Bớt một tổ ở: {list}."), format!("One team less for: {list}."))
            }
        }
    }
}

/// A commune whose teams change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// The commune.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// Teams that go.
    pub before: Vec<GoneRow>,
    /// Teams that come.
    pub after: Vec<TeamRef>,
}

/// A team that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneRow {
    /// The team.
    #[serde(flatten)]
    pub team: TeamRef,
    /// Why it does not stay.
    #[serde(flatten)]
    pub why: Why,
}

/// What two plans have differently, pair by pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Points of the other plan less those of this one.
    pub points: i64,
    /// Places that stay empty in the other plan less those in this one.
    pub unfilled: i64,
    /// Pairs (commune, team) that the other plan does not have.
    pub gone: BTreeSet<(String, String)>,
    /// Pairs that it has instead.
    pub new: BTreeSet<(String, String)>,
}

impl PlanView {
    /// What another plan has differently.
    pub fn against(&self, other: &PlanView) -> Difference {
        let pairs = |plan: &PlanView| -> BTreeSet<(String, String)> {
            let pair = |a: &super::assignment::AssignmentRow| {
                (a.commune.commune.clone(), a.team.team.clone())
            };
            plan.assignments.iter().map(pair).collect()
        };
        let empty =
            |plan: &PlanView| -> i64 { plan.unfilled.iter().map(|u| i64::from(u.missing)).sum() };
        let (here, there) = (pairs(self), pairs(other));
        Difference {
            points: other.objective - self.objective,
            unfilled: empty(other) - empty(self),
            gone: here.difference(&there).cloned().collect(),
            new: there.difference(&here).cloned().collect(),
        }
    }
}
