//! Every node as it stands, for tests and for the phone.

use super::Filling;
use crate::answers::NodeId;

/// One node of a filling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its path, with a place on every repeat.
    pub path: String,
    /// It is asked, and so is all that it is in.
    pub relevant: bool,
    /// An answer is needed.
    pub required: bool,
    /// It can be answered by hand.
    pub writable: bool,
    /// What it holds, relevant or not, as a submission has it.
    pub value: Option<String>,
}

impl Filling<'_> {
    fn held(&self, node: NodeId) -> Option<String> {
        (!self.is_blank(node)).then(|| self.tree.text(node).to_owned())
    }

    /// Every node as it stands, in document order.
    pub fn states(&self) -> Vec<State> {
        let mut states = Vec::with_capacity(self.tree.len());
        let mut waiting: Vec<NodeId> = vec![self.tree.root()];
        while let Some(node) = waiting.pop() {
            states.push(State {
                path: self.form.numbered_path(&self.tree, node, self.field_of[node.index()]),
                relevant: self.is_relevant(node),
                required: self.required[node.index()],
                writable: !self.is_locked(node),
                value: self.held(node),
            });
            waiting.extend(self.tree.children(node).iter().rev());
        }
        states
    }
}
