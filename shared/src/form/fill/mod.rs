//! Filling a form as a phone does: relevance and calculations follow every answer, constraints
//! refuse, and the finished submission is the XML that JavaRosa (ODK Collect's engine) writes.
//!
//! It works in JavaRosa's order, step for step, so that even what JavaRosa leaves stale is stale
//! here: tests hold the two against each other after every answer.

mod attributes;
mod events;
mod fault;
mod instance;
mod meta;
mod path;
mod recalculate;
mod serialize;
mod state;
mod validate;
mod walk;

pub use fault::FillFault;
pub use meta::Meta;
pub(crate) use recalculate::store;
pub use state::State;

use std::sync::Arc;

use jiff::civil::DateTime;

use super::field::FieldType;
use super::value::{canonical, is_offered};
use super::{Form, messages};
use crate::answers::{NodeId, Tree};
use crate::expr::{Instances, moment_text};

/// A form being filled.
#[derive(Clone, Debug)]
pub struct Filling<'f> {
    form: &'f Form,
    tree: Tree,
    instances: Instances,
    now: DateTime,
    /// Moved on by every evaluation.
    entropy: u64,
    /// By node: its field.
    field_of: Vec<usize>,
    /// By node: an answer is needed, as last worked out.
    required: Vec<bool>,
    /// By node: its own rule forbids to answer, as last worked out.
    locked: Vec<bool>,
    /// Nodes whose answer is there, but has nothing in it: the last of several choices is no longer
    /// offered.
    emptied: Vec<NodeId>,
    /// By field: what a change of it makes necessary, once that has been asked for.
    updates: Vec<Option<Arc<[usize]>>>,
    /// By field: the fields whose calculation its change triggers.
    triggered: Vec<Vec<usize>>,
    /// Triggered calculations that run at the moment, one within the other.
    depth: usize,
}

