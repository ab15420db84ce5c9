//! Fields found quickly: children by name, the rows and slots of a layout, what holds the clock.

use std::collections::BTreeSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::choices::List;
use super::field::{Field, FieldType};
use crate::expr::Shape;

/// Found once, when the form is compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// By group: the hashes of its children's names with the children, in order.
    by_name: Vec<Vec<(u64, u32)>>,
    hashing: RandomState,
    /// Where fields stand in a [`crate::expr::Layout`].
    pub shape: Shape,
    /// Fields that say when a form was filled, the best first.
    pub clocks: Vec<usize>,
    /// Calculations whose stored value a check works out again.
    pub judged: Vec<Judged>,
    /// By field: true where it makes no difference to a check whether it is hidden while it is
    /// blank.
    pub moot: Vec<bool>,
    /// By field: where files are asked for in it.
    pub files: Vec<Files>,
}

/// Where a group asks for files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Files {
    /// By one of its own fields.
    pub here: bool,
    /// By one of these, or further down.
    pub below: bool,
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
fn files(fields: &[Field]) -> Vec<Files> {
    let mut files = vec![Files::default(); fields.len()];
    for (i, field) in fields.iter().enumerate().rev() {
        let here = field.children.iter().any(|c| fields[*c].kind.names_file());
        let below = here || field.children.iter().any(|c| files[*c].below);
        files[i] = Files { here, below };
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
            shape: Shape::new(fields.iter().map(|f| (f.parent, f.kind == FieldType::Repeat))),
            clocks: [FieldType::End, FieldType::Today, FieldType::Start]
                .into_iter()
                .filter_map(clock)
                .collect(),
            judged: Vec::new(),
            moot: vec![false; fields.len()],
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

    /// Finds the fields that nothing asks about while they are blank: no expression of another field
    /// reads them (`read`), no answer is required, no value is calculated. Most notes
    /// are such fields.
    pub fn find_moot(&mut self, fields: &[Field], read: &[bool]) {
        let moot = |(i, f): (usize, &Field)| {
            let asked = f.required.is_some() || f.calculation.is_some() || read[i];
            !asked && !f.kind.has_children()
        };
        self.moot = fields.iter().enumerate().map(moot).collect();
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
