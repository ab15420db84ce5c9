use proptest::prelude::*;

use super::*;
use crate::form::tests::{complete, media, sample};

fn codes(change: impl Fn(String) -> String) -> Vec<(String, String)> {
    let form = sample();
    let xml = change(complete(&form).finish().unwrap());
    let tree = Tree::read(xml.as_bytes()).unwrap();
    let found = check(&form, &tree, Some(&["nhà.jpg".to_owned()]), &media());
    found.into_iter().map(|f| (f.code, f.field.unwrap_or_default())).collect()
}

fn one(from: &str, to: &str) -> (String, String) {
    let found = codes(|xml| {
        assert!(xml.contains(from), "{from} not in {xml}");
        xml.replacen(from, to, 1)
    });
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn pair(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}

#[test]
fn what_a_phone_made_has_no_findings() {
    assert_eq!(codes(|xml| xml), []);
    let deprecated = "<orx:meta><orx:deprecatedID>uuid:0</orx:deprecatedID>";
    assert_eq!(codes(|xml| xml.replace("<orx:meta>", deprecated)), []);
}

#[test]
fn each_kind_of_finding() {
    let name = "/survey/people/person[2]/name";
    assert_eq!(one("<name>Mẩy</name>", "<name />"), pair("required", name));
    assert_eq!(one("<name>Mẩy</name>", ""), pair("required", name));
    assert_eq!(
        one("<area>60.5</area><per_person>30.25", "<area>sáu<!-- --></area><per_person>"),
        pair("type", "/survey/area")
    );
    assert_eq!(
        one("<work>farm wage</work>", "<work>farm fish</work>"),
        pair("choice", "/survey/people/person[1]/work")
    );
    assert_eq!(
        one("<work>farm wage</work>", "<work>farm none</work>"),
        pair("constraint", "/survey/people/person[1]/work")
    );
    assert_eq!(
        one("<age>4</age>", "<age>4</age><work>farm</work>"),
        pair("irrelevant", "/survey/people/person[2]/work")
    );
    assert_eq!(one("30.25", "30.5"), pair("calculation", "/survey/per_person"));
    assert_eq!(one("Giàng A Páo", "Giàng"), pair("calculation", "/survey/head"));
    assert_eq!(one("<photo>", "<fee>1</fee><photo>"), pair("unknown_field", "/survey/fee"));
    assert_eq!(one("<photo>", "<area>60.5</area><photo>"), pair("repeated_field", "/survey/area"));
    assert_eq!(codes(|xml| xml.replace("survey", "other")), [pair("other_form", "")]);
}

#[test]
fn photos_are_matched_by_name() {
    let found = codes(|xml| xml.replace("nhà.jpg", "khác.jpg"));
    assert_eq!(
        found,
        [pair("attachment_missing", "/survey/photo"), pair("attachment_unexpected", "")]
    );
}

#[test]
fn tables_that_are_not_there_cannot_say_no() {
    let form = sample();
    let tree = Tree::read(complete(&form).finish().unwrap().as_bytes()).unwrap();
    assert_eq!(check(&form, &tree, None, &Instances::new()), []);
}

#[test]
fn a_flood_is_cut_short() {
    let many = "<person/>".repeat(90_000);
    let found = codes(|xml| xml.replacen("<people>", &format!("<people>{many}"), 1));
    assert!(found.len() <= MAX_FINDINGS + 1);
    assert!(found.iter().any(|f| f.0 == "too_many_instances"));
    assert!(found.iter().any(|f| f.0 == "too_many_findings"));
}

/// What a form of these rows finds in a submission with this content.
fn found(rows: &str, content: &str) -> Vec<(String, String)> {
    let choices = "| choices |\n| | list_name | name | label |\n\
        | | c | a | A |\n| | c | b | B |\n| | c | c | C |\n";
    let head = "| survey |\n| | type | name | label | relevant | calculation | parameters |\n";
    let settings = "| settings |\n| | form_id | version |\n| | f | 1 |\n";
    let form = Form::read_markdown(&format!("{head}{rows}{choices}{settings}")).unwrap();
    let xml = format!("<data id=\"f\" version=\"1\">{content}</data>");
    let tree = Tree::read(xml.as_bytes()).unwrap();
    let found = check(&form, &tree, None, &Instances::new());
    found.into_iter().map(|f| (f.code, f.field.unwrap_or_default())).collect()
}

#[test]
fn a_blank_answer_that_is_hidden_is_not_counted() {
    let rows = |count: &str| {
        format!(
            "| | begin group | g | G | | | |\n| | text | a | A | ${{b}} = 'yes' | | |\n\
             | | text | b | B | | | |\n| | end group | | | | | |\n\
             | | calculate | n | | | {count} | |\n"
        )
    };
    for count in ["count(/data/g/a) + 1", "count(/data/g/*)"] {
        let content = |n: u8, b: &str| format!("<g><a/><b>{b}</b></g><n>{n}</n>");
        assert_eq!(found(&rows(count), &content(1, "no")), [], "{count}");
        assert_eq!(found(&rows(count), &content(2, "yes")), [], "{count}");
        let differs = [pair("calculation", "/data/n")];
        assert_eq!(found(&rows(count), &content(2, "no")), differs, "{count}");
    }
}

#[test]
fn a_stored_false_is_equal_to_nothing_as_on_a_phone() {
    let form = "| survey |\n| | type | name | label | calculation | bind::type |\n\
        | | text | a | A | | |\n| | calculate | b | | ${a} = 'x' | boolean |\n\
        | | calculate | n | | if(${b} = '', 'x', 'y') | |\n\
        | settings |\n| | form_id | version |\n| | f | 1 |\n";
    let form = Form::read_markdown(form).unwrap();
    let wrong = |n: &str| {
        let xml = format!("<data id=\"f\" version=\"1\"><a/><b>0</b><n>{n}</n></data>");
        let tree = Tree::read(xml.as_bytes()).unwrap();
        check(&form, &tree, None, &Instances::new()).iter().any(|f| f.code == "calculation")
    };
    assert!(!wrong("x"));
    assert!(wrong("y"));
}

#[test]
fn a_range_goes_in_steps_between_its_ends() {
    let judge = |parameters: &str, kind: &str, answer: &str| {
        let row = format!("| | {kind} | r | R | | | {parameters} |\n");
        found(&row, &format!("<r>{answer}</r>"))
    };
    let wrong = [pair("type", "/data/r")];
    for answer in ["2", "4", "10"] {
        assert_eq!(judge("start=2 end=10 step=2", "range", answer), [], "{answer}");
    }
    for answer in ["0", "3", "12", "x", "2.5"] {
        assert_eq!(judge("start=2 end=10 step=2", "range", answer), wrong, "{answer}");
    }
    // Downwards, with decimals, and where the form does not say.
    assert_eq!(judge("start=5 end=-5 step=0.5", "range", "-4.5"), []);
    assert_eq!(judge("start=5 end=-5 step=0.5", "range", "-4.6"), wrong);
    assert_eq!(judge("", "range", "10"), []);
    assert_eq!(judge("", "range", "11"), wrong);
}

#[test]
fn a_rank_names_every_choice_once() {
    let judge = |answer: &str| found("| | rank c | r | R | | | |\n", &format!("<r>{answer}</r>"));
    assert_eq!(judge("b c a"), []);
    for answer in ["b c", "b c a a", "b b a"] {
        assert_eq!(judge(answer), [pair("type", "/data/r")], "{answer}");
    }
    assert_eq!(judge("b c d"), [pair("choice", "/data/r")]);
}

proptest! {
    #[test]
    fn never_panics(parts in proptest::collection::vec(prop_oneof![
        Just("<people>"), Just("</people>"), Just("<person>"), Just("</person>"), Just("<name>"), Just("</name>"),
        Just("<born>"), Just("</born>"), Just("2024-13-45T99"), Just("<age>"), Just("</age>"), Just("-1e999"),
        Just("<work>"), Just("</work>"), Just("<area/>"), Just("<consent>yes</consent>"), Just("<meta/>"),
        Just("<today>2024-10-20</today>"), Just("é"), Just("<survey/>"), Just("<photo>x</photo>")
    ], 0..40)) {
        let mut open: Vec<&str> = Vec::new();
        let mut xml = String::from("<survey>");
        for part in parts {
            if let Some(name) = part.strip_prefix("</") {
                match open.pop() {
                    Some(top) if top == name => xml.push_str(part),
                    Some(top) => open.push(top),
                    None => {}
                }
            } else {
                xml.push_str(part);
                if part.starts_with('<') && !part.contains('/') {
                    open.push(&part[1..]);
                }
            }
        }
        for name in open.iter().rev() {
            xml.push_str("</");
            xml.push_str(name);
        }
        xml.push_str("</survey>");
        if let Ok(tree) = Tree::read(xml.as_bytes()) {
            check(&sample(), &tree, Some(&[]), &media());
        }
    }
}
