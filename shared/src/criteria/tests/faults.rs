//! What is refused in a file: told by line, in both languages, everything at once.

use crate::criteria::{CriteriaSet, DataFault};
use crate::data::{CRITERIA_SETS, FORMS};
use crate::form::Form;

fn forms() -> Vec<Form> {
    FORMS.iter().map(|f| Form::read_markdown(f).unwrap()).collect()
}

fn check(source: &str) -> Vec<DataFault> {
    let forms = forms();
    let faults = CriteriaSet::check(source, &forms.iter().collect::<Vec<_>>()).err();
    let faults = faults.unwrap_or_default();
    assert!(faults.iter().all(|f| !f.message.vi.is_empty() && !f.message.en.is_empty()));
    faults
}

/// Checks the shipped file after replacing the first `old` by `new`.
fn damaged(old: &str, new: &str) -> Vec<DataFault> {
    assert!(CRITERIA_SETS[0].contains(old), "{old}");
    check(&CRITERIA_SETS[0].replacen(old, new, 1))
}

fn line_of(text: &str) -> usize {
    let at = CRITERIA_SETS[0].find(text).unwrap();
    1 + CRITERIA_SETS[0][..at].matches('\n').count()
}

#[test]
fn the_shipped_set_has_no_fault_and_fits_its_forms() {
    assert_eq!(check(CRITERIA_SETS[0]), []);
}

/// What is damaged, how, how many faults follow from it beside its own, and what is said.
const CASES: &[(&str, &str, usize, &str)] = &[
    ("id = \"1.2\"", "id = \"1.1\"", 0, "id \"1.1\" stands twice"),
    ("id = \"1.2\"", "id = \"2.9\"", 0, "indicator 2.9 does not belong to criterion 1"),
    ("id = \"1.2\"", "id = \"1 2\"", 1, "lower-case letters"),
    ("value = 80,", "value = 180,", 0, "does not fit the kind"),
    ("document = \"894\"", "document = \"895\"", 0, "there is no document \"895\""),
    ("document = \"894\"", "document = \"\"", 0, "document it rests on is not named"),
    ("document = \"894\", ", "", 0, "every threshold needs its source"),
    ("from = 2023-01-01", "from = 2022-06-01", 0, "overlap in time"),
    ("from = 2024-01-01", "from = 2024-02-01", 0, "no threshold from 2024-01-01 to 2024-01-31"),
    ("to = 2023-12-31", "to = 2022-12-31", 0, "ends before it starts"),
    (
        "numerator = \"power/electricity = ",
        "numerator = \"power/electricity == ",
        0,
        "expression is wrong",
    ),
    (
        "numerator = \"power/electricity = ",
        "numerator = \"power/electricty = ",
        0,
        "is \"electricity\" meant?",
    ),
    (
        "'grid_own_meter'",
        "'grid_own_metre'",
        0,
        "field \"electricity\" has no choice \"grid_own_metre\"; is \"grid_own_meter\" meant?",
    ),
    ("'metal_sheet')\"\"\"", "'metal_sheets')\"\"\"", 0, "has no choice \"metal_sheets\""),
    ("{weak} + {open} >= 2", "{week} + {open} >= 2", 0, "{week} is not under define"),
    ("weak = \"\"\"", "weak = \"\"\"{weak} or ", 0, "{weak} is made of itself"),
    ("{ id = \"male\"", "{ id = \"man\"", 0, "field \"sex\" has no choice \"man\""),
    ("each = \"members/member\"", "each = \"members/membre\"", 0, "no field \"membre\""),
    ("field = \"i_1_1\"", "field = \"i_1_0\"", 0, "no field \"i_1_0\""),
    ("household = \"household\"", "household = \"households\"", 0, "no form \"households\""),
    ("minimum = 0.95", "minimum = 1.95", 0, "between 0 and 1"),
    ("critical = [\"10\"", "critical = [\"20\"", 0, "there is no criterion \"20\""),
    ("unmet_below = 50.0", "unmet_below = 500", 0, "between 0 and 100"),
    ("direction = \"eq\"", "direction = \"ge\"", 0, "boolean and count"),
    ("kind = \"percent\"", "kind = \"per cent\"", 0, "\"kind\" has to be one of: \"percent\""),
    (
        "verified = false,",
        "verifed = false,",
        1,
        "there is no key \"verifed\" here; is \"verified\" meant?",
    ),
    ("verified = false,", "verified = \"no\",", 0, "\"verified\" has to be true or false"),
    ("id = \"4.2\"", "id = 4.2", 0, "\"id\" has to be text"),
    ("date = 2022-03-08", "date = \"8/3/2022\"", 0, "\"date\" has to be a date"),
    ("households_per_day = 8", "households_per_day = -8", 0, "whole number from 0"),
    ("[[criterion]]", "[[criterion]", 0, "broken TOML"),
];

#[test]
fn every_fault_names_its_own_line_and_only_it() {
    for (old, new, follow, message) in CASES {
        let faults = damaged(old, new);
        let here: Vec<&DataFault> =
            faults.iter().filter(|f| f.message.en.contains(message)).collect();
        // A gap is told at the indicator, which stands above its thresholds.
        let line = match message.contains("no threshold from") {
            true => line_of("id = \"10.1\"") - 1,
            false => line_of(old),
        };
        assert!(here.iter().any(|f| f.line == line), "{new}: {line}, {faults:?}");
        assert_eq!(faults.len() - here.len(), *follow, "{new}: {faults:?}");
    }
}

#[test]
fn a_missing_key_is_told_at_its_table() {
    let faults = damaged("kind = \"boolean\"\n", "");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].message.en, "key \"kind\" is missing");
    assert_eq!(faults[0].line, line_of("[[criterion.indicator]]"));
    let nothing = check("");
    assert_eq!(nothing.len(), 13, "{nothing:?}");
    assert!(nothing.iter().all(|f| f.line == 1 && f.message.en.contains("is missing")));
}

#[test]
fn all_faults_are_told_at_once() {
    let (mut source, mut wanted) = (CRITERIA_SETS[0].to_owned(), Vec::new());
    let some = [
        "value = 80,",
        "minimum = 0.95",
        "critical = [\"10\"",
        "field = \"i_1_1\"",
        "verified = false,",
        "'grid_own_meter'",
    ];
    for (old, new, ..) in CASES.iter().filter(|(old, ..)| some.contains(old)) {
        if source.contains(old) && wanted.iter().all(|(o, _)| o != old) {
            source = source.replacen(old, new, 1);
            wanted.push((*old, line_of(old)));
        }
    }
    assert_eq!(wanted.len(), some.len());
    let lines: Vec<usize> = check(&source).iter().map(|f| f.line).collect();
    for (old, line) in wanted {
        assert!(lines.contains(&line), "{old}: {line} not in {lines:?}");
    }
    assert!(lines.is_sorted());
}

#[test]
fn pieces_may_be_made_of_pieces_but_not_without_end() {
    assert_eq!(damaged("weak = \"\"\"", "weak = \"\"\"{open} + "), []);
    // Each piece twice as long as the one before.
    let doubling: String =
        (0..40).map(|i| format!("p{i} = \"{{p{}}} + {{p{}}}\"\n", i + 1, i + 1)).collect();
    let long = damaged("weak = \"\"\"", &format!("{doubling}p40 = \"1\"\nweak = \"\"\"{{p0}} + "));
    assert!(long.iter().all(|f| f.message.en.contains("too long")) && !long.is_empty(), "{long:?}");
}
