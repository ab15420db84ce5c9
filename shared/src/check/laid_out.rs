//! A submission laid out on its form: every node with its field, and the nodes a phone left out
//! (because they were not asked) put back empty, so that rules find what they refer to.

use crate::answers::{NodeId, Tree};
use crate::expr::Layout;
use crate::finding::{Finding, Severity};
use crate::form::{FieldType, Form, messages};
use crate::text::Text;

use super::MAX_FINDINGS;

/// Most nodes that are looked at, those put back included: a few bytes of XML can ask for an
/// instance of a large repeat.
const MAX_LAID: usize = 300_000;

/// Most nodes to put back that room is made for beforehand.
const MAX_ROOM: usize = 1000;

pub(super) struct LaidOut<'f> {
    pub tree: Tree,
    /// Nodes with their fields, in the form's order.
    pub in_order: Vec<(NodeId, u32)>,
    pub layout: Layout<'f>,
}

impl<'f> LaidOut<'f> {
    pub fn new(form: &'f Form, tree: &Tree, findings: &mut Vec<Finding>) -> LaidOut<'f> {
        let more = form.fields.len().min(MAX_ROOM);
        let room = tree.len() + more;
        let mut laying = Laying {
            form,
            laid: LaidOut {
                tree: tree.with_room(more),
                in_order: Vec::with_capacity(room),
                layout: Layout::new(&form.index.shape, room),
            },
            found: Vec::new(),
            findings,
        };
        laying.lay(tree.root(), 0, 0);
        laying.laid
    }

    /// The path of a node of this field, with a place on every repeat.
    pub fn path(&self, form: &Form, node: NodeId, field: usize) -> String {
        form.path_of(&self.tree, node, field, |n| self.layout.place(n))
    }
}

struct Laying<'l, 'f> {
    form: &'f Form,
    laid: LaidOut<'f>,
    /// Children in the submission with the field each is of, for the elements being laid.
    found: Vec<(usize, NodeId)>,
    findings: &'l mut Vec<Finding>,
}

impl Laying<'_, '_> {
    /// Forms nest no deeper than [`crate::answers::MAX_DEPTH`], so recursion is bounded.
    fn lay(&mut self, node: NodeId, i: usize, row: u32) {
        let form = self.form;
        let field = &form.fields[i];
        let row = self.laid.layout.put(node, i, row, field.kind == FieldType::Repeat);
        self.laid.in_order.push((node, i as u32));
        let start = self.found.len();
        self.match_children(node, i);
        let end = self.found.len();
        let mut next = start;
        for &child in &field.children {
            let repeat = form.fields[child].kind == FieldType::Repeat;
            if repeat {
                self.laid.layout.begin(child, row);
            }
            let first = next;
            while next < end && self.found[next].0 == child {
                self.instance(self.found[next].1, child, row, next == first);
                next += 1;
            }
            // A repeat may have no instance at all.
            if next == first && !repeat {
                let n = self.laid.tree.push(node, &form.fields[child].name);
                self.lay(n, child, row);
            }
        }
        self.found.truncate(start);
    }

    /// One element of a field; `first` of its name in what it is in.
    fn instance(&mut self, node: NodeId, i: usize, row: u32, first: bool) {
        let repeat = self.form.fields[i].kind == FieldType::Repeat;
        if first || repeat && self.laid.in_order.len() < MAX_LAID {
            self.lay(node, i, row);
        } else if repeat {
            self.report(node, i, "too_many_instances", messages::too_many_instances());
        } else {
            self.report(node, i, "repeated_field", messages::repeated_field());
        }
    }

    /// Finds the fields of an element's children, in the form's order.
    fn match_children(&mut self, node: NodeId, i: usize) {
        let form = self.form;
        let field = &form.fields[i];
        // meta may carry more than the form declares: deprecatedID, instanceName, audit.
        let meta = field.name == "meta" && field.row == 0;
        let start = self.found.len();
        let mut expected = 0;
        let mut sorted = true;
        for k in 0..self.laid.tree.children(node).len() {
            let n = self.laid.tree.children(node)[k];
            let name = self.laid.tree.name(n);
            // Submissions come in the form's order: the field is the same again, or the next.
            let near = field.children[expected..]
                .iter()
                .take(24)
                .position(|c| form.fields[*c].name == name);
            let child = match near {
                Some(ahead) => {
                    expected += ahead;
                    Some(field.children[expected])
                }
                None => form.child(i, name),
            };
            match child {
                Some(child) => {
                    sorted &=
                        self.found.len() == start || self.found[self.found.len() - 1].0 <= child;
                    self.found.push((child, n));
                }
                None if meta => {}
                None => self.stranger(node, i, n),
            }
        }
        if !sorted {
            self.found[start..].sort_by_key(|f| f.0);
        }
    }

    /// An element the form does not know, within a node of a field it does.
    fn stranger(&mut self, parent: NodeId, field: usize, node: NodeId) {
        if self.findings.len() <= MAX_FINDINGS {
            let name: String = self.laid.tree.name(node).chars().take(80).collect();
            let path = format!("{}/{name}", self.laid.path(self.form, parent, field));
            let message = messages::unknown_field();
            self.findings.push(Finding::field("unknown_field", Severity::Warning, path, message));
        }
    }

    fn report(&mut self, node: NodeId, field: usize, code: &str, message: Text) {
        if self.findings.len() <= MAX_FINDINGS {
            let path = self.laid.path(self.form, node, field);
            self.findings.push(Finding::field(code, Severity::Warning, path, message));
        }
    }
}
