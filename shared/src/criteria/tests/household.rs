//! Every household rule of the shipped set against small answers.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::lao_cai;
use crate::answers::Tree;
use crate::criteria::CriteriaSet;
use crate::moment::{Contribution, Outcome};

struct Household<'s> {
    set: &'s CriteriaSet,
    xml: String,
}

impl Household<'_> {
    /// What one measure gets.
    fn gives(&self, measure: &str) -> Given {
        let drawn: BTreeSet<String> = self.set.modules().into_iter().map(str::to_owned).collect();
        let tree = Tree::read(self.xml.as_bytes()).unwrap();
        let all = self.set.contributions(&tree, date(2024, 10, 15), &drawn);
        assert_eq!(all.measures.len(), self.set.measures().len());
        let place = self.set.measures().iter().position(|m| m.id == measure).unwrap();
        all.measures[place].map(|Contribution { y, x, unknown }| (y, x, unknown))
    }
}

/// `(y, x, unknown)`; `None` when the measure is not asked.
type Given = Option<(i128, i128, u64)>;

const YES: Given = Some((1, 1, 0));
const NO: Given = Some((0, 1, 0));
const UNKNOWN: Given = Some((0, 0, 1));

/// `a=b c=d` inside a group.
fn group(name: &str, fields: &str) -> String {
    let inner: String = fields
        .split_whitespace()
        .map(|f| f.split_once('=').unwrap())
        .map(|(k, v)| format!("<{k}>{v}</{k}>"))
        .collect();
    format!("<{name}>{inner}</{name}>")
}

fn with<'s>(set: &'s CriteriaSet, inner: &str) -> Household<'s> {
    Household {
        set,
        xml: format!("<household id=\"household\"><outcome>completed</outcome>{inner}</household>"),
    }
}

fn check(measure: &str, name: &str, cases: &[(&str, Given)]) {
    let set = lao_cai();
    for (fields, want) in cases {
        let inner = if name.is_empty() {
            group("g", fields).replace("<g>", "").replace("</g>", "")
        } else {
            group(name, fields)
        };
        assert_eq!(with(&set, &inner).gives(measure), *want, "{measure}: {fields}");
    }
}

fn members(list: &[&str]) -> String {
    format!("<members>{}</members>", list.iter().map(|m| group("member", m)).collect::<String>())
}

#[test]
fn electricity_poverty_and_waste() {
    let power = [
        ("electricity=grid_own_meter", YES),
        ("electricity=grid_shared", NO),
        ("electricity=none", NO),
        ("electricity=unknown", UNKNOWN),
        ("electricity=", UNKNOWN),
        ("", UNKNOWN),
    ];
    check("4.2", "power", &power);
    let poverty = [
        ("poverty_status=poor", YES),
        ("poverty_status=near_poor", YES),
        ("poverty_status=escaped", NO),
        ("poverty_status=none", NO),
        ("poverty_status=unknown", UNKNOWN),
        ("poverty_status=", UNKNOWN),
    ];
    check("11.1", "", &poverty);
    let waste = [
        ("waste_disposal=collected", YES),
        ("waste_disposal=own_hygienic", YES),
        ("waste_disposal=burn_bury", NO),
        ("waste_disposal=unknown", UNKNOWN),
    ];
    check("17.6", "waste", &waste);
    let sorting = [
        ("sorting=regular", YES),
        ("sorting=sometimes", NO),
        ("sorting=no", NO),
        ("sorting=unknown", UNKNOWN),
        ("", UNKNOWN),
    ];
    check("17.11", "waste", &sorting);
}

#[test]
fn water() {
    let any = [
        ("water_source=piped water_tested=supplier", YES),
        ("water_source=borehole water_tested=pass", YES),
        ("water_source=borehole water_tested=not_tested", NO),
        ("water_source=open_source", NO),
        ("water_source=dug_well water_tested=unknown", UNKNOWN),
        ("water_source=dug_well", UNKNOWN),
        ("water_source=unknown", UNKNOWN),
        ("", UNKNOWN),
    ];
    check("17.1", "water", &any);
    let piped = [
        ("water_source=piped water_tested=pass", YES),
        ("water_source=piped water_tested=fail", NO),
        ("water_source=piped water_tested=unknown", UNKNOWN),
        ("water_source=borehole water_tested=unknown", NO),
        ("water_source=open_source", NO),
        ("water_source=unknown", UNKNOWN),
    ];
    check("17.1/piped", "water", &piped);
}

