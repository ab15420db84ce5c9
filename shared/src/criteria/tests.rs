//! The shipped set, and what is refused in a file.

use super::*;
use crate::data::CRITERIA_SETS;

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

/// Reads the shipped file after replacing the first `old` by `new`.
fn damaged(old: &str, new: &str) -> Vec<DataFault> {
    assert!(CRITERIA_SETS[0].contains(old), "{old}");
    CriteriaSet::read(&CRITERIA_SETS[0].replacen(old, new, 1)).map(|_| ()).expect_err(new)
}

fn line_of(text: &str) -> usize {
    let at = CRITERIA_SETS[0].find(text).unwrap();
    1 + CRITERIA_SETS[0][..at].matches('\n').count()
}

#[test]
fn faults_name_their_line_in_both_languages() {
    let cases: [(&str, &str, &str); 9] = [
        ("id = \"1.2\"", "id = \"1.1\"", "stands twice"),
        ("id = \"1.2\"", "id = \"2.9\"", "does not belong to criterion 1"),
        ("value = 80,", "value = 180,", "does not fit the kind"),
        ("document = \"894\"", "document = \"895\"", "no document \"895\""),
        ("from = 2023-01-01", "from = 2022-06-01", "overlap in time"),
        (
            "numerator = \"power/electricity = ",
            "numerator = \"power/electricity == ",
            "expression is wrong",
        ),
        ("minimum = 0.95", "minimum = 1.95", "between 0 and 1"),
        ("critical = [\"10\"", "critical = [\"20\"", "no criterion \"20\""),
        (
            "kind = \"boolean\"\ndirection = \"eq\"",
            "kind = \"boolean\"\ndirection = \"ge\"",
            "boolean and count",
        ),
    ];
    for (old, new, message) in cases {
        let faults = damaged(old, new);
        let fault = faults.iter().find(|f| f.message.en.contains(message));
        let fault = fault.unwrap_or_else(|| panic!("{new}: {faults:?}"));
        assert!(!fault.message.vi.is_empty());
        let near = line_of(old);
        assert!(
            fault.line <= near + 1 && fault.line + 8 > near,
            "{new}: line {} for {near}",
            fault.line
        );
    }
}

#[test]
fn faults_of_form_name_their_line_too() {
    for (old, new) in [
        ("kind = \"percent\"", "kind = \"per cent\""),
        ("verified = false,", "verifed = false,"),
        ("id = \"4.2\"", "id = 4.2"),
        ("[[criterion]]", "[[criterion]"),
    ] {
        let faults = damaged(old, new);
        assert_eq!((faults.len(), faults[0].line), (1, line_of(old)), "{new}: {faults:?}");
    }
    let nothing = CriteriaSet::read("").expect_err("an empty file is no set");
    assert_eq!(nothing[0].line, 1);
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