impl<'f> Filling<'f> {
    /// An empty filling with the values a phone puts in by itself. `media` are the tables of
    /// [`Form::media`].
    pub fn start(form: &'f Form, media: &Instances, meta: Meta) -> Filling<'f> {
        let mut triggered = vec![Vec::new(); form.fields.len()];
        for (i, field) in form.fields.iter().enumerate() {
            for trigger in &field.triggers {
                triggered[*trigger].push(i);
            }
        }
        let mut filling = Filling {
            form,
            tree: Tree::new(&form.fields[0].name),
            instances: media.with(&form.tables),
            now: meta.now,
            entropy: meta.entropy,
            field_of: vec![0],
            required: vec![false],
            locked: vec![false],
            emptied: Vec::new(),
            updates: vec![None; form.fields.len()],
            triggered,
            depth: 0,
        };
        let root = filling.tree.root();
        let own = form.settings.attributes.iter().chain(&form.fields[0].attributes.instance);
        let known = [("id", form.id.as_str()), ("version", form.version.as_str())];
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        // What the submission says first counts: nobody names a form otherwise.
        for (name, value) in known.into_iter().chain(own) {
            filling.tree.push_attribute(root, name, value);
        }
        filling.add_children(root, 0, instance::Within::Other);
        filling.preload(&meta);
        filling.first_load();
        filling.work_out_all();
        filling.walk();
        filling
    }

    fn preload(&mut self, meta: &Meta) {
        let form = self.form;
        for (i, field) in form.fields.iter().enumerate() {
            let value = match field.kind {
                FieldType::Start => moment_text(meta.now),
                FieldType::Today => meta.now.date().to_string(),
                FieldType::DeviceId => meta.device_id.clone(),
                FieldType::Username => meta.username.clone(),
                FieldType::PhoneNumber => meta.phone_number.clone(),
                FieldType::Email => meta.email.clone(),
                FieldType::InstanceId => meta.instance_id.clone(),
                _ => continue,
            };
            for node in self.everywhere(i) {
                self.tree.set_text(node, &value);
            }
        }
    }

    /// Moves the clock: what `now()` and `today()` give from here on, and the time of finishing.
    pub fn set_now(&mut self, now: DateTime) {
        self.now = now;
    }

    /// Answers a question. The path is any unambiguous tail (`member[2]/sex`); repeat instances
    /// come into being in order. An empty value takes the answer back.
    ///
    /// # Errors
    /// [`FillFault`]; the answers are then as before, but for a repeat instance made on the way.
    pub fn set(&mut self, path: &str, value: &str) -> Result<(), FillFault> {
        let form = self.form;
        let (node, i) = self.locate_or_make(path)?;
        let field = &form.fields[i];
        let at = || path.to_owned();
        if !self.is_relevant(node) {
            return Err(FillFault::Irrelevant(at()));
        }
        if self.is_locked(node) {
            return Err(FillFault::ReadOnly(at()));
        }
        if !value.is_empty() {
            // Whoever shows choices takes away what is no longer among them.
            self.drop_unoffered(node, field);
        }
        let text = canonical(field, value).ok_or_else(|| FillFault::Type(at()))?;
        let scope = self.scope(node);
        if !is_offered(field, &text, &scope) {
            return Err(FillFault::Choice(at()));
        }
        if text.is_empty() && self.required[node.index()] {
            let message = messages::required(form, field);
            return Err(FillFault::Required { path: at(), message });
        }
        let before = self.tree.text(node).to_owned();
        if text.is_empty() && self.is_blank(node) {
            return Ok(());
        }
        self.tree.set_text(node, &text);
        if !text.is_empty() && field.constraint.as_ref().is_some_and(|r| !self.holds(r, node)) {
            self.tree.set_text(node, &before);
            let message = messages::constraint(form, field);
            return Err(FillFault::Constraint { path: at(), message });
        }
        self.emptied.retain(|n| *n != node);
        self.changed(node, text != before);
        self.walk();
        Ok(())
    }

    /// One more instance of a repeat, after the others. Places belong to the repeats around it.
    ///
    /// # Errors
    /// [`FillFault`] when no repeat has this path, or the phone does not offer another instance.
    pub fn add(&mut self, path: &str) -> Result<(), FillFault> {
        let (parent, repeat) = self.locate_repeat(path)?;
        if !self.is_relevant(parent)
            || self.form.fields[repeat].repeat_count.is_some()
            || !self.would_be_relevant(parent, repeat)
        {
            return Err(FillFault::Irrelevant(path.to_owned()));
        }
        self.create(parent, repeat);
        self.walk();
        Ok(())
    }

    /// Takes an instance of a repeat away, with all that is in it.
    ///
    /// # Errors
    /// [`FillFault`] when there is no such instance, or none may be taken away.
    pub fn delete(&mut self, path: &str) -> Result<(), FillFault> {
        let (node, field) = self.locate(path).ok_or_else(|| FillFault::Unknown(path.to_owned()))?;
        if self.form.fields[field].kind != FieldType::Repeat {
            return Err(FillFault::Unknown(path.to_owned()));
        }
        if !self.is_relevant(node) {
            return Err(FillFault::Irrelevant(path.to_owned()));
        }
        if self.form.fields[field].repeat_count.is_some() {
            return Err(FillFault::ReadOnly(path.to_owned()));
        }
        self.remove(node);
        self.walk();
        Ok(())
    }

    /// The stored text of a field, relevant or not; none for an unknown path.
    pub fn value(&self, path: &str) -> Option<String> {
        self.locate(path).map(|(node, _)| self.tree.text(node).to_owned())
    }

    /// True if the field exists and is asked.
    pub fn relevant(&self, path: &str) -> bool {
        self.locate(path).is_some_and(|(node, _)| self.is_relevant(node))
    }

    /// True if the field exists and an answer is needed.
    pub fn required(&self, path: &str) -> bool {
        self.locate(path).is_some_and(|(node, _)| self.required[node.index()])
    }

    /// True if the field exists and can be answered by hand.
    pub fn writable(&self, path: &str) -> bool {
        self.locate(path).is_some_and(|(node, _)| !self.is_locked(node))
    }

    /// The answers as they stand, hidden ones included.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The submission's XML as the answers stand, whatever is still missing.
    pub fn draft(&self) -> String {
        self.serialize()
    }

    pub(super) fn is_relevant(&self, node: NodeId) -> bool {
        self.lineage(node).all(|n| self.tree.is_relevant(n))
    }

    /// True if a rule or the kind of field forbids to answer; what holds for a group holds within.
    pub(super) fn is_locked(&self, node: NodeId) -> bool {
        let kind = &self.form.fields[self.field_of[node.index()]].kind;
        matches!(kind, FieldType::Note | FieldType::InstanceId)
            || self.lineage(node).any(|n| self.locked[n.index()])
    }
}
