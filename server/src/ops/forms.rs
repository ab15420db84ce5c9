//! Publishing forms.

use ntm_shared::api::form::FormVersion;
use ntm_shared::problem;
use serde_json::json;

use super::By;
use crate::fault::Fault;
use crate::store::forms::NewForm;
use crate::store::{Tx, forms};

/// Publishes a form version; true when new. A published version never changes: publishing the
/// same again changes nothing, other content under the same version is refused.
///
/// # Errors
/// `conflict`.
pub fn publish(tx: &dyn Tx, by: &By, form: &NewForm) -> Result<(FormVersion, bool), Fault> {
    if let Some(known) = forms::get(tx, &form.id, &form.version)? {
        let same = known.hash == format!("md5:{}", form.md5);
        return if same {
            Ok((known, false))
        } else {
            Err(Fault::with(
                &problem::CONFLICT,
                format!(
                    "Biểu mẫu {} phiên bản {} đã công bố với nội dung khác. Đổi version rồi công bố lại.",
                    form.id, form.version
                ),
                format!(
                    "Form {} version {} was published with other content. Change the version and publish again.",
                    form.id, form.version
                ),
            ))
        };
    }
    forms::insert(tx, form, &by.at)?;
    by.event(tx, "form.publish", &form.id, &json!({ "version": form.version, "md5": form.md5 }))?;
    let published = forms::get(tx, &form.id, &form.version)?;
    Ok((published.ok_or_else(|| Fault::internal("form vanished"))?, true))
}
