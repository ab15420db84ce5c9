//! Filling a form as a phone does: relevance and calculations follow every answer, constraints
//! refuse, and the finished submission is the XML that JavaRosa (ODK Collect's engine) writes.
//!
//! For tests, the demonstration and the command line; people use ODK Collect or the web app.

mod instance;
mod path;
mod serialize;

pub(crate) use instance::store;

use jiff::civil::DateTime;
use thiserror::Error;

use super::field::{Field, FieldType};
use super::value::{canonical, is_offered, scope_at};
use super::{Form, messages};
use crate::answers::{NodeId, Tree};
use crate::expr::{Instances, moment_text};
use crate::finding::{Finding, Severity};
use crate::text::Text;

/// What the phone knows when filling starts.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Local time; also the time of finishing unless [`Filling::set_now`] moves it.
    pub now: DateTime,
    /// The submission's id, `uuid:…`.
    pub instance_id: String,
    /// The phone's id.
    pub device_id: String,
}

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FillFault {
    /// No question has this path, or more than one has.
    #[error("{0}: no such question, or more than one")]
    Unknown(String),
    /// A repeat's instances are made one after the other; this place is too far on.
    #[error("{0}: the instance before it does not exist yet")]
    Place(String),
    /// The question is not asked here.
    #[error("{0}: not asked here")]
    Irrelevant(String),
    /// The question cannot be answered by hand.
    #[error("{0}: read-only")]
    ReadOnly(String),
    /// The value is not of the question's type.
    #[error("{0}: not of the question's type")]
    Type(String),
    /// The value is not among the choices offered.
    #[error("{0}: no such choice")]
    Choice(String),
    /// A required answer cannot be made blank.
    #[error("{path}: {}", message.en)]
    Required {
        /// The question.
        path: String,
        /// What the form says.
        message: Text,
    },
    /// The constraint refuses the value.
    #[error("{path}: {}", message.en)]
    Constraint {
        /// The question.
        path: String,
        /// What the form says.
        message: Text,
    },
}

/// A form being filled.
#[derive(Clone, Debug)]
pub struct Filling<'f> {
    form: &'f Form,
    tree: Tree,
    instances: Instances,
    now: DateTime,
    /// By node: its field.
    field_of: Vec<usize>,
    /// By field: its nodes.
    nodes_of: Vec<Vec<NodeId>>,
}

impl<'f> Filling<'f> {
    /// An empty filling with the values a phone puts in by itself. `media` are the tables of
    /// [`Form::media`].
    pub fn start(form: &'f Form, media: &Instances, meta: Meta) -> Filling<'f> {
        let mut filling = Filling {
            form,
            tree: Tree::new(&form.fields[0].name),
            instances: media.with(&form.tables),
            now: meta.now,
            field_of: vec![0],
            nodes_of: vec![Vec::new(); form.fields.len()],
        };
        let root = filling.tree.root();
        filling.nodes_of[0].push(root);
        filling.add_children(root, 0);
        for (i, field) in form.fields.iter().enumerate() {
            let value = match field.kind {
                FieldType::Start => moment_text(meta.now),
                FieldType::Today => meta.now.date().to_string(),
                FieldType::DeviceId => meta.device_id.clone(),
                FieldType::InstanceId => meta.instance_id.clone(),
                _ => continue,
            };
            for node in filling.nodes_of[i].clone() {
                filling.tree.set_text(node, &value);
            }
        }
        filling.work_out_all();
        filling
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
        let (node, i) = self.locate_or_make(path)?;
        let field = &self.form.fields[i];
        let at = || path.to_owned();
        if !self.is_relevant(node) {
            return Err(FillFault::Irrelevant(at()));
        }
        if field.read_only.as_ref().is_some_and(|r| self.holds(r, node)) {
            return Err(FillFault::ReadOnly(at()));
        }
        let text = canonical(field, value).ok_or_else(|| FillFault::Type(at()))?;
        let scope = scope_at(&self.tree, node, self.now, &self.instances);
        if !is_offered(field, &text, &scope) {
            return Err(FillFault::Choice(at()));
        }
        if text.is_empty() && field.required.as_ref().is_some_and(|r| self.holds(r, node)) {
            let message = messages::required(self.form, field);
            return Err(FillFault::Required { path: at(), message });
        }
        let before = self.tree.text(node).to_owned();
        self.tree.set_text(node, &text);
        if !text.is_empty() && field.constraint.as_ref().is_some_and(|r| !self.holds(r, node)) {
            self.tree.set_text(node, &before);
            let message = messages::constraint(self.form, field);
            return Err(FillFault::Constraint { path: at(), message });
        }
        self.work_out(i, node);
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

    /// Ends filling: the submission's XML, or what still stands in the way.
    ///
    /// # Errors
    /// A finding `required` or `constraint` for every question concerned, in document order.
    pub fn finish(mut self) -> Result<String, Vec<Finding>> {
        for i in 0..self.form.fields.len() {
            if self.form.fields[i].kind == FieldType::End {
                for node in self.nodes_of[i].clone() {
                    self.tree.set_text(node, &moment_text(self.now));
                    self.work_out(i, node);
                }
            }
        }
        let mut findings = Vec::new();
        self.validate(self.tree.root(), &mut findings);
        if findings.is_empty() { Ok(self.serialize()) } else { Err(findings) }
    }

    /// The answers as they stand, hidden ones included.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    fn validate(&self, node: NodeId, findings: &mut Vec<Finding>) {
        if !self.tree.is_relevant(node) {
            return;
        }
        let field = &self.form.fields[self.field_of[node.index()]];
        if field.kind.is_question()
            && let Some((code, message)) = self.objection(node, field)
        {
            let i = self.field_of[node.index()];
            let path = self.form.numbered_path(&self.tree, node, i);
            findings.push(Finding::field(code, Severity::Error, path, message));
        }
        for child in self.tree.children(node) {
            self.validate(*child, findings);
        }
    }

    fn objection(&self, node: NodeId, field: &Field) -> Option<(&'static str, Text)> {
        if self.tree.text(node).is_empty() {
            let missing = field.required.as_ref().is_some_and(|r| self.holds(r, node));
            return missing.then(|| ("required", messages::required(self.form, field)));
        }
        let broken = field.constraint.as_ref().is_some_and(|r| !self.holds(r, node));
        broken.then(|| ("constraint", messages::constraint(self.form, field)))
    }
}
