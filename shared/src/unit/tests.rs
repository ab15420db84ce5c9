use jiff::civil::date;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

const OCT_2024: Date = date(2024, 10, 15);
const EARLY_2025: Date = date(2025, 3, 1);
const LAST_DAY: Date = date(2025, 6, 30);
const FIRST_DAY: Date = date(2025, 7, 1);

fn units() -> &'static Units {
    Units::built_in()
}

fn id(code: &str, date: Date) -> &'static str {
    &units().by_code(code, date).unwrap_or_else(|| panic!("{code} on {date}")).id
}

fn kinds(date: Date, province: &str) -> [usize; 3] {
    let province = id(province, date);
    let communes =
        units().at_level(Level::Commune, date).filter(|u| units().is_within(&u.id, province, date));
    communes.fold([0; 3], |mut count, unit| {
        match unit.kind(date) {
            Some(Kind::RuralCommune) => count[0] += 1,
            Some(Kind::Township) => count[1] += 1,
            Some(Kind::Ward) => count[2] += 1,
            other => panic!("{other:?}"),
        }
        count
    })
}

#[test]
fn communes_are_counted_as_the_province_counts_them() {
    assert_eq!(kinds(OCT_2024, "10"), [127, 9, 16]);
    assert_eq!(kinds(EARLY_2025, "10"), [126, 9, 16]);
    assert_eq!(kinds(LAST_DAY, "15"), [146, 10, 12]);
    assert_eq!(kinds(FIRST_DAY, "15"), [89, 0, 10]);
    assert_eq!(units().at_level(Level::District, LAST_DAY).count(), 18);
    assert_eq!(units().at_level(Level::District, FIRST_DAY).count(), 0);
    assert_eq!(units().children(id("15", FIRST_DAY), FIRST_DAY).len(), 99);
    let per_district = |code| units().children(id(code, OCT_2024), OCT_2024).len();
    assert_eq!(["089", "082", "085", "080"].map(per_district), [22, 21, 19, 17]);
    assert_eq!(
        units().at_level(Level::Commune, OCT_2024).filter(|u| !u.plan_104.is_empty()).count(),
        22
    );
}

#[test]
fn a_code_means_what_it_meant_on_the_day() {
    let name =
        |code, date| units().by_code(code, date).map(|u| u.full_name(date)).unwrap_or_default();
    assert_eq!(name("03037", LAST_DAY), "Xã Mường Hoa");
    assert_eq!(name("03037", FIRST_DAY), "Xã Tả Van");
    assert_eq!(name("03040", LAST_DAY), "Xã Tả Van");
    assert_eq!(units().by_code("03040", FIRST_DAY), None);
    assert_eq!(
        (name("10", LAST_DAY), name("15", LAST_DAY)),
        ("Tỉnh Lào Cai".into(), "Tỉnh Yên Bái".into())
    );
    assert_eq!(
        (name("10", FIRST_DAY), name("15", FIRST_DAY)),
        (String::new(), "Tỉnh Lào Cai".into())
    );
    // A unit that keeps name and code is a new unit all the same.
    assert_eq!(name("02869", LAST_DAY), name("02869", FIRST_DAY));
    assert_ne!(id("02869", LAST_DAY), id("02869", FIRST_DAY));
}

#[test]
fn all_new_codes_were_used_before_and_41_under_another_name() {
    let new: Vec<_> = units().at_level(Level::Commune, FIRST_DAY).collect();
    let old = |unit: &Unit| units().by_code(unit.code(FIRST_DAY).unwrap(), LAST_DAY).unwrap();
    let renamed =
        new.iter().filter(|u| old(u).full_name(LAST_DAY) != u.full_name(FIRST_DAY)).count();
    let other = |u: &Unit| old(u).name(LAST_DAY).unwrap().name != u.name(FIRST_DAY).unwrap().name;
    assert_eq!((new.len(), renamed, new.iter().filter(|u| other(u)).count()), (99, 41, 32));
}

#[test]
fn ta_chai_ends_with_2024() {
    assert_eq!(
        units().by_code("02872", date(2024, 12, 31)).unwrap().full_name(OCT_2024),
        "Xã Tà Chải"
    );
    assert_eq!(units().by_code("02872", date(2025, 1, 1)), None);
    let ta_chai = id("02872", OCT_2024);
    let next = units().successors(ta_chai);
    assert_eq!(
        next.iter().map(|u| u.full_name(EARLY_2025)).collect::<Vec<_>>(),
        ["Thị trấn Bắc Hà"]
    );
    assert!(units().is_within(ta_chai, &next[0].id, EARLY_2025));
    assert!(!units().is_within(ta_chai, &next[0].id, OCT_2024));
    // and on, through the second merger
    assert!(units().is_within(ta_chai, id("02839", FIRST_DAY), FIRST_DAY));
    assert!(units().place(ta_chai, OCT_2024).is_some());
}

