//! The answers being filled: making nodes, keeping relevance and calculations up to date.

use super::super::field::{FieldType, Rule};
use super::super::plan::Step;
use super::super::value::scope_at;
use super::Filling;
use crate::answers::NodeId;
use crate::expr::Store;

/// Most instances a counted repeat grows to.
const MAX_COUNTED: usize = 200;

impl Filling<'_> {
    /// Makes the nodes below a new one, with their defaults; a repeat starts with one instance.
    pub(super) fn add_children(&mut self, parent: NodeId, field: usize) {
        for &child in &self.form.fields[field].children {
            if self.form.fields[child].repeat_count.is_none() {
                self.add(parent, usize::MAX, child);
            }
        }
    }

    fn add(&mut self, parent: NodeId, place: usize, field: usize) -> NodeId {
        let node = self.tree.insert(parent, place, &self.form.fields[field].name);
        self.field_of.push(field);
        self.nodes_of[field].push(node);
        if !self.form.fields[field].default.is_empty() {
            self.tree.set_text(node, &self.form.fields[field].default);
        }
        self.add_children(node, field);
        node
    }

    /// One more instance of a repeat, after the others.
    pub(super) fn add_instance(&mut self, parent: NodeId, repeat: usize) -> NodeId {
        let mut place = usize::MAX;
        for (i, child) in self.tree.children(parent).iter().enumerate() {
            // The instance stands after its like, before the fields that follow the repeat.
            if self.field_of[child.index()] > repeat {
                place = i;
                break;
            }
        }
        let node = self.add(parent, place, repeat);
        self.work_out(repeat, node);
        node
    }

    pub(super) fn work_out_all(&mut self) {
        for k in 0..self.form.plan.steps.len() {
            self.take_step(k, None);
        }
        self.grow();
    }

    /// After a change at a node of a field: everything that may depend on it.
    pub(super) fn work_out(&mut self, field: usize, node: NodeId) {
        let form = self.form;
        let near = self.instance_of(node);
        for update in &form.plan.updates[field] {
            self.take_step(update.step, if update.same_instance { near } else { None });
        }
        self.grow();
    }

    /// The innermost repeat instance a node stands in.
    fn instance_of(&self, node: NodeId) -> Option<NodeId> {
        self.lineage(node)
            .find(|n| self.form.fields[self.field_of[n.index()]].kind == FieldType::Repeat)
    }

    fn lineage(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(node), |n| self.tree.parent(*n))
    }

    fn take_step(&mut self, k: usize, near: Option<NodeId>) {
        let form = self.form;
        let step = form.plan.steps[k];
        let field = &form.fields[step.field()];
        for i in 0..self.nodes_of[step.field()].len() {
            let node = self.nodes_of[step.field()][i];
            if near.is_some() && self.instance_of(node) != near {
                continue;
            }
            let scope = scope_at(&self.tree, node, self.now, &self.instances);
            match (step, &field.relevant, &field.calculation) {
                (Step::Relevance(_), Some(rule), _) => {
                    let relevant = rule.expr.eval(&scope).truth();
                    self.tree.set_relevant(node, relevant);
                }
                (Step::Calculation(_), _, Some(rule)) => {
                    let value = rule.expr.eval(&scope).stored(store(&field.kind));
                    if self.tree.text(node) != value {
                        self.tree.set_text(node, &value);
                    }
                }
                _ => {}
            }
        }
    }

    /// Counted repeats get as many instances as their count says; none is taken away.
    fn grow(&mut self) {
        let form = self.form;
        for (i, field) in form.fields.iter().enumerate() {
            let (Some(rule), Some(parent)) = (&field.repeat_count, field.parent) else { continue };
            for p in 0..self.nodes_of[parent].len() {
                let node = self.nodes_of[parent][p];
                let scope = scope_at(&self.tree, node, self.now, &self.instances);
                let wanted = rule.expr.eval(&scope).number();
                let wanted = if wanted > 0.0 { (wanted as usize).min(MAX_COUNTED) } else { 0 };
                while self.tree.named(node, &field.name).count() < wanted {
                    self.add_instance(node, i);
                }
            }
        }
    }

    pub(super) fn is_relevant(&self, node: NodeId) -> bool {
        self.lineage(node).all(|n| self.tree.is_relevant(n))
    }

    pub(super) fn holds(&self, rule: &Rule, node: NodeId) -> bool {
        let scope = scope_at(&self.tree, node, self.now, &self.instances);
        rule.expr.eval(&scope).truth()
    }
}

/// How a calculated value is stored in a field of this type.
pub(crate) fn store(kind: &FieldType) -> Store {
    match kind {
        FieldType::Integer => Store::Whole,
        FieldType::Date | FieldType::Today => Store::Date,
        _ => Store::Plain,
    }
}
