//! Elements by name: the one child that a name means.

use foldhash::HashMap;

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

/// Names that are asked for, numbered from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Glossary(HashMap<String, u32>);

impl Glossary {
    /// The number of a name, which gets one if it has none.
    pub fn number(&mut self, name: &str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}

/// Most elements with children that a table has rows for: a few bytes of XML are an element.
const MOST_ROWS: usize = 1000;

/// The root is nobody's child.
const NONE: u32 = 0;
const SEVERAL: u32 = u32::MAX;

/// Row of elements without children.
const CHILDLESS: u32 = u32::MAX;
/// Row of elements beyond [`MOST_ROWS`].
const UNKNOWN: u32 = u32::MAX - 1;

/// The same for the names of a glossary, for every element of a tree at once: rules ask for the same few
/// dozen elements hundreds of times.
#[derive(Debug)]
pub(crate) struct Names {
    /// By element: its row.
    rows: Vec<u32>,
    /// How many names there are.
    width: usize,
    /// By row and name: the child, [`NONE`] or [`SEVERAL`].
    found: Vec<u32>,
}

impl Names {
    /// The names in a tree as it is now.
    pub fn of(tree: &Tree, glossary: &Glossary) -> Names {
        let width = glossary.0.len();
        let mut rows = vec![CHILDLESS; tree.len()];
        let mut parents = Vec::new();
        for index in 0..tree.len() as u32 {
            let parent = NodeId(index);
            if !tree.is_leaf(parent) && parents.len() < MOST_ROWS {
                rows[parent.index()] = parents.len() as u32;
                parents.push(parent);
            } else if !tree.is_leaf(parent) {
                rows[parent.index()] = UNKNOWN;
            }
        }
        let mut found = vec![NONE; parents.len() * width];
        for (row, parent) in parents.into_iter().enumerate() {
            for child in tree.children(parent) {
                let Some(number) = glossary.0.get(tree.name(*child)) else { continue };
                let found = &mut found[row * width + *number as usize];
                *found = if *found == NONE { child.0 } else { SEVERAL };
            }
        }
        Names { rows, width, found }
    }

    /// The child of this name, by its number; `None` where that is not known.
    pub fn child(&self, n: NodeId, name: u32) -> Option<Child> {
        match self.rows[n.index()] {
            CHILDLESS => Some(Child::None),
            UNKNOWN => None,
            row => Some(match self.found[row as usize * self.width + name as usize] {
                NONE => Child::None,
                SEVERAL => Child::Several,
                child => Child::One(NodeId(child)),
            }),
        }
    }

    /// The one node, or none, that names lead to from `n`; the outer `None` where they may lead to
    /// several.
    pub fn one(&self, n: NodeId, names: &[u32]) -> Option<Option<NodeId>> {
        let mut at = n;
        for name in names {
            match self.child(at, *name)? {
                Child::One(child) => at = child,
                Child::None => return Some(None),
                Child::Several => return None,
            }
        }
        Some(Some(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_looking_says() {
        let xml = b"<a xmlns:o='x'><b>1</b><c><b>2</b><d/></c><d/><o:e/><d/></a>";
        let tree = Tree::read(xml).unwrap();
        let mut glossary = Glossary::default();
        let mut number = |name: &str| glossary.number(name);
        let numbered = ["a", "b", "c", "d", "e", "o:e", ""].map(|name| (name, number(name)));
        let names = Names::of(&tree, &glossary);
        for index in 0..tree.len() as u32 {
            for (name, number) in numbered {
                let (n, looked) = (NodeId(index), tree.child(NodeId(index), name));
                assert_eq!(names.child(n, number), Some(looked), "{name} in {index}");
            }
        }
        let of_root = |name: &str| {
            let (_, number) = numbered.iter().find(|(n, _)| *n == name).unwrap();
            names.child(tree.root(), *number)
        };
        assert_eq!(of_root("d"), Some(Child::Several));
        assert_eq!(of_root("o:e"), Some(Child::None));
        assert!(matches!(of_root("e"), Some(Child::One(_))));
    }
}
