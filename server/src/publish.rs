//! A form's way from spreadsheet to phone: compiled, rendered once, and from then on those bytes.
//! An XForm made elsewhere goes to phones byte for byte as it came.

use std::sync::Arc;

use md5::{Digest, Md5};
use ntm_shared::api::form::FormNote;
use ntm_shared::form::{Change, Effect, Form, FormFault, diff, sheet};
use ntm_shared::problem;
use ntm_shared::text::{Text, nfc};

use crate::app::App;
use crate::fault::{Fault, FaultPlace};
use crate::store::forms::{self, NewForm};
use crate::store::{Tx, submissions};

/// Compiles a form from an `.xlsx` file, from Markdown tables or from an XForm, as its first bytes
/// say, and renders what phones will get.
///
/// # Errors
/// `bad_form` with sheet, row and column of each fault.
pub fn compile(bytes: &[u8]) -> Result<(Form, NewForm), Fault> {
    let source = source(bytes)?;
    let form = Form::read(&source).map_err(|faults| bad_form(&faults))?;
    let xform = match is_xform(&source) {
        true => bytes.to_vec(),
        false => form.to_xform().into_bytes(),
    };
    let new = NewForm {
        id: form.id.clone(),
        version: form.version.clone(),
        title: form.title.clone(),
        md5: hex::encode(Md5::digest(&xform)),
        source,
        xform,
    };
    Ok((form, new))
}

/// True for the source of a form that was published as an XForm.
pub fn is_xform(source: &str) -> bool {
    source.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// The text a form is kept as: an XForm as it is, everything else as Markdown tables.
fn source(bytes: &[u8]) -> Result<String, Fault> {
    if ntm_spreadsheet::is_spreadsheet(bytes) || ntm_spreadsheet::is_old_spreadsheet(bytes) {
        let sheets = ntm_spreadsheet::read(bytes).map_err(|fault| bad_form(&[fault]))?;
        let markdown = sheet::to_markdown(&sheets);
        // Faults by the rows their author sees, which are not those of the Markdown.
        Form::read_sheets(sheets).map_err(|faults| bad_form(&faults))?;
        return Ok(markdown);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        bad_form(&[FormFault {
            sheet: String::new(),
            row: 0,
            column: String::new(),
            message: Text::new(
                "tệp không phải là văn bản UTF-8 cũng không phải .xlsx; lưu lại dạng .xlsx hoặc UTF-8",
                "the file is neither UTF-8 text nor .xlsx; save it as .xlsx or UTF-8",
            ),
        }])
    })?;
    Ok(if is_xform(text) { text.to_owned() } else { nfc(text) })
}

fn bad_form(faults: &[FormFault]) -> Fault {
    let places = faults.iter().map(|fault| FaultPlace {
        line: (fault.row > 0).then_some(fault.row as u64),
        field: Some(format!("{} {}", fault.sheet, fault.column).trim().to_owned())
            .filter(|field| !field.is_empty()),
        code: "form_fault".into(),
        message: fault.message.clone(),
    });
    Fault { places: places.collect(), ..Fault::new(&problem::BAD_FORM) }
}

/// What a form's new version means for the data collected so far.
#[derive(Default)]
pub struct Comparison {
    /// The newest published version that has data; none while there is no data.
    pub with: Option<String>,
    /// The last submission there was.
    pub seen: i64,
    /// What changed since.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// The changes that keep the data of both versions apart.
    pub fn breaking(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.effect == Effect::Breaks)
    }
}

/// Holds a form against the newest version that has data.
///
/// # Errors
/// What the store says.
pub async fn compare(app: &App, form: &Arc<Form>) -> Result<Comparison, Fault> {
    let id = form.id.clone();
    let look = move |tx: &dyn Tx| {
        Ok::<_, Fault>((forms::newest_with_data(tx, &id)?, submissions::last(tx)?))
    };
    let (with, seen) = app.db.read(look).await?;
    let nothing = Comparison { seen, ..Comparison::default() };
    let Some(version) = with else { return Ok(nothing) };
    let Some(old) = app.form(&form.id, &version).await? else { return Ok(nothing) };
    let new = form.clone();
    let changes = tokio::task::spawn_blocking(move || diff(&old, &new)).await;
    Ok(Comparison { with: Some(version), seen, changes: changes.map_err(Fault::internal)? })
}

/// A form's warnings, for who publishes it.
pub fn warnings(form: &Form) -> Vec<FormNote> {
    form.warnings.iter().map(FormNote::from).collect()
}
