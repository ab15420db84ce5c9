//! Attributes of a submission's elements: what the form's author put on them, and what an entity's
//! element says is to be done.

use super::super::field::{FieldType, Rule};
use super::super::xform::Elements;
use super::Filling;
use crate::answers::NodeId;
use crate::expr::{Expr, Store};

impl Filling<'_> {
    /// The attributes of a node's element.
    pub(super) fn attributes(
        &self,
        node: NodeId,
        elements: &Elements<'_>,
    ) -> Vec<(String, String)> {
        let i = self.field_of[node.index()];
        let field = &self.form.fields[i];
        if field.kind != FieldType::Entity {
            return elements.attributes(i);
        }
        let mut all = field.attributes.instance.clone();
        all.extend(self.entity(node));
        all
    }

    /// What the submission does to an entity.
    fn entity(&self, node: NodeId) -> Vec<(String, String)> {
        let Some(entity) = &self.form.entity else { return Vec::new() };
        let value = |rule: &Option<Box<Rule>>, usual: &str| {
            let rule = rule.as_ref();
            rule.map_or(usual.to_owned(), |r| r.expr.eval(&self.scope(node)).stored(Store::Plain))
        };
        let new = || {
            let uuid = Expr::parse("uuid()").ok();
            uuid.map_or(String::new(), |e| e.eval(&self.scope(node)).stored(Store::Plain))
        };
        let mut all = vec![("dataset".to_owned(), entity.list.clone())];
        if entity.id.is_none() || entity.create_if.is_some() {
            all.push(("create".to_owned(), value(&entity.create_if, "1")));
        }
        let id = match &entity.id {
            None => new(),
            id => {
                let id = value(id, "");
                all.push(("update".to_owned(), value(&entity.update_if, "1")));
                for (attribute, column) in [
                    ("baseVersion", "__version"),
                    ("trunkVersion", "__trunkVersion"),
                    ("branchId", "__branchId"),
                ] {
                    let list = self.instances.get(&entity.list);
                    let version = list.and_then(|l| l.lookup(&id, column)).unwrap_or_default();
                    all.push((attribute.to_owned(), version.to_owned()));
                }
                id
            }
        };
        all.push(("id".to_owned(), id));
        all
    }

    /// What an element says: its node's text, or how an entity is to be called.
    pub(super) fn content(&self, node: NodeId) -> String {
        let field = &self.form.fields[self.field_of[node.index()]];
        let entity = field.parent.is_some_and(|p| self.form.fields[p].kind == FieldType::Entity);
        match self.form.entity.as_ref().and_then(|e| e.label.as_ref()) {
            Some(label) if entity && field.name == "label" => {
                label.expr.eval(&self.scope(node)).stored(Store::Plain)
            }
            _ => self.tree.text(node).to_owned(),
        }
    }
}
