//! `tests/vectors/forms.json`: forms filled step by step, with what has to come of it. Our engine
//! and JavaRosa both give what stands there; the phone's evaluator is held to the same file.
//!
//! `NTM_VECTORS_WRITE=1` writes JavaRosa's results into the file: for new cases, to be looked
//! through before they are committed.

use std::collections::BTreeMap;

use jiff::civil::date;
use ntm_engine_tests::{JavaRosa, NodeState, Walk, phone, root, settings};
use ntm_shared::expr::Instances;
use ntm_shared::form::Form;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Vectors {
    forms: BTreeMap<String, Vec<String>>,
    cases: Vec<Case>,
}

#[derive(Deserialize, Serialize)]
struct Case {
    name: String,
    rule: String,
    form: String,
    steps: Vec<String>,
    #[serde(default)]
    verdicts: Vec<String>,
    #[serde(default)]
    nodes: Vec<NodeState>,
    #[serde(default)]
    end: String,
    #[serde(default)]
    xml: String,
}

impl Vectors {
    fn read() -> Vectors {
        let text = std::fs::read_to_string(root().join("tests/vectors/forms.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn markdown(&self, case: &Case) -> String {
        match self.forms.get(&case.form) {
            Some(lines) => lines.join("\n") + "\n",
            None => std::fs::read_to_string(root().join(&case.form)).unwrap(),
        }
    }

    fn form(&self, case: &Case) -> Form {
        let read = Form::read_markdown(&self.markdown(case));
        read.unwrap_or_else(|faults| panic!("{}: {faults:?}", case.name))
    }

    /// One line a case, so that a change shows as what it is.
    fn write(&self) {
        let forms = self.forms.iter().map(|(name, lines)| {
            let lines = lines.iter().map(|l| format!("  {}", serde_json::to_string(l).unwrap()));
            let lines: Vec<String> = lines.collect();
            format!("{}: [\n{}\n]", serde_json::to_string(name).unwrap(), lines.join(",\n"))
        });
        let cases = self.cases.iter().map(|c| serde_json::to_string(c).unwrap());
        let text = format!(
            "{{\n\"forms\": {{\n{}\n}},\n\"cases\": [\n{}\n]\n}}\n",
            forms.collect::<Vec<_>>().join(",\n"),
            cases.collect::<Vec<_>>().join(",\n")
        );
        std::fs::write(root().join("tests/vectors/forms.json"), text).unwrap();
    }
}

fn meta() -> ntm_shared::form::fill::Meta {
    phone(date(2024, 10, 18).at(16, 20, 0, 0))
}

fn check(who: &str, case: &Case, walk: &Walk, wrong: &mut Vec<String>) {
    let mut say = |what: &str, expected: String, found: String| {
        if expected != found {
            let name = &case.name;
            wrong.push(format!("{name}: {who}: {what}\n  expected {expected}\n  found    {found}"));
        }
    };
    say("error", "None".into(), format!("{:?}", walk.error));
    say("verdicts", case.verdicts.join(" "), walk.steps.join(" "));
    let (missing, more): (Vec<_>, Vec<_>) = (
        case.nodes.iter().filter(|n| !walk.nodes.contains(n)).collect(),
        walk.nodes.iter().filter(|n| !case.nodes.contains(n)).collect(),
    );
    say("nodes", format!("{missing:?}"), format!("{more:?}"));
    say("order of nodes", NodeState::hash(&case.nodes), NodeState::hash(&walk.nodes));
    say("end", case.end.clone(), walk.end.replace("[1]", ""));
    if case.end == "ok" {
        say("submission", case.xml.clone(), walk.xml.clone());
    }
}

#[test]
fn forms_are_filled_as_the_vectors_say() {
    let vectors = Vectors::read();
    assert!(vectors.cases.len() >= 160, "{} cases", vectors.cases.len());
    let mut wrong = Vec::new();
    for case in &vectors.cases {
        assert!(!case.nodes.is_empty(), "{}: no result", case.name);
        let walk = Walk::ours(&vectors.form(case), &Instances::new(), meta(), &case.steps);
        check("ours", case, &walk, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn javarosa_fills_them_so_too() {
    let mut vectors = Vectors::read();
    let folder = tempfile::tempdir().unwrap();
    for (i, case) in vectors.cases.iter().enumerate() {
        let at = folder.path().join(format!("{i:04}"));
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("form.xml"), vectors.form(case).to_xform()).unwrap();
        let text = settings(&meta()) + &case.steps.join("\n") + "\n";
        std::fs::write(at.join("a.answers"), text).unwrap();
    }
    let theirs = JavaRosa::new().fill_all(folder.path(), false);
    if std::env::var_os("NTM_VECTORS_WRITE").is_some() {
        for (i, case) in vectors.cases.iter_mut().enumerate() {
            let walk = theirs[&format!("{i:04}")]["a"].clone();
            if let Some(error) = walk.error {
                ntm_engine_tests::say!("{}: {error}", case.name);
                continue;
            }
            case.verdicts = walk.steps;
            case.nodes = walk.nodes;
            case.end = walk.end.replace("[1]", "");
            case.xml = if case.end == "ok" { walk.xml } else { String::new() };
        }
        vectors.cases.retain(|case| !case.nodes.is_empty());
        return vectors.write();
    }
    let mut wrong = Vec::new();
    for (i, case) in vectors.cases.iter().enumerate() {
        check("JavaRosa", case, &theirs[&format!("{i:04}")]["a"], &mut wrong);
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
