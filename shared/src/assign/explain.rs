//! Why a commune got the team it got.

use serde::{Deserialize, Serialize};

use super::cost::CostParts;
use super::instance::{Instance, Need, Offer};
use super::plan::{Load, Plan};
use super::sized;

/// How a team stands to a commune in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In the plan because it was required.
    Required,
    /// In the plan.
    Chosen,
    /// Could have been chosen.
    Possible,
    /// All its places are taken by required pairs.
    Full,
    /// All places of the commune are taken by required pairs.
    Taken,
    /// Farther away than the largest distance.
    TooFar,
    /// The pair is forbidden.
    Forbidden,
}

/// A team as a choice for the commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Id of the team.
    pub team: String,
    /// Whether it was or could be chosen.
    pub standing: Standing,
    /// What the pair costs, by one rule for every team, in the plan or not: all open criteria it is
    /// not strong in, whoever else may be, and what the commune adds to its load. Two teams can so be
    /// compared part by part, which a plan's own pairs cannot: see [`Pair`](super::Pair).
    pub cost: CostParts,
    /// For a possible team: the whole plan would cost at least this many points more with the pair
    /// in it (reduced cost, 0 or more).
    pub extra_at_least: Option<i64>,
}

/// All choices for one commune: those in the plan first, then by the points they would add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Unit id of the commune.
    pub commune: String,
    /// Every team of the instance whose distance is known.
    pub choices: Vec<Choice>,
}

/// Explains what `plan`, made from `instance`, does for a commune; `None` if the commune is not in
/// the instance.
pub fn explain(instance: &Instance, plan: &Plan, commune: &str) -> Option<Explanation> {
    let need = instance.needs.iter().find(|n| n.id == commune)?;
    let commune_price = plan.commune_prices.get(commune);
    let choice = |offer: &Offer| {
        let load = plan.loads.iter().find(|l| l.team == offer.id)?;
        let pair = plan.pairs.iter().find(|p| p.commune == commune && p.team == offer.id);
        let adds = adds(instance, need, offer, load, pair.is_some());
        let cost = CostParts::of(instance, need, offer, adds);
        if let Some(pair) = pair {
            let standing = if pair.required { Standing::Required } else { Standing::Chosen };
            let cost = cost.unwrap_or_default();
            return Some(Choice { team: offer.id.clone(), standing, cost, extra_at_least: None });
        }
        let cost = cost?;
        let key = (commune.to_owned(), offer.id.clone());
        let standing = if instance.forbidden.contains(&key) {
            Standing::Forbidden
        } else if instance.reach(need, offer).is_none() {
            Standing::TooFar
        } else if load.price.is_none() {
            Standing::Full
        } else if commune_price.is_none() {
            Standing::Taken
        } else {
            Standing::Possible
        };
        let bare = cost.total() - cost.load;
        // Prices are those of loads counted in communes.
        let reduced =
            load.price.filter(|_| standing == Standing::Possible && instance.sizes.is_empty());
        let extra_at_least =
            reduced.zip(commune_price).map(|(price, own)| (bare + price - own).max(0));
        Some(Choice { team: offer.id.clone(), standing, cost, extra_at_least })
    };
    let mut choices: Vec<Choice> = instance.offers.iter().filter_map(choice).collect();
    choices.sort_by(|a, b| {
        let key = |c: &Choice| (c.standing, c.extra_at_least, c.cost.total());
        key(a).cmp(&key(b)).then_with(|| a.team.cmp(&b.team))
    });
    Some(Explanation { commune: commune.to_owned(), choices })
}

/// What a commune adds to the cost of a team's load, which has it already if `inside`.
fn adds(instance: &Instance, need: &Need, offer: &Offer, load: &Load, inside: bool) -> i64 {
    if !instance.sizes.is_empty() {
        return sized::adds(instance, need, offer, load.size.unwrap_or(0), inside);
    }
    let with = i64::from(load.communes) + i64::from(!inside);
    instance.weights.load * (2 * with - 1)
}
