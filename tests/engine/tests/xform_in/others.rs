//! Forms of pyxform's making and by hand: JavaRosa fills the original and the XForm we write of what
//! we read. Our engine fills a form read from an XForm as it does the one read from the sheets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ntm_engine_tests::{JavaRosa, Walk, forms, instance, pyxform_all, tables};
use ntm_shared::form::Form;

use crate::{by_hand, lay_out, read};

#[test]
fn forms_of_others_are_filled_as_javarosa_fills_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |maker: &str| folder.path().join(maker);
    let mut sources = forms();
    let wanted: Vec<(PathBuf, PathBuf)> =
        sources.iter().map(|s| (s.path.clone(), lay_out(&at("theirs"), s, None))).collect();
    pyxform_all(&wanted);
    let hand = by_hand();
    for source in &hand {
        lay_out(&at("theirs"), source, Some(&source.markdown));
    }
    let pyxforms = sources.len();
    let sheets: BTreeMap<String, Form> =
        sources.iter().map(|s| (s.name.clone(), read(&s.markdown, &s.name))).collect();
    sources.extend(hand);
    let mut compiled: BTreeMap<String, Form> = BTreeMap::new();
    for source in &sources {
        let xml = std::fs::read_to_string(at("theirs").join(&source.name).join("form.xml"));
        let form = read(&xml.expect("the XForm"), &source.name);
        lay_out(&at("ours"), source, Some(&form.to_xform()));
        compiled.insert(source.name.clone(), form);
    }
    let java = JavaRosa::new();
    let [theirs, written] = ["theirs", "ours"].map(|maker| java.fill_all(&at(maker), false));
    let (mut cases, mut steps, mut differences) = (0, 0, Vec::new());
    let tables = tables();
    for source in &sources {
        for (case, script) in &source.cases {
            let name = format!("{}/{case}", source.name);
            let original = &theirs[&source.name][case];
            let again = &written[&source.name][case];
            differences.extend(differ(&name, "JavaRosa with what we write", original, again));
            let own = Walk::by_script(&compiled[&source.name], &tables, script);
            // How our engine fills a form at all is held against JavaRosa elsewhere.
            match sheets.get(&source.name) {
                Some(form) => {
                    let wanted = Walk::by_script(form, &tables, script);
                    differences.extend(differ(&name, "our engine", &wanted, &own));
                }
                None => differences.extend(differ(&name, "our engine", original, &own)),
            }
            (cases, steps) = (cases + 1, steps + original.steps.len());
        }
    }
    ntm_engine_tests::say!(
        "{pyxforms} XForms by pyxform and {} by hand, read by us: {cases} cases with {steps} steps \
         filled by JavaRosa (original, and as we write it) and by our engine: {} differences",
        sources.len() - pyxforms,
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(pyxforms >= 40 && sources.len() >= pyxforms + 6 && cases >= 90);
}

/// What differs between two fillings.
pub fn differ(name: &str, who: &str, wanted: &Walk, found: &Walk) -> Option<String> {
    if let Some(error) = wanted.error.as_ref().or(found.error.as_ref()) {
        return Some(format!("{name}: {who}: {error}"));
    }
    let [a, b] = [wanted, found].map(|w| (&w.steps, without_places(&w.end)));
    if a != b {
        return Some(format!("{name}: {who}: {b:?}\n  instead of {a:?}"));
    }
    let [a, b] = [wanted, found].map(|w| instance(&w.xml));
    let more: Vec<&String> = b.iter().filter(|l| !a.contains(l)).collect();
    let less: Vec<&String> = a.iter().filter(|l| !b.contains(l)).collect();
    (a != b).then(|| format!("{name}: {who}: more {more:#?}, less {less:#?}"))
}

/// JavaRosa has a place on every step of a path, our engine on repeats.
fn without_places(end: &str) -> String {
    end.split('[').map(|part| part.split_once(']').map_or(part, |p| p.1)).collect()
}
