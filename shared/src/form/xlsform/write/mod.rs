//! A form as the sheets of an XLSForm, for people who go on working on it.
//!
//! What XLSForms cannot say is left out: fields of `meta` beside the usual ones, the label of
//! choices from a repeat where it is not what is stored, labels of lists as a column that
//! expressions look up in a form of several languages. A question without a word gets its name as
//! label.

mod choices;
mod grid;
mod named;
mod settings;
mod survey;

use super::sheet::Sheet;
use crate::form::{Form, Words};
use grid::{Cells, Grid};
use named::Named;

pub(in crate::form) fn write(form: &Form) -> Vec<Sheet> {
    let named = Named::new(form);
    let sheets = [
        survey::write(form, &named),
        choices::write(form, &named),
        settings::write(form, &named),
        settings::entities(form, &named),
    ];
    sheets.into_iter().flatten().collect()
}

/// Adds a text in all its languages.
fn words(form: &Form, cells: &mut Cells, name: &str, words: &Words, named: &Named<'_>, at: usize) {
    let plain = form.languages.names == ["default"];
    for (n, language) in form.languages.names.iter().enumerate() {
        let language = (!plain).then_some((n, language.as_str()));
        cells.put_in(name, language, named.text(words.exact(n), at));
    }
}
