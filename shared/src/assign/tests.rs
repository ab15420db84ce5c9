use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::team::read_teams;
use crate::unit::{Kind, Level, Units};

macro_rules! reference {
    ($($name:literal),*) => {
        [$((
            $name,
            include_str!(concat!("../../../tests/reference/assign/", $name, ".json")),
            include_str!(concat!("../../../tests/reference/assign/", $name, ".p1.json")),
        )),*]
    };
}

const REFERENCE: [(&str, &str, &str); 4] = reference!["T1_tiny", "S1", "S3_short", "M1"];

fn instance(json: &str) -> Instance {
    Instance::from_reference_json(json).unwrap()
}

/// The cost of who-helps-whom, computed from the model's definition and nothing else.
fn cost_of(instance: &Instance, pairs: &BTreeSet<(String, String)>) -> i64 {
    let w = &instance.weights;
    let mut load: BTreeMap<&str, i64> = BTreeMap::new();
    let mut filled: BTreeMap<&str, i64> = BTreeMap::new();
    let mut cost = 0;
    for (commune, team) in pairs {
        let need = instance.needs.iter().find(|n| n.id == *commune).unwrap();
        let offer = instance.offers.iter().find(|o| o.id == *team).unwrap();
        let missing = need.open.iter().filter(|c| !offer.criteria.contains(c)).count() as i64;
        cost +=
            need.site.distance_m(offer.site).unwrap() / w.metres_per_point + w.missing * missing;
        cost -= if need.present.contains(team) { w.keep } else { 0 };
        *load.entry(team).or_default() += 1;
        *filled.entry(commune).or_default() += 1;
    }
    for offer in &instance.offers {
        let n = load.get(offer.id.as_str()).copied().unwrap_or_default();
        cost += w.load * n * n + w.below_min * (i64::from(offer.min) - n).max(0);
    }
    let lacking =
        |n: &Need| i64::from(n.wanted) - filled.get(n.id.as_str()).copied().unwrap_or_default();
    cost + w.unfilled * instance.needs.iter().map(lacking).sum::<i64>()
}

fn chosen(plan: &Plan) -> BTreeSet<(String, String)> {
    plan.pairs.iter().map(|p| (p.commune.clone(), p.team.clone())).collect()
}

/// Everything that must hold of every plan, optimality (by its prices) included.
fn assert_sound(instance: &Instance, plan: &Plan) {
    let pairs = chosen(plan);
    assert_eq!(pairs.len(), plan.pairs.len(), "a pair twice");
    assert_eq!(plan.objective, cost_of(instance, &pairs));
    assert!(instance.required.is_subset(&pairs) && instance.forbidden.is_disjoint(&pairs));
    for need in &instance.needs {
        let teams = pairs.iter().filter(|(c, _)| *c == need.id).count() as u32;
        let missing = plan.unfilled.iter().find(|u| u.commune == need.id).map_or(0, |u| u.missing);
        assert_eq!(teams + missing, need.wanted);
    }
    for load in &plan.loads {
        assert_eq!(load.communes, pairs.iter().filter(|(_, t)| *t == load.team).count() as u32);
        assert!(load.communes <= load.max);
    }
}

#[test]
fn the_reference_optima_are_met() {
    let mut met = 0;
    for (name, json, expected) in REFERENCE {
        let instance = instance(json);
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        let plan = plan(&instance).unwrap();
        assert_eq!(plan.objective, expected["objective"].as_i64().unwrap(), "{name}");
        assert_sound(&instance, &plan);
        let theirs: BTreeMap<String, Vec<String>> =
            serde_json::from_value(expected["assignment"].clone()).unwrap();
        let theirs = theirs.iter().flat_map(|(c, ts)| ts.iter().map(|t| (c.clone(), t.clone())));
        assert_eq!(
            cost_of(&instance, &theirs.collect()),
            plan.objective,
            "{name}: costs are counted alike"
        );
        let unfilled: u32 = plan.unfilled.iter().map(|u| u.missing).sum();
        assert_eq!(u64::from(unfilled), expected["unmet_slots"].as_u64().unwrap(), "{name}");
        met += 1;
    }
    println!("{met} of {} reference optima met (flow model)", REFERENCE.len());
}

/// By the prices no pair outside the plan would save points, and none in it loses any.
#[test]
fn prices_prove_the_plan() {
    for (name, json, _) in &REFERENCE[..3] {
        let instance = instance(json);
        let plan = plan(&instance).unwrap();
        let price: BTreeMap<_, _> = plan.loads.iter().map(|l| (&l.team, l.price)).collect();
        for need in &instance.needs {
            for choice in explain(&instance, &plan, &need.id).unwrap().choices {
                let Some(price) = price[&choice.team] else { continue };
                let reduced =
                    choice.cost.total() - choice.cost.load + price - plan.commune_prices[&need.id];
                match choice.standing {
                    Standing::Chosen => assert!(reduced <= 0, "{name}"),
                    Standing::Possible => {
                        assert_eq!(choice.extra_at_least, Some(reduced), "{name}")
                    }
                    _ => assert_eq!(choice.extra_at_least, None),
                }
            }
        }
    }
}

