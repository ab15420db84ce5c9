//! What an explanation shows of the chosen team and of another is counted alike.

use super::*;

/// Two communes at one place; neither team is strong in what is open, and the near one takes both.
fn two_teams(sizes: BTreeMap<String, u32>) -> Instance {
    let at = |x| Site::Plane { x, y: 0 };
    let need = |id: &str| Need::new(id.into(), at(0), 1, BTreeSet::from([6, 15, 16]));
    let offer = |id: &str, x| Offer {
        id: id.into(),
        site: at(x),
        min: 0,
        max: 5,
        criteria: BTreeSet::new(),
        languages: BTreeSet::new(),
    };
    Instance {
        needs: vec![need("c1"), need("c2")],
        offers: vec![offer("near", 1_000), offer("far", 10_000)],
        sizes,
        ..Instance::default()
    }
}

#[test]
fn the_difference_of_two_teams_is_what_the_plan_would_cost_more() {
    let by_size = BTreeMap::from([("c1".to_owned(), 1), ("c2".to_owned(), 3)]);
    for (sizes, more) in [(BTreeMap::new(), 70), (by_size, 75)] {
        let instance = two_teams(sizes);
        for kind in KINDS {
            let plan = plan_as(&instance, kind).unwrap();
            let told = explain(&instance, &plan, "c1").unwrap();
            let [chosen, other] = &told.choices[..] else { panic!("{told:?}") };
            assert_eq!((chosen.team.as_str(), chosen.standing), ("near", Standing::Chosen));
            assert_eq!((other.team.as_str(), other.standing), ("far", Standing::Possible));
            assert_eq!((chosen.cost.missing, other.cost.missing), (450, 450));
            assert_eq!(other.cost.total() - chosen.cost.total(), more);
            assert_eq!(extra(&instance, &plan, "c1", "far"), Some(more));
            assert!(other.extra_at_least.is_none_or(|least| least <= more));
        }
    }
}
