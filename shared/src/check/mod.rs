//! Checks a submission against its form: what the phone would have refused, hidden or computed
//! otherwise. The form means here what it means on the phone; the data is judged, never altered.
//!
//! Codes: `required`, `constraint`, `type`, `choice`, `irrelevant`, `calculation`,
//! `unknown_field`, `repeated_field`, `other_form`, `attachment_missing`,
//! `attachment_unexpected`, `too_many_instances`, `too_many_findings`.

pub mod arrival;
mod laid_out;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeSet;

use jiff::civil::DateTime;

use crate::answers::{NodeId, Tree};
use crate::expr::{Column, Instances, Scope, parse_moment};
use crate::finding::{Finding, Severity};
use crate::form::fill::store;
use crate::form::index::Judged;
use crate::form::value::{Offer, offer};
use crate::form::{Field, FieldType, Form, Rule, messages};
use crate::text::Text;
use laid_out::LaidOut;
use types::is_of_type;

/// Most findings given for one submission.
pub const MAX_FINDINGS: usize = 500;

/// What a check of `tree` against `form` notices, in document order within each kind of check.
///
/// `attachments` are the file names that came with the submission so far, or `None` when that is
/// not to be judged. `media` are the tables of [`Form::media`]; answers chosen from a table that is
/// not given are not judged. The clock is the submission's own: its `end`, `today` or `start`.
pub fn check(
    form: &Form,
    tree: &Tree,
    attachments: Option<&[String]>,
    media: &Instances,
) -> Vec<Finding> {
    if tree.name(tree.root()) != form.fields[0].name {
        return vec![Finding::whole("other_form", Severity::Error, messages::other_form())];
    }
    let instances = media.with(&form.tables);
    let mut findings = Vec::new();
    let mut checking = Checking {
        form,
        laid: LaidOut::new(form, tree, &mut findings),
        original: tree.len(),
        instances: &instances,
        now: moment_of(form, tree),
        findings,
    };
    checking.relevance();
    checking.calculations();
    checking.answers();
    if let Some(attachments) = attachments {
        checking.attachments(tree, attachments);
    }
    let mut findings = checking.findings;
    if findings.len() > MAX_FINDINGS {
        findings.truncate(MAX_FINDINGS);
        let more = messages::too_many_findings();
        findings.push(Finding::whole("too_many_findings", Severity::Warning, more));
    }
    findings
}

/// When the submission was filled, by its own account.
fn moment_of(form: &Form, tree: &Tree) -> Option<DateTime> {
    form.index
        .clocks
        .iter()
        .find_map(|i| parse_moment(tree.text(tree.find(&form.fields[*i].path)?)))
}

struct Checking<'c> {
    form: &'c Form,
    laid: LaidOut<'c>,
    /// Nodes from here on were not in the submission.
    original: usize,
    instances: &'c Instances,
    now: Option<DateTime>,
    findings: Vec<Finding>,
}

impl<'c> Checking<'c> {
    fn find(&mut self, code: &str, severity: Severity, node: NodeId, field: usize, message: Text) {
        if self.findings.len() > MAX_FINDINGS {
            return;
        }
        let path = self.laid.path(self.form, node, field);
        self.findings.push(Finding::field(code, severity, path, message));
    }

    /// True unless the rule is broken; a rule that asks the clock holds when there is none.
    fn holds(&self, rule: &Rule, node: NodeId, otherwise: bool) -> bool {
        let now = match self.now {
            Some(now) => now,
            None if rule.expr.ast().is_volatile() => return otherwise,
            None => DateTime::MIN,
        };
        rule.expr.holds(&self.scope(node, now))
    }

