//! Compiled forms as XLSForms: read again they are the same, pyxform takes them, and JavaRosa fills
//! what pyxform makes of them as it fills ours.

use std::path::PathBuf;

use ntm_engine_tests::{JavaRosa, Walk, forms, pyxform_all};
use ntm_shared::form::sheet::to_markdown;

use crate::others::differ;
use crate::{by_hand, lay_out, read, sources};

/// Forms with questions that say nothing: a sheet has to give them a label, their name.
const SILENT: [&str; 1] = ["appearances"];

/// A form whose list's labels are looked up: sheets have no such column beside translated labels.
const LOOKED_UP: &str = "looked_up";

/// Without blanks: `${a}` is read with blanks around, where an author wrote the path without.
fn close_up(xform: &str) -> String {
    xform.replace(' ', "")
}

#[test]
fn forms_are_the_same_after_a_turn_through_sheets() {
    let (mut bytes, mut all) = (0, 0);
    for (name, source) in sources() {
        let form = read(&source, &name);
        let markdown = to_markdown(&form.to_sheets());
        let again = read(&markdown, &name).to_xform();
        let (wanted, found) = (form.to_xform(), again);
        if SILENT.contains(&name.as_str()) {
            assert_ne!(found, wanted, "{name} is no exception any more");
            continue;
        }
        assert_eq!(close_up(&found), close_up(&wanted), "{name}\n{markdown}");
        (bytes, all) = (bytes + usize::from(wanted == found), all + 1);
    }
    ntm_engine_tests::say!(
        "{all} forms through sheets and back: {bytes} to the byte, the others but for blanks"
    );
    assert!(bytes * 4 >= all * 3);
}

fn meta_last(walk: &Walk) -> Walk {
    let mut walk = walk.clone();
    for name in ["meta", "orx:meta"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        if let (Some(from), Some(to)) = (walk.xml.find(&open), walk.xml.find(&close)) {
            let meta: String = walk.xml.drain(from..to + close.len()).collect();
            let end = walk.xml.rfind("</").expect("the root's end");
            walk.xml.insert_str(end, &meta);
        }
    }
    walk
}

#[test]
fn pyxform_takes_the_sheets_we_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |maker: &str| folder.path().join(maker);
    let mut all = forms();
    all.extend(by_hand().into_iter().filter(|s| s.name != LOOKED_UP));
    let mut wanted: Vec<(PathBuf, PathBuf)> = Vec::new();
    for source in &all {
        let form = read(&source.markdown, &source.name);
        lay_out(&at("ours"), source, Some(&form.to_xform()));
        let sheets = lay_out(&at("sheets"), source, None);
        let markdown = sheets.with_extension("md");
        std::fs::write(&markdown, to_markdown(&form.to_sheets())).expect("the sheets");
        wanted.push((markdown, sheets));
    }
    pyxform_all(&wanted);
    let java = JavaRosa::new();
    let [ours, sheets] = ["ours", "sheets"].map(|maker| java.fill_all(&at(maker), false));
    let (mut cases, mut differences) = (0, Vec::new());
    for source in &all {
        for (case, _) in &source.cases {
            let name = format!("{}/{case}", source.name);
            // In a sheet's form `meta` stands last.
            let [a, b] = [&ours, &sheets].map(|walks| meta_last(&walks[&source.name][case]));
            differences.extend(differ(&name, "pyxform with our sheets", &a, &b));
            cases += 1;
        }
    }
    ntm_engine_tests::say!(
        "{} forms written as sheets and converted by pyxform: {cases} cases filled by JavaRosa, {} \
         differences",
        all.len(),
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(all.len() >= 46 && cases >= 90);
}
