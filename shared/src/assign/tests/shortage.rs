//! Shortages against those a min cut of OR-Tools found, and what closes them.

use super::*;

const EXPECTED: [&str; 3] = [
    include_str!("../../../../tests/reference/assign/S1.explain.json"),
    include_str!("../../../../tests/reference/assign/S3_short.explain.json"),
    include_str!("../../../../tests/reference/assign/M1.explain.json"),
];

#[test]
fn shortages_are_the_sets_of_the_reference() {
    for (at, expected) in [1, 2, 3].into_iter().zip(EXPECTED) {
        let (name, json, _) = REFERENCE[at];
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        let instance = instance(json);
        for kind in KINDS {
            if name == "M1" && kind == Kind::Coverage {
                continue;
            }
            let plan = plan_as(&instance, kind).unwrap();
            let found = shortages(&instance, &plan);
            let sets = expected["sets"].as_array().unwrap();
            assert_eq!(found.len(), sets.len(), "{name}");
            for (ours, theirs) in found.iter().zip(sets) {
                let list = |key: &str| -> Vec<String> {
                    serde_json::from_value(theirs[key].clone()).unwrap()
                };
                assert_eq!(ours.communes, list("communes"), "{name}");
                assert_eq!(ours.teams, list("teams"), "{name}");
                for (ours, key) in [
                    (ours.needed, "slots_needed"),
                    (ours.capacity, "team_capacity"),
                    (ours.links, "single_use_links_to_other_teams"),
                    (ours.short, "short_by"),
                ] {
                    assert_eq!(Some(u64::from(ours)), theirs[key].as_u64(), "{name} {key}");
                }
            }
            let short: u32 = found.iter().map(|s| s.short).sum();
            let unfilled: u32 = plan.unfilled.iter().map(|u| u.missing).sum();
            assert_eq!(short, unfilled, "{name}: the sets explain every empty place");
        }
    }
}

/// Two communes 10 km from the only near team, which takes one; another team 30 km away.
fn remote() -> Instance {
    let at = |x| Site::Plane { x, y: 0 };
    let need = |id: &str| Need::new(id.into(), at(0), 1, BTreeSet::from([9]));
    let offer = |id: &str, x, max| Offer {
        id: id.into(),
        site: at(x),
        min: 0,
        max,
        criteria: BTreeSet::from([9]),
        languages: BTreeSet::new(),
    };
    Instance {
        needs: vec![need("c1"), need("c2")],
        offers: vec![offer("near", 10_000, 1), offer("far", 30_000, 5)],
        max_distance_m: Some(15_000),
        ..Instance::default()
    }
}

#[test]
fn what_closes_a_shortage_is_found_and_does() {
    let mut instance = remote();
    let short = |instance: &Instance| shortages(instance, &plan(instance).unwrap());
    let found = short(&instance);
    assert_eq!(found.len(), 1);
    let Shortage { communes, teams, needed, capacity, links, short: by, relaxations } = &found[0];
    assert_eq!((communes.len(), &teams[..]), (2, &["near".to_owned()][..]));
    assert_eq!((*needed, *capacity, *links, *by), (2, 1, 0, 1));
    let changes: Vec<&Change> = relaxations.iter().map(|r| &r.change).collect();
    assert_eq!(
        changes,
        [
            &Change::Capacity { teams: vec!["near".into()], more: 1 },
            &Change::Distance { metres: 30_001 },
        ]
    );
    instance.max_distance_m = Some(30_001);
    assert_eq!(short(&instance), []);
    instance.forbidden.extend([("c1", "far"), ("c2", "far")].map(|(c, t)| (c.into(), t.into())));
    let found = short(&instance);
    assert!(
        found[0]
            .relaxations
            .iter()
            .any(|r| matches!(&r.change, Change::Forbidden { pairs } if pairs.len() == 1))
    );
    // One more team wanted than there can be: doing with fewer closes it.
    let mut instance = remote();
    instance.needs.pop();
    instance.needs[0].wanted = 2;
    let found = short(&instance);
    assert_eq!(found[0].short, 1);
    assert!(
        found[0]
            .relaxations
            .iter()
            .any(|r| matches!(&r.change, Change::Fewer { communes } if communes == &["c1"]))
    );
}

#[test]
fn an_empty_place_that_is_not_worth_its_points_is_no_shortage() {
    let mut instance = remote();
    instance.max_distance_m = None;
    instance.weights.unfilled = 50;
    let plan = plan(&instance).unwrap();
    assert_eq!(plan.unfilled.len(), 2);
    assert_eq!(shortages(&instance, &plan), []);
}

