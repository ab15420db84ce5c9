//! Nodes coming into being and going away.

use std::collections::BTreeSet;

use super::super::field::FieldType;
use super::super::value::canonical;
use super::Filling;
use super::recalculate::Anchor;
use crate::answers::NodeId;

/// What nodes are made in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Within {
    /// A new instance of a repeat, directly: a repeat in it begins without instances.
    NewInstance,
    /// Anything else, a group in a new instance too: a repeat begins with one, counted or not.
    Other,
}

impl Filling<'_> {
    /// Makes the nodes below a new one, with their defaults.
    pub(super) fn add_children(&mut self, parent: NodeId, field: usize, within: Within) {
        let form = self.form;
        for &child in &form.fields[field].children {
            let repeat = form.fields[child].kind == FieldType::Repeat;
            if !repeat || within != Within::NewInstance {
                let node = self.insert(parent, usize::MAX, child);
                self.add_children(node, child, Within::Other);
            }
        }
    }

    fn insert(&mut self, parent: NodeId, place: usize, field: usize) -> NodeId {
        let form = self.form;
        let node = self.tree.insert(parent, place, &form.fields[field].name);
        self.field_of.push(field);
        self.required.push(false);
        self.locked.push(false);
        for (name, value) in &form.fields[field].attributes.instance {
            self.tree.push_attribute(node, name, value);
        }
        let written = &form.fields[field].default;
        if !written.is_empty() {
            // A default that is not of its type stays as it is.
            let text = canonical(&form.fields[field], written).unwrap_or_else(|| written.clone());
            self.tree.set_text(node, &text);
        }
        node
    }

    /// Where the next instance of a repeat stands: after its like; the first one before the fields
    /// that follow the repeat, but within another repeat's instance, where JavaRosa has kept no
    /// template of it, at the end.
    fn place(&self, parent: NodeId, repeat: usize) -> usize {
        let children = self.tree.children(parent);
        let field = |child: &NodeId| self.field_of[child.index()];
        if let Some(last) = children.iter().rposition(|c| field(c) == repeat) {
            return last + 1;
        }
        if self.repeat_of(self.field_of[parent.index()]).is_some() {
            return usize::MAX;
        }
        children.iter().position(|c| field(c) > repeat).unwrap_or(usize::MAX)
    }

    /// One more instance of a repeat, and everything that its coming makes necessary.
    pub(super) fn create(&mut self, parent: NodeId, repeat: usize) -> NodeId {
        let node = self.insert(parent, self.place(parent, repeat), repeat);
        self.add_children(node, repeat, Within::NewInstance);
        self.new_repeat(node, repeat);
        let form = self.form;
        let anchor = self.anchor(node);
        let mut done: BTreeSet<usize> = self.number_changed(repeat, &anchor);
        let within = |f: usize| self.fields_up(f).any(|i| i == repeat);
        let roots = (0..form.plan.steps.len()).filter(|k| within(form.plan.steps[*k].field()));
        let own = self.closure(roots.collect());
        for k in own.iter() {
            self.take(*k, &anchor);
        }
        done.extend(own.iter());
        for child in self.tree.children(node).to_vec() {
            let anchor = self.anchor(child);
            self.follow(self.field_of[child.index()], &anchor, &done);
        }
        node
    }

    /// Takes an instance away, and does what that makes necessary. What read it is worked out
    /// where the instance stood: for the one that moves up, if there is one.
    pub(super) fn remove(&mut self, node: NodeId) {
        let Some(parent) = self.tree.parent(node) else { return };
        let repeat = self.field_of[node.index()];
        let place = self.tree.position(node) - 1;
        let below: Vec<(usize, usize)> = self
            .tree
            .children(node)
            .iter()
            .map(|c| (self.field_of[c.index()], self.tree.position(*c) - 1))
            .collect();
        self.tree.detach(node);
        let mut anchor = self.anchor(parent);
        let moved = self.children_of(parent, repeat).nth(place);
        anchor.push(repeat, moved);
        let done = self.number_changed(repeat, &anchor);
        for (field, place) in below {
            let mut anchor = anchor.clone();
            let like = moved.and_then(|m| self.children_of(m, field).nth(place));
            anchor.push(field, like);
            self.follow(field, &anchor, &done);
        }
    }

    /// What the number of a repeat's instances makes necessary; the steps taken.
    fn number_changed(&mut self, repeat: usize, anchor: &Anchor) -> BTreeSet<usize> {
        let everywhere = self.concerns_all(repeat);
        let steps = self.updates(repeat);
        for k in steps.iter() {
            match everywhere.contains(k) {
                true => self.take(*k, &Anchor::default()),
                false => self.take(*k, anchor),
            }
        }
        steps.iter().copied().collect()
    }

    /// What a change of a field makes necessary, but for steps taken already.
    fn follow(&mut self, field: usize, anchor: &Anchor, done: &BTreeSet<usize>) {
        for k in self.updates(field).iter().filter(|k| !done.contains(k)) {
            self.take(*k, anchor);
        }
    }

    /// The steps that the number of a repeat's instances makes necessary in every instance: those
    /// within that read it (`position(..)`), or read what is outside and reads it (`count(…)`).
    fn concerns_all(&self, repeat: usize) -> BTreeSet<usize> {
        let plan = &self.form.plan;
        let mut found = BTreeSet::new();
        let mut sources: BTreeSet<usize> = BTreeSet::new();
        for k in &plan.readers[repeat] {
            if self.fields_up(plan.steps[*k].field()).any(|i| i == repeat) {
                found.insert(*k);
            }
        }
        for k in self.closure(plan.readers[repeat].clone()).iter() {
            let field = plan.steps[*k].field();
            let inside = field != repeat && self.fields_up(field).any(|i| i == repeat);
            if !inside || found.contains(k) || sources.contains(k) {
                found.extend(inside.then_some(*k));
                sources.extend(&plan.next[*k]);
            }
        }
        found
    }

    /// True if another instance of a repeat would be relevant here.
    pub(super) fn would_be_relevant(&mut self, parent: NodeId, repeat: usize) -> bool {
        let form = self.form;
        let Some(rule) = &form.fields[repeat].relevant else { return true };
        let node = self.insert(parent, self.place(parent, repeat), repeat);
        let holds = self.holds(rule, node);
        self.tree.detach(node);
        holds
    }

    pub(super) fn lineage(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(node), |n| self.tree.parent(*n))
    }

    /// A field and what it is in, innermost first.
    pub(super) fn fields_up(&self, field: usize) -> impl Iterator<Item = usize> + use<'_> {
        std::iter::successors(Some(field), |i| self.form.fields[*i].parent)
    }

    /// The innermost repeat a field stands in, itself included.
    pub(super) fn repeat_of(&self, field: usize) -> Option<usize> {
        self.fields_up(field).find(|i| self.form.fields[*i].kind == FieldType::Repeat)
    }

    /// The children of a node that belong to a field.
    pub(super) fn children_of(&self, node: NodeId, field: usize) -> impl Iterator<Item = NodeId> {
        let children = self.tree.children(node).iter().copied();
        children.filter(move |c| self.field_of[c.index()] == field)
    }
}
