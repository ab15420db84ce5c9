use super::*;
use crate::form::{DataType, FieldType};

#[test]
fn every_common_type_is_a_field() {
    let types = [
        ("text", FieldType::Text, DataType::String),
        ("int", FieldType::Integer, DataType::Int),
        ("decimal", FieldType::Decimal, DataType::Decimal),
        ("range", FieldType::Range, DataType::Int),
        ("date", FieldType::Date, DataType::Date),
        ("time", FieldType::Time, DataType::Time),
        ("dateTime", FieldType::DateTime, DataType::DateTime),
        ("note", FieldType::Note, DataType::String),
        ("photo", FieldType::Image, DataType::Binary),
        ("audio", FieldType::Audio, DataType::Binary),
        ("video", FieldType::Video, DataType::Binary),
        ("file", FieldType::File, DataType::Binary),
        ("barcode", FieldType::Barcode, DataType::Barcode),
        ("geopoint", FieldType::Geopoint, DataType::Geopoint),
        ("geotrace", FieldType::Geotrace, DataType::Geotrace),
        ("geoshape", FieldType::Geoshape, DataType::Geoshape),
        ("trigger", FieldType::Acknowledge, DataType::String),
        ("hidden", FieldType::Hidden, DataType::String),
        ("start", FieldType::Start, DataType::DateTime),
        ("end", FieldType::End, DataType::DateTime),
        ("today", FieldType::Today, DataType::Date),
        ("deviceid", FieldType::DeviceId, DataType::String),
        ("username", FieldType::Username, DataType::String),
        ("phonenumber", FieldType::PhoneNumber, DataType::String),
        ("email", FieldType::Email, DataType::String),
        ("start-geopoint", FieldType::StartGeopoint, DataType::Geopoint),
        ("background-audio", FieldType::BackgroundAudio, DataType::Binary),
    ];
    let rows = types.iter().enumerate().map(|(i, (t, ..))| format!("| | {t} | f{i} | F |\n"));
    let form =
        form(&format!("| survey |\n| | type | name | label |\n{}", rows.collect::<String>()));
    for (field, (name, kind, data)) in form.fields[1..].iter().zip(types) {
        assert_eq!((&field.kind, field.data), (&kind, data), "{name}");
    }
}

#[test]
fn unknown_types_say_what_was_meant() {
    let found = fault("| survey |\n| | type | name | label |\n| | Integer | a | A |");
    assert_eq!(
        found,
        "survey, row 3, type: type \"Integer\" is not known; did you mean \"integer\"?"
    );
    let found = fault("| survey |\n| | type | name | label |\n| | select_one_external l | a | A |");
    assert!(found.contains("select_one_from_file"), "{found}");
}

#[test]
fn parameters_are_kept_or_faults() {
    let form = form(
        "| survey |
| | type | name | label | parameters | appearance |
| | range | r | R | start=0 ; end = 1, step=0.25 tick_interval=0.5 | |
| | range | s | S | | |
| | text | t | T | rows=5 | |
| | geopoint | g | G | capture-accuracy=5 allow-mock-accuracy=true | |
| | geotrace | h | G | incremental=yes | |
| | image | i | I | max-pixels=1024 app=org.x.y | annotate |
| | audit | | | identify-user=true location-priority=balanced location-min-interval=10 location-max-age=60 | |",
    );
    let parameter = |path: &str, key: &str| field(&form, path).parameters[key].clone();
    assert_eq!(field(&form, "/data/r").data, DataType::Decimal);
    assert_eq!(parameter("/data/r", "step"), "0.25");
    assert_eq!(field(&form, "/data/s").data, DataType::Int);
    assert_eq!(parameter("/data/s", "end"), "10");
    assert_eq!(field(&form, "/data/t").attributes.body, [("rows".to_owned(), "5".to_owned())]);
    assert_eq!(parameter("/data/g", "capture-accuracy"), "5");
    assert_eq!(parameter("/data/h", "incremental"), "true");
    assert_eq!(parameter("/data/i", "max-pixels"), "1024");
    let intent = ("intent".to_owned(), "org.x.y".to_owned());
    assert_eq!(field(&form, "/data/i").attributes.body, [intent]);
    assert_eq!(parameter("/data/meta/audit", "location-max-age"), "60");
    for (kind, parameters, said) in [
        ("range", "start=1 end=3 step=5", "scale does not fit"),
        ("range", "start=1 end=9 step=0", "scale does not fit"),
        ("range", "start=1 end=9 placeholder=2.5", "scale does not fit"),
        ("range", "start=x", "a number"),
        ("range", "max=5", "\"max\" is not known; these are: start, end"),
        ("geotrace", "incremental=no", "true / yes"),
        ("audio", "quality=best", "voice-only / low"),
        ("audit", "location-priority=balanced", "go together"),
        ("text", "rows", "name=value"),
        ("text", "rows==5", "name=value"),
        ("image", "max-pixels=big", "a whole number"),
    ] {
        let name = if kind == "audit" { "" } else { "a" };
        let found = fault(&format!(
            "| survey |\n| | type | name | label | parameters |\n| | {kind} | {name} | A | {parameters} |"
        ));
        assert!(found.contains(said), "{kind} {parameters}: {found}");
    }
}

