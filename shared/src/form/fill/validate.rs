//! The end of filling: what still stands in the way, or the submission.

use super::super::field::{Field, FieldType};
use super::super::messages;
use super::super::value::is_offered;
use super::Filling;
use crate::answers::NodeId;
use crate::expr::moment_text;
use crate::finding::{Finding, Severity};
use crate::text::Text;

impl Filling<'_> {
    /// Ends filling: the submission's XML, or what still stands in the way.
    ///
    /// # Errors
    /// A finding `required` or `constraint` for every question concerned, in document order.
    pub fn finish(mut self) -> Result<String, Vec<Finding>> {
        let mut findings = Vec::new();
        self.validate(self.tree.root(), &mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let form = self.form;
        for (i, field) in form.fields.iter().enumerate() {
            let value = match field.kind {
                FieldType::End => moment_text(self.now),
                FieldType::Audit => "audit.csv".to_owned(),
                _ => continue,
            };
            for node in self.everywhere(i) {
                self.tree.set_text(node, &value);
            }
        }
        Ok(self.serialize())
    }

    /// Every question is answered once more with the answer it has, and what follows from that is
    /// worked out, as JavaRosa does.
    fn validate(&mut self, node: NodeId, findings: &mut Vec<Finding>) {
        if !self.tree.is_relevant(node) {
            return;
        }
        let form = self.form;
        let i = self.field_of[node.index()];
        let field = &form.fields[i];
        if field.kind.is_question() || field.kind == FieldType::Note {
            let gone = self.drop_unoffered(node, field);
            match self.objection(node, field) {
                Some((code, message)) => {
                    let path = form.numbered_path(&self.tree, node, i);
                    findings.push(Finding::field(code, Severity::Error, path, message));
                }
                None if self.is_blank(node) => {}
                None => self.changed(node, gone),
            }
        }
        // In the form's order: an instance that came late may stand elsewhere in the tree.
        for &child in &field.children {
            let mut k = 0;
            loop {
                let instance = self.children_of(node, child).nth(k);
                let Some(instance) = instance else { break };
                self.validate(instance, findings);
                k += 1;
            }
        }
    }

    /// Takes choices away that are no longer offered. True when nothing of several is left; the one
    /// of a list goes without anybody noticing.
    pub(super) fn drop_unoffered(&mut self, node: NodeId, field: &Field) -> bool {
        let text = self.tree.text(node).to_owned();
        if text.is_empty() || field.kind.choices().is_none() {
            return false;
        }
        let scope = self.scope(node);
        let kept: Vec<&str> =
            text.split_ascii_whitespace().filter(|v| is_offered(field, v, &scope)).collect();
        let kept = kept.join(" ");
        if kept == text {
            return false;
        }
        self.tree.set_text(node, &kept);
        let gone = kept.is_empty() && !matches!(field.kind, FieldType::SelectOne(_));
        self.emptied.extend(gone.then_some(node));
        gone
    }

    /// True without an answer; one of which nothing is left is blank, but counts as given.
    pub(super) fn is_blank(&self, node: NodeId) -> bool {
        self.tree.text(node).is_empty() && !self.emptied.contains(&node)
    }

    fn objection(&mut self, node: NodeId, field: &Field) -> Option<(&'static str, Text)> {
        if self.is_blank(node) {
            let missing = self.required[node.index()];
            return missing.then(|| ("required", messages::required(self.form, field)));
        }
        let broken = field.constraint.as_ref().is_some_and(|r| !self.holds(r, node));
        broken.then(|| ("constraint", messages::constraint(self.form, field)))
    }
}
