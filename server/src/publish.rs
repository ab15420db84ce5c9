//! A form's way from spreadsheet to phone: compiled, rendered once, and from then on those bytes.

use md5::{Digest, Md5};
use ntm_shared::form::Form;
use ntm_shared::problem;
use ntm_shared::text::nfc;

use crate::fault::{Fault, FaultPlace};
use crate::store::forms::NewForm;

/// Compiles an XLSForm in Markdown tables and renders its XForm.
///
/// # Errors
/// `bad_form` with sheet, row and column of each fault.
pub fn compile(source: &str) -> Result<NewForm, Fault> {
    let source = nfc(source);
    let form = Form::read_markdown(&source).map_err(|faults| {
        let places = faults.iter().map(|fault| FaultPlace {
            line: (fault.row > 0).then_some(fault.row as u64),
            field: Some(format!("{} {}", fault.sheet, fault.column).trim().to_owned()),
            code: "form_fault".into(),
            message: fault.message.clone(),
        });
        Fault { places: places.collect(), ..Fault::new(&problem::BAD_FORM) }
    })?;
    let xform = form.to_xform().into_bytes();
    Ok(NewForm {
        id: form.id.clone(),
        version: form.version.clone(),
        title: form.title.clone(),
        md5: hex::encode(Md5::digest(&xform)),
        source,
        xform,
    })
}
