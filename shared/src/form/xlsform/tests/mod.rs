//! Forms as authors write them, and what is said of their faults. What is expected of names,
//! generated fields and defaults is what pyxform 4.5.0 writes for the same sheets.

mod choices;
mod entities;
mod hostile;
mod lint;
mod names;
mod questions;
mod settings;
mod sheets;

use crate::form::{Field, Form};

const SETTINGS: &str = "\n| settings |\n| | form_id | version |\n| | f | 1 |\n";

/// A form of these sheets, with settings.
fn form(sheets: &str) -> Form {
    Form::read_markdown(&format!("{sheets}{SETTINGS}")).unwrap()
}

/// The faults of these sheets, with settings, as an author reads them.
fn faults(sheets: &str) -> Vec<String> {
    faults_of(&format!("{sheets}{SETTINGS}"))
}

fn faults_of(source: &str) -> Vec<String> {
    Form::read_markdown(source).unwrap_err().iter().map(ToString::to_string).collect()
}

/// The one fault of these sheets.
fn fault(sheets: &str) -> String {
    let mut found = faults(sheets);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn warnings(form: &Form) -> Vec<String> {
    form.warnings.iter().map(ToString::to_string).collect()
}

fn warned(form: &Form, part: &str) -> bool {
    warnings(form).iter().any(|w| w.contains(part))
}

fn field<'f>(form: &'f Form, path: &str) -> &'f Field {
    form.field(path).unwrap_or_else(|| panic!("no {path}"))
}
