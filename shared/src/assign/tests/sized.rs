//! Loads by size: small random questions against trying everything, and the reference instance.

use super::*;

/// A sequence of numbers that looks random and is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn small(dice: &mut Dice) -> Instance {
    let (communes, teams) = (2 + dice.roll(3), 2 + dice.roll(2));
    let site = |dice: &mut Dice| Site::Plane { x: dice.roll(9) as i32, y: dice.roll(9) as i32 };
    let needs: Vec<Need> = (0..communes)
        .map(|at| {
            let (id, wanted) = (format!("c{at}"), 1 + u32::from(dice.roll(5) == 0));
            Need { hard: dice.roll(3) == 0, ..Need::new(id, site(dice), wanted, [].into()) }
        })
        .collect();
    let offers = (0..teams).map(|at| Offer {
        id: format!("t{at}"),
        site: site(dice),
        min: dice.roll(2) as u32,
        max: 1 + dice.roll(4) as u32,
        criteria: [].into(),
        languages: [].into(),
    });
    let offers: Vec<Offer> = offers.collect();
    let sizes = needs.iter().map(|need| (need.id.clone(), 1 + dice.roll(9) as u32)).collect();
    let limited = offers.iter().filter(|_| dice.roll(2) == 0).map(|offer| offer.id.clone());
    let room = limited.collect::<Vec<_>>().into_iter().map(|id| (id, 3 + dice.roll(9) as u32));
    let room = room.collect();
    let weights = Weights {
        metres_per_point: 1,
        load: dice.roll(8) as i64,
        unfilled: 60,
        below_min: dice.roll(10) as i64,
        hardest: dice.roll(6) as i64,
        over: dice.roll(6) as i64,
        ..Weights::default()
    };
    let mut instance = Instance { needs, offers, weights, sizes, room, ..Instance::default() };
    if dice.roll(3) == 0 {
        instance.forbidden.insert(("c0".into(), "t0".into()));
    }
    if dice.roll(3) == 0 {
        instance.required.insert(("c1".into(), "t1".into()));
    }
    instance
}

/// What pairs cost by the definition, in whole points, part points dropped.
fn cost(instance: &Instance, pairs: &BTreeSet<(String, String)>) -> i64 {
    let known: i128 = instance.sizes.values().map(|size| i128::from(*size)).sum();
    let mean = known / instance.sizes.len() as i128;
    let parts = mean * mean;
    let bare = Instance { weights: Weights { load: 0, ..instance.weights }, ..instance.clone() };
    let mut total = parts * i128::from(cost_of(&bare, pairs, Kind::Pairwise));
    for offer in &instance.offers {
        let mine = pairs.iter().filter(|(_, team)| *team == offer.id);
        let sum: i128 = mine.map(|(commune, _)| i128::from(instance.sizes[commune])).sum();
        total += i128::from(instance.weights.load) * sum * sum;
        if let Some(room) = instance.room.get(&offer.id) {
            let above = (sum - i128::from(*room)).max(0);
            total += parts * i128::from(instance.weights.over) * above;
        }
    }
    total.div_euclid(parts) as i64
}

fn brute_force(instance: &Instance) -> i64 {
    let pairs: Vec<(String, String)> = instance
        .needs
        .iter()
        .flat_map(|n| instance.offers.iter().map(|o| (n.id.clone(), o.id.clone())))
        .filter(|pair| !instance.forbidden.contains(pair) && !instance.required.contains(pair))
        .collect();
    let subset = |bits: u32| -> BTreeSet<(String, String)> {
        let free = (0..pairs.len()).filter(move |at| bits >> at & 1 == 1);
        free.map(|at| pairs[at].clone()).chain(instance.required.iter().cloned()).collect()
    };
    let fits = |chosen: &BTreeSet<(String, String)>| {
        let count = |id: &str| chosen.iter().filter(|(c, t)| c == id || t == id).count() as u32;
        instance.needs.iter().all(|n| count(&n.id) <= n.wanted)
            && instance.offers.iter().all(|o| count(&o.id) <= o.max)
    };
    let all = (0..1_u32 << pairs.len()).map(subset).filter(fits);
    all.map(|chosen| cost(instance, &chosen)).min().unwrap()
}

#[test]
fn small_questions_against_trying_everything() {
    let mut dice = Dice(7);
    let (mut asked, mut best_found, mut proven) = (0, 0, 0);
    while asked < 150 {
        let instance = small(&mut dice);
        if !instance.contradictions().is_empty() {
            continue;
        }
        asked += 1;
        let best = brute_force(&instance);
        let plan = plan_as(&instance, Kind::Coverage).unwrap();
        let pairs: BTreeSet<(String, String)> =
            plan.pairs.iter().map(|p| (p.commune.clone(), p.team.clone())).collect();
        assert_eq!(plan.objective, cost(&instance, &pairs), "the plan costs what it says");
        let parts: i64 = plan.pairs.iter().map(|pair| pair.cost.total()).sum();
        assert_eq!(plan.objective, parts + plan.beside.total(), "part points are not lost");
        assert!(plan.bound <= best && best <= plan.objective, "{} {best}", plan.bound);
        best_found += u32::from(plan.objective == best);
        proven += u32::from(plan.objective == plan.bound);
        let mut turned = instance.clone();
        turned.needs.rotate_left(1);
        turned.offers.reverse();
        assert_eq!(plan_as(&turned, Kind::Coverage).unwrap(), plan);
    }
    println!("{asked} small questions: {best_found} to the optimum, {proven} proven");
    assert!(best_found * 100 >= asked * 95, "{best_found} of {asked}");
}

#[test]
fn equal_sizes_are_loads_in_communes() {
    let mut bare = instance(REFERENCE[1].1);
    let flow = plan(&bare).unwrap();
    bare.sizes = bare.needs.iter().map(|need| (need.id.clone(), 7)).collect();
    let same = plan(&bare).unwrap();
    assert_eq!(same.objective, flow.objective);
    assert!(same.bound <= flow.objective);
    println!("S1, equal sizes: {} points, bound {}", same.objective, same.bound);
}

#[test]
fn a_large_commune_weighs_more_than_a_small_one() {
    let mut bare = instance(REFERENCE[1].1);
    let mut dice = Dice(3);
    bare.sizes =
        bare.needs.iter().map(|need| (need.id.clone(), 200 + dice.roll(1_800) as u32)).collect();
    let by_size = plan(&bare).unwrap();
    println!(
        "S1, sizes 200 to 2,000: {} points, bound {} ({:.2} %)",
        by_size.objective,
        by_size.bound,
        by_size.gap() * 100.0
    );
    assert!(by_size.bound <= by_size.objective && by_size.gap() < 0.01);
    let squares = |plan: &Plan| -> u64 {
        let sum = |team: &str| -> u64 {
            let mine = plan.pairs.iter().filter(|pair| pair.team == team);
            mine.map(|pair| u64::from(bare.sizes[&pair.commune])).sum()
        };
        plan.loads.iter().map(|load| sum(&load.team).pow(2)).sum()
    };
    let by_count = plan(&Instance { sizes: BTreeMap::new(), ..bare.clone() }).unwrap();
    assert!(squares(&by_size) < squares(&by_count), "loads by size are more even");
}
