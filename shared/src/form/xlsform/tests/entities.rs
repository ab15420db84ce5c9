use super::*;
use crate::form::FieldType;

fn sheets(row: &str, more: &str) -> String {
    format!(
        "| survey |
| | type | name | label | save_to |
| | text | a | A | ten |
| | integer | n | N | |
| | begin repeat | r | R | |
| | text | b | B | |
| | end repeat | | | |
{more}
| entities |
| | list_name | label | entity_id | create_if | update_if |
| | {row} |"
    )
}

#[test]
fn an_entity_stands_in_meta() {
    let form = form(&sheets("trees | ${a} | | ${n} > 3 | |", ""));
    let entity = form.entity.as_ref().unwrap();
    assert_eq!(entity.list, "trees");
    assert_eq!(entity.label.as_ref().unwrap().source, " /data/a ");
    assert_eq!(entity.create_if.as_ref().unwrap().source, " /data/n  > 3");
    assert!(entity.id.is_none() && entity.update_if.is_none());
    assert_eq!(field(&form, "/data/a").save_to.as_deref(), Some("ten"));
    let names: Vec<_> = form.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names[6..], ["entity", "label", "instanceID"]);
    assert_eq!(field(&form, "/data/meta/entity").kind, FieldType::Entity);
}

#[test]
fn what_does_not_go_together_is_a_fault() {
    for (row, said) in [
        ("trees | | | | |", "a new entity needs a label"),
        ("trees | ${a} | | | 1 |", "update_if needs an entity_id"),
        ("trees | ${a} | ${a} | 1 | |", "entity_id with create_if"),
        ("__trees | ${a} | | | |", "list_name is needed"),
        ("my.trees | ${a} | | | |", "list_name is needed"),
        ("trees | ${b} | | | |", "\"b\" is in a repeat"),
        ("trees | ${a} | | | |\n| | more | ${a} | | | |", "one entity list only"),
    ] {
        let found = faults(&sheets(row, ""));
        assert!(found.iter().any(|f| f.contains(said)), "{row}: {found:?}");
    }
}

#[test]
fn properties_have_names_of_their_own() {
    for (row, said) in [
        ("| | text | c | C | ten |", "saved in row 3 already"),
        ("| | text | c | C | other#x |", "no such list"),
        ("| | text | c | C | __x |", "not name or label"),
        ("| | text | c | C | Label |", "not name or label"),
        ("| | begin group | c | C | x |\n| | end group | | | |", "a group cannot be saved"),
        (
            "| | begin repeat | s | S | |\n| | text | c | C | x |\n| | end repeat | | | |",
            "cannot be made in repeats",
        ),
    ] {
        let found = fault(&sheets("trees | ${a} | | | |", row));
        assert!(found.contains(said), "{row}: {found}");
    }
    let form = form(&sheets("trees | ${a} | | | |", "| | text | c | C | trees#x |"));
    assert_eq!(field(&form, "/data/c").save_to.as_deref(), Some("x"));
    let found = fault("| survey |\n| | type | name | label | save_to |\n| | text | a | A | x |");
    assert!(found.contains("needs an entities sheet"), "{found}");
}
