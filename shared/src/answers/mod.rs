//! A submission as a tree of answers: read strictly from XML, looked at by path, evaluated by
//! [`crate::expr`]. Never used to write a submission out again: originals stay byte for byte.
//!
//! Names and texts live in one buffer and nodes in one vector, so that a submission costs few
//! allocations.

mod build;
mod fault;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod vocabulary;
mod write;

pub use fault::XmlFault;
pub(crate) use names::{Child, Glossary, Names};
pub(crate) use read::{character, forbidden};
pub(crate) use vocabulary::{Spoken, Vocabulary};

/// Deepest nesting of elements accepted.
pub const MAX_DEPTH: usize = 72;
/// Most attributes accepted on one element.
pub const MAX_ATTRIBUTES: usize = 64;
/// Most elements accepted in one document.
pub const MAX_NODES: usize = 100_000;
/// Largest document accepted, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A node of one [`Tree`]; meaningless in any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The node's place in document order of creation, from 0; below [`Tree::len`].
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) fn of(index: u32) -> NodeId {
        NodeId(index)
    }
}

/// A piece of the tree's buffer.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    from: u32,
    to: u32,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// As written, with its prefix.
    name: Span,
    /// How much of the name is its prefix, the colon included.
    prefix: u16,
    text: Span,
    parent: Option<NodeId>,
    children: Children,
    /// What the form's rule about this very element says.
    relevant: bool,
    /// Relevant, and so is everything it is in.
    shown: bool,
}

/// Where a node's children stand in [`Tree::children`], with room for more.
#[derive(Clone, Copy, Debug, Default)]
struct Children {
    from: u32,
    count: u32,
    room: u32,
}

#[derive(Clone, Copy, Debug)]
struct Attribute {
    node: NodeId,
    name: Span,
    value: Span,
}

/// A tree of answers. Names are without namespace prefix (`orx:meta` is `meta`); texts are in
/// Unicode Normalization Form C.
#[derive(Clone, Debug)]
pub struct Tree {
    buffer: String,
    nodes: Vec<Node>,
    /// The children of every node, those of one node next to each other.
    children: Vec<NodeId>,
    /// In the order of their nodes.
    attributes: Vec<Attribute>,
}

impl Tree {
    /// Reads one XML document strictly: UTF-8 only (a byte order mark is allowed), no DOCTYPE,
    /// bounded size, depth, attributes and nodes, complete to its last end tag.
    ///
    /// # Errors
    /// [`XmlFault`], in time linear in the input whatever the input is.
    pub fn read(xml: &[u8]) -> Result<Tree, XmlFault> {
        read::read(xml)
    }

    /// A tree of one empty root element.
    pub fn new(root: &str) -> Tree {
        let mut tree = Tree::of_document("");
        let name = tree.store(root);
        tree.nodes.push(Node::new(name, None));
        tree
    }

    /// The root element.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// How many elements there are; at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a tree always has its root")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The element's name without prefix.
    pub fn name(&self, n: NodeId) -> &str {
        let node = &self.nodes[n.index()];
        &self.slice(node.name)[usize::from(node.prefix)..]
    }

    /// The element's name as written, with its prefix.
    pub fn written_name(&self, n: NodeId) -> &str {
        self.slice(self.nodes[n.index()].name)
    }

    /// The element's own text, trimmed of nothing; blanks between child elements are not text.
    pub fn text(&self, n: NodeId) -> &str {
        self.slice(self.nodes[n.index()].text)
    }

    /// True if the element has no text of its own.
    pub(crate) fn is_blank(&self, n: NodeId) -> bool {
        let Span { from, to } = self.nodes[n.index()].text;
        from == to
    }

    /// True if there are no elements in the element.
    pub(crate) fn is_leaf(&self, n: NodeId) -> bool {
        self.nodes[n.index()].children.count == 0
    }

    /// The element's children in document order.
    pub fn children(&self, n: NodeId) -> &[NodeId] {
        let Children { from, count, .. } = self.nodes[n.index()].children;
        &self.children[from as usize..(from + count) as usize]
    }

    /// The element's parent; none for the root.
    pub fn parent(&self, n: NodeId) -> Option<NodeId> {
        self.nodes[n.index()].parent
    }

    /// The value of an attribute, named as written (`version`, `orx:version`).
    pub fn attribute(&self, n: NodeId, name: &str) -> Option<&str> {
        self.attributes(n).find(|a| a.0 == name).map(|a| a.1)
    }

    /// The element's attributes as written, namespace declarations included.
    pub fn attributes(&self, n: NodeId) -> impl Iterator<Item = (&str, &str)> {
        let from = self.attributes.partition_point(|a| a.node < n);
        let own = self.attributes[from..].iter().take_while(move |a| a.node == n);
        own.map(|a| (self.slice(a.name), self.slice(a.value)))
    }

