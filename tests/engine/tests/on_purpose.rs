//! Where filling differs from JavaRosa on purpose: docs/ENGINE.md, "Deliberate differences". Each
//! test shows both sides, so that it fails when JavaRosa comes round.

use jiff::civil::date;
use ntm_engine_tests::{JavaRosa, Walk, phone, settings};
use ntm_shared::expr::Instances;
use ntm_shared::form::Form;

fn both(survey: &[&str], steps: &[&str]) -> (Walk, Walk) {
    let mut source = String::from("| survey |\n");
    survey.iter().for_each(|row| source.push_str(&format!("| | {row} |\n")));
    source.push_str("| choices |\n| | list_name | name | label | n |\n| | l | a | A | 1 |\n");
    source.push_str("| settings |\n| | form_id | version |\n| | d | 1 |\n");
    let form = Form::read_markdown(&source).unwrap();
    let meta = phone(date(2024, 10, 18).at(16, 20, 0, 0));
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("f");
    std::fs::create_dir(&at).unwrap();
    std::fs::write(at.join("form.xml"), form.to_xform()).unwrap();
    std::fs::write(at.join("a.answers"), settings(&meta) + &steps.join("\n")).unwrap();
    let theirs = JavaRosa::new().fill_all(folder.path(), false)["f"]["a"].clone();
    let steps: Vec<String> = steps.iter().map(|s| (*s).to_owned()).collect();
    (Walk::ours(&form, &Instances::new(), meta, &steps), theirs)
}

fn values(walk: &Walk, name: &str) -> Vec<String> {
    let named = walk.nodes.iter().filter(|n| n.0.ends_with(name));
    named.map(|n| n.2.clone().unwrap_or_default()).collect()
}

#[test]
fn the_same_rule_in_two_places_is_two_rules() {
    let survey = [
        "type | name | label | calculation",
        "begin_repeat | r | R |",
        "integer | x | X |",
        "calculate | own | | sum(/data/r/x)",
        "end_repeat | | |",
        "calculate | all | | sum(/data/r/x)",
    ];
    let (ours, theirs) = both(&survey, &["/data/r[1]/x=1", "@add /data/r", "/data/r[2]/x=2"]);
    assert_eq!(
        (values(&ours, "/own"), values(&ours, "/all")),
        (vec!["1".into(), "2".into()], vec!["3".into()])
    );
    let merged = (values(&theirs, "/own"), values(&theirs, "/all"));
    assert_eq!(merged, (vec!["3".into(), "3".into()], vec!["3".to_owned()]));
}

#[test]
fn a_trigger_that_reaches_several_instances_sets_the_first() {
    let survey = [
        "type | name | label | calculation | trigger",
        "integer | a | A | |",
        "begin_repeat | r | R | |",
        "text | t | T | concat('a', ${a}) | ${a}",
        "end_repeat | | | |",
    ];
    let (ours, theirs) = both(&survey, &["@add /data/r", "/data/a=1"]);
    assert_eq!(values(&ours, "/t"), ["a1", ""]);
    let stopped = theirs.error.unwrap_or_default();
    assert!(stopped.contains("repeated field"), "{stopped}");
}

#[test]
fn choices_follow_what_is_hidden_and_shown() {
    let survey = [
        "type | name | label | relevant | default | choice_filter",
        "text | t | T | | |",
        "integer | i | I | ${t} = 'x' | 1 |",
        "select_one l | s | S | | | n <= ${i}",
    ];
    let (ours, theirs) = both(&survey, &["/data/s=a", "/data/t=x", "/data/s=a"]);
    assert_eq!(ours.steps, ["choice", "ok", "ok"]);
    assert_eq!(theirs.steps, ["choice", "ok", "choice"]);
}
