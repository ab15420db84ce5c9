use super::*;

const SURVEY: &str = "
    | survey |
    | | type | name | label | hint | relevant | constraint | required | calculation |
    | | start | start | | | | | | |
    | | select_one yes_no | water | Có nước sạch? | | | | yes | |
    | | integer | people | Số người | | ${water} = 'yes' | . > 0 and . < 40 | | |
    | | calculate | litres | | | | | | ${people} * 60 |
    | | note | thanks | Cảm ơn | | | | | |
    | | begin_group | house | Nhà ở | | | | | |
    | | select_multiple parts | weak | Phần không bền | | | | | |
    | | text | remark | Ghi chú | | | | | |
    | | end_group | | | | | | | |
    | | begin_repeat | member | Thành viên | | | | | |
    | | text | name | Tên | | | | | |
    | | end_repeat | | | | | | | |
    | choices |
    | | list_name | name | label |
    | | yes_no | yes | Có |
    | | yes_no | no | Không |
    | | parts | roof | Mái |
    | | parts | wall | Tường |
    | | parts | floor | Nền |
    | settings |
    | | form_title | form_id | version | name |
    | | Nước | nuoc | 1 | nuoc |
";

fn read(source: &str) -> Form {
    Form::read_markdown(source).unwrap_or_else(|faults| panic!("{faults:?}\n{source}"))
}

/// What changed when `edits` (what, with) are made and the version is raised.
#[track_caller]
fn changed(edits: &[(&str, &str)]) -> Vec<(&'static str, String, Effect)> {
    let mut source = SURVEY.replace("| nuoc | 1 |", "| nuoc | 2 |");
    for (what, with) in edits {
        assert!(source.contains(what), "{what} is not there");
        source = source.replacen(what, with, 1);
    }
    let changes = diff(&read(SURVEY), &read(&source));
    assert!(changes.iter().all(|c| !c.message.vi.is_empty() && c.message.vi != c.message.en));
    changes.into_iter().map(|c| (c.code, c.field.unwrap_or_default(), c.effect)).collect()
}

#[track_caller]
fn one(edits: &[(&str, &str)]) -> (&'static str, String, Effect) {
    let mut changes = changed(edits);
    assert_eq!(changes.len(), 1, "{changes:?}");
    changes.remove(0)
}

#[track_caller]
fn is(edits: &[(&str, &str)], code: &str, field: &str, effect: Effect) {
    assert_eq!(one(edits), (code, field.to_owned(), effect));
}

use Effect::{Blanks, Breaks, Keeps, Narrows};

#[test]
fn the_same_form_has_no_changes_and_blanks_or_rows_are_none() {
    assert_eq!(changed(&[]), []);
    assert_eq!(
        changed(&[(". > 0 and . < 40", ".>0  and  .<  40"), ("Số người", "Số  người ")]),
        []
    );
    assert_eq!(
        changed(&[("| survey |", "\n\n| survey |"), ("| | note |", "| | | |\n| | note |")]),
        []
    );
    assert_eq!(together(&[]), Together::Yes);
}

#[test]
fn a_spreadsheet_and_its_xform_are_the_same_form() {
    let source = SURVEY.replace("Cảm ơn", "Cảm ơn ${people} người ở nhà ${remark}");
    let form = read(&source);
    let changes = diff(&form, &Form::read(&form.to_xform()).unwrap());
    let codes: Vec<_> = changes.iter().map(|c| (c.code, &c.field)).collect();
    assert_eq!(codes, []);
}

#[test]
fn fields_added_and_removed() {
    let remark = "| | text | remark | Ghi chú | | | | | |";
    let thanks = "| | note | thanks | Cảm ơn | | | | | |";
    is(
        &[(thanks, &format!("{thanks}\n| | text | more | Thêm | | | | | |"))],
        "added",
        "/nuoc/more",
        Blanks,
    );
    is(
        &[(thanks, &format!("{thanks}\n| | note | bye | Chào | | | | | |"))],
        "added",
        "/nuoc/bye",
        Keeps,
    );
    is(
        &[(thanks, &format!("{thanks}\n| | deviceid | phone | | | | | | |"))],
        "added",
        "/nuoc/phone",
        Keeps,
    );
    is(&[(remark, "")], "removed", "/nuoc/house/remark", Breaks);
    is(&[(thanks, "")], "removed", "/nuoc/thanks", Keeps);
    is(&[("| | start | start | | | | | | |", "")], "removed", "/nuoc/start", Blanks);
    // A group is told once, with what is in it.
    let member = "| | begin_repeat | member | Thành viên | | | | | |
    | | text | name | Tên | | | | | |
    | | end_repeat | | | | | | | |";
    is(&[(member, "")], "removed", "/nuoc/member", Breaks);
    let animals = "| | begin_repeat | animal | Con vật | | | | | |
    | | text | kind | Loài | | | | | |
    | | integer | number | Số con | | | | | |
    | | end_repeat | | | | | | | |";
    is(&[(thanks, &format!("{thanks}\n{animals}"))], "added", "/nuoc/animal", Blanks);
}