    fn scope(&self, node: NodeId, now: DateTime) -> Scope<'_> {
        let scope = Scope::new(&self.laid.tree, node, now, self.instances);
        Scope { layout: Some(&self.laid.layout), ..scope }
    }

    /// In the form's working order, so that each rule sees what it depends on already hidden.
    fn relevance(&mut self) {
        let form = self.form;
        let mut nodes = Vec::new();
        for &i in &form.index.relevance {
            let Some(rule) = &form.fields[i].relevant else { continue };
            nodes.clear();
            nodes.extend(self.laid.layout.nodes_of(i));
            for node in &nodes {
                let tree = &self.laid.tree;
                let moot = form.index.moot[i] && tree.is_blank(*node);
                // What is in something hidden stays hidden, whatever its own rule says.
                if !moot && tree.is_shown(*node) && !self.holds(rule, *node, true) {
                    self.laid.tree.set_relevant(*node, false);
                }
            }
        }
    }

    fn calculations(&mut self) {
        let form = self.form;
        let mut nodes = Vec::new();
        for judged in &form.index.judged {
            let Some(rule) = &form.fields[judged.field].calculation else { continue };
            if judged.tables.iter().any(|t| self.instances.get(t).is_none()) {
                continue;
            }
            nodes.clear();
            nodes.extend(self.laid.layout.nodes_of(judged.field));
            for node in &nodes {
                self.calculation(*node, judged, rule);
            }
        }
    }

    /// A calculated value is compared, and stays as it came.
    fn calculation(&mut self, node: NodeId, judged: &Judged, rule: &Rule) {
        if !self.laid.tree.is_shown(node) {
            return;
        }
        let now = self.now.unwrap_or(DateTime::MIN);
        let value = rule.expr.eval(&self.scope(node, now));
        let value = value.stored(store(self.form.fields[judged.field].data));
        if !same(&value, self.laid.tree.text(node)) {
            // A roster may have been corrected since: worth knowing, no more.
            let severity = if judged.roster { Severity::Note } else { Severity::Warning };
            let message = messages::differing_calculation();
            self.find("calculation", severity, node, judged.field, message);
        }
    }

    fn answers(&mut self) {
        for n in 0..self.laid.in_order.len() {
            let (node, i) = self.laid.in_order[n];
            let i = i as usize;
            let field = &self.form.fields[i];
            if field.kind.has_children() || field.kind == FieldType::InstanceId {
                continue;
            }
            let blank = self.laid.tree.is_blank(node);
            if !self.laid.tree.is_shown(node) {
                if !blank && node.index() < self.original {
                    self.find("irrelevant", Severity::Warning, node, i, messages::irrelevant());
                }
            } else if blank {
                let required = field.required.as_ref().filter(|_| field.kind.is_question());
                if required.is_some_and(|r| self.holds(r, node, false)) {
                    let message = messages::required(self.form, field);
                    self.find("required", Severity::Error, node, i, message);
                }
            } else {
                self.answer(node, i, field);
            }
        }
    }

    fn answer(&mut self, node: NodeId, i: usize, field: &Field) {
        let text = self.laid.tree.text(node);
        if !is_of_type(field, text) {
            return self.find("type", Severity::Error, node, i, messages::wrong_type());
        }
        if let Some(choices) = field.kind.choices() {
            let offer = match &self.form.index.offered[i] {
                Some(list) => of_list(field, text, list),
                None => {
                    let now = self.now.unwrap_or(DateTime::MIN);
                    offer(field, text, &self.scope(node, now))
                }
            };
            if offer == Offer::Unknown {
                let list = choices.file.is_none();
                let severity = if list { Severity::Error } else { Severity::Warning };
                self.find("choice", severity, node, i, messages::unknown_choice());
            } else if offer == Offer::Partial {
                self.find("type", Severity::Warning, node, i, messages::wrong_type());
            }
        }
        let broken = field.constraint.as_ref().is_some_and(|r| !self.holds(r, node, true));
        if broken && field.kind.is_question() {
            let message = messages::constraint(self.form, field);
            self.find("constraint", Severity::Error, node, i, message);
        }
    }

    fn attachments(&mut self, tree: &Tree, arrived: &[String]) {
        let arrived: Vec<String> = arrived.iter().map(|file| crate::text::nfc(file)).collect();
        let there: BTreeSet<&str> = arrived.iter().map(String::as_str).collect();
        for n in 0..self.laid.in_order.len() {
            let (node, i) = self.laid.in_order[n];
            let name = self.laid.tree.text(node).trim();
            let file = self.form.fields[i as usize].kind.names_file() && !name.is_empty();
            if file && !there.contains(name) {
                let message = messages::missing_attachment();
                self.find("attachment_missing", Severity::Warning, node, i as usize, message);
            }
        }
        let named: BTreeSet<String> = self.form.attachments_named(tree).into_iter().collect();
        for file in &arrived {
            if !named.contains(file) && self.findings.len() <= MAX_FINDINGS {
                self.findings.push(Finding::whole(
                    "attachment_unexpected",
                    Severity::Note,
                    messages::unexpected_attachment(),
                ));
            }
        }
    }
}

/// How an answer stands to a list that is offered as a whole.
fn of_list(field: &Field, text: &str, list: &Column) -> Offer {
    let known = match field.kind {
        FieldType::SelectOne(_) => list.has(text),
        _ => text.split_ascii_whitespace().all(|value| list.has(value)),
    };
    if known { Offer::Whole } else { Offer::Unknown }
}

/// Equal as texts, or as numbers to nine digits.
fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1.0),
        _ => false,
    }
}
