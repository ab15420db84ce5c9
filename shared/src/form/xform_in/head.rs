//! What a form says about itself: id, version, title, submission, namespaces.

use super::Reading;
use super::xml::{Element, is_usual};

impl<'x> Reading<'x> {
    /// Reads the settings.
    pub(super) fn head(&mut self, root: Element<'x>, model: Element<'x>, primary: Element<'x>) {
        let title = root.child("head").and_then(|h| h.child("title"));
        self.draft.title = title.map(Element::text).unwrap_or_default();
        let own = |p: &&(String, String)| p.0.is_empty() && !p.1.is_empty() && !is_usual(&p.1);
        let address = primary.namespaces().iter().find(own).map(|n| n.1.clone());
        for (name, value) in primary.attributes() {
            match name.as_str() {
                "id" => self.draft.id = value.trim().to_owned(),
                "version" | "orx:version" => self.draft.version = value.trim().to_owned(),
                _ => self.draft.settings.attributes.push((name.clone(), value.clone())),
            }
        }
        if let Some(address) = address {
            if self.draft.id.is_empty() {
                self.draft.id.clone_from(&address);
            }
            self.draft.settings.attributes.push(("xmlns".to_owned(), address));
        }
        if self.draft.id.is_empty() || self.draft.id.contains(char::is_whitespace) {
            self.fault(
                primary,
                "id",
                "phần tử gốc của instance cần thuộc tính id, không chứa dấu cách",
                "the root of the instance needs an attribute id, without blanks",
            );
        }
        if self.draft.version.is_empty() {
            self.warn(
                primary,
                "version",
                "phiếu không có số phiên bản; thêm thuộc tính version để phân biệt các lần sửa",
                "the form has no version; add the attribute version to tell changes apart",
            );
        }
        if self.draft.title.is_empty() {
            self.draft.title.clone_from(&self.draft.id);
        }
        let declared = root.namespaces().iter().chain(model.namespaces());
        for (prefix, address) in declared.chain(primary.namespaces()) {
            let known = self.draft.settings.namespaces.iter().any(|n| n.0 == *prefix);
            if !prefix.is_empty() && !is_usual(address) && !known {
                self.draft.settings.namespaces.push((prefix.clone(), address.clone()));
            }
        }
        if let Some(submission) = model.child("submission") {
            let get = |name: &str| submission.get(name).unwrap_or_default().trim().to_owned();
            self.draft.settings.submission_url = get("action");
            self.draft.settings.public_key = get("base64RsaPublicKey");
            self.draft.settings.auto_send = get("orx:auto-send");
            self.draft.settings.auto_delete = get("orx:auto-delete");
        }
        if let Some(style) = root.child("body").and_then(|b| b.get("class")) {
            self.draft.settings.style = style.trim().to_owned();
        }
    }
}