    /// False where a form's rule about this very element hides it.
    pub fn is_relevant(&self, n: NodeId) -> bool {
        self.nodes[n.index()].relevant
    }

    /// False where the element or one it is in is hidden; expressions do not see such nodes.
    pub fn is_shown(&self, n: NodeId) -> bool {
        self.nodes[n.index()].shown
    }

    /// The children of `n` that are called `name`.
    pub fn named<'t>(&'t self, n: NodeId, name: &'t str) -> impl Iterator<Item = NodeId> + 't {
        self.children(n).iter().copied().filter(move |c| self.is_named(*c, name))
    }

    /// Rules ask this of every child there is: what is not as long is not looked at.
    fn is_named(&self, n: NodeId, name: &str) -> bool {
        let bytes = self.name_bytes(n);
        bytes.len() == name.len() && bytes == name.as_bytes()
    }

    fn name_bytes(&self, n: NodeId) -> &[u8] {
        let node = &self.nodes[n.index()];
        let from = node.name.from as usize + usize::from(node.prefix);
        &self.buffer.as_bytes()[from..node.name.to as usize]
    }

    /// Where the element stands among its siblings of the same name, from 1.
    pub fn position(&self, n: NodeId) -> usize {
        let Some(parent) = self.parent(n) else { return 1 };
        let name = self.name(n);
        1 + self.named(parent, name).take_while(|c| *c != n).count()
    }

    /// The first element at `path`: absolute (`/household/meta/instanceID`) or from the root
    /// (`meta/instanceID`); a step may carry a place from 1 (`member[2]`).
    pub fn find(&self, path: &str) -> Option<NodeId> {
        let mut steps = path.split('/').filter(|s| !s.is_empty());
        if path.starts_with('/') && steps.next() != Some(self.name(self.root())) {
            return None;
        }
        self.first(self.root(), steps)
    }

    /// The first element that steps lead to from `n`; no deeper than the tree is.
    fn first<'p>(
        &self,
        n: NodeId,
        mut steps: impl Iterator<Item = &'p str> + Clone,
    ) -> Option<NodeId> {
        let Some(step) = steps.next() else { return Some(n) };
        let (name, place) = split_place(step);
        match place {
            Some(k) => self.first(self.named(n, name).nth(k.wrapping_sub(1))?, steps),
            None => self.named(n, name).find_map(|child| self.first(child, steps.clone())),
        }
    }

    /// All elements at `path`, in document order; see [`Tree::find`].
    pub fn find_all(&self, path: &str) -> Vec<NodeId> {
        let mut found = vec![self.root()];
        let mut steps = path.split('/').filter(|s| !s.is_empty());
        if path.starts_with('/') && steps.next() != Some(self.name(self.root())) {
            return Vec::new();
        }
        for step in steps {
            let (name, place) = split_place(step);
            let mut next = Vec::new();
            for n in found {
                match place {
                    Some(k) => next.extend(self.named(n, name).nth(k.wrapping_sub(1))),
                    None => next.extend(self.named(n, name)),
                }
            }
            found = next;
        }
        found
    }

    /// The path of an element, with places (`member[2]`) where siblings share its name.
    pub fn path(&self, n: NodeId) -> String {
        let mut steps = Vec::new();
        let mut at = Some(n);
        while let Some(n) = at {
            let name = self.name(n);
            at = self.parent(n);
            let shared = at.is_some_and(|p| self.named(p, name).nth(1).is_some());
            steps.push(if shared {
                format!("/{name}[{}]", self.position(n))
            } else {
                format!("/{name}")
            });
        }
        steps.reverse();
        steps.concat()
    }

    /// The form's id: attribute `id` of the root.
    pub fn form_id(&self) -> Option<&str> {
        self.attribute(self.root(), "id")
    }

    /// The form's version: attribute `version` of the root.
    pub fn version(&self) -> Option<&str> {
        self.attribute(self.root(), "version")
            .or_else(|| self.attribute(self.root(), "orx:version"))
    }

    /// The submission's own id: `meta/instanceID`, trimmed; none when blank.
    pub fn instance_id(&self) -> Option<&str> {
        self.meta("meta/instanceID")
    }

    /// The id of the submission this one replaces: `meta/deprecatedID`, trimmed.
    pub fn deprecated_id(&self) -> Option<&str> {
        self.meta("meta/deprecatedID")
    }

    fn meta(&self, path: &str) -> Option<&str> {
        self.find(path).map(|n| self.text(n).trim()).filter(|t| !t.is_empty())
    }

    fn slice(&self, span: Span) -> &str {
        &self.buffer[span.from as usize..span.to as usize]
    }
}

/// `member[2]` as `("member", Some(2))`.
pub(crate) fn split_place(step: &str) -> (&str, Option<usize>) {
    match step.strip_suffix(']').and_then(|s| s.split_once('[')) {
        Some((name, place)) => (name, Some(place.trim().parse().unwrap_or(0))),
        None => (step, None),
    }
}
