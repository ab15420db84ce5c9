//! Keeping relevance, calculations and the like up to date.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::field::{DataType, Rule};
use super::super::plan::Step;
use super::super::value::scope_at;
use super::Filling;
use crate::answers::NodeId;
use crate::expr::{Scope, Store};

/// Where a change happened: the node and what it is in, root first. What follows from the change
/// is worked out in the repeat instances named here, and in all instances of other repeats.
#[derive(Clone, Debug, Default)]
pub(super) struct Anchor {
    /// Field and node; no node where an instance was and none has moved up.
    steps: Vec<(usize, Option<NodeId>)>,
}

impl Anchor {
    pub fn push(&mut self, field: usize, node: Option<NodeId>) {
        self.steps.push((field, node));
    }
}

impl<'f> Filling<'f> {
    pub(super) fn anchor(&self, node: NodeId) -> Anchor {
        let up = self.lineage(node).map(|n| (self.field_of[n.index()], Some(n)));
        let mut steps: Vec<_> = up.collect();
        steps.reverse();
        Anchor { steps }
    }

    /// The nodes of a field in the repeat instances that the anchor stands in.
    pub(super) fn reached(&self, field: usize, anchor: &Anchor) -> Vec<NodeId> {
        let mut down: Vec<usize> = self.fields_up(field).collect();
        down.reverse();
        let mut nodes = vec![self.tree.root()];
        let mut shared = true;
        for (depth, f) in down.iter().enumerate().skip(1) {
            match anchor.steps.get(depth).filter(|(field, _)| shared && field == f) {
                Some((_, node)) => nodes = node.iter().copied().collect(),
                None => {
                    shared = false;
                    nodes = nodes.iter().flat_map(|n| self.children_of(*n, *f)).collect();
                }
            }
        }
        nodes
    }

    /// All nodes of a field.
    pub(super) fn everywhere(&self, field: usize) -> Vec<NodeId> {
        self.reached(field, &Anchor::default())
    }

    pub(super) fn work_out_all(&mut self) {
        for k in 0..self.form.plan.steps.len() {
            self.take(k, &Anchor::default());
        }
    }

    /// What the new value of a node makes necessary; `other` when it is not the value before.
    pub(super) fn changed(&mut self, node: NodeId, other: bool) {
        let anchor = self.anchor(node);
        for k in self.updates(self.field_of[node.index()]).iter() {
            self.take(*k, &anchor);
        }
        if other {
            self.value_changed(node);
        }
    }

    /// What a change of a field makes necessary, in order.
    pub(super) fn updates(&mut self, field: usize) -> Arc<[usize]> {
        if let Some(known) = &self.updates[field] {
            return known.clone();
        }
        let found = self.closure(self.form.plan.readers[field].clone());
        self.updates[field] = Some(found.clone());
        found
    }

    /// These steps and all that follow from them, in order.
    pub(super) fn closure(&self, roots: Vec<usize>) -> Arc<[usize]> {
        let mut found: BTreeSet<usize> = roots.iter().copied().collect();
        let mut waiting = roots;
        while let Some(k) = waiting.pop() {
            waiting.extend(self.form.plan.next[k].iter().filter(|n| found.insert(**n)));
        }
        found.into_iter().collect()
    }

    pub(super) fn take(&mut self, k: usize, anchor: &Anchor) {
        let form = self.form;
        let step = form.plan.steps[k];
        let field = &form.fields[step.field()];
        for node in self.reached(step.field(), anchor) {
            match step {
                Step::Relevance(_) => {
                    let holds = self.rule(&field.relevant, node);
                    self.tree.set_relevant(node, holds);
                }
                Step::Required(_) => {
                    self.required[node.index()] = self.rule(&field.required, node);
                }
                Step::ReadOnly(_) => {
                    self.locked[node.index()] = self.rule(&field.read_only, node);
                }
                Step::Calculation(_) => {
                    let value = self.computed(&field.calculation, node, store(field.data));
                    if self.tree.text(node) != value {
                        self.tree.set_text(node, &value);
                    }
                }
            }
        }
    }

    fn rule(&mut self, rule: &Option<Box<Rule>>, node: NodeId) -> bool {
        rule.as_ref().is_some_and(|r| self.holds(r, node))
    }

    pub(super) fn holds(&mut self, rule: &Rule, node: NodeId) -> bool {
        self.entropy = self.entropy.wrapping_add(0x9e37_79b9_7f4a_7c15);
        rule.expr.holds(&self.scope(node))
    }

    /// What an expression gives, as a node of that kind stores it.
    pub(super) fn computed(
        &mut self,
        rule: &Option<Box<Rule>>,
        node: NodeId,
        as_: Store,
    ) -> String {
        self.entropy = self.entropy.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let scope = self.scope(node);
        rule.as_ref().map_or(String::new(), |r| r.expr.eval(&scope).stored(as_))
    }

    pub(super) fn scope(&self, node: NodeId) -> Scope<'_> {
        scope_at(&self.tree, node, self.now, &self.instances).with_entropy(self.entropy)
    }
}

/// How a calculated value is stored in a field of this type.
pub(crate) fn store(data: DataType) -> Store {
    match data {
        DataType::Int => Store::Whole,
        DataType::Boolean => Store::Truth,
        DataType::Date => Store::Date,
        DataType::Time => Store::Time,
        DataType::Geopoint => Store::Point,
        DataType::Geotrace | DataType::Geoshape => Store::Points,
        _ => Store::Plain,
    }
}