#[test]
fn sanitation_needs_everything_and_one_failure_is_enough() {
    let rest = "bathroom=yes water_container=good clean_house=yes clean_kitchen=yes clean_lane=yes";
    let cases = [
        (format!("toilet=septic toilet_clean=yes {rest}"), YES),
        (format!("toilet=septic toilet_clean=no {rest}"), NO),
        (format!("toilet=none {rest}"), NO),
        (format!("toilet=unhygienic {rest}"), NO),
        (format!("toilet=unknown {rest}"), UNKNOWN),
        (format!("toilet=septic toilet_clean=unknown {rest}"), UNKNOWN),
        ("toilet=unknown bathroom=no".to_owned(), NO),
        (
            "toilet=septic toilet_clean=yes bathroom=yes water_container=poor clean_house=unknown"
                .to_owned(),
            NO,
        ),
        (String::new(), UNKNOWN),
    ];
    let cases: Vec<_> = cases.iter().map(|(f, w)| (f.as_str(), *w)).collect();
    check("17.8", "water", &cases);
}

#[test]
fn solid_houses() {
    let cases = [
        ("tenure=own floor=earth frame=durable walls=durable roof=temporary", YES),
        ("tenure=rented frame=durable walls=rammed_earth roof=metal_sheet", YES),
        ("tenure=own frame=weak_wood walls=temporary roof=concrete_tile", NO),
        ("tenure=own frame=durable walls=rammed_earth roof=temporary", UNKNOWN),
        ("tenure=own frame=durable walls=unknown roof=temporary", UNKNOWN),
        ("tenure=own frame=unknown walls=temporary roof=temporary", NO),
        ("tenure=none", NO),
        ("", UNKNOWN),
    ];
    check("9.2", "housing", &cases);
}

#[test]
fn temporary_houses() {
    let set = lao_cai();
    let sound = "floor=durable frame=durable walls=durable roof=concrete_tile";
    let four = ["resident=yes"; 4];
    let cases: [(&str, &[&str], Given); 15] = [
        (&format!("tenure=own floor_area=60 {sound}"), &four, NO),
        // Area: under 30 m² and under 8 m² a person; 18 m² when alone.
        (&format!("tenure=own floor_area=29 {sound}"), &four, YES),
        (&format!("tenure=own floor_area=30 {sound}"), &four, NO),
        (&format!("tenure=own floor_area=29 {sound}"), &["resident=yes"; 3], NO),
        (&format!("tenure=own floor_area=17.9 {sound}"), &["resident=yes", "resident=no"], YES),
        (&format!("tenure=own floor_area=18 {sound}"), &["resident=yes"], NO),
        // A second person who may live there leaves it open.
        (
            &format!("tenure=own floor_area=17 {sound}"),
            &["resident=yes", "resident=unknown"],
            UNKNOWN,
        ),
        // Materials: two weak parts of three; frame and walls are one part.
        (
            "tenure=own floor_area=60 floor=earth frame=weak_wood walls=durable roof=concrete_tile",
            &four,
            YES,
        ),
        (
            "tenure=own floor_area=60 floor=durable frame=weak_wood walls=temporary roof=metal_sheet",
            &four,
            NO,
        ),
        (
            "tenure=own floor_area=60 floor=earth frame=durable walls=rammed_earth roof=metal_sheet",
            &four,
            UNKNOWN,
        ),
        (
            "tenure=own floor_area=60 floor=durable frame=durable walls=rammed_earth roof=metal_sheet",
            &four,
            NO,
        ),
        (
            "tenure=own floor_area=60 floor=unknown frame=durable walls=durable roof=temporary",
            &four,
            UNKNOWN,
        ),
        (&format!("tenure=own floor_area= floor_area_unknown=OK {sound}"), &four, UNKNOWN),
        // No house of one's own fails; nothing answered is unknown.
        ("tenure=none", &four, YES),
        ("", &four, UNKNOWN),
    ];
    for (house, people, want) in cases {
        let inner = format!("{}{}", group("housing", house), members(people));
        assert_eq!(with(&set, &inner).gives("9.1"), want, "{house} {people:?}");
    }
}

