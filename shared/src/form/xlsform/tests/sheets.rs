use super::*;
use crate::form::sheet::{Row, Sheet};

#[test]
fn headings_have_aliases_and_older_delimiters() {
    let form = form(
        "| survey |
| | Type | Tag | caption:English (en) | caption:Tiếng Việt (vi) | media:image:English (en) | bind:relevant | body:appearance | readonly | jr:count | bind:jr:constraintMsg |
| | text | a | A | Á | a.png | true() | multiline | yes | | no |
| | begin repeat | r | R | R | | | | | 3 | |
| | end repeat | | | | | | | | | |",
    );
    assert_eq!(form.languages.names, ["English (en)", "Tiếng Việt (vi)"]);
    let a = field(&form, "/data/a");
    assert_eq!((a.label.exact(0), a.label.exact(1)), ("A", "Á"));
    assert_eq!(a.media["image"].exact(0), "a.png");
    assert_eq!(a.appearance, "multiline");
    assert_eq!(a.relevant.as_ref().unwrap().source, "true()");
    assert_eq!(a.read_only.as_ref().unwrap().source, "true()");
    assert_eq!(a.constraint_message.get(0), "no");
    assert!(field(&form, "/data/r").repeat_count.is_some());
}

#[test]
fn headings_that_say_the_same_are_faults() {
    let found = fault(
        "| survey |\n| | type | name | label | relevant | relevance |\n| | note | a | A | 1 | |",
    );
    assert_eq!(
        found,
        "survey, row 2, relevance: says the same as column \"relevant\"; keep one of them"
    );
}

#[test]
fn misspelt_sheets_and_columns_are_pointed_out() {
    let found = faults_of("| surveys |\n| | type |\n| choice |\n| | list_name |");
    assert_eq!(found, ["survey: there is no survey sheet; is it the sheet \"surveys\"?"]);
    let form = form(
        "| survey |\n| | type | name | label | relevent | ghi chú |\n| | note | a | A | 1 | x |\n| choises |\n| | list_name | name |\n| _choices |\n| | a |",
    );
    assert_eq!(
        warnings(&form),
        [
            "choises: this sheet is left alone; did you mean \"choices\"? If not, begin its name with _",
            "survey, row 2, relevent: this column is not known and left alone; did you mean \"relevant\"?",
            "survey, row 2, ghi chú: this column is not known and left alone",
        ]
    );
}

#[test]
fn sheets_may_be_called_in_any_case_and_a_single_one_anything() {
    let cells = |cells: &[&str], number| Row {
        number,
        cells: cells.iter().map(|c| (*c).to_owned()).collect(),
    };
    let sheet = |name: &str, rows: Vec<Row>| Sheet { name: name.to_owned(), rows };
    let survey = vec![cells(&["type", "name", "label"], 1), cells(&["text", "a", "A"], 2)];
    let settings = vec![cells(&["form_id", "version"], 1), cells(&["f", "1"], 2)];
    let form =
        Form::read_sheets(vec![sheet("Survey", survey.clone()), sheet("SETTINGS", settings)]);
    assert!(form.is_ok());
    let alone = Form::read_sheets(vec![sheet("Sheet1", survey)]).unwrap_err();
    assert!(alone.iter().all(|f| f.sheet == "settings"), "{alone:?}");
}

#[test]
fn remarks_are_rows_without_type_and_name() {
    let form = form(
        "| survey |\n| | type | name | label | comment | disabled |\n| | | | | only a remark | |\n| | | | | | yes |\n| | text | a | A | | |\n| | text | a | A | twice, but left out | yes |",
    );
    assert_eq!(form.fields.len(), 4);
    assert!(warned(&form, "row 6, disabled: this row is left out"));
    assert!(fault("| survey |\n| | type | name | label |\n| | | a | A |").contains("has no type"));
}

#[test]
fn blanks_and_quotes_are_cleaned() {
    let form = form(
        "| survey |\n| | type | name | label | relevant |\n| | text | a | A  B ‘c’ | “x”  =  ‘y’ |",
    );
    let a = field(&form, "/data/a");
    assert_eq!(a.label.get(0), "A B 'c'");
    assert_eq!(a.relevant.as_ref().unwrap().source, "\"x\" = 'y'");
}
