//! What a submission says of an entity: whether it makes or changes one, and which answers are to
//! be kept with it (ODK entities specification 2023.1 and 2024.1).

use std::collections::BTreeMap;

use super::Form;
use crate::answers::{NodeId, Tree};

/// What a submission wants done with an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The list it belongs to.
    pub list: String,
    /// The entity's id, as the phone says.
    pub id: String,
    /// What people see of it, where the submission says.
    pub label: Option<String>,
    /// To be made.
    pub create: bool,
    /// To be changed.
    pub update: bool,
    /// The version the phone had; 0 when it says none that makes sense.
    pub base_version: u64,
    /// Answers by property.
    pub properties: BTreeMap<String, String>,
}

impl Form {
    /// What `tree` wants done with an entity; `None` when it wants nothing.
    pub fn saved(&self, tree: &Tree) -> Option<Saved> {
        let meta = tree.named(tree.root(), "meta").next()?;
        let entity = tree.named(meta, "entity").next()?;
        let said = |name: &str| tree.attribute(entity, name).unwrap_or_default().trim();
        let wanted = |name: &str| matches!(said(name), "1" | "true");
        let (create, update) = (wanted("create"), wanted("update"));
        if !create && !update {
            return None;
        }
        let label = tree.named(entity, "label").next().map(|n| tree.text(n).trim().to_owned());
        let mut properties = BTreeMap::new();
        let mut waiting: Vec<(NodeId, usize)> = vec![(tree.root(), 0)];
        while let Some((node, field)) = waiting.pop() {
            if let Some(property) = &self.fields[field].save_to {
                properties.insert(property.clone(), tree.text(node).trim().to_owned());
            }
            let known = |n: &NodeId| Some((*n, self.child(field, tree.name(*n))?));
            waiting.extend(tree.children(node).iter().filter_map(known));
        }
        Some(Saved {
            list: said("dataset").to_owned(),
            id: said("id").to_owned(),
            label: label.filter(|label| !label.is_empty()),
            create,
            update,
            base_version: said("baseVersion").parse().unwrap_or(0),
            properties,
        })
    }
}
