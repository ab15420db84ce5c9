//! Building and changing a tree, for the reader and for filling a form.

use super::{Attribute, Children, Node, NodeId, Span, Tree};

impl Tree {
    /// A tree without its root yet, whose buffer begins with the document it is read from.
    pub(super) fn of_document(source: &str) -> Tree {
        let nodes = source.len().min(1 << 20) / 24;
        Tree {
            buffer: source.to_owned(),
            nodes: Vec::with_capacity(nodes),
            children: Vec::with_capacity(nodes),
            attributes: Vec::new(),
        }
    }

    pub(super) fn store(&mut self, text: &str) -> Span {
        let from = self.buffer.len() as u32;
        self.buffer.push_str(text);
        Span { from, to: self.buffer.len() as u32 }
    }

    /// Adds a child at `place` among the children of `parent`; at the end when `place` is beyond.
    pub(crate) fn insert(&mut self, parent: NodeId, place: usize, name: &str) -> NodeId {
        let name = self.store(name);
        let id = self.push_named(parent, name);
        let Children { from, count, .. } = self.nodes[parent.index()].children;
        let (from, end) = (from as usize, (from + count) as usize);
        self.children[from.saturating_add(place).min(end - 1)..end].rotate_right(1);
        id
    }

    /// Adds a child after the others, whose name stands in the buffer.
    #[inline]
    pub(super) fn push_named(&mut self, parent: NodeId, name: Span) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        let shown = self.nodes[parent.index()].shown;
        self.nodes.push(Node { shown, ..Node::new(name, Some(parent)) });
        let Children { from, count, .. } = self.make_room(parent);
        self.children[(from + count) as usize] = id;
        id
    }

    /// Makes room for one more child and counts it; where the children stand, the new one left out.
    fn make_room(&mut self, parent: NodeId) -> Children {
        let Children { count, room, .. } = self.nodes[parent.index()].children;
        if count == room {
            // Room to double, so that many insertions stay cheap.
            self.reserve(parent, count.max(2) as usize);
        }
        let children = &mut self.nodes[parent.index()].children;
        children.count += 1;
        Children { count, ..*children }
    }

    /// Says once what the children of a node are.
    pub(super) fn set_children(&mut self, parent: NodeId, nodes: &[NodeId]) {
        let (from, count) = (self.children.len() as u32, nodes.len() as u32);
        self.children.extend_from_slice(nodes);
        self.nodes[parent.index()].children = Children { from, count, room: count };
    }

    /// Gives an attribute to the element that came last.
    pub(crate) fn push_attribute(&mut self, n: NodeId, name: &str, value: &str) {
        let (name, value) = (self.store(name), self.store(value));
        self.attributes.push(Attribute { node: n, name, value });
    }

    /// Takes an element out of its parent's children; it and what is in it are no more reached.
    pub(crate) fn detach(&mut self, n: NodeId) {
        let Some(parent) = self.nodes[n.index()].parent else { return };
        let Children { from, count, .. } = self.nodes[parent.index()].children;
        let (from, end) = (from as usize, (from + count) as usize);
        if let Some(at) = self.children[from..end].iter().position(|c| *c == n) {
            self.children[from + at..end].rotate_left(1);
            self.nodes[parent.index()].children.count -= 1;
        }
    }

    /// Replaces the element's own text.
    pub(crate) fn set_text(&mut self, n: NodeId, text: &str) {
        let span = self.store(text);
        self.nodes[n.index()].text = span;
    }

    /// Hides or shows one element, and with it what is in it.
    pub(crate) fn set_relevant(&mut self, n: NodeId, relevant: bool) {
        let node = &mut self.nodes[n.index()];
        node.relevant = relevant;
        if node.children.count == 0 {
            let parent = node.parent;
            let above = parent.is_none_or(|p| self.is_shown(p));
            self.nodes[n.index()].shown = relevant && above;
            return;
        }
        let mut waiting = vec![n];
        while let Some(n) = waiting.pop() {
            let above = self.nodes[n.index()].parent.is_none_or(|p| self.is_shown(p));
            let node = &mut self.nodes[n.index()];
            let shown = above && node.relevant;
            if node.shown != shown {
                node.shown = shown;
                let Children { from, count, .. } = node.children;
                waiting.extend_from_slice(&self.children[from as usize..(from + count) as usize]);
            }
        }
    }
}

impl Node {
    pub(super) fn new(name: Span, parent: Option<NodeId>) -> Node {
        Node {
            name,
            prefix: 0,
            text: Span::default(),
            parent,
            children: Children::default(),
            relevant: true,
            shown: true,
        }
    }
}