#[test]
fn fields_renamed_and_moved() {
    let remark = "| | text | remark | Ghi chú | | | | | |";
    is(&[("text | remark", "text | note")], "renamed", "/nuoc/house/note", Breaks);
    // Another label as well: nothing says that it is the same question.
    let codes: Vec<_> = changed(&[("text | remark | Ghi chú", "text | other | Ý kiến")]);
    assert_eq!(
        codes,
        [
            ("added", "/nuoc/house/other".to_owned(), Blanks),
            ("removed", "/nuoc/house/remark".to_owned(), Breaks)
        ]
    );
    let name = "| | text | name | Tên | | | | | |";
    let into = [(remark, ""), (name, &*format!("{name}\n{remark}"))];
    is(&into, "moved", "/nuoc/member/remark", Breaks);
    let out = [(name, "| | text | x | X | | | | | |"), (remark, &*format!("{remark}\n{name}"))];
    assert!(changed(&out).contains(&("moved", "/nuoc/house/name".to_owned(), Breaks)));
    // A group with another name takes what is in it along, told once.
    is(&[("begin_group | house", "begin_group | home")], "renamed", "/nuoc/home", Breaks);
    let swapped = [
        ("| | select_multiple parts | weak | Phần không bền | | | | | |", ""),
        (
            remark,
            &*format!("{remark}\n| | select_multiple parts | weak | Phần không bền | | | | | |"),
        ),
    ];
    is(&swapped, "order", "/nuoc/house", Keeps);
}

#[test]
fn types_and_how_they_are_stored() {
    is(&[("text | remark", "integer | remark")], "type", "/nuoc/house/remark", Breaks);
    is(&[("integer | people", "decimal | people")], "type", "/nuoc/people", Keeps);
    is(&[("text | remark", "image | remark")], "type", "/nuoc/house/remark", Breaks);
    is(&[("text | remark", "date | remark")], "type", "/nuoc/house/remark", Breaks);
    is(&[("text | remark", "note | remark")], "type", "/nuoc/house/remark", Breaks);
    is(&[("note | thanks", "text | thanks")], "type", "/nuoc/thanks", Blanks);
    is(&[("select_one yes_no", "select_multiple yes_no")], "type", "/nuoc/water", Narrows);
    is(&[("select_multiple parts", "select_one parts")], "type", "/nuoc/house/weak", Breaks);
    is(&[("text | remark", "select_one yes_no | remark")], "type", "/nuoc/house/remark", Breaks);
    let group = [("begin_repeat | member", "begin_group | member"), ("end_repeat", "end_group")];
    is(&group, "repeat", "/nuoc/member", Breaks);
    let narrower = SURVEY.replace("integer | people", "decimal | people");
    assert_eq!(diff(&read(&narrower), &read(SURVEY))[1].effect, Narrows);
}

#[test]
fn choices() {
    is(
        &[("| | yes_no | no | Không |", "| | yes_no | no | Không |\n| | yes_no | dk | Không rõ |")],
        "choice_added",
        "/nuoc/water",
        Narrows,
    );
    is(&[("| | parts | wall | Tường |", "")], "choice_removed", "/nuoc/house/weak", Breaks);
    is(&[("wall | Tường", "wall | Vách")], "choice_label", "/nuoc/house/weak", Keeps);
    is(
        &[("yes | Có", "yes | X"), ("no | Không", "no | Có"), ("yes | X", "yes | Không")],
        "choice_meaning",
        "/nuoc/water",
        Breaks,
    );
    let other = [("select_one yes_no", "select_one parts")];
    let codes: Vec<_> = changed(&other).iter().map(|c| (c.0, c.2)).collect();
    assert_eq!(codes, [("list", Keeps), ("choice_removed", Breaks), ("choice_added", Narrows)]);
    let file = [("select_one yes_no", "select_one_from_file water.csv")];
    assert!(changed(&file).contains(&("list", "/nuoc/water".to_owned(), Breaks)));
}

#[test]
fn expressions_defaults_and_words() {
    is(&[(". < 40", ". < 30")], "constraint", "/nuoc/people", Narrows);
    is(&[(". > 0 and . < 40", "")], "constraint", "/nuoc/people", Narrows);
    is(&[("${water} = 'yes'", "${water} = 'no'")], "relevant", "/nuoc/people", Blanks);
    is(&[("| yes | |", "| | |")], "required", "/nuoc/water", Narrows);
    is(&[("${people} * 60", "${people} * 70")], "calculation", "/nuoc/litres", Narrows);
    is(&[("Có nước sạch?", "Nhà có nước sạch không?")], "label", "/nuoc/water", Keeps);
    is(&[("| Ghi chú | |", "| Ghi chú | nếu có |")], "hint", "/nuoc/house/remark", Keeps);
}

#[test]
fn the_form_as_a_whole() {
    is(&[("| Nước |", "| Nước sạch |")], "title", "", Keeps);
    is(&[("nuoc | 2 |", "nuoc2 | 2 |")], "form_id", "", Breaks);
    // Every path has another root, and nothing else changed.
    is(&[("| 2 | nuoc |", "| 2 | data |")], "root", "", Keeps);
    let same: Vec<_> = changed(&[("nuoc | 2 |", "nuoc | 1 |"), ("Ghi chú", "Ghi")]);
    assert_eq!(same[0], ("same_version", String::new(), Narrows));
    let codes: Vec<_> = changed(&[("| label | hint", "| label::Tiếng Việt (vi) | hint")])
        .iter()
        .map(|c| c.0)
        .collect();
    assert_eq!(codes, ["languages"]);
}

#[test]
fn the_verdict_is_that_of_the_worst_change() {
    let change = |effect| Change { code: "x", field: None, effect, message: Text::default() };
    let verdict =
        |effects: &[Effect]| together(&effects.iter().map(|e| change(*e)).collect::<Vec<_>>());
    assert_eq!(verdict(&[Keeps, Narrows]), Together::Yes);
    assert_eq!(verdict(&[Blanks, Keeps]), Together::YesWithBlanks);
    assert_eq!(verdict(&[Blanks, Breaks, Keeps]), Together::No);
}
