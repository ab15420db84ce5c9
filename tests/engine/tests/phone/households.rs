//! Households that the phone's engine fills by itself, at random, through what screens see: JavaRosa
//! makes the same submission of the same answers, loads it again and gives it back.

use std::path::Path;

use ntm_engine_tests::{JavaRosa, lay_out, node, root};

use super::{household, roster};

#[test]
fn households_are_what_javarosa_makes_of_the_same_answers() {
    let folder = tempfile::tempdir().unwrap();
    let [source, out] = ["source", "out"].map(|name| folder.path().join(name));
    let form = household();
    lay_out(&form, &roster(), &source);
    let said = node("engine/fill.js", &[&source, &out]);
    let at = out.join("form");
    std::fs::write(at.join("form.xml"), form.to_xform()).unwrap();
    for id in ["communes", "villages", "households"] {
        let name = format!("{id}.csv");
        std::fs::copy(root().join("tests/javarosa").join(&name), at.join(&name)).unwrap();
    }
    let java = JavaRosa::new();
    let walks = &java.fill_all(&out, false)["form"];
    let mut wrong = Vec::new();
    for (name, walk) in walks {
        let ours = std::fs::read_to_string(out.join(format!("{name}.xml"))).unwrap();
        let accepted = walk.end == "ok" && walk.steps.iter().all(|step| step == "ok");
        if walk.error.is_some() || !accepted || walk.xml != ours {
            let Walked { steps, end, error } = Walked::of(walk);
            wrong.push(format!("{name}: {steps:?} {end} {error:?}\n{ours}\n{}", walk.xml));
        }
    }
    let again = edited(&java, &out, walks.keys());
    ntm_engine_tests::say!(
        "households on the phone's engine: {}; {} filled through JavaRosa, {} loaded and written \
         again by it: {} differences",
        said.trim(),
        walks.len(),
        walks.len(),
        wrong.len() + again.len()
    );
    wrong.extend(again);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(walks.len() >= 50, "{} households", walks.len());
}

struct Walked {
    steps: Vec<String>,
    end: String,
    error: Option<String>,
}

impl Walked {
    fn of(walk: &ntm_engine_tests::Walk) -> Walked {
        let refused = walk.steps.iter().filter(|step| *step != "ok").cloned().collect();
        Walked { steps: refused, end: walk.end.clone(), error: walk.error.clone() }
    }
}

/// What JavaRosa makes otherwise of submissions that it loads, as for an edit, and writes.
fn edited<'n>(
    java: &JavaRosa,
    out: &Path,
    names: impl Iterator<Item = &'n String> + Clone,
) -> Vec<String> {
    let (cases, again) = (out.join("cases"), out.join("again"));
    std::fs::create_dir(&cases).unwrap();
    for name in names.clone() {
        let script = std::fs::read_to_string(out.join(format!("form/{name}.answers"))).unwrap();
        let settings = script.lines().filter(|l| l.starts_with("@now=") || l.starts_with("@dev"));
        let settings: String = settings.map(|l| format!("{l}\n")).collect();
        let xml = format!("{name}.xml");
        std::fs::copy(out.join(&xml), cases.join(&xml)).unwrap();
        let text = format!("{settings}@edit={xml}\n");
        std::fs::write(cases.join(format!("{name}.answers")), text).unwrap();
    }
    let form = out.join("form/form.xml");
    java.fill(&form, &out.join("form"), &cases, &again);
    let mut wrong = Vec::new();
    for name in names {
        let read = |folder: &Path| std::fs::read_to_string(folder.join(format!("{name}.xml")));
        match read(&again) {
            Ok(theirs) if without_end(&theirs) == without_end(&read(out).unwrap()) => {}
            Ok(theirs) => wrong.push(format!("{name}: loaded and written again: {theirs}")),
            Err(_) => {
                wrong.push(std::fs::read_to_string(again.join(format!("{name}.err"))).unwrap())
            }
        }
    }
    wrong
}

/// The time of finishing is another one.
fn without_end(xml: &str) -> String {
    let (before, rest) = xml.split_once("<end>").expect("a time");
    let (_, after) = rest.split_once("</end>").expect("a time");
    format!("{before}{after}")
}
