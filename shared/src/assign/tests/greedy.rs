use super::*;

/// What a person would do with the same points: commune by commune the team that adds least.
pub fn greedy(instance: &Instance, kind: Kind) -> BTreeSet<(String, String)> {
    let w = &instance.weights;
    let mut pairs: BTreeSet<(String, String)> = instance.required.clone();
    let most = instance.needs.iter().map(|need| need.wanted).max().unwrap_or(0);
    let mut load: BTreeMap<&str, i64> = BTreeMap::new();
    for offer in &instance.offers {
        let held = pairs.iter().filter(|(_, team)| *team == offer.id).count() as i64;
        load.insert(&offer.id, held);
    }
    for _ in 0..most {
        for need in &instance.needs {
            let own: Vec<&Offer> = instance
                .offers
                .iter()
                .filter(|o| pairs.contains(&(need.id.clone(), o.id.clone())))
                .collect();
            if own.len() >= need.wanted as usize {
                continue;
            }
            let adds = |offer: &&Offer| {
                let pair = (need.id.clone(), offer.id.clone());
                let n = load[offer.id.as_str()];
                if pairs.contains(&pair)
                    || instance.forbidden.contains(&pair)
                    || n >= i64::from(offer.max)
                {
                    return None;
                }
                let way = instance.reach(need, offer)?;
                let covered = |c: &&u16| own.iter().any(|own| own.criteria.contains(c));
                let missing = match kind {
                    Kind::Pairwise => need.open.difference(&offer.criteria).count() as i64,
                    Kind::Coverage => {
                        -(need
                            .open
                            .iter()
                            .filter(|c| offer.criteria.contains(c) && !covered(c))
                            .count() as i64)
                    }
                };
                let keep = if need.present.contains(&offer.id) { w.keep } else { 0 };
                let low = if n < i64::from(offer.min) { w.below_min } else { 0 };
                let points = way / w.metres_per_point - keep
                    + w.missing * missing
                    + w.foreign(need, offer)
                    + w.load * (2 * n + 1)
                    - low;
                Some((points, pair))
            };
            if let Some((_, pair)) = instance.offers.iter().filter_map(|o| adds(&o)).min() {
                *load.get_mut(pair.1.as_str()).unwrap() += 1;
                pairs.insert(pair);
            }
        }
    }
    pairs
}
