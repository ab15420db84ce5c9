//! Elements by name: the one child that a name means.

use foldhash::{HashMap, HashMapExt};

use super::{NodeId, Tree};

/// The children of an element that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Child {
    /// There is none.
    None,
    /// There is one.
    One(NodeId),
    /// There are more.
    Several,
}

impl Tree {
    /// The children of `n` that are called `name`, found by looking at each of them.
    pub(crate) fn child(&self, n: NodeId, name: &str) -> Child {
        let mut found = self.named(n, name);
        match (found.next(), found.next()) {
            (Some(one), None) => Child::One(one),
            (None, _) => Child::None,
            _ => Child::Several,
        }
    }
}

/// The same for every element of a tree at once: rules ask for the same few dozen elements hundreds of
/// times.
#[derive(Debug)]
pub(crate) struct Names<'t>(HashMap<(NodeId, &'t str), Child>);

impl<'t> Names<'t> {
    /// The names in a tree as it is now.
    pub fn of(tree: &'t Tree) -> Names<'t> {
        let mut names = HashMap::with_capacity(tree.len());
        for index in 0..tree.len() as u32 {
            let parent = NodeId(index);
            for child in tree.children(parent) {
                names
                    .entry((parent, tree.name(*child)))
                    .and_modify(|found| *found = Child::Several)
                    .or_insert(Child::One(*child));
            }
        }
        Names(names)
    }

    /// See [`Tree::child`].
    pub fn child(&self, n: NodeId, name: &str) -> Child {
        self.0.get(&(n, name)).copied().unwrap_or(Child::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_looking_says() {
        let xml = b"<a xmlns:o='x'><b>1</b><c><b>2</b><d/></c><d/><o:e/><d/></a>";
        let tree = Tree::read(xml).unwrap();
        let names = Names::of(&tree);
        for index in 0..tree.len() as u32 {
            for name in ["a", "b", "c", "d", "e", "o:e", ""] {
                let (n, looked) = (NodeId(index), tree.child(NodeId(index), name));
                assert_eq!(names.child(n, name), looked, "{name} in {index}");
            }
        }
        assert_eq!(names.child(tree.root(), "d"), Child::Several);
        assert_eq!(names.child(tree.root(), "o:e"), Child::None);
        assert!(matches!(names.child(tree.root(), "e"), Child::One(_)));
    }
}
