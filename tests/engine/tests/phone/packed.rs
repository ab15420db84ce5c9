//! What a phone downloads says the same as the compiled form: every form there is, read from sheets and
//! from XForms. (Random forms: `tests/random/phone.rs`.)

use ntm_engine_tests::{forms, forms_in, packed, root};
use ntm_shared::form::Form;

#[test]
fn packed_forms_are_unpacked_as_they_were() {
    let mut sources: Vec<(String, String)> = ["household", "commune_report", "visit"]
        .map(|name| {
            let path = root().join(format!("shared/data/forms/{name}.md"));
            (format!("data-{name}"), std::fs::read_to_string(path).unwrap())
        })
        .into();
    let written = [forms(), forms_in("xforms", "xml")].concat();
    sources.extend(written.into_iter().map(|source| (source.name, source.markdown)));
    // As XForms, too: paths are written out there, not named.
    let mut all = Vec::new();
    for (name, source) in sources {
        let form = Form::read(&source).unwrap();
        if let Ok(again) = Form::read_xform(&form.to_xform()) {
            all.push((format!("{name}-xform"), again));
        }
        all.push((name, form));
    }
    let folder = tempfile::tempdir().unwrap();
    let wrong = packed(&all, "vi", folder.path());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(all.len() > 100, "{} forms", all.len());
}
