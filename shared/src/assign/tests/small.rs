//! Small random instances against trying everything.

use proptest::prelude::*;

use super::*;

/// The least cost over every choice of pairs.
fn brute_force(instance: &Instance) -> [i64; 2] {
    let allowed: Vec<(String, String)> = instance
        .needs
        .iter()
        .flat_map(|n| instance.offers.iter().map(move |o| (n, o)))
        .filter(|(n, o)| instance.reach(n, o).is_some())
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
    let all: Vec<_> = (0..1_u32 << allowed.len()).map(subset).filter(fits).collect();
    KINDS.map(|kind| all.iter().map(|pairs| cost_of(instance, pairs, kind)).min().unwrap())
}

prop_compose! {
    /// Up to 4 communes and 3 teams, close together, with small weights, so that every part of the
    /// cost and many ties matter.
    fn small()(
        communes in prop::collection::vec((0_i32..4, 0_i32..4, 0_u32..3, any::<u8>(), any::<u8>(), any::<u8>()), 1..5),
        teams in prop::collection::vec((0_i32..4, 0_i32..4, 0_u32..3, 0_u32..3, any::<u8>()), 1..4),
        weights in (0_i64..4, 0_i64..4, 0_i64..4, 0_i64..30, 0_i64..20, 0_i64..5, 0_i64..6),
        max in prop::option::of(0_i64..6),
        odd in prop::collection::vec((0_usize..4, 0_usize..3, any::<bool>()), 0..4),
    ) -> Instance {
        let bits = |byte: u8| (0..3_u16).filter(move |b| byte >> b & 1 == 1);
        let mut instance = Instance {
            needs: communes.iter().enumerate().map(|(i, (x, y, wanted, open, present, odd))| Need {
                present: bits(*present).map(|t| format!("t{t}")).collect(),
                languages: bits(*odd >> 4).take(1).map(|l| format!("l{l}")).collect(),
                priority: odd >> 2 & 1,
                hard: odd & 3 == 0,
                ..Need::new(format!("c{i}"), Site::Plane { x: *x, y: *y }, *wanted, bits(*open).collect())
            }).collect(),
            offers: teams.iter().enumerate().map(|(i, (x, y, min, more, strong))| Offer {
                id: format!("t{i}"),
                site: Site::Plane { x: *x, y: *y },
                min: *min,
                max: min + more,
                criteria: bits(*strong).collect(),
                languages: bits(*strong >> 4).map(|l| format!("l{l}")).collect(),
            }).collect(),
            weights: Weights {
                metres_per_point: 1, missing: weights.0, keep: weights.1, load: weights.2,
                unfilled: weights.3, below_min: weights.4, language: weights.5, hardest: weights.6, over: 0, metres_per_minute: 500,
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
        let best = brute_force(&instance);
        let mut turned = instance.clone();
        turned.needs.rotate_left(turn % instance.needs.len());
        turned.offers.reverse();
        for (kind, best) in KINDS.into_iter().zip(best) {
            let plan = plan_as(&instance, kind).unwrap();
            assert_sound(&instance, &plan);
            prop_assert_eq!(plan.objective, best);
            prop_assert!(plan.bound <= best);
            prop_assert_eq!(plan_as(&turned, kind).unwrap(), plan);
        }
    }
}
