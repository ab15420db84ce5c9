//! Values put in once, when something happens: dynamic defaults when the form or a repeat instance
//! comes into being, triggered calculations when the question they wait for changes.

use super::super::field::Field;
use super::super::value::canonical;
use super::Filling;
use super::recalculate::store;
use crate::answers::NodeId;

/// Triggered calculations that may run one within the other. A form whose triggers never come to
/// rest stops here; JavaRosa runs out of stack.
const MAX_DEPTH: usize = 32;

impl Filling<'_> {
    /// Dynamic defaults when filling starts: outside of repeats first.
    pub(super) fn first_load(&mut self) {
        let form = self.form;
        let dynamic = (0..form.fields.len()).filter(|i| form.fields[*i].dynamic_default.is_some());
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            dynamic.partition(|i| self.repeat_of(*i).is_some());
        for i in outside.into_iter().chain(inside) {
            for node in self.everywhere(i) {
                self.put_default(node, i);
            }
        }
    }

    /// Dynamic defaults of a new repeat instance; nested instances that came with it get none.
    pub(super) fn new_repeat(&mut self, node: NodeId, repeat: usize) {
        let form = self.form;
        for i in repeat + 1..form.fields.len() {
            if form.fields[i].dynamic_default.is_some() && self.repeat_of(i) == Some(repeat) {
                for node in self.reached(i, &self.anchor(node)) {
                    self.put_default(node, i);
                }
            }
        }
    }

    fn put_default(&mut self, node: NodeId, i: usize) {
        let field = &self.form.fields[i];
        let value = self.computed(&field.dynamic_default, node, store(field.data));
        self.put(node, field, value);
    }

    /// Runs what waits for a change of this node's field. Only a question's change is an event.
    pub(super) fn value_changed(&mut self, node: NodeId) {
        let form = self.form;
        let trigger = self.field_of[node.index()];
        let shown = form.fields[trigger].kind.is_question();
        if !shown || self.triggered[trigger].is_empty() || self.depth >= MAX_DEPTH {
            return;
        }
        let Some(parent) = self.tree.parent(node) else { return };
        let anchor = self.anchor(parent);
        self.depth += 1;
        for target in self.triggered[trigger].clone() {
            // JavaRosa has no way to reach several instances: it stops with an error.
            let Some(node) = self.reached(target, &anchor).first().copied() else { continue };
            let field = &form.fields[target];
            let value = self.computed(&field.calculation, node, store(field.data));
            self.put(node, field, value);
        }
        self.depth -= 1;
    }

    /// The value goes in as if a person had given it: in a decimal field 5 becomes 5.0.
    fn put(&mut self, node: NodeId, field: &Field, value: String) {
        let value = canonical(field, &value).unwrap_or(value);
        let other = self.tree.text(node) != value;
        if other {
            self.tree.set_text(node, &value);
            self.emptied.retain(|n| *n != node);
        }
        self.changed(node, other);
    }
}
