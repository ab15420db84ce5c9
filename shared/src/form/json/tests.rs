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