#[test]
fn defaults_are_values_or_expressions() {
    let form = form(
        "| survey |
| | type | name | label | default | calculation |
| | text | a | A | phone | |
| | text | b | B | concat('x', ${a}) | |
| | date | c | C | 2024-10-20 | |
| | image | d | D | nhà.jpg | |
| | calculate | e | | now() | |
| | integer | f | F | -1 | |",
    );
    let fixed = |path: &str| field(&form, path).default.clone();
    let worked_out =
        |path: &str| field(&form, path).dynamic_default.as_ref().map(|r| r.source.clone());
    assert_eq!(fixed("/data/a"), "phone");
    assert_eq!(worked_out("/data/b").unwrap(), "concat('x',  /data/a )");
    assert_eq!(fixed("/data/c"), "2024-10-20");
    assert_eq!(fixed("/data/d"), "jr://images/nhà.jpg");
    assert_eq!(worked_out("/data/e").unwrap(), "now()");
    assert_eq!((fixed("/data/f").as_str(), worked_out("/data/f")), ("-1", None));
}

#[test]
fn a_question_without_label_but_with_calculation_is_computed() {
    let form = form(
        "| survey |\n| | type | name | label | calculation | bind::type |\n| | integer | a | | 1 + 1 | |\n| | calculate | b | | 2 | decimal |",
    );
    let a = field(&form, "/data/a");
    assert_eq!((&a.kind, a.data), (&FieldType::Calculate, DataType::Int));
    assert_eq!(field(&form, "/data/b").data, DataType::Decimal);
    let found = fault("| survey |\n| | type | name | label |\n| | integer | a | |");
    assert!(found.contains("no label"), "{found}");
}

#[test]
fn triggers_are_questions() {
    let head = "| survey |\n| | type | name | label | trigger | calculation |\n";
    let form = form(&format!(
        "{head}| | text | a | A | | |\n| | text | b | B | | |\n| | calculate | c | | ${{a}}, ${{b}} | now() |\n| | text | d | | ${{a}} | |"
    ));
    assert_eq!(field(&form, "/data/c").triggers, [1, 2]);
    assert_eq!(field(&form, "/data/d").calculation.as_ref().unwrap().source, "''");
    for (trigger, said) in [
        ("a", "commas between"),
        ("${no}", "no field is called"),
        ("${c}", "it never triggers"),
        ("${a} ${b}", "commas between"),
    ] {
        let found = fault(&format!(
            "{head}| | text | a | A | | |\n| | text | b | B | | |\n| | calculate | c | | | 1 |\n| | calculate | d | | {trigger} | now() |"
        ));
        assert!(found.contains(said), "{trigger}: {found}");
    }
}

#[test]
fn a_count_that_is_no_reference_becomes_a_field() {
    let form = form(
        "| survey |
| | type | name | label | repeat_count |
| | integer | n | N | |
| | begin repeat | a | A | ${n} |
| | end repeat | | | |
| | begin repeat | b | B | ${n} + 1 |
| | end repeat | | | |
| | begin_repeat | c | C | 3 |
| | end_repeat | | | |",
    );
    let count = |path: &str| field(&form, path).repeat_count.as_ref().unwrap().source.clone();
    assert_eq!(count("/data/a"), " /data/n ");
    assert_eq!(count("/data/b"), " /data/b_count ");
    assert_eq!(count("/data/c"), " /data/c_count ");
    let b = field(&form, "/data/b_count");
    assert_eq!(b.calculation.as_ref().unwrap().source, " /data/n  + 1");
    assert_eq!(b.read_only.as_ref().unwrap().source, "true()");
    let order: Vec<_> = form.fields[0].children.iter().map(|c| &form.fields[*c].name).collect();
    assert_eq!(order, ["n", "a", "b_count", "b", "c_count", "c", "meta"]);
}

#[test]
fn groups_have_to_match() {
    let head = "| survey |\n| | type | name | label |\n";
    let found = fault(&format!("{head}| | begin group | g | G |\n| | text | a | A |"));
    assert!(found.contains("row 3") && found.contains("not closed"), "{found}");
    let found = fault(&format!("{head}| | end group | | |"));
    assert!(found.contains("nothing is open"), "{found}");
    let found = faults(&format!(
        "{head}| | begin group | g | G |\n| | end repeat | | |\n| | end group | | |"
    ));
    assert_eq!(
        found,
        ["survey, row 4, type: \"end repeat\" does not match: what is open is \"g\" of row 3"]
    );
    let found = fault(&format!(
        "{head}| | begin repeat | r | R |\n| | end repeat | | |\n| | begin group | g | G |\n| | begin repeat | r | R |\n| | end repeat | | |\n| | end group | | |"
    ));
    assert!(found.contains("another repeat"), "{found}");
}

#[test]
fn types_with_rules_of_their_own() {
    let form = form(
        "| survey |\n| | type | name | label | constraint |\n| | percentage | a | A | |\n| | phone number | b | B | |\n| | percentage | c | C | . > 5 |\n| | simserial | d | | |",
    );
    let constraint = |path: &str| field(&form, path).constraint.as_ref().unwrap().source.clone();
    assert_eq!(constraint("/data/a"), "0 <= . and . <= 100");
    assert_eq!(field(&form, "/data/b").hint.get(0), "Enter numbers only.");
    assert_eq!(constraint("/data/c"), ". > 5");
    assert!(field(&form, "/data/d").attributes.bind.len() == 2 && warned(&form, "simserial"));
}

#[test]
fn notes_without_a_name_get_one() {
    let form = form("| survey |\n| | type | name | label |\n| | note | | A |\n| | note | | B |");
    assert_eq!(form.fields[1].name, "generated_note_name_2");
    assert_eq!(form.fields[2].name, "generated_note_name_3");
}
