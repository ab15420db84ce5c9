//! XForms made by others, and what we write ourselves, read back: the same form again, and filled
//! as JavaRosa fills the original. The same for forms written as the sheets of an XLSForm.

mod hostile;
mod others;
mod sheets;

use std::path::{Path, PathBuf};

use ntm_engine_tests::{FormSource, forms, root};
use ntm_shared::form::{Form, FormFault};

/// The form in a source; what is said about it where it is refused.
#[track_caller]
fn read(source: &str, name: &str) -> Form {
    Form::read(source).unwrap_or_else(|faults| panic!("{name}: {}", said(&faults)))
}

fn said(faults: &[FormFault]) -> String {
    faults.iter().map(|f| format!("\n  {f}")).collect()
}

/// Every XLSForm there is: name and source.
fn sources() -> Vec<(String, String)> {
    let shipped = ["household", "visit", "commune_report"].map(|name| {
        let path = root().join(format!("shared/data/forms/{name}.md"));
        (name.to_owned(), std::fs::read_to_string(path).expect("a form that ships"))
    });
    shipped.into_iter().chain(forms().into_iter().map(|f| (f.name, f.markdown))).collect()
}

/// The XForms of `tests/forms/xforms`, written by hand in the manner of other tools.
fn by_hand() -> Vec<FormSource> {
    ntm_engine_tests::forms_in("xforms", "xml")
}

#[test]
fn what_we_write_we_read() {
    let sources = sources();
    for (name, source) in &sources {
        let form = read(source, name);
        let written = form.to_xform();
        let mut again = read(&written, name);
        assert_eq!(again.to_xform(), written, "{name}");
        // What is odd about the form itself is odd again; nothing is lost in reading.
        again.warnings.retain(|w| !form.warnings.iter().any(|k| k.message == w.message));
        assert!(again.warnings.is_empty(), "{name}: {}", said(&again.warnings));
    }
    ntm_engine_tests::say!(
        "{} XForms of ours read back: the same bytes when written again",
        sources.len()
    );
    assert!(sources.len() >= 43);
}

#[test]
fn what_others_wrote_is_stable_once_read() {
    for source in by_hand() {
        let once = read(&source.markdown, &source.name).to_xform();
        assert_eq!(read(&once, &source.name).to_xform(), once, "{}", source.name);
    }
}

/// Copies what a form is filled with into a folder of its own.
fn lay_out(folder: &Path, source: &FormSource, xform: Option<&str>) -> PathBuf {
    let at = folder.join(&source.name);
    std::fs::create_dir_all(&at).expect("a folder");
    for file in ntm_engine_tests::media() {
        std::fs::copy(&file, at.join(file.file_name().expect("a name"))).expect("a copy");
    }
    for (name, steps) in &source.cases {
        std::fs::write(at.join(format!("{name}.answers")), steps).expect("the answers");
    }
    let form = at.join("form.xml");
    if let Some(xform) = xform {
        std::fs::write(&form, xform).expect("the form");
    }
    form
}
