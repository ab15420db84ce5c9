//! Walking through the form: counted repeats get their instances where a collector comes by.

use super::super::field::{Field, FieldType};
use super::Filling;
use crate::answers::NodeId;
use crate::expr::{Ast, Expr, Start, Test};

/// Most instances a counted repeat grows to.
const MAX_COUNTED: usize = 200;
/// Most walks until no repeat grows any more.
const MAX_WALKS: usize = 20;

impl Filling<'_> {
    /// Counted repeats get as many instances as their count says, in the form's order, until none
    /// grows any more; none is ever taken away.
    pub(super) fn walk(&mut self) {
        if self.form.fields.iter().all(|f| f.repeat_count.is_none()) {
            return;
        }
        for _ in 0..MAX_WALKS {
            if !self.walk_below(self.tree.root(), 0) {
                break;
            }
        }
    }

    fn walk_below(&mut self, node: NodeId, field: usize) -> bool {
        let form = self.form;
        let mut grown = false;
        for &child in &form.fields[field].children {
            if !form.fields[child].kind.has_children() {
                continue;
            }
            let mut n = 0;
            loop {
                let found = self.children_of(node, child).nth(n);
                let instance = match found {
                    Some(instance) => instance,
                    None if self.grows(node, child, n) => {
                        grown = true;
                        self.create(node, child)
                    }
                    None => break,
                };
                grown |= self.walk_below(instance, child);
                n += 1;
            }
        }
        grown
    }

    fn grows(&mut self, parent: NodeId, repeat: usize, n: usize) -> bool {
        self.form.fields[repeat].kind == FieldType::Repeat
            && n < MAX_COUNTED.min(self.count(parent, repeat))
            && self.is_relevant(parent)
            && self.would_be_relevant(parent, repeat)
    }

    /// What the count says, be it relevant or not.
    fn count(&self, parent: NodeId, repeat: usize) -> usize {
        let fields = &self.form.fields;
        let Some(rule) = &fields[repeat].repeat_count else { return 0 };
        let Some(count) = field_at(&rule.expr, fields, repeat) else { return 0 };
        let node = self.reached(count, &self.anchor(parent)).first().copied();
        let number = node.map_or(0.0, |n| self.tree.text(n).trim().parse().unwrap_or(0.0));
        if number > 0.0 { number as usize } else { 0 }
    }
}

/// The field that a path without choice means, seen from another field.
fn field_at(expr: &Expr, fields: &[Field], from: usize) -> Option<usize> {
    let Ast::Path(path) = expr.ast() else { return None };
    let (mut at, steps) = match path.start {
        Start::Root => (0, path.steps.get(1..)?),
        Start::Context | Start::Current => (from, path.steps.as_slice()),
        Start::Instance(_) => return None,
    };
    for step in steps {
        at = match &step.test {
            Test::Itself => at,
            Test::Parent => fields[at].parent?,
            Test::Name(name) => {
                fields[at].children.iter().copied().find(|c| fields[*c].name == *name)?
            }
            _ => return None,
        };
    }
    Some(at)
}
