//! The group `meta`: the submission's id and name, the log of filling, the entity it makes.

use super::super::field::FieldType;
use super::Reading;

impl<'x> Reading<'x> {
    /// The kind of a node of `meta`; none for what is not special there.
    pub(super) fn meta_kind(&self, node: usize) -> Option<FieldType> {
        let meta = self.nodes[node].parent?;
        if self.nodes[meta].name != "meta" || self.nodes[meta].parent != Some(0) {
            return None;
        }
        let known = &self.nodes[node];
        Some(match known.name {
            "instanceID" => FieldType::InstanceId,
            "instanceName" => FieldType::InstanceName,
            "audit" => FieldType::Audit,
            "entity" if known.element.get("dataset").is_some() => FieldType::Entity,
            _ => return None,
        })
    }

    /// The entity: its list, and its expressions at the field `entity`.
    pub(super) fn entity(&mut self, node: usize, field: usize) {
        let list = self.nodes[node].element.get("dataset").unwrap_or_default();
        self.draft.entity = Some(list.trim().to_owned());
        let columns = [("id", "entity_id"), ("create", "create_if"), ("update", "update_if")];
        for (attribute, column) in columns {
            let bind = self.attribute_binds.remove(&(node, attribute.to_owned()));
            if let Some(rule) = bind.and_then(|b| b.get("calculate")) {
                self.draft.written[field].insert(column, rule.trim().to_owned());
            }
        }
        // These follow from the list and the id.
        for attribute in ["baseVersion", "trunkVersion", "branchId"] {
            self.attribute_binds.remove(&(node, attribute.to_owned()));
        }
        let label = self.by_name.get(&(node, "label")).and_then(|l| self.nodes[*l].bind);
        if let Some(rule) = label.and_then(|b| b.get("calculate")) {
            self.draft.written[field].insert("label", rule.trim().to_owned());
        }
    }

    /// Bindings of attributes that are not an entity's.
    pub(super) fn other_attributes(&mut self) {
        for ((node, attribute), bind) in std::mem::take(&mut self.attribute_binds) {
            let path = self.path(node);
            self.warn(
                bind,
                "nodeset",
                format!("không tính được thuộc tính {path}/@{attribute}; bỏ qua"),
                format!("the attribute {path}/@{attribute} cannot be worked out; left out"),
            );
        }
    }
}
