use super::*;

#[test]
fn missing_translations_are_counted() {
    let form = form(
        "| survey |
| | type | name | label::Tiếng Việt (vi) | label::English (en) | hint::English (en) |
| | text | a | A | | H |
| | text | b | B | | |
| | text | c | C | C | |",
    );
    assert_eq!(
        warnings(&form),
        [
            "survey, row 3, hint::Tiếng Việt (vi): 1 rows have no text in Tiếng Việt (vi), this one first",
            "survey, row 3, label::English (en): 2 rows have no text in English (en), this one first",
        ]
    );
}

#[test]
fn lists_and_filters_that_lead_nowhere() {
    let form = form(
        "| survey |
| | type | name | label | choice_filter | default | calculation |
| | text | t | T | | | |
| | select_one l | a | A | tinh = ${t} and huyen = ${t} and name != '' | | |
| | select_one l | b | B | | z | |
| | calculate | c | | | | instance('read')/root/item[name = ${t}]/label |
| choices |
| | list_name | name | label | tinh |
| | l | a | A | 10 |
| | unused | a | A | |
| | read | a | A | |",
    );
    assert_eq!(
        warnings(&form),
        [
            "survey, row 4, choice_filter: the choices sheet has no column \"huyen\" for list l: nothing will be offered",
            "survey, row 5, default: the default \"z\" is not in list l",
            "choices, row 10, list_name: no question uses list \"unused\"",
        ]
    );
}

#[test]
fn rules_that_nobody_can_follow() {
    let form = form(
        "| survey |
| | type | name | label | required | read_only | constraint | calculation | default | parameters |
| | calculate | a | | yes | | | 1 | | |
| | text | b | B | yes | yes | | | | |
| | text | c | C | | | . != 'x' | | | |
| | integer | d | D | | | | | x | |
| | image | e | E | | | | | | |
| | image | f | F | | | | | | max-pixels=1600 |",
    );
    for part in [
        "row 3, required: required has no effect",
        "row 4, required: needs an answer, but is read-only",
        "row 5, constraint_message: there is a constraint without a message",
        "row 6, default: the default is not a number",
        "row 7, parameters: photos will be sent in full size",
    ] {
        assert!(warned(&form, part), "{part}: {:?}", warnings(&form));
    }
    assert_eq!(form.warnings.len(), 5);
}

#[test]
fn languages_have_codes_and_names_differ_by_more_than_case() {
    let form = form(
        "| survey |\n| | type | name | label::Tiếng Việt |\n| | text | a | A |\n| | text | A | A |",
    );
    assert!(warned(&form, "has no code"));
    assert!(warned(&form, "row 4, name: name \"A\" differs from another only in case"));
}

#[test]
fn long_lists_want_to_be_searched() {
    let rows: String = (0..300).map(|i| format!("| | l | c{i} | C |\n")).collect();
    let sheets = |appearance: &str| {
        format!(
            "| survey |\n| | type | name | label | appearance |\n| | select_one l | a | A | {appearance} |\n| choices |\n| | list_name | name | label |\n{rows}"
        )
    };
    assert!(warned(&form(&sheets("")), "300 choices"));
    assert!(form(&sheets("minimal autocomplete")).warnings.is_empty());
}
