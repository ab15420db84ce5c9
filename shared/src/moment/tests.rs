//! Moments form a commutative group, byte for byte.

use proptest::prelude::*;

use super::*;

fn contribution() -> impl Strategy<Value = Contribution> {
    let limit = i64::try_from(Contribution::LIMIT).unwrap();
    (-limit..=limit, 0..=limit, 0..40u64).prop_map(|(y, x, unknown)| Contribution {
        y: y.into(),
        x: x.into(),
        unknown,
    })
}

fn contributions() -> impl Strategy<Value = Contributions> {
    let outcome = prop_oneof![
        Just(Outcome::Completed),
        Just(Outcome::Absent),
        Just(Outcome::Refused),
        Just(Outcome::Moved),
        Just(Outcome::NotFound),
        Just(Outcome::Unclear),
    ];
    (outcome, prop::collection::vec(prop::option::of(contribution()), 3))
        .prop_map(|(outcome, measures)| Contributions { outcome, measures })
}

fn json(m: &VillageMoments) -> String {
    serde_json::to_string(m).unwrap()
}

proptest! {
    #[test]
    fn any_order_of_adding_and_removing_gives_the_same_bytes(
        (list, shuffled) in prop::collection::vec(contributions(), 1..30)
            .prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle())),
        gone in prop::collection::vec(contributions(), 0..8),
    ) {
        let mut one = VillageMoments::empty(3);
        list.iter().for_each(|c| one.add(c));
        let mut two = VillageMoments::empty(3);
        gone.iter().for_each(|c| two.remove(c));
        shuffled.iter().for_each(|c| two.add(c));
        gone.iter().for_each(|c| two.add(c));
        prop_assert_eq!(json(&one), json(&two));
        prop_assert_eq!(one.pack(), two.pack());
        prop_assert_eq!(VillageMoments::unpack(&one.pack()), Some(one.clone()));
        list.iter().for_each(|c| one.remove(c));
        prop_assert_eq!(one, VillageMoments::empty(3));
    }

    #[test]
    fn totals_of_parts_are_the_total_of_the_whole(
        list in prop::collection::vec(contributions(), 0..30), cut in 0..30usize,
    ) {
        let cut = cut.min(list.len());
        let (mut whole, mut left, mut right) =
            (VillageMoments::empty(3), VillageMoments::empty(3), VillageMoments::empty(3));
        list.iter().for_each(|c| whole.add(c));
        list[..cut].iter().for_each(|c| left.add(c));
        list[cut..].iter().for_each(|c| right.add(c));
        let mut other = right.clone();
        left.merge(&right);
        prop_assert_eq!(&left, &whole);
        other.merge(&{ let mut l = VillageMoments::empty(0); list[..cut].iter().for_each(|c| l.add(c)); l });
        prop_assert_eq!(&other, &whole);
        let back: VillageMoments = serde_json::from_str(&json(&whole)).unwrap();
        prop_assert_eq!(back, whole);
    }

    #[test]
    fn filling_equals_answering(list in prop::collection::vec((0..5u64, 0..5u64, 0..4u64), 0..20), yes: bool) {
        let (mut unknown, mut answered) = (Moment::default(), Moment::default());
        for (no, y, u) in list {
            unknown.add(&Contribution { y: y.into(), x: (y + no).into(), unknown: u });
            let given = if yes { y + u } else { y };
            answered.add(&Contribution { y: given.into(), x: (y + no + u).into(), unknown: 0 });
        }
        let filled = unknown.filled(yes, 1);
        // A household with both known and unknown units is one household of the domain.
        prop_assert!(filled.in_domain >= answered.in_domain);
        prop_assert_eq!(Moment { in_domain: answered.in_domain, ..filled }, answered);
    }
}

#[test]
fn the_stored_form_is_compact_and_keeps_every_digit() {
    let mut m = Moment::default();
    m.add(&Contribution { y: Contribution::LIMIT, x: 4, unknown: 1 });
    let text = serde_json::to_string(&m).unwrap();
    assert_eq!(
        text,
        r#"{"n":1,"d":1,"k":1,"y":"1000000000000","x":"4","u":"1","yy":"1000000000000000000000000","xx":"16","xy":"4000000000000","uu":"1","ux":"4","uy":"1000000000000"}"#
    );
    assert_eq!(serde_json::from_str::<Moment>(&text).unwrap(), m);
}