#[test]
fn codes_on_which_lists_disagree_find_the_unit_but_are_not_its_code() {
    for (code, other) in [
        ("02671", "02674"),
        ("02782", "02791"),
        ("04309", "04318"),
        ("04342", "04333"),
        ("04606", "04591"),
        ("04681", "04678"),
    ] {
        assert_eq!(id(code, FIRST_DAY), id(other, FIRST_DAY));
        assert_eq!(units().code(id(other, FIRST_DAY), FIRST_DAY), Some(code));
        assert_ne!(id(other, LAST_DAY), id(other, FIRST_DAY));
    }
}

#[test]
fn homonyms_all_come_back_and_marks_rank() {
    let found = |text: &str, date| -> Vec<String> {
        let hits = units().search(text, date);
        hits.iter().map(|u| u.code(date).unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(found("Thanh Bình", OCT_2024)[..2], ["02779", "03022"]);
    assert_eq!(found("Nậm Chảy", OCT_2024)[0], "02770");
    assert_eq!(found("Nậm Chày", OCT_2024)[0], "03076");
    assert_eq!(found("nậm chầy", OCT_2024)[0], "03076");
    assert_eq!(found("nam chay", OCT_2024), ["02770", "03076"]);
    assert_eq!(found("Nậm Chạc", OCT_2024).len(), 1);
    for text in ["Xuân Hoà", "Xuân Hòa", "xã xuân hoà", "xuan hoa"] {
        assert_eq!(found(text, OCT_2024), ["02962"], "{text}");
    }
    for (text, code) in [
        ("Vạn Hoà", "02665"),
        ("Sơn Thuỷ", "03064"),
        ("Thẳm Dương", "03115"),
        ("Nậm Rạng", "03073"),
        ("Nàn Xín", "02836"),
        ("Tả Ngải Chồ", "02755"),
        ("Tả Chải", "02872"),
        ("03037", "03037"),
    ] {
        assert_eq!(found(text, OCT_2024)[0], code, "{text}");
        let decomposed: String = text.nfd().collect();
        assert_eq!(found(&decomposed, OCT_2024)[0], code, "{text}");
    }
    assert_eq!(found("  ", OCT_2024), Vec::<String>::new());
}

#[test]
fn scope_follows_a_merger() {
    let (muong_hoa, old_ta_van) = (id("03037", LAST_DAY), id("03040", LAST_DAY));
    let (new_ta_van, sa_pa) = (id("03037", FIRST_DAY), id("088", LAST_DAY));
    let within = |a, b, d| units().is_within(a, b, d);
    assert!(!within(muong_hoa, old_ta_van, LAST_DAY));
    assert!(!within(muong_hoa, new_ta_van, LAST_DAY));
    assert!(within(muong_hoa, new_ta_van, FIRST_DAY));
    assert!(within(new_ta_van, muong_hoa, FIRST_DAY), "who had Mường Hoa has what it became");
    assert!(within(muong_hoa, sa_pa, FIRST_DAY), "the abolished district keeps what it had");
    assert!(!within(new_ta_van, sa_pa, FIRST_DAY));
    assert!(within(muong_hoa, id("15", FIRST_DAY), FIRST_DAY));
    assert!(!within(muong_hoa, id("15", LAST_DAY), LAST_DAY), "Yên Bái had the code before");
    assert!(within(new_ta_van, id("10", LAST_DAY), FIRST_DAY));
    let old: Vec<_> = units().predecessors(new_ta_van).iter().map(|u| u.id.as_str()).collect();
    assert!(old.contains(&muong_hoa) && old.contains(&old_ta_van));
    let up: Vec<_> =
        units().ancestors(muong_hoa, LAST_DAY).iter().map(|u| u.full_name(LAST_DAY)).collect();
    assert_eq!(up, ["Thị xã Sa Pa", "Tỉnh Lào Cai"]);
}

#[test]
fn villages_and_households_lie_where_their_ids_begin() {
    let commune = id("03037", LAST_DAY);
    let (village, household) = (format!("{commune}.03"), format!("{commune}.03.012"));
    let within = |a: &str, b: &str| units().is_within(a, b, LAST_DAY);
    assert!(within(&household, commune) && within(&village, id("088", LAST_DAY)));
    assert!(within(&household, &village) && within(&village, &village));
    assert!(!within(&format!("{commune}.031"), &village));
    assert!(!within("u9999.01", "u9999.01") && !within(commune, "u9999") && !within(commune, ""));
}

#[test]
fn every_commune_that_ended_became_one_other_and_has_a_place() {
    for unit in units().all().iter().filter(|u| u.level == Level::Commune) {
        assert_eq!(
            units().successors(&unit.id).len(),
            usize::from(unit.life.to.is_some()),
            "{}",
            unit.id
        );
        assert!(units().place(&unit.id, OCT_2024).is_some(), "{}", unit.id);
    }
    assert_eq!(units().all().len(), 440);
}

#[test]
fn tables_that_disagree_are_refused_with_line_and_reason() {
    let good = crate::data::UNITS;
    let codes = |files: UnitFiles<'_>| -> Vec<(String, u64, String)> {
        let faults = Units::read(&[files]).unwrap_err();
        faults.into_iter().map(|f| (f.file.unwrap(), f.line, f.code)).collect()
    };
    let with_code = format!("{}u0001,080,official,,2025-06-30\n", good.codes);
    assert_eq!(codes(UnitFiles { codes: &with_code, ..good })[0].2, "code_twice");
    let with_loop = format!("{}u0342,u0022\n", good.successors);
    assert_eq!(
        codes(UnitFiles { successors: &with_loop, ..good }),
        [("successors.csv".into(), 324, "not_after".into())]
    );
    let with_parent = format!("{}u0001,u0004,,\nu0004,u0002,,\nx,u0002,,\n", good.parents);
    let parents = codes(UnitFiles { parents: &with_parent, ..good });
    assert_eq!(
        parents.iter().map(|f| f.2.as_str()).collect::<Vec<_>>(),
        ["not_above", "parent_twice", "unknown_unit"]
    );
    let twice = format!("{}u0001,province,,,,,,,x\n", good.units);
    assert_eq!(
        codes(UnitFiles { units: &twice, ..good })[0],
        ("units.csv".into(), 442, "duplicate_id".into())
    );
}

proptest! {
    #[test]
    fn what_lies_within_lies_within_the_whole(at in 0_usize..440, day in 0_i16..900) {
        let date = date(2024, 1, 1).saturating_add(jiff::Span::new().days(day));
        let unit = &units().all()[at];
        prop_assert!(units().is_within(&unit.id, &unit.id, date));
        for up in units().ancestors(&unit.id, date) {
            prop_assert!(units().is_within(&unit.id, &up.id, date));
        }
        if unit.life.contains(date) {
            let code = unit.code(date).unwrap();
            prop_assert_eq!(&units().by_code(code, date).unwrap().id, &unit.id);
        }
    }

    #[test]
    fn search_never_panics(text in "\\PC{0,20}") {
        let _ = units().search(&text, OCT_2024);
    }
}

#[test]
fn the_areas_of_a_unit_are_exactly_those_it_is_within() {
    let units = Units::built_in();
    for day in [date(2024, 10, 1), date(2026, 3, 1)] {
        for unit in units.all().iter().step_by(17) {
            let areas = units.areas_of(&unit.id, day);
            for area in units.all() {
                let within = units.is_within(&unit.id, &area.id, day);
                assert_eq!(areas.contains(&area.id), within, "{} in {} on {day}", unit.id, area.id);
            }
        }
    }
}

#[test]
fn a_merged_commune_names_its_own_households_and_not_its_neighbours() {
    let units = Units::built_in();
    let day = date(2026, 3, 1);
    let then = date(2024, 10, 1);
    let id = |code: &str| units.by_code(code, then).unwrap().id.clone();
    let (muong_hoa, ta_van) = (id("03037"), id("03040"));
    let village = format!("{muong_hoa}.01");
    assert!(
        units.areas_of(&village, day).contains(&ta_van),
        "staff of old Tả Van see the new commune"
    );
    assert!(
        !units.own_areas_of(&village, day).contains(ta_van.as_str()),
        "but a report about it does not"
    );
    let new = units.by_code("03037", day).unwrap();
    assert!(units.own_areas_of(&village, day).contains(new.id.as_str()));
}

#[test]
fn a_merged_commune_is_continued_by_what_it_has_become() {
    let units = Units::built_in();
    let of = |day| units.heirs("u0036", day).iter().map(|u| u.id.as_str()).collect::<Vec<_>>();
    assert_eq!(of(date(2025, 6, 30)), ["u0036"]);
    assert_eq!(of(date(2025, 7, 1)), ["u0344"]);
    assert!(units.heirs("nowhere", date(2025, 7, 1)).is_empty());
}

#[test]
fn a_commune_knows_what_became_part_of_it_and_what_becomes_of_it() {
    let units = Units::built_in();
    let ids = |units: Vec<&Unit>| units.into_iter().map(|u| u.id.clone()).collect::<Vec<_>>();
    let parts = units.forebears("u0344", date(2025, 7, 1));
    assert!(parts.iter().any(|unit| unit.id == "u0036"));
    for part in &parts {
        assert_eq!(ids(units.heirs(&part.id, date(2025, 7, 1))), ["u0344"]);
    }
    // A part of it is not made of its neighbours.
    assert_eq!(ids(units.forebears("u0036", date(2025, 6, 30))), Vec::<String>::new());
    assert_eq!(ids(units.descendants("u0036")), ["u0036", "u0344"]);
    assert_eq!(ids(units.descendants("u0344")), ["u0344"]);
    assert!(units.forebears("nowhere", date(2025, 7, 1)).is_empty());
}

#[test]
fn what_was_abolished_is_above_nobody() {
    let units = Units::built_in();
    let levels =
        |day| units.above("u0036", day).into_iter().map(|unit| unit.level).collect::<Vec<_>>();
    assert_eq!(levels(date(2025, 6, 30)), [Level::District, Level::Province]);
    assert_eq!(levels(date(2025, 7, 1)), [Level::Province]);
    assert!(units.above("nowhere", date(2025, 7, 1)).is_empty());
}
