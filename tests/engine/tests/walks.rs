//! The harness itself: what JavaRosa says step by step comes through.

use ntm_engine_tests::{JavaRosa, NodeState};
use ntm_shared::form::Form;

const FORM: &str = r#"
| survey |              |      |       |          |                       |            |
| ------ | ------------ | ---- | ----- | -------- | --------------------- | ---------- |
|        | type         | name | label | required | constraint            | calculation |
|        | integer      | age  | Age   | yes      | . < 120               |            |
|        | begin_repeat | p    | P     |          |                       |            |
|        | text         | t    | T     |          |                       |            |
|        | end_repeat   |      |       |          |                       |            |
|        | calculate    | n    |       |          |                       | count(${p}) |
| settings |            |      |
|          | form_title | form_id | version |
|          | W          | w       | 1       |
"#;

#[test]
fn a_walk_reports_every_step() {
    let folder = tempfile::tempdir().unwrap();
    let form = folder.path().join("w");
    std::fs::create_dir(&form).unwrap();
    let compiled = Form::read_markdown(FORM).unwrap();
    std::fs::write(form.join("form.xml"), compiled.to_xform()).unwrap();
    let steps = "/data/age=12\n/data/age=\n/data/age=130\n/data/age=x\n/data/z=1\n@add /data/p\n/data/p[3]/t=a\\nb\n\
                 @delete /data/p[1]\n/data/p[2]/t=c\n";
    std::fs::write(form.join("a.answers"), steps).unwrap();
    let forms = JavaRosa::new().fill_all(folder.path(), true);
    let walk = &forms["w"]["a"];
    assert_eq!(walk.error, None);
    let expected =
        ["ok", "required", "constraint", "type", "unasked", "ok", "unasked", "ok", "unasked"];
    assert_eq!(walk.steps, expected);
    assert_eq!(walk.hashes.len(), 10);
    assert_eq!(walk.hashes[9], NodeState::hash(&walk.nodes));
    let node = |path: &str| walk.nodes.iter().find(|n| n.0 == path).unwrap();
    assert_eq!((node("/data/n").1.as_str(), node("/data/n").2.as_deref()), ("rw", Some("1")));
    assert_eq!(node("/data/age").1, "rqw");
    assert!(walk.nodes.iter().any(|n| n.0 == "/data/p[1]/t"));
    assert_eq!(walk.end, "ok");
    assert!(walk.xml.contains("<age>12</age>"), "{}", walk.xml);
}
