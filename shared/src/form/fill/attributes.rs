//! Attributes of a submission's elements: what the form's author put on them, and what an entity's
//! element says is to be done.

use std::collections::BTreeSet;

use super::super::field::{FieldType, Rule};
use super::Filling;
use crate::answers::NodeId;
use crate::expr::{Expr, Store};

/// Prefixes whose namespaces every form has.
const FIXED: [(&str, &str); 4] = [
    ("jr", "http://openrosa.org/javarosa"),
    ("odk", "http://www.opendatakit.org/xforms"),
    ("entities", "http://www.opendatakit.org/xforms/entities"),
    ("xsd", "http://www.w3.org/2001/XMLSchema"),
];

impl Filling<'_> {
    /// The attributes of a node's element beside those that every root has.
    pub(super) fn attributes(&self, node: NodeId) -> Vec<(String, String)> {
        let field = &self.form.fields[self.field_of[node.index()]];
        let mut all: Vec<(String, String)> = Vec::new();
        if node == self.tree.root() {
            all.extend(self.form.settings.attributes.iter().cloned());
            all.retain(|(key, _)| !matches!(key.as_str(), "id" | "version"));
        }
        all.extend(field.attributes.instance.iter().cloned());
        if node == self.tree.root() {
            all.extend(self.namespaces(&all));
        }
        if field.kind == FieldType::Entity {
            all.extend(self.entity(node));
        }
        all
    }

    /// Declarations of the prefixes that attributes in the submission have.
    fn namespaces(&self, root: &[(String, String)]) -> Vec<(String, String)> {
        let below = self.form.fields.iter().flat_map(|f| &f.attributes.instance);
        let used: BTreeSet<&str> =
            root.iter().chain(below).filter_map(|(key, _)| Some(key.split_once(':')?.0)).collect();
        let own = self.form.settings.namespaces.iter().map(|(p, a)| (p.as_str(), a.as_str()));
        let mut declared = BTreeSet::new();
        let known = FIXED.into_iter().chain(own);
        let wanted = known.filter(|(prefix, _)| used.contains(prefix) && declared.insert(*prefix));
        wanted.map(|(prefix, address)| (format!("xmlns:{prefix}"), address.to_owned())).collect()
    }

    /// What the submission does to an entity.
    fn entity(&self, node: NodeId) -> Vec<(String, String)> {
        let Some(entity) = &self.form.entity else { return Vec::new() };
        let value = |rule: &Option<Rule>, usual: &str| {
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
