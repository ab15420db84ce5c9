//! Paths as people write them in answer files: any unambiguous tail, places on repeats.

use super::super::field::FieldType;
use super::{FillFault, Filling};
use crate::answers::{NodeId, split_place};

impl Filling<'_> {
    /// The fields from the root to the one that a path names, each with its place.
    fn chain(&self, path: &str) -> Option<Vec<(usize, usize)>> {
        let steps: Vec<(&str, Option<usize>)> =
            path.split('/').filter(|s| !s.is_empty()).map(split_place).collect();
        let whole = path.starts_with('/');
        let fields = &self.form.fields;
        let lineage = |i: usize| std::iter::successors(Some(i), |i| fields[*i].parent);
        let fits = |i: &usize| {
            let mut up = lineage(*i);
            let tail = steps
                .iter()
                .rev()
                .all(|(name, _)| up.next().is_some_and(|i| fields[i].name == *name));
            tail && (!whole || up.next().is_none())
        };
        let mut found = (1..fields.len()).filter(fits);
        let (first, second) = (found.next()?, found.next());
        if second.is_some() {
            return None;
        }
        let mut places = steps.iter().rev().map(|(_, place)| place.unwrap_or(1));
        let mut chain: Vec<(usize, usize)> =
            lineage(first).map(|i| (i, places.next().unwrap_or(1))).collect();
        chain.reverse();
        Some(chain)
    }

    pub(super) fn locate(&self, path: &str) -> Option<(NodeId, usize)> {
        let chain = self.chain(path)?;
        let mut node = self.tree.root();
        for (field, place) in &chain[1..] {
            let name = &self.form.fields[*field].name;
            node = self.tree.named(node, name).nth(place.checked_sub(1)?)?;
        }
        chain.last().map(|(field, _)| (node, *field))
    }

    /// A repeat and the node it is in; a place on its last step says nothing.
    pub(super) fn locate_repeat(&self, path: &str) -> Result<(NodeId, usize), FillFault> {
        let chain = self.chain(path).ok_or_else(|| FillFault::Unknown(path.to_owned()))?;
        let mut node = self.tree.root();
        let (last, before) = chain.split_last().ok_or(FillFault::Unknown(path.to_owned()))?;
        if self.form.fields[last.0].kind != FieldType::Repeat {
            return Err(FillFault::Unknown(path.to_owned()));
        }
        for (field, place) in before.iter().skip(1) {
            let found = self.children_of(node, *field).nth(place.wrapping_sub(1));
            node = found.ok_or_else(|| FillFault::Place(path.to_owned()))?;
        }
        Ok((node, last.0))
    }

    /// The node of a question, making the next instance of a repeat where the path asks for it.
    pub(super) fn locate_or_make(&mut self, path: &str) -> Result<(NodeId, usize), FillFault> {
        let unknown = || FillFault::Unknown(path.to_owned());
        let chain = self.chain(path).ok_or_else(unknown)?;
        let (field, _) = *chain.last().ok_or_else(unknown)?;
        let kind = &self.form.fields[field].kind;
        if !kind.is_question() && *kind != FieldType::Note {
            return Err(unknown());
        }
        let mut node = self.tree.root();
        for (i, place) in chain.into_iter().skip(1) {
            let parent = node;
            let form = self.form;
            let step = &form.fields[i];
            let found: Vec<NodeId> = self.tree.named(parent, &step.name).collect();
            node = match found.get(place.wrapping_sub(1)) {
                Some(found) => *found,
                None if step.kind != FieldType::Repeat || place != found.len() + 1 => {
                    return Err(FillFault::Place(path.to_owned()));
                }
                None => {
                    let offered = step.repeat_count.is_none() && self.is_relevant(parent);
                    if !offered || !self.would_be_relevant(parent, i) {
                        return Err(FillFault::Irrelevant(path.to_owned()));
                    }
                    self.create(parent, i)
                }
            };
        }
        Ok((node, field))
    }
}