#[test]
fn what_explain_says_a_pair_costs_at_least_it_costs() {
    let instance = instance(REFERENCE[1].1);
    let plan = plan(&instance).unwrap();
    for need in instance.needs.iter().step_by(9) {
        let told = explain(&instance, &plan, &need.id).unwrap();
        assert_eq!(told.choices.len(), instance.offers.len());
        for choice in told.choices.iter().filter(|c| c.standing == Standing::Possible).take(4) {
            let mut forced = instance.clone();
            forced.required.insert((need.id.clone(), choice.team.clone()));
            let Ok(other) = super::plan(&forced) else { continue };
            let extra = other.objective - plan.objective;
            let at_least = choice.extra_at_least.unwrap();
            assert!(at_least <= extra, "{} {}: {at_least} > {extra}", need.id, choice.team);
        }
    }
    assert_eq!(explain(&instance, &plan, "nowhere"), None);
}

#[test]
fn order_of_input_changes_nothing() {
    for (name, json, _) in &REFERENCE[..3] {
        let mut instance = instance(json);
        let first = plan(&instance).unwrap();
        for turn in [1, 7, 23] {
            let (needs, offers) = (instance.needs.len(), instance.offers.len());
            instance.needs.rotate_left(turn % needs);
            instance.offers.rotate_left(turn % offers);
            instance.offers.reverse();
            assert_eq!(plan(&instance).unwrap(), first, "{name}");
        }
    }
}

/// Where all plans cost the same, the documented hashes decide, not the solver's way.
#[test]
fn equal_optima_are_told_apart_by_ids_alone() {
    let origin = Site::Plane { x: 0, y: 0 };
    let need = |id: String| Need {
        id,
        site: origin,
        wanted: 1,
        open: BTreeSet::new(),
        present: BTreeSet::new(),
    };
    let offer = |id: String| Offer { id, site: origin, min: 0, max: 1, criteria: BTreeSet::new() };
    let instance = Instance {
        needs: (0..7).map(|i| need(format!("c{i}"))).collect(),
        offers: (0..7).map(|i| offer(format!("t{i}"))).collect(),
        ..Instance::default()
    };
    let plan = plan(&instance).unwrap();
    // All 5,040 plans cost the same; the least sum of hashes is found by trying them.
    let hash = |commune: usize, team: usize| {
        use sha2::Digest;
        let hash = sha2::Sha256::digest(format!("ntm-tie-1|c{commune}|t{team}"));
        u64::from_be_bytes([0, 0, 0, hash[0], hash[1], hash[2], hash[3], hash[4]])
    };
    fn best(commune: usize, free: &mut Vec<usize>, hash: &dyn Fn(usize, usize) -> u64) -> u64 {
        let mut least = if free.is_empty() { 0 } else { u64::MAX };
        for at in 0..free.len() {
            let team = free.swap_remove(at);
            least = least.min(hash(commune, team) + best(commune + 1, free, hash));
            free.push(team);
            let last = free.len() - 1;
            free.swap(at, last);
        }
        least
    }
    let digit = |id: &str| id[1..].parse::<usize>().unwrap();
    let found: u64 = plan.pairs.iter().map(|p| hash(digit(&p.commune), digit(&p.team))).sum();
    assert_eq!(found, best(0, &mut (0..7).collect(), &hash));
}

#[test]
fn a_shortage_is_reported() {
    let mut instance = instance(REFERENCE[0].1);
    instance.required.clear();
    instance.max_distance_m = Some(0);
    let empty = plan(&instance).unwrap();
    assert_eq!((empty.pairs.len(), empty.unfilled.len()), (0, 6));
    assert_sound(&instance, &empty);
    instance.offers.clear();
    instance.forbidden.clear();
    assert_eq!(plan(&instance).unwrap().unfilled.len(), 6);
    assert_eq!(plan(&Instance::default()).unwrap().objective, 0);
}

#[test]
fn contradictions_are_told_before_solving() {
    let mut instance = instance(REFERENCE[0].1);
    let pair = |c: &str, t: &str| (c.to_owned(), t.to_owned());
    instance.required.extend([
        pair("C1", "T3"),
        pair("C1", "T1"),
        pair("C6", "T1"),
        pair("C5", "T1"),
    ]);
    instance.forbidden.extend([pair("C9", "T9")]);
    instance.needs.push(instance.needs[0].clone());
    instance.offers.push(instance.offers[0].clone());
    instance.offers[1].min = 9;
    instance.needs[2].wanted = u32::MAX;
    instance.weights.metres_per_point = 0;
    let told = plan(&instance).unwrap_err();
    let codes: BTreeSet<&str> = told.iter().map(|c| c.code.as_str()).collect();
    assert_eq!(
        codes.into_iter().collect::<Vec<_>>(),
        [
            "bad_weight",
            "duplicate_commune",
            "duplicate_team",
            "min_above_max",
            "required_and_forbidden",
            "required_beyond_capacity",
            "required_beyond_wanted",
            "too_large",
            "unknown_commune",
            "unknown_team",
        ]
    );
}

