//! Households that the phone's engine fills by itself, at random, through what screens see: JavaRosa
//! makes the same submission of the same answers, loads it again and gives it back.

use std::path::Path;

use ntm_engine_tests::{JavaRosa, lay_out, node, root, web_fill_all};

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
        let refused: Vec<&String> = walk.steps.iter().filter(|step| *step != "ok").collect();
        if walk.error.is_some() || !refused.is_empty() || walk.end != "ok" || walk.xml != ours {
            let (end, error) = (&walk.end, &walk.error);
            wrong.push(format!("{name}: {refused:?} {end} {error:?}\n{ours}\n{}", walk.xml));
        }
    }
    let again = edited(&java, &out, walks.keys());
    ntm_engine_tests::say!(
        "households on the phone's engine: {}; {} filled through JavaRosa, {} loaded, edited and \
         written again by both: {} differences",
        said.trim(),
        walks.len(),
        walks.len(),
        wrong.len() + again.len()
    );
    wrong.extend(again);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(walks.len() >= 50, "{} households", walks.len());
}

/// What JavaRosa makes otherwise of submissions that it loads, as for an edit, and writes: as they are,
/// and when nobody was at home after all, which hides most answers. The phone's engine edits them, too.
fn edited<'n>(
    java: &JavaRosa,
    out: &Path,
    names: impl Iterator<Item = &'n String> + Clone,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (kind, step) in [("kept", ""), ("absent", "/household/contact=absent\n")] {
        let [cases, again, folder] =
            ["cases", "again", "edited"].map(|name| out.join(format!("{name}-{kind}")));
        let phone = folder.join("form");
        std::fs::create_dir_all(&cases).unwrap();
        lay_out(&household(), &roster(), &phone);
        for name in names.clone() {
            let script = std::fs::read_to_string(out.join(format!("form/{name}.answers"))).unwrap();
            let settings =
                script.lines().filter(|l| l.starts_with("@now=") || l.starts_with("@dev"));
            let settings: String = settings.map(|l| format!("{l}\n")).collect();
            let text = format!("{settings}@id={NEW}\n@edit={name}.xml\n{step}");
            for at in [&cases, &phone] {
                let xml = format!("{name}.xml");
                std::fs::copy(out.join(&xml), at.join(&xml)).unwrap();
                std::fs::write(at.join(format!("{name}.answers")), &text).unwrap();
            }
        }
        java.fill(&out.join("form/form.xml"), &out.join("form"), &cases, &again);
        let ours = &web_fill_all(&folder)["form"];
        for name in names.clone() {
            let read = |folder: &Path, end: &str| {
                std::fs::read_to_string(folder.join(format!("{name}.{end}")))
            };
            let before = read(out, "xml").unwrap();
            let id = cut(&before, "<orx:instanceID>", "</orx:instanceID>");
            let phone = &ours[name];
            let mut expect = |who: &str, found: String, expected: &str| {
                if found != expected {
                    wrong.push(format!("{name} {kind}: {who}:\n{found}\n{expected}"));
                }
            };
            expect("phone's end", phone.end.clone(), "ok");
            let theirs = read(&again, "xml").unwrap_or_else(|_| read(&again, "err").unwrap());
            let old = format!("<orx:deprecatedID>{id}</orx:deprecatedID>");
            let named = phone.xml.contains(NEW) && phone.xml.contains(&old);
            expect("phone's ids", named.to_string(), "true");
            let phones = phone.xml.replace(&old, "").replace(NEW, id);
            expect("JavaRosa", without_end(&theirs), &without_end(&phones));
            if step.is_empty() {
                expect("kept", without_end(&phones), &without_end(&before));
            }
        }
    }
    wrong
}

/// The id of an edited submission.
const NEW: &str = "uuid:11111111-1111-4111-8111-111111111111";

fn cut<'x>(xml: &'x str, from: &str, to: &str) -> &'x str {
    let (_, rest) = xml.split_once(from).expect("an element");
    rest.split_once(to).expect("an element").0
}

/// The time of finishing is another one.
fn without_end(xml: &str) -> String {
    match xml.contains("<end>") {
        true => xml.replace(&format!("<end>{}</end>", cut(xml, "<end>", "</end>")), ""),
        false => xml.to_owned(),
    }
}
