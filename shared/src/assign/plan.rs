//! From an instance to the plan of least cost.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cost::{CostParts, PairCosts};
use super::instance::{Contradiction, Instance};
use super::network::{Arc, Network};

/// A plan of least cost. Lists are sorted by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Points of the whole plan: the totals of all pairs, and what unfilled places and missing
    /// minimum loads cost.
    pub objective: i64,
    /// Who helps whom.
    pub pairs: Vec<Pair>,
    /// Communes that get fewer teams than they want.
    pub unfilled: Vec<Unfilled>,
    /// Every team's load.
    pub loads: Vec<Load>,
    /// What one more place in each commune would cost the plan, at the margin, in points (dual
    /// values): the commune's side of the proof that no plan is better.
    pub commune_prices: BTreeMap<String, i64>,
}

/// A commune and a team that helps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Unit id of the commune.
    pub commune: String,
    /// Id of the team.
    pub team: String,
    /// Whether the pair was required.
    pub required: bool,
    /// What it costs; the load is the pair's equal share.
    pub cost: CostParts,
}

/// A commune that lacks teams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfilled {
    /// Unit id of the commune.
    pub commune: String,
    /// How many teams are missing, at least 1.
    pub missing: u32,
}

/// What a team has to do in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Id of the team.
    pub team: String,
    /// How many communes it gets.
    pub communes: u32,
    /// The fewest it should have.
    pub min: u32,
    /// The most it can have.
    pub max: u32,
    /// What a place of this team costs at the margin, in points (dual value); `None` if required
    /// pairs fill it.
    pub price: Option<i64>,
}

/// The plan of least cost, or why the instance has no meaning. The same instance in any order gives
/// the same plan.
pub fn plan(instance: &Instance) -> Result<Plan, Vec<Contradiction>> {
    let contradictions = instance.contradictions();
    if !contradictions.is_empty() {
        return Err(contradictions);
    }
    // Sorted by id, so that prices too are independent of the order of input.
    let mut sorted = instance.clone();
    sorted.needs.sort_by(|a, b| a.id.cmp(&b.id));
    sorted.offers.sort_by(|a, b| a.id.cmp(&b.id));
    let mut model = Model::new(&sorted);
    model.network.solve();
    let prices: Vec<i64> = (0..=model.node_count()).map(|node| model.network.price(node)).collect();
    let pairs = &model.pairs;
    model.network.solve_among_optima(|arc| {
        let Some((need, offer)) = pairs.get(arc) else { return 0 };
        tie_break(&sorted.needs[*need as usize].id, &sorted.offers[*offer as usize].id)
    });
    Ok(model.plan(&prices))
}

/// The first 40 bits of a hash of both ids.
fn tie_break(commune: &str, team: &str) -> i64 {
    let hash = Sha256::digest(format!("ntm-tie-1|{commune}|{team}"));
    hash[..5].iter().fold(0, |bits, byte| bits << 8 | i64::from(*byte))
}

/// The instance as a network: node 0 is the sink, then come the communes, then the teams that have
/// places left. The first arcs are the pairs.
struct Model<'i> {
    instance: &'i Instance,
    /// The commune and team of each pair arc, as places in the instance's lists.
    pairs: Vec<(u32, u32)>,
    /// Required pairs; they are outside the network.
    fixed: Vec<(u32, u32)>,
    /// The overflow arc of each commune.
    overflow: Vec<u32>,
    /// The node of each team, if it has places left.
    team_nodes: Vec<Option<u32>>,
    network: Network,
}

