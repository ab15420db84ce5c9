//! Bindings: which node each is about. Nothing is read from them yet.

use super::super::field::DataType;
use super::Reading;
use super::xml::Element;

impl<'x> Reading<'x> {
    /// Finds the node of every binding.
    pub(super) fn binds(&mut self, model: Element<'x>) {
        for bind in model.children().filter(|c| c.name() == "bind") {
            let Some(nodeset) = bind.get("nodeset").or_else(|| bind.get("ref")) else {
                self.fault(bind, "nodeset", "bind thiếu nodeset", "a bind has no nodeset");
                continue;
            };
            let (path, attribute) = match nodeset.rsplit_once("/@") {
                Some((path, attribute)) => (path, Some(attribute.trim())),
                None => (nodeset, None),
            };
            // A relative path starts at the root.
            let Some(node) = self.resolve(path, 0) else {
                self.warn(
                    bind,
                    "nodeset",
                    format!("bind nói về {nodeset}, không có trong instance; bỏ qua"),
                    format!("a bind is about {nodeset}, which the instance has not; left out"),
                );
                continue;
            };
            if let Some(id) = bind.get("id") {
                self.bind_ids.insert(id, node);
            }
            if node == 0 {
                self.warn(
                    bind,
                    "nodeset",
                    "bind của phần tử gốc không có tác dụng; bỏ qua",
                    "a bind of the root does nothing; left out",
                );
            } else if let Some(attribute) = attribute {
                self.attribute_binds.insert((node, attribute.to_owned()), bind);
            } else if self.nodes[node].bind.is_some() {
                self.fault(
                    bind,
                    "nodeset",
                    format!("{nodeset} có hai bind; gộp thành một"),
                    format!("{nodeset} has two binds; make them one"),
                );
            } else {
                self.nodes[node].bind = Some(bind);
            }
        }
    }
}

/// How a binding stores answers: as text when nobody knows the type; none when it does not say.
pub(super) fn data_type(bind: Element<'_>) -> Option<DataType> {
    let written = bind.get("type")?.trim();
    (!written.is_empty()).then(|| DataType::by_name(written).unwrap_or_default())
}
