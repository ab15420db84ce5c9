//! A submission laid out on its form: every node with its field, and the nodes a phone left out
//! (because they were not asked) put back empty, so that rules find what they refer to.

use crate::answers::{NodeId, Spoken, Tree};
use crate::expr::Layout;
use crate::finding::{Finding, Severity};
use crate::form::index::Part;
use crate::form::{Form, messages};
use crate::text::Text;

use super::MAX_FINDINGS;

/// Most nodes that are looked at, those put back or left out included: a few bytes of XML can ask for an
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
        let (laid, spoken) = tree.speaking(&form.index.names, more);
        let mut laying = Laying {
            form,
            laid: LaidOut {
                tree: laid,
                in_order: Vec::with_capacity(tree.len() + more),
                layout: Layout::new(&form.index.shape, tree.len(), more),
            },
            spoken,
            left_out: 0,
            found: Vec::with_capacity(tree.len()),
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
    /// The fields' names in the tree.
    spoken: Spoken,
    /// How many nodes were not put back, since nothing asks about them.
    left_out: usize,
    /// Children in the submission with the field each is of, for the elements being laid.
    found: Vec<(usize, NodeId)>,
    findings: &'l mut Vec<Finding>,
}

impl Laying<'_, '_> {
    fn lay(&mut self, node: NodeId, i: usize, row: u32) {
        let row = self.laid.layout.put(node, i, row);
        self.laid.in_order.push((node, i as u32));
        // Most elements are answers, or were left out.
        if self.form.index.parts[i] != Part::Leaf || !self.laid.tree.is_leaf(node) {
            self.lay_children(node, i, row);
        }
    }

    /// Forms nest no deeper than [`crate::answers::MAX_DEPTH`], so recursion is bounded.
    fn lay_children(&mut self, node: NodeId, i: usize, row: u32) {
        let start = self.found.len();
        self.match_children(node, i);
        let form = self.form;
        let children = &form.fields[i].children;
        if children.is_empty() {
            return;
        }
        self.laid.tree.reserve(node, children.len());
        let end = self.found.len();
        let mut next = start;
        for &child in children {
            let part = form.index.parts[child];
            if part == Part::Repeat {
                self.laid.layout.begin(child, row);
            }
            let first = next;
            while next < end && self.found[next].0 == child {
                self.instance(self.found[next].1, child, row, next == first);
                next += 1;
            }
            // A repeat may have no instance at all.
            if next > first || part == Part::Repeat {
                continue;
            }
            if form.index.needless[child] {
                self.left_out += 1;
            } else {
                let names = &form.index.names;
                let n = self.laid.tree.push_called(node, names, self.spoken, child);
                self.lay(n, child, row);
            }
        }
        self.found.truncate(start);
    }

    /// One element of a field; `first` of its name in what it is in.
    fn instance(&mut self, node: NodeId, i: usize, row: u32, first: bool) {
        let repeat = self.form.index.parts[i] == Part::Repeat;
        if first || repeat && self.laid.in_order.len() + self.left_out < MAX_LAID {
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
        let start = self.found.len();
        let mut expected = 0;
        let mut sorted = true;
        let mut strangers = Vec::new();
        let tree = &self.laid.tree;
        for &n in tree.children(node) {
            // Submissions come in the form's order: the field is the same again, or the next.
            let next = &field.children[expected..];
            let near = tree.called(n, &form.index.names, &next[..next.len().min(24)]);
            let child = match near {
                Some(ahead) => {
                    expected += ahead;
                    Some(field.children[expected])
                }
                None => form.child(i, tree.name(n)),
            };
            let Some(child) = child else {
                strangers.push(n);
                continue;
            };
            sorted &= self.found.len() == start || self.found[self.found.len() - 1].0 <= child;
            self.found.push((child, n));
        }
        // meta may carry more than the form declares: deprecatedID, instanceName, audit.
        let meta = field.name == "meta" && field.row == 0;
        for n in strangers.into_iter().filter(|_| !meta) {
            self.stranger(node, i, n);
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