impl<'i> Model<'i> {
    /// The instance's lists must be sorted by id and free of contradictions.
    fn new(instance: &'i Instance) -> Self {
        let (needs, offers, weights) = (&instance.needs, &instance.offers, &instance.weights);
        // Both lists are sorted by id, hence so are the places.
        let places = |set: &BTreeSet<(String, String)>| -> Vec<(u32, u32)> {
            let found = set.iter().filter_map(|(commune, team)| {
                let need = needs.binary_search_by(|n| n.id.cmp(commune)).ok()?;
                let offer = offers.binary_search_by(|o| o.id.cmp(team)).ok()?;
                Some((need as u32, offer as u32))
            });
            found.collect()
        };
        let (fixed, forbidden) = (places(&instance.required), places(&instance.forbidden));
        let mut supply: Vec<i64> = needs.iter().map(|n| i64::from(n.wanted)).collect();
        let mut taken = vec![0_i64; offers.len()];
        for (need, offer) in &fixed {
            supply[*need as usize] -= 1;
            taken[*offer as usize] += 1;
        }
        let mut team_nodes = Vec::with_capacity(offers.len());
        for (offer, taken) in offers.iter().zip(&taken) {
            let node = (i64::from(offer.max) > *taken).then(|| {
                supply.push(0);
                supply.len() as u32
            });
            team_nodes.push(node);
        }

        let costs = PairCosts::new(instance);
        let (mut pairs, mut arcs) = (Vec::new(), Vec::new());
        let mut candidates = vec![0_i64; offers.len()];
        for need in 0..needs.len() {
            for (offer, node) in team_nodes.iter().enumerate() {
                let pair = (need as u32, offer as u32);
                let out = |list: &[(u32, u32)]| list.binary_search(&pair).is_ok();
                let Some(node) = node.filter(|_| !out(&forbidden) && !out(&fixed)) else {
                    continue;
                };
                let Some(cost) = costs.of(need, offer) else { continue };
                candidates[offer] += 1;
                pairs.push(pair);
                arcs.push(Arc { from: need as u32 + 1, to: node, cost, capacity: 1 });
            }
        }
        let mut to_sink = Vec::with_capacity(supply.len());
        for (need, supply) in supply[..needs.len()].iter().enumerate() {
            to_sink.push(arcs.len() as u32);
            arcs.push(Arc {
                from: need as u32 + 1,
                to: 0,
                cost: weights.unfilled,
                capacity: supply + 1,
            });
        }
        let overflow = to_sink.clone();
        for ((offer, node), (taken, candidates)) in
            offers.iter().zip(&team_nodes).zip(taken.iter().zip(&candidates))
        {
            let Some(node) = *node else { continue };
            to_sink.push(arcs.len() as u32);
            // The m-th commune raises weight · m² by weight · (2m − 1). More places than candidates
            // are of no use, but one is kept for the price.
            let last = i64::from(offer.max).min(taken + candidates.max(&1));
            for m in taken + 1..=last {
                let fills_min = if m <= i64::from(offer.min) { weights.below_min } else { 0 };
                arcs.push(Arc {
                    from: node,
                    to: 0,
                    cost: weights.load * (2 * m - 1) - fills_min,
                    capacity: 1,
                });
            }
        }
        let network = Network::new(&supply, &to_sink, arcs);
        Model { instance, pairs, fixed, overflow, team_nodes, network }
    }

    fn node_count(&self) -> u32 {
        (self.instance.needs.len() + self.team_nodes.iter().flatten().count()) as u32
    }

    /// The plan of the network's flow, with the prices of the nodes.
    fn plan(&self, prices: &[i64]) -> Plan {
        let Instance { needs, offers, weights, .. } = self.instance;
        let used = self.pairs.iter().enumerate().filter(|(arc, _)| self.network.flow(*arc) > 0);
        let free = used.map(|(_, (need, offer))| (*need, *offer, false));
        let mut chosen: Vec<_> =
            free.chain(self.fixed.iter().map(|(n, o)| (*n, *o, true))).collect();
        chosen.sort_unstable();
        let mut load = vec![0_u32; offers.len()];
        chosen.iter().for_each(|(_, offer, _)| load[*offer as usize] += 1);
        let pair = |(need, offer, required): (u32, u32, bool)| {
            let share = weights.load * i64::from(load[offer as usize]);
            let (need, offer) = (&needs[need as usize], &offers[offer as usize]);
            let cost = CostParts::of(need, offer, weights, share).unwrap_or_default();
            Pair { commune: need.id.clone(), team: offer.id.clone(), required, cost }
        };
        let pairs: Vec<Pair> = chosen.iter().copied().map(pair).collect();
        let short = |(need, arc): (&super::Need, &u32)| {
            let missing = u32::try_from(self.network.flow(*arc as usize)).unwrap_or(u32::MAX);
            (missing > 0).then(|| Unfilled { commune: need.id.clone(), missing })
        };
        let unfilled: Vec<Unfilled> = needs.iter().zip(&self.overflow).filter_map(short).collect();
        let loads: Vec<Load> = offers
            .iter()
            .zip(&self.team_nodes)
            .zip(&load)
            .map(|((offer, node), load)| Load {
                team: offer.id.clone(),
                communes: *load,
                min: offer.min,
                max: offer.max,
                price: node.map(|node| prices[node as usize]),
            })
            .collect();
        let lacking: i64 = loads.iter().map(|l| i64::from(l.min.saturating_sub(l.communes))).sum();
        let missing: i64 = unfilled.iter().map(|u| i64::from(u.missing)).sum();
        Plan {
            objective: pairs.iter().map(|p| p.cost.total()).sum::<i64>()
                + weights.unfilled * missing
                + weights.below_min * lacking,
            commune_prices: needs
                .iter()
                .zip(&prices[1..])
                .map(|(n, price)| (n.id.clone(), *price))
                .collect(),
            pairs,
            unfilled,
            loads,
        }
    }
}
