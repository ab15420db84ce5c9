//! Which of a commune's teams leads: a last stage, apart from the plan itself.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::instance::Instance;
use super::plan::Plan;

/// The lead team of every commune that has a team: the one it has at present if that stays, else the
/// one strong in most of its open criteria, then the nearest, then the first by id. Pairs of
/// (commune, team); `present` are the present leads.
pub fn leads(
    instance: &Instance,
    plan: &Plan,
    present: &BTreeSet<(String, String)>,
) -> BTreeSet<(String, String)> {
    let open: BTreeMap<&str, usize> =
        instance.needs.iter().map(|n| (n.id.as_str(), n.open.len())).collect();
    let mut best: BTreeMap<&str, (_, &str)> = BTreeMap::new();
    for pair in &plan.pairs {
        let stays = present.contains(&(pair.commune.clone(), pair.team.clone()));
        let all = open.get(pair.commune.as_str()).copied().unwrap_or(0);
        let strong = all.saturating_sub(pair.cost.missing_criteria.len());
        let rank = (!stays, Reverse(strong), pair.cost.distance_m);
        let known = best.entry(&pair.commune).or_insert((rank, &pair.team));
        if (rank, pair.team.as_str()) < *known {
            *known = (rank, &pair.team);
        }
    }
    best.into_iter().map(|(commune, (_, team))| (commune.to_owned(), team.to_owned())).collect()
}
