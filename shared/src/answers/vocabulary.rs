//! Elements added to a tree by names that are known beforehand: a form's fields.

use super::{Children, NodeId, Span, Tree};

/// Names by number, in one text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    text: String,
    names: Vec<Span>,
}

impl Vocabulary {
    /// These names, numbered from 0.
    pub fn new<'n>(names: impl Iterator<Item = &'n str>) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for name in names {
            let from = vocabulary.text.len() as u32;
            vocabulary.text.push_str(name);
            vocabulary.names.push(Span { from, to: vocabulary.text.len() as u32 });
        }
        vocabulary
    }
}

/// Where a vocabulary stands in the buffer of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spoken(u32);

impl Tree {
    /// A copy whose buffer ends with the vocabulary, and with room for more elements, so that adding
    /// them moves nothing.
    pub(crate) fn speaking(&self, vocabulary: &Vocabulary, elements: usize) -> (Tree, Spoken) {
        fn roomy<T: Clone>(of: &[T], more: usize) -> Vec<T> {
            let mut all = Vec::with_capacity(of.len() + more);
            all.extend_from_slice(of);
            all
        }
        let mut buffer = String::with_capacity(self.buffer.len() + vocabulary.text.len());
        buffer.push_str(&self.buffer);
        buffer.push_str(&vocabulary.text);
        let tree = Tree {
            buffer,
            nodes: roomy(&self.nodes, elements),
            children: roomy(&self.children, self.nodes.len() + elements),
            attributes: self.attributes.clone(),
        };
        (tree, Spoken(self.buffer.len() as u32))
    }

    /// Which of these names of a vocabulary the element has: the first one's place among them.
    pub(crate) fn called(
        &self,
        n: NodeId,
        vocabulary: &Vocabulary,
        numbers: &[usize],
    ) -> Option<usize> {
        let (name, words) = (self.name_bytes(n), vocabulary.text.as_bytes());
        numbers.iter().position(|number| {
            let Span { from, to } = vocabulary.names[*number];
            name.len() == (to - from) as usize && *name == words[from as usize..to as usize]
        })
    }

    /// Makes room for so many more children.
    pub(crate) fn reserve(&mut self, parent: NodeId, more: usize) {
        let Children { from, count, room } = self.nodes[parent.index()].children;
        if (room - count) as usize >= more {
            return;
        }
        let old = from as usize..(from + count) as usize;
        let from = self.children.len();
        let room = count + more as u32;
        self.children.extend_from_within(old);
        self.children.resize(from + room as usize, NodeId(0));
        self.nodes[parent.index()].children = Children { from: from as u32, count, room };
    }

    /// Adds a child after the others, called by a name of the vocabulary that the tree speaks.
    pub(crate) fn push_called(
        &mut self,
        parent: NodeId,
        vocabulary: &Vocabulary,
        Spoken(from): Spoken,
        number: usize,
    ) -> NodeId {
        let name = vocabulary.names[number];
        self.push_named(parent, Span { from: from + name.from, to: from + name.to })
    }
}
