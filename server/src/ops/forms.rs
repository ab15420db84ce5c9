//! Publishing forms.

use ntm_shared::api::form::FormVersion;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use crate::blobs::Stored;
use crate::fault::{Fault, FaultPlace};
use crate::publish::Comparison;
use crate::store::forms::NewForm;
use crate::store::{Tx, form_files, forms};

/// A form about to be published, and what is known of it.
pub struct Publishing {
    /// The version.
    pub form: NewForm,
    /// How it goes with the data collected so far.
    pub compared: Comparison,
    /// Publish it even if it does not go with them.
    pub force: bool,
}

/// What would come of publishing: the version as it was published already, or nothing yet.
///
/// # Errors
/// `conflict` when the version was published with other content; `breaks_data` when its data could
/// not be compiled together with those collected so far; `busy` when the first data of another
/// version came in while this one was looked at.
pub fn judge(tx: &dyn Tx, new: &Publishing) -> Result<Option<FormVersion>, Fault> {
    let Publishing { form, compared, force } = new;
    if let Some(known) = forms::get(tx, &form.id, &form.version)? {
        // The same source is the same form, even where today's program would render other bytes:
        // what was published is what is served.
        let source = forms::source(tx, &form.id, &form.version)?;
        let same = known.hash == format!("md5:{}", form.md5)
            || source.as_deref() == Some(form.source.as_str());
        return if same { Ok(Some(known)) } else { Err(other_content(form)) };
    }
    if !force {
        let compared_with = (compared.with.as_deref(), compared.seen);
        if forms::is_overtaken(tx, &form.id, compared_with)? {
            return Err(Fault::new(&problem::BUSY));
        }
        let places = compared.breaking().map(|change| FaultPlace {
            line: None,
            field: change.field.clone(),
            code: change.code.into(),
            message: change.message.clone(),
        });
        let places: Vec<FaultPlace> = places.collect();
        if !places.is_empty() {
            let with = compared.with.as_deref().unwrap_or_default();
            let fault = Fault::with(
                &problem::BREAKS_DATA,
                format!("So với phiên bản {with} đã có phiếu:"),
                format!("Held against version {with}, which has submissions:"),
            );
            return Err(Fault { places, ..fault });
        }
    }
    Ok(None)
}

fn other_content(form: &NewForm) -> Fault {
    Fault::with(
        &problem::CONFLICT,
        format!(
            "Biểu mẫu {} phiên bản {} đã công bố với nội dung khác. Đổi version rồi công bố lại.",
            form.id, form.version
        ),
        format!(
            "Form {} version {} was published with other content. Change the version and publish again.",
            form.id, form.version
        ),
    )
}

/// Publishes a form version; true when new. A published version never changes: publishing the
/// same again changes nothing, other content under the same version is refused.
///
/// # Errors
/// As [`judge`].
pub fn publish(tx: &dyn Tx, by: &By, new: &Publishing) -> Result<(FormVersion, bool), Fault> {
    if let Some(known) = judge(tx, new)? {
        return Ok((known, false));
    }
    let Publishing { form, compared, force } = new;
    forms::insert(tx, form, &by.at)?;
    let mut facts = json!({ "version": form.version, "md5": form.md5 });
    let breaking = compared.breaking().count();
    if *force && breaking > 0 {
        facts["forced"] = json!({ "compared_with": compared.with, "breaking": breaking });
    }
    by.event(tx, "form.publish", &form.id, &facts)?;
    let published = forms::get(tx, &form.id, &form.version)?;
    Ok((published.ok_or_else(|| Fault::internal("form vanished"))?, true))
}

/// A file that a form reads, durable already.
pub struct Attaching {
    /// Form id.
    pub form: String,
    /// Version.
    pub version: String,
    /// Name.
    pub name: String,
    /// Its bytes.
    pub blob: Stored,
    /// MD5 in lower-case hex.
    pub md5: String,
}

/// Gives a published version a file it reads; true when new. Like the version it never changes.
///
/// # Errors
/// `unknown_form`; `conflict` when the file is there with other content.
pub fn attach(tx: &dyn Tx, by: &By, new: &Attaching) -> Result<bool, Fault> {
    let Attaching { form, version, name, blob, md5 } = new;
    if forms::get(tx, form, version)?.is_none() {
        return Err(Fault::new(&problem::UNKNOWN_FORM));
    }
    if let Some(known) = form_files::get(tx, form, version, name)? {
        if known.sha256 == blob.sha256 {
            return Ok(false);
        }
        return Err(Fault::with(
            &problem::CONFLICT,
            "Phiên bản này đã có tệp cùng tên với nội dung khác. Đổi version rồi công bố lại.",
            "This version has a file of this name with other content. Change the version and publish again.",
        ));
    }
    form_files::insert(tx, form, version, name, (blob, md5))?;
    by.event(tx, "form.attach", form, &json!({ "version": version, "sha256": blob.sha256 }))?;
    Ok(true)
}
