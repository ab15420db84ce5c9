//! The shipped set, and what is refused in a file.

use super::*;
use crate::data::CRITERIA_SETS;

mod faults;
mod forms;
mod household;

pub(crate) fn lao_cai() -> CriteriaSet {
    CriteriaSet::read(CRITERIA_SETS[0]).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

#[test]
fn the_set_has_nineteen_criteria_and_fifty_seven_indicators() {
    let set = lao_cai();
    let per_criterion: Vec<usize> = set.criteria.iter().map(|c| c.indicators.len()).collect();
    assert_eq!(per_criterion, [2, 4, 2, 2, 1, 3, 1, 4, 2, 1, 1, 2, 5, 2, 4, 1, 12, 6, 2]);
    assert_eq!(set.indicators().count(), 57);
    assert!(
        set.indicators()
            .all(|(c, i)| !c.name.en.is_empty() && !i.name.vi.is_empty() && !i.name.en.is_empty())
    );
    let ids: Vec<&str> = set.measures().iter().map(|m| m.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "4.2",
            "9.1",
            "9.2",
            "10.1",
            "11.1",
            "12.1",
            "12.1/male",
            "12.1/female",
            "12.2",
            "12.2/male",
            "12.2/female",
            "15.1",
            "15.1/male",
            "15.1/female",
            "17.1",
            "17.1/piped",
            "17.6",
            "17.8",
            "17.11"
        ]
    );
    assert_eq!(
        set.modules(),
        ["power", "housing", "income", "poverty", "members", "water", "waste"]
    );
    let deciding: Vec<&str> =
        set.measures().iter().filter(|m| !m.decides).map(|m| m.id.as_str()).collect();
    assert_eq!(deciding, ["12.1", "12.2", "15.1"]);
}

#[test]
fn thresholds_go_by_the_day_and_none_is_verified_yet() {
    let set = lao_cai();
    let income = &set.measures().iter().find(|m| m.id == "10.1").unwrap().thresholds;
    let on = |y, m, d| threshold_at(income, "tdmn", Date::constant(y, m, d)).and_then(|t| t.demand);
    assert_eq!(on(2023, 12, 31), Some(Demand::Number(Decimal::whole(42))));
    assert_eq!(on(2024, 1, 1), Some(Demand::Number(Decimal::whole(45))));
    assert_eq!(on(2026, 1, 1), None);
    let all: Vec<&Threshold> = set.indicators().flat_map(|(_, i)| &i.thresholds).collect();
    assert!(all.iter().all(|t| !t.verified));
    let unknown: Vec<&str> = set
        .indicators()
        .filter(|(_, i)| i.thresholds.iter().all(|t| t.demand.is_none()))
        .map(|(_, i)| i.id.as_str())
        .collect();
    assert_eq!(unknown, ["2.1", "2.2", "2.3", "2.4", "6.1", "6.2", "15.3", "16.1"]);
    assert_eq!(set.recognition.critical, ["10", "17", "19"]);
}

#[test]
fn a_self_report_is_read_field_by_field() {
    let set = lao_cai();
    let xml = "<commune_report id=\"commune_report\"><c2><i_2_1>87.5</i_2_1><i_2_2/></c2><c1><i_1_1>yes</i_1_1>\
        <i_1_2>unknown</i_1_2></c1><c14><i_14_2_male>71</i_14_2_male></c14><c19><i_19_1>no</i_19_1></c19></commune_report>";
    let report = set.report(&Tree::read(xml.as_bytes()).unwrap());
    let got: Vec<(&str, &ReportValue)> =
        report.values.iter().map(|(k, v)| (k.as_str(), v)).collect();
    assert_eq!(
        got,
        [
            ("1.1", &ReportValue::Yes),
            ("1.2", &ReportValue::Unknown),
            ("14.2/male", &ReportValue::Number("71".into())),
            ("19.1", &ReportValue::No),
            ("2.1", &ReportValue::Number("87.5".into())),
        ]
    );
}