#[test]
fn the_fairest_load_is_the_least_that_serves_all() {
    let mut instance = instance(REFERENCE[1].1);
    let most = fairest_load(&instance);
    let fair = plan(&instance.capped(most)).unwrap();
    assert_eq!((fair.unfilled.len(), fair.loads.iter().map(|l| l.communes).max()), (0, Some(most)));
    assert!(!plan(&instance.capped(most - 1)).unwrap().unfilled.is_empty());
    instance.offers.clear();
    instance.required.clear();
    instance.forbidden.clear();
    assert_eq!(fairest_load(&instance), 1);
}

#[test]
fn what_is_said_of_alternatives_is_what_solving_again_gives() {
    let instance = instance(REFERENCE[0].1);
    let plan = plan(&instance).unwrap();
    for need in &instance.needs {
        for choice in explain(&instance, &plan, &need.id).unwrap().choices {
            let exact = extra(&instance, &plan, &need.id, &choice.team);
            match choice.standing {
                Standing::Chosen | Standing::Required => assert_eq!(exact, Some(0)),
                Standing::Forbidden => assert_eq!(exact, None),
                _ => {}
            }
            if let Some((least, exact)) = choice.extra_at_least.zip(exact) {
                assert!(least <= exact);
            }
        }
        for instead in without(&instance, &plan, &need.id) {
            assert!(!instead.teams.contains(&instead.of));
            if let [team] = &instead.teams[..]
                && need.wanted == 1
            {
                assert_eq!(extra(&instance, &plan, &need.id, team), Some(instead.points));
            }
        }
    }
}

#[test]
fn changes_name_what_goes_and_why() {
    let mut instance = instance(REFERENCE[0].1);
    instance.needs[0].present.insert("dissolved".into());
    let plan = plan(&instance).unwrap();
    let pairs = |need: &Need| {
        let commune = need.id.clone();
        need.present.clone().into_iter().map(move |team| (commune.clone(), team))
    };
    let present: BTreeSet<_> = instance.needs.iter().flat_map(pairs).collect();
    let told = changes(&instance, &plan, &present);
    let of = |id: &str| told.iter().find(|c| c.commune == id).unwrap();
    assert!(of("C1").before.contains(&("dissolved".into(), Why::Gone)));
    for changed in &told {
        for (team, why) in &changed.before {
            if let Why::Dearer { points, .. } = why {
                assert_eq!(extra(&instance, &plan, &changed.commune, team), Some(*points));
            }
        }
    }
}

#[test]
fn more_criteria_than_can_be_told_apart_are_refused() {
    let mut instance = remote();
    instance.needs[0].open = (0..65).collect();
    assert!(plan(&instance).is_ok());
    assert_eq!(plan_as(&instance, Kind::Coverage).unwrap_err()[0].code, "too_many_criteria");
}
/// In a question of 2,000 communes few plans are solved again, and yet every shortage is told.
#[test]
fn a_shortage_of_a_large_question_is_explained_too() {
    let mut instance = instance(REFERENCE[3].1);
    for offer in &mut instance.offers {
        (offer.min, offer.max) = (0, offer.max.div_ceil(2));
    }
    instance.required.clear();
    let plan = plan(&instance).unwrap();
    let empty: u32 = plan.unfilled.iter().map(|u| u.missing).sum();
    let found = shortages(&instance, &plan);
    let told: usize = found.iter().map(|shortage| shortage.relaxations.len()).sum();
    println!("2,000 × 300: {empty} empty, {} shortages, {told} relaxations", found.len());
    assert!(empty > 0 && told > 0);
    assert_eq!(found.iter().map(|shortage| shortage.short).sum::<u32>(), empty);
    for relaxation in &found[0].relaxations {
        let changed = match &relaxation.change {
            Change::Distance { metres } => {
                Instance { max_distance_m: Some(*metres), ..instance.clone() }
            }
            Change::Capacity { teams, more } => {
                let mut changed = instance.clone();
                for offer in changed.offers.iter_mut().filter(|o| teams.contains(&o.id)) {
                    offer.max += more;
                }
                changed
            }
            _ => continue,
        };
        let other = super::plan(&changed).unwrap();
        let left: u32 = other.unfilled.iter().map(|u| u.missing).sum();
        assert!(left + found[0].short <= empty, "{:?}", relaxation.change);
    }
}
