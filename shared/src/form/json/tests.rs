use serde_json::Value;

use crate::form::Form;
use crate::form::tests::sample;

fn json(form: &Form) -> Value {
    serde_json::from_str(&form.to_json()).unwrap()
}

#[test]
fn the_same_form_gives_the_same_bytes() {
    for source in [
        include_str!("../../../data/forms/household.md"),
        include_str!("../../../data/forms/commune_report.md"),
        include_str!("../../../data/forms/visit.md"),
    ] {
        let form = Form::read_markdown(source).unwrap();
        assert_eq!(form.to_json(), Form::read_markdown(source).unwrap().to_json());
        let json = json(&form);
        let fields = json["fields"].as_array().unwrap();
        assert_eq!(fields.len(), form.fields.len());
        for (field, json) in form.fields.iter().zip(fields) {
            assert_eq!(json["name"], field.name.as_str());
            assert_eq!(json["parent"].as_u64().map(|p| p as usize), field.parent);
            assert_eq!(json.get("relevant").is_some(), field.relevant.is_some());
            assert_eq!(json.get("calculation").is_some(), field.calculation.is_some());
            assert_eq!(json.get("label").is_some(), !field.label.is_empty());
        }
        assert_eq!(json["work"]["steps"].as_array().unwrap().len(), form.plan.steps.len());
        assert_eq!(json["lists"].as_array().unwrap().len(), form.lists.len());
    }
}

#[test]
fn in_one_language_a_form_is_the_same_but_for_its_texts() {
    let form = Form::read_markdown(include_str!("../../../data/forms/household.md")).unwrap();
    let (all, one) = (json(&form), serde_json::from_str::<Value>(&form.to_json_in("en")).unwrap());
    assert_eq!(one["languages"].as_array().unwrap().len(), 1);
    assert!(one["languages"][0].as_str().unwrap().ends_with("(en)"));
    let place = form.languages.place("en").unwrap();
    let mut texts = 0;
    for (all, one) in
        all["fields"].as_array().unwrap().iter().zip(one["fields"].as_array().unwrap())
    {
        for (key, value) in all.as_object().unwrap() {
            let worded = ["label", "hint", "guidance", "constraint_message", "required_message"];
            match worded.contains(&key.as_str()) {
                true => assert_eq!(one[key], Value::Array(vec![value[place].clone()]), "{key}"),
                false => assert_eq!(&one[key], value, "{key}"),
            }
            texts += usize::from(worded.contains(&key.as_str()));
        }
    }
    assert!(texts > 100, "{texts}");
    assert_eq!(one["work"], all["work"]);
    assert_eq!(form.to_json_in("fr"), form.to_json(), "a language it has not");
    // What has no words in a language keeps those it has.
    let half = "| survey |\n| | type | name | label::Tiếng Việt (vi) | label::English (en) |\n\
        | | text | a | Tên | |\n| | text | b | Tuổi | Age |\n\
        | settings |\n| | form_id | version |\n| | f | 1 |\n";
    let half = Form::read_markdown(half).unwrap();
    let half: Value = serde_json::from_str(&half.to_json_in("en")).unwrap();
    let labels: Vec<&Value> =
        half["fields"].as_array().unwrap().iter().map(|f| &f["label"][0]).collect();
    assert!(labels.contains(&&Value::from("Tên")) && labels.contains(&&Value::from("Age")));
}

#[test]
fn texts_are_pieces_and_rules_are_trees() {
    let form = sample();
    let json = json(&form);
    let at = |path: &str| {
        let i = form.fields.iter().position(|f| f.path == path).unwrap();
        &json["fields"][i]
    };
    let label = &at("/survey/result")["label"][0];
    assert_eq!(label[0].as_array().unwrap()[0][0], "path");
    assert_eq!(label[1], ": ");
    let work = &at("/survey/people/person/work")["relevant"];
    assert_eq!(work[0], ">=");
    assert_eq!(work[1][0], "path");
    assert_eq!(at("/survey/people/person/age")["type"], "calculate");
}

#[test]
fn outputs_with_expressions_are_trees() {
    let form = Form::read_markdown(
        "| survey |\n| | type | name | label |\n| | integer | a | Số |\n\
         | | note | n | Gấp đôi: <output value=\"/data/a * 2 &lt; 7\"/>, <output> |\n\
         | settings |\n| | form_id | version | name |\n| | x | 1 | data |\n",
    )
    .unwrap();
    let json = json(&form);
    let label = &json["fields"][2]["label"][0];
    assert_eq!(label[0], "Gấp đôi: ");
    assert_eq!(label[1][0][0], "<");
    assert_eq!(label[2], ", <output>");
}