#[test]
fn every_xa_of_lao_cai_gets_one_lead_team() {
    let on = date(2024, 10, 15);
    let units = Units::built_in();
    let teams =
        read_teams(crate::data::DEMO_TEAMS.as_bytes(), units, on, &(1..=19).collect()).unwrap();
    let province = &units.by_code("10", on).unwrap().id;
    let communes = units
        .at_level(Level::Commune, on)
        .filter(|u| u.kind(on) == Some(Kind::RuralCommune) && units.is_within(&u.id, province, on))
        .map(|u| (u.id.clone(), units.place(&u.id, on).unwrap(), BTreeSet::from([10, 11, 15])))
        .collect();
    let instance = Instance::lead_teams(communes, &teams, Weights::default());
    let plan = plan(&instance).unwrap();
    assert_eq!((plan.pairs.len(), plan.unfilled.len()), (127, 0));
    assert_sound(&instance, &plan);
    let kept = plan.pairs.iter().filter(|p| p.cost.keep < 0).count();
    assert!(kept > 0 && plan.pairs.iter().all(|p| p.cost.distance_m < 150_000));
}

/// The least cost over every choice of pairs.
fn brute_force(instance: &Instance) -> i64 {
    let allowed: Vec<(String, String)> = instance
        .needs
        .iter()
        .flat_map(|n| instance.offers.iter().map(move |o| (n, o)))
        .filter(|(n, o)| instance.max_distance_m.is_none_or(|m| n.site.within_m(o.site, m)))
        .map(|(n, o)| (n.id.clone(), o.id.clone()))
        .filter(|p| !instance.forbidden.contains(p) && !instance.required.contains(p))
        .collect();
    let fits = |pairs: &BTreeSet<(String, String)>| {
        let count = |id: &str, of: fn(&(String, String)) -> &String| {
            pairs.iter().filter(|p| of(p) == id).count() as u32
        };
        instance.needs.iter().all(|n| count(&n.id, |p| &p.0) <= n.wanted)
            && instance.offers.iter().all(|o| count(&o.id, |p| &p.1) <= o.max)
    };
    let subset = |bits: u32| {
        let free = allowed
            .iter()
            .enumerate()
            .filter(move |(i, _)| bits >> i & 1 == 1)
            .map(|(_, p)| p.clone());
        free.chain(instance.required.iter().cloned()).collect::<BTreeSet<_>>()
    };
    let all = (0..1_u32 << allowed.len()).map(subset).filter(fits);
    all.map(|pairs| cost_of(instance, &pairs)).min().unwrap()
}

prop_compose! {
    /// Up to 4 communes and 3 teams, close together, with small weights, so that every part of the
    /// cost and many ties matter.
    fn small()(
        communes in prop::collection::vec((0_i32..4, 0_i32..4, 0_u32..3, any::<u8>(), any::<u8>()), 1..5),
        teams in prop::collection::vec((0_i32..4, 0_i32..4, 0_u32..3, 0_u32..3, any::<u8>()), 1..4),
        weights in (0_i64..4, 0_i64..4, 0_i64..4, 0_i64..30, 0_i64..20),
        max in prop::option::of(0_i64..6),
        odd in prop::collection::vec((0_usize..4, 0_usize..3, any::<bool>()), 0..4),
    ) -> Instance {
        let bits = |byte: u8| (0..3_u16).filter(move |b| byte >> b & 1 == 1);
        let mut instance = Instance {
            needs: communes.iter().enumerate().map(|(i, (x, y, wanted, open, present))| Need {
                id: format!("c{i}"),
                site: Site::Plane { x: *x, y: *y },
                wanted: *wanted,
                open: bits(*open).collect(),
                present: bits(*present).map(|t| format!("t{t}")).collect(),
            }).collect(),
            offers: teams.iter().enumerate().map(|(i, (x, y, min, more, strong))| Offer {
                id: format!("t{i}"),
                site: Site::Plane { x: *x, y: *y },
                min: *min,
                max: min + more,
                criteria: bits(*strong).collect(),
            }).collect(),
            weights: Weights {
                metres_per_point: 1, missing: weights.0, keep: weights.1, load: weights.2,
                unfilled: weights.3, below_min: weights.4,
            },
            max_distance_m: max,
            ..Instance::default()
        };
        for (commune, team, required) in odd {
            let pair = (format!("c{commune}"), format!("t{team}"));
            let mut with = instance.clone();
            if required { &mut with.required } else { &mut with.forbidden }.insert(pair);
            if with.contradictions().is_empty() {
                instance = with;
            }
        }
        instance
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_plan_is_better(instance in small(), turn in 0_usize..4) {
        let plan = plan(&instance).unwrap();
        assert_sound(&instance, &plan);
        prop_assert_eq!(plan.objective, brute_force(&instance));
        let mut turned = instance.clone();
        turned.needs.rotate_left(turn % instance.needs.len());
        turned.offers.reverse();
        prop_assert_eq!(super::plan(&turned).unwrap(), plan);
    }
}
