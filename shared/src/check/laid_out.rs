//! A submission laid out on its form: every node with its field, and the nodes a phone left out
//! (because they were not asked) put back empty, so that rules find what they refer to.

use std::collections::BTreeMap;

use crate::answers::{NodeId, Tree};
use crate::finding::{Finding, Severity};
use crate::form::{FieldType, Form, messages};

use super::MAX_FINDINGS;

/// Most instances of a repeat that are checked.
const MAX_INSTANCES: usize = 500;

pub(super) struct LaidOut {
    pub tree: Tree,
    /// Nodes with their fields, in the form's order.
    pub in_order: Vec<(NodeId, usize)>,
    /// The same by field: nearly always one node.
    by_field: Vec<Vec<NodeId>>,
}

impl LaidOut {
    pub fn new(form: &Form, tree: &Tree, findings: &mut Vec<Finding>) -> LaidOut {
        let mut laid = LaidOut {
            tree: tree.clone(),
            in_order: Vec::with_capacity(tree.len()),
            by_field: vec![Vec::new(); form.fields.len()],
        };
        let root = tree.root();
        laid.lay(form, root, 0, findings);
        laid
    }

    pub fn nodes_of(&self, field: usize) -> &[NodeId] {
        &self.by_field[field]
    }

    pub fn is_relevant(&self, node: NodeId) -> bool {
        std::iter::successors(Some(node), |n| self.tree.parent(*n))
            .all(|n| self.tree.is_relevant(n))
    }

    /// Forms nest no deeper than their author did, so recursion is bounded by the form.
    fn lay(&mut self, form: &Form, node: NodeId, field: usize, findings: &mut Vec<Finding>) {
        self.in_order.push((node, field));
        self.by_field[field].push(node);
        if !form.fields[field].kind.has_children() {
            for stranger in self.tree.children(node) {
                self.stranger(form, node, field, *stranger, findings);
            }
            return;
        }
        let found = self.match_children(form, node, field, findings);
        for &child in &form.fields[field].children {
            let name = &form.fields[child].name;
            match found.get(&child) {
                Some(nodes) => {
                    for n in nodes {
                        self.lay(form, *n, child, findings);
                    }
                }
                // A repeat may have no instance at all.
                None if form.fields[child].kind == FieldType::Repeat => {}
                None => {
                    let n = self.tree.push(node, name);
                    self.lay(form, n, child, findings);
                }
            }
        }
    }

    fn match_children(
        &self,
        form: &Form,
        node: NodeId,
        field: usize,
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<usize, Vec<NodeId>> {
        let mut found: BTreeMap<usize, Vec<NodeId>> = BTreeMap::new();
        // meta may carry more than the form declares: deprecatedID, instanceName, audit.
        let meta = form.fields[field].name == "meta" && form.fields[field].row == 0;
        for &n in self.tree.children(node) {
            let Some(child) = form.child(field, self.tree.name(n)) else {
                if !meta {
                    self.stranger(form, node, field, n, findings);
                }
                continue;
            };
            let nodes = found.entry(child).or_default();
            let repeat = form.fields[child].kind == FieldType::Repeat;
            if nodes.is_empty() || repeat && nodes.len() < MAX_INSTANCES {
                nodes.push(n);
            } else if !repeat {
                self.report(form, n, child, "repeated_field", messages::repeated_field(), findings);
            } else if nodes.len() == MAX_INSTANCES {
                nodes.push(n);
                let message = messages::too_many_instances();
                self.report(form, n, child, "too_many_instances", message, findings);
            }
        }
        found
    }

    /// An element the form does not know, within a node of a field it does.
    fn stranger(
        &self,
        form: &Form,
        parent: NodeId,
        field: usize,
        node: NodeId,
        findings: &mut Vec<Finding>,
    ) {
        if findings.len() <= MAX_FINDINGS {
            let name: String = self.tree.name(node).chars().take(80).collect();
            let path = format!("{}/{name}", form.numbered_path(&self.tree, parent, field));
            let message = messages::unknown_field();
            findings.push(Finding::field("unknown_field", Severity::Warning, path, message));
        }
    }

    fn report(
        &self,
        form: &Form,
        node: NodeId,
        field: usize,
        code: &str,
        message: crate::text::Text,
        findings: &mut Vec<Finding>,
    ) {
        if findings.len() <= MAX_FINDINGS {
            let path = form.numbered_path(&self.tree, node, field);
            findings.push(Finding::field(code, Severity::Warning, path, message));
        }
    }
}
