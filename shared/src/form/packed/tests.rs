use serde_json::Value;

use super::*;

fn packed(source: &str, language: Option<&str>) -> Value {
    let form = Form::read_markdown(source).unwrap();
    serde_json::from_str(&form_text(&form, language)).unwrap()
}

/// ASCII is read as it is; the tests beside `charset` and the phone's engine read the rest.
fn form_text(form: &Form, language: Option<&str>) -> String {
    form.to_packed(language).into_iter().map(char::from).collect()
}

#[test]
fn the_same_form_gives_the_same_bytes_and_fewer_of_them() {
    for source in [
        include_str!("../../../data/forms/household.md"),
        include_str!("../../../data/forms/commune_report.md"),
        include_str!("../../../data/forms/visit.md"),
    ] {
        let form = Form::read_markdown(source).unwrap();
        let bytes = form.to_packed(Some("vi"));
        assert_eq!(bytes, Form::read_markdown(source).unwrap().to_packed(Some("vi")));
        assert!(bytes.len() * 2 < form.to_json_in("vi").len(), "{}", bytes.len());
        // Paths are fields by number; only tables and what is in a predicate are written out.
        let text = form_text(&form, Some("vi"));
        let written = text.matches("[ 'path").count();
        assert!(written < 30 && text.contains('@'), "{written} paths");
        assert!(form.to_packed(None).len() > bytes.len());
    }
}

#[test]
fn what_follows_from_place_and_type_is_left_out() {
    let json = packed(
        "| survey |\n| | type | name | label | relevant | calculation | required | constraint |\n\
         | | integer | a | A | | | yes | . > 0 |\n\
         | | begin repeat | r | R | | | | |\n\
         | | text | b | B ${a} | ${a} > 1 | | yes | |\n\
         | | text | c | C | ${b} = 'x y' or ${b} = '' | | | |\n\
         | | end repeat | | | | | | |\n\
         | | calculate | n | | | count(${r}[b = 'x']) + if(${a} > -1, 2, 0.5) | | |\n\
         | settings |\n| | form_id | version | name |\n| | x | 1 | data |\n",
        None,
    );
    assert_eq!(json["names"], "data a r b c n meta instanceID");
    // The second group ends, and so does the repeat; the last group needs no end.
    assert_eq!(json["order"].as_str().unwrap().matches(')').count(), 1, "{}", json["order"]);
    let rules = &json["columns"]["relevant"];
    assert_eq!(rules[0], "> @1 1");
    assert_eq!(rules[1], "or = @3 \"x y\" = @3 '");
    assert_eq!(json["columns"]["constraint"][0], "> @ 0");
    let count = json["columns"]["calculation"][0].as_str().unwrap();
    assert!(count.starts_with("+ count( [ 'path '/ [ 'data [ 'r = [ 'path '."), "{count}");
    assert!(count.ends_with(") if( > @1 -1 2 0.5 )"), "{count}");
    // What a rule reads beside the fields it names by number: the repeat and what its predicate asks.
    assert_eq!(json["work"], serde_json::json!([[5, "calculation", [1, 2, 3]]]));
    assert_eq!(json["columns"]["label"][2], serde_json::json!(["B ", ["@1"]]));
}
