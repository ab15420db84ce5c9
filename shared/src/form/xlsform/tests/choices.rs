use super::*;
use crate::form::FieldType;

const LIST: &str = "
| choices |
| | list_name | name | label |
| | l | a | A |
| | l | b c | B |";

fn select(kind: &str, more: &str) -> String {
    format!(
        "| survey |\n| | type | name | label | choice_filter | parameters | default |\n| | {kind} | s | S | {more} |{LIST}"
    )
}

#[test]
fn or_other_adds_a_choice_and_a_question() {
    let form = form(&select("select_one l or_other", "| | "));
    let list = form.list("l").unwrap();
    assert_eq!(list.choices[2].name, "other");
    assert_eq!(list.choices[2].label.get(0), "Other");
    let other = field(&form, "/data/s_other");
    assert_eq!(other.kind, FieldType::Text);
    assert_eq!(other.relevant.as_ref().unwrap().source, "selected(../s, 'other')");
    let found = fault(&select("select_one l or_other", "name = 'a' | | "));
    assert!(found.contains("or_other does not go with a choice_filter"), "{found}");
    let found = fault(&select("select_one_from_file l.csv or_other", "| | "));
    assert!(found.contains("or_other needs a list"), "{found}");
    let twice = form_of_two("| | l | other | Else |");
    assert_eq!(twice.list("l").unwrap().choices.len(), 3);
}

/// Two questions with `or_other` of one list.
fn form_of_two(choice: &str) -> Form {
    form(&format!(
        "| survey |\n| | type | name | label |\n| | select_one l or_other | s | S |\n| | select_one l or_other | t | T |{LIST}\n{choice}"
    ))
}

#[test]
fn values_with_blanks_are_for_one_answer() {
    assert_eq!(form(&select("select_one l", "| | b c")).fields[1].default, "b c");
    for kind in ["select_multiple l", "rank l"] {
        let found = fault(&select(kind, "| | "));
        assert!(found.contains("row 7 of choices"), "{found}");
    }
}

#[test]
fn lists_are_found_or_guessed() {
    let found = fault(&select("select_one ll", "| | "));
    assert!(found.contains("no list \"ll\"; add its choices"), "{found}");
    let sheets = select("select_one yes_noo", "| | ").replace("| l |", "| yes_no |");
    assert!(fault(&sheets).contains("did you mean \"yes_no\""));
    let found = fault(&select("select_one_from_file l.txt", "| | "));
    assert!(found.contains(".csv, .xml or .geojson"), "{found}");
}

#[test]
fn files_have_columns_for_value_and_label() {
    let form = form(
        "| survey |
| | type | name | label | parameters | choice_filter |
| | select_one_from_file a.csv | s | S | value=Mã label=ten | x = 1 |
| | select_one_from_file b.geojson | t | T | | |
| | csv-external | c | | | |
| | xml-external | d | | | |
| | calculate | e | | | |"
            .replace("| | calculate | e | | | |", "")
            .replace("Mã", "Ma")
            .as_str(),
    );
    let choices = |path: &str| field(&form, path).kind.choices().cloned().unwrap();
    assert_eq!(choices("/data/s").value, "Ma");
    assert_eq!(choices("/data/s").label, "ten");
    let rows = field(&form, "/data/s").choice_rows.as_ref().unwrap();
    assert_eq!(rows.source, "instance('a')/root/item[x = 1]");
    assert_eq!((choices("/data/t").value.as_str(), choices("/data/t").table.as_str()), ("id", "b"));
    assert_eq!(form.media(), ["a.csv", "b.geojson", "c.csv", "d.xml"]);
    assert!(fault(&select("select_one l", "| value=x | ")).contains("\"value\" is not known"));
}

#[test]
fn random_order_may_have_a_seed() {
    let form = form(&select("select_one l", "| randomize=true seed=5 | "));
    let s = field(&form, "/data/s");
    assert!(s.kind.choices().unwrap().randomize);
    assert_eq!(s.seed.as_ref().unwrap().source, "5");
    assert!(fault(&select("select_one l", "| seed=5 | ")).contains("needs randomize=true"));
    assert!(fault(&select("select_one l", "| randomize=yes | ")).contains("true / false"));
}

#[test]
fn doubled_values_need_a_setting() {
    let sheets = format!("{}\n| | l | a | Again |", select("select_one l", "| | "));
    assert!(fault(&sheets).contains("value \"a\" occurs twice in list l"));
    let settings =
        "\n| settings |\n| | form_id | version | allow_choice_duplicates |\n| | f | 1 | yes |";
    let form = Form::read_markdown(&format!("{sheets}{settings}")).unwrap();
    assert_eq!(form.list("l").unwrap().choices.len(), 3);
}

#[test]
fn other_columns_are_kept_and_odd_ones_left_out() {
    let form = form(
        "| survey |
| | type | name | label::English (en) | label::Tiếng Việt (vi) |
| | select_one l | s | S | S |
| choices |
| | list name | value | label::English (en) | label::Tiếng Việt (vi) | media::image | tinh | a remark | lable |
| | l | a | A | Á | a.png | 10 | x | y |",
    );
    let choice = &form.list("l").unwrap().choices[0];
    assert_eq!((choice.label.exact(0), choice.label.exact(1)), ("A", "Á"));
    assert_eq!(choice.media["image"].get(1), "a.png");
    let others: Vec<_> = choice.others.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(others, [("lable", "y"), ("tinh", "10")]);
    assert!(warned(&form, "a remark: this column is left alone"));
    assert!(warned(&form, "did you mean \"label\"?"));
}

#[test]
fn a_table_of_selects_has_a_row_of_labels() {
    let form = form(
        "| survey |
| | type | name | label | appearance |
| | begin group | g | G | table-list w1 |
| | select_one l | a | A | |
| | select_one l | b | B | minimal |
| | end group | | | |
| choices |
| | list_name | name | label |
| | l | a | A |",
    );
    let names: Vec<_> =
        form.fields.iter().map(|f| (f.name.as_str(), f.appearance.as_str())).collect();
    assert_eq!(
        names[1..6],
        [
            ("g", "field-list w1"),
            ("generated_table_list_label_2", ""),
            ("reserved_name_for_field_list_labels_3", "label"),
            ("a", "list-nolabel"),
            ("b", "list-nolabel"),
        ]
    );
    assert!(form.fields[1].label.is_empty());
    assert_eq!(form.fields[2].label.get(0), "G");
}