#[test]
fn insurance_as_of_the_day_by_sex() {
    let set = lao_cai();
    let h = with(
        &set,
        &members(&[
            "sex=male resident=yes insured=yes expiry_known=date insurance_expiry=2024-10-15",
            "sex=male resident=yes insured=yes expiry_known=date insurance_expiry=2024-10-14",
            "sex=female resident=yes insured=yes expiry_known=not_printed",
            "sex=female resident=yes insured=unknown",
            "sex=female resident=unknown insured=yes",
            "sex=female resident=no insured=no",
            "resident=yes insured=yes",
        ]),
    );
    assert_eq!(h.gives("15.1"), Some((3, 4, 2)));
    assert_eq!(h.gives("15.1/male"), Some((1, 2, 1)));
    assert_eq!(h.gives("15.1/female"), Some((1, 1, 3)));
}

#[test]
fn trained_workers() {
    let set = lao_cai();
    let h = with(
        &set,
        &members(&[
            "sex=male resident=yes age=40 work=farming training=short",
            "sex=male resident=yes age=15 work=unemployed training=elementary",
            "sex=female resident=yes age=30 work=wage_contract training=university",
            "sex=female resident=yes age=14 work=farming training=none",
            "sex=female resident=yes age=16 work=student",
            "sex=female resident=yes age=70 work=unable",
            "sex=female resident=yes age=20 work=farming training=unknown",
            "sex=female resident=yes age= work=farming training=none",
            "sex=female resident=yes age=20 work=unknown",
            "sex=female resident=no age=20 work=farming training=none",
        ]),
    );
    assert_eq!(h.gives("12.1"), Some((3, 3, 3)));
    assert_eq!(h.gives("12.2"), Some((2, 3, 3)));
    assert_eq!(h.gives("12.2/male"), Some((1, 2, 0)));
    assert_eq!(h.gives("12.1/female"), Some((1, 1, 3)));
}

#[test]
fn income_per_resident() {
    let set = lao_cai();
    let people = members(&[
        "resident=yes age=40 wage_work=yes wage_months=10 wage_monthly=5000 wage_total=50000",
        "resident=yes age=38 wage_work=no wage_total=0",
        "resident=yes age=9 wage_total=0",
        "resident=no age=20 wage_total=0",
    ]);
    let rest = "animals=no forestry=no fishery=no business=no other=yes other_value=1000";
    let income =
        |fields: &str| with(&set, &format!("{people}{}", group("income", fields))).gives("10.1");
    assert_eq!(
        income(&format!("crops=yes crops_value=9000 crops_cost=12000 {rest}")),
        Some((48_000, 3, 0))
    );
    assert_eq!(income(&format!("crops=unknown {rest}")), Some((0, 0, 3)));
    assert_eq!(income(&format!("crops=yes crops_value=9000 crops_cost= {rest}")), Some((0, 0, 3)));
    assert_eq!(income(""), Some((0, 0, 3)));
    let unknown_wage = members(&["resident=yes age=40 wage_work=unknown wage_total=0"]);
    let none = group("income", "crops=no animals=no forestry=no fishery=no business=no other=no");
    assert_eq!(with(&set, &format!("{unknown_wage}{none}")).gives("10.1"), Some((0, 0, 1)));
    let away = members(&["resident=no age=40"]);
    assert_eq!(with(&set, &format!("{away}{none}")).gives("10.1"), Some((0, 0, 0)));
}

#[test]
fn only_drawn_modules_of_completed_interviews_count() {
    let set = lao_cai();
    let tree = Tree::read(b"<household><outcome>refused</outcome></household>").unwrap();
    let all = set.modules().into_iter().map(str::to_owned).collect();
    let refused = set.contributions(&tree, date(2024, 10, 15), &all);
    assert_eq!(refused.outcome, Outcome::Refused);
    assert!(refused.measures.iter().all(Option::is_none));
    let tree = Tree::read(b"<household><outcome>completed</outcome></household>").unwrap();
    let some = set.contributions(&tree, date(2024, 10, 15), &BTreeSet::from(["income".to_owned()]));
    let asked: Vec<&str> = some
        .measures
        .iter()
        .zip(set.measures())
        .filter(|(c, _)| c.is_some())
        .map(|(_, m)| m.id.as_str())
        .collect();
    assert_eq!(asked, ["10.1"]);
}
