//! Fields found quickly: children by name, the rows and slots of a layout, what holds the clock.

use std::collections::BTreeSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::choices::List;
use super::field::{Field, FieldType};
use super::plan::{Plan, Step};
use crate::answers::{NodeId, Tree, Vocabulary};
use crate::expr::{Column, Instances, Shape};

/// Found once, when the form is compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// By group: the hashes of its children's names with the children, in order.
    by_name: Vec<Vec<(u64, u32)>>,
    hashing: RandomState,
    /// By field: its name.
    pub names: Vocabulary,
    /// By field: how it is laid out.
    pub parts: Vec<Part>,
    /// Where fields stand in a [`crate::expr::Layout`].
    pub shape: Shape,
    /// Fields that say when a form was filled, the best first.
    pub clocks: Vec<usize>,
    /// Calculations whose stored value a check works out again.
    pub judged: Vec<Judged>,
    /// Fields that are not always asked, in the form's working order.
    pub relevance: Vec<usize>,
    /// By field: the column of a list that all its answers are in, in any order.
    pub offered: Vec<Option<Column>>,
    /// By field: true where it makes no difference to a check whether it is hidden while it is
    /// blank.
    pub moot: Vec<bool>,
    /// By field: true where a check needs no element for it when there is none.
    pub needless: Vec<bool>,
    /// By group: its children that name files, or have such fields in them.
    files: Vec<Vec<usize>>,
}

/// What elements of a field hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// An answer.
    Leaf,
    /// Other fields.
    Group,
    /// The same, any number of times.
    Repeat,
}

impl Part {
    fn of(field: &Field) -> Part {
        match field.kind {
            FieldType::Repeat => Part::Repeat,
            _ if field.children.is_empty() => Part::Leaf,
            _ => Part::Group,
        }
    }
}

/// A calculation that gives the same value again, whenever it is worked out.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub field: usize,
    /// The tables it reads.
    pub tables: Vec<String>,
    /// True when one of them comes from outside the form and may have changed since.
    pub roster: bool,
}

/// Children come after the group they are in.
fn files(fields: &[Field]) -> Vec<Vec<usize>> {
    let mut files: Vec<Vec<usize>> = vec![Vec::new(); fields.len()];
    for (i, field) in fields.iter().enumerate().rev() {
        let asks = |c: &usize| fields[*c].kind.names_file() || !files[*c].is_empty();
        files[i] = field.children.iter().copied().filter(asks).collect();
    }
    files
}

impl Index {
    pub fn new(fields: &[Field]) -> Index {
        let hashing = RandomState::default();
        let hashed = |c: &usize| (hashing.hash_one(fields[*c].name.as_str()), *c as u32);
        let by_name = |field: &Field| {
            let mut children: Vec<(u64, u32)> = field.children.iter().map(hashed).collect();
            children.sort_unstable();
            children
        };
        let clock = |kind| fields.iter().position(|f| f.kind == kind);
        Index {
            by_name: fields.iter().map(by_name).collect(),
            hashing: hashing.clone(),
            names: Vocabulary::new(fields.iter().map(|f| f.name.as_str())),
            parts: fields.iter().map(Part::of).collect(),
            shape: Shape::new(fields.iter().map(|f| (f.parent, f.kind == FieldType::Repeat))),
            clocks: [FieldType::End, FieldType::Today, FieldType::Start]
                .into_iter()
                .filter_map(clock)
                .collect(),
            judged: Vec::new(),
            relevance: Vec::new(),
            offered: vec![None; fields.len()],
            moot: vec![false; fields.len()],
            needless: vec![false; fields.len()],
            files: files(fields),
        }
    }

    /// Finds the calculations to judge, once they are parsed: not those of what a person may
    /// answer, not those worked out on an event or from the clock or chance.
    pub fn judge(&mut self, fields: &[Field], lists: &[List]) {
        let lists: BTreeSet<&str> = lists.iter().map(|l| l.name.as_str()).collect();
        for (i, field) in fields.iter().enumerate() {
            let computed = matches!(field.kind, FieldType::Calculate | FieldType::Hidden);
            let Some(rule) = &field.calculation else { continue };
            if computed && field.triggers.is_empty() && !rule.expr.ast().is_volatile() {
                let tables: Vec<String> =
                    rule.expr.ast().tables().into_iter().map(str::to_owned).collect();
                let roster = tables.iter().any(|t| !lists.contains(t.as_str()));
                self.judged.push(Judged { field: i, tables, roster });
            }
        }
    }

    /// Notes in which order relevance is worked out.
    pub fn order(&mut self, plan: &Plan) {
        let relevance = |step: &Step| match step {
            Step::Relevance(field) => Some(*field),
            _ => None,
        };
        self.relevance = plan.steps.iter().filter_map(relevance).collect();
    }

    /// Finds the questions that offer a whole list of the form, whatever was answered before.
    pub fn offer(&mut self, fields: &[Field], tables: &Instances) {
        let offered = |field: &Field| match &field.kind {
            FieldType::SelectOne(choices) | FieldType::SelectMultiple(choices) => {
                let whole = field.choice_rows.is_none() && !choices.table.is_empty();
                tables.column(&choices.table, &choices.value).filter(|_| whole)
            }
            _ => None,
        };
        self.offered = fields.iter().map(offered).collect();
    }

    /// Finds the fields that nothing asks about while they are blank: no expression of another field
    /// reads them (`read`), no answer is required, no value is calculated. Most notes
    /// are such fields.
    pub fn find_moot(&mut self, fields: &[Field], read: &[bool]) {
        let moot = |(i, f): (usize, &Field)| {
            let asked = f.required.is_some() || f.calculation.is_some() || read[i];
            !asked && !f.kind.has_children()
        };
        self.moot = fields.iter().enumerate().map(moot).collect();
        // Whether a group holds anything may be asked: another of its fields will be there.
        let there = |c: &usize| !self.moot[*c] && self.parts[*c] != Part::Repeat;
        for group in fields.iter().filter(|f| f.children.iter().any(there)) {
            for &child in &group.children {
                self.needless[child] = self.moot[child];
            }
        }
    }

    /// The field of an element in a group, where it names a file or has such fields in it.
    pub fn file_child(
        &self,
        fields: &[Field],
        group: usize,
        tree: &Tree,
        n: NodeId,
    ) -> Option<usize> {
        let files = &self.files[group];
        // Most elements have the name of none of a few.
        if files.len() <= 16 && tree.called(n, &self.names, files).is_none() {
            return None;
        }
        self.child(fields, group, tree.name(n)).filter(|c| files.binary_search(c).is_ok())
    }

    /// The child of a group by name; the first where several have it.
    pub fn child(&self, fields: &[Field], group: usize, name: &str) -> Option<usize> {
        let children = &self.by_name[group];
        let wanted = self.hashing.hash_one(name);
        let from = children.partition_point(|(hash, _)| *hash < wanted);
        let alike = children[from..].iter().take_while(|(hash, _)| *hash == wanted);
        alike.map(|(_, c)| *c as usize).find(|c| fields[*c].name == name)
    }
}
