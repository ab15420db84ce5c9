//! Sheets made to be too much: a clear fault, or read in the time it takes to look at them.

use super::*;
use crate::form::sheet::{Row, Sheet};

fn nested(depth: usize) -> String {
    let begin: String = (0..depth).map(|i| format!("| | begin group | g{i} | G |\n")).collect();
    let end = "| | end group | | |\n".repeat(depth);
    format!("| survey |\n| | type | name | label |\n{begin}| | text | a | A |\n{end}")
}

#[test]
fn nesting_has_an_end() {
    assert_eq!(form(&nested(64)).fields.len(), 64 + 4);
    let found = faults(&nested(65));
    assert_eq!(found, ["survey, row 67, type: groups are nested more than 64 deep"]);
    assert_eq!(faults(&nested(20_000)).len(), 20_000 - 64);
}

#[test]
fn paths_have_an_end() {
    let name = "n".repeat(400);
    let group = |i: usize| format!("| | begin group | {name}{i} | G |\n");
    let rows: String = (0..3).map(group).collect();
    let end = "| | end group | | |\n".repeat(3);
    let found = fault(&format!("| survey |\n| | type | name | label |\n{rows}{end}"));
    assert!(found.contains("the name is too long"), "{found}");
}

#[test]
fn megabyte_cells_are_faults() {
    let cell = "x".repeat(1_000_000);
    for column in ["label", "relevant", "type", "name"] {
        let row = match column {
            "type" => format!("{cell} | a | A | "),
            "name" => format!("text | {cell} | A | "),
            "label" => format!("text | a | {cell} | "),
            _ => format!("text | a | A | {cell} "),
        };
        let found =
            fault(&format!("| survey |\n| | type | name | label | relevant |\n| | {row} |"));
        assert!(found.contains("longer than 32767 characters"), "{column}: {}", &found[..80]);
        assert!(found.len() < 200);
    }
    let form =
        form(&format!("| survey |\n| | type | name | label | {cell} |\n| | text | a | A | |"));
    assert_eq!(form.fields.len(), 4);
}

#[test]
fn a_hundred_thousand_columns_are_a_fault() {
    let heading = Row { number: 1, cells: (0..100_000).map(|i| format!("c{i}")).collect() };
    let survey = Sheet { name: "survey".into(), rows: vec![heading] };
    let found = Form::read_sheets(vec![survey]).unwrap_err();
    assert!(found[0].to_string().contains("at most 16384 columns"), "{}", found[0]);
}

#[test]
fn many_columns_and_languages_are_bounded() {
    let labels: String = (0..1_000).map(|i| format!(" label::L{i} |")).collect();
    let found = fault(&format!("| survey |\n| | type | name |{labels}\n| | text | a | A |"));
    assert!(found.contains("too many languages: at most 64"), "{found}");
}

#[test]
fn a_hundred_thousand_choices_are_read() {
    let rows: String = (0..100_000).map(|i| format!("| | l{} | c{i} | C |\n", i % 1_000)).collect();
    let form = form(&format!(
        "| survey |\n| | type | name | label |\n| | select_one l5 | a | A |\n| choices |\n| | list_name | name | label |\n{rows}"
    ));
    assert_eq!(form.lists.len(), 1_000);
    assert_eq!(form.warnings.len(), 999);
}

#[test]
fn four_thousand_rows_that_refer_to_each_other_are_read() {
    let rows: String = (1..4_000)
        .map(|i| format!("| | text | f{i} | ${{f{}}} | ${{f{}}} != '' |\n", i - 1, i - 1))
        .collect();
    let form = form(&format!(
        "| survey |\n| | type | name | label | relevant |\n| | text | f0 | A | |\n{rows}"
    ));
    assert!(form.to_xform().contains("<output value=\"/data/f3998\"/>"));
}
