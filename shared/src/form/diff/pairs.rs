//! Which field of the new version is which of the old: by path, else by name, else by label.

use std::collections::BTreeMap;

use super::{Field, Form, is_meta};
use crate::form::FieldType;

/// The fields of two forms, paired.
pub(super) struct Pairs {
    /// By field of the old form, the one of the new form.
    pub to_new: Vec<Option<usize>>,
    /// By field of the new form, the one of the old form.
    pub to_old: Vec<Option<usize>>,
}

impl Pairs {
    pub fn find(old: &Form, new: &Form) -> Pairs {
        let mut pairs =
            Pairs { to_new: vec![None; old.fields.len()], to_old: vec![None; new.fields.len()] };
        // A path from the root on: the root's own name is no part of a question's identity.
        pairs.join(old, new, |form, field| Some((path(form, field).to_owned(), String::new())));
        pairs.join(old, new, |_, field| {
            Some((field.name.clone(), if field.kind.has_children() { "group" } else { "" }.into()))
        });
        pairs.join(old, new, |form, field| {
            let label = field.label.get(0).trim();
            let kind = format!("{:?} {:?}", bare(&field.kind), field.data);
            (!label.is_empty() && !is_meta(form, field)).then(|| (label.to_owned(), kind))
        });
        pairs
    }

    /// Joins what has the same key and is still alone, where only one field of each form has it.
    fn join<K>(&mut self, old: &Form, new: &Form, key: K)
    where
        K: Fn(&Form, &Field) -> Option<(String, String)>,
    {
        let alone = |form: &Form, joined: &[Option<usize>]| {
            let mut by_key: BTreeMap<(String, String), Option<usize>> = BTreeMap::new();
            for (i, field) in form.fields.iter().enumerate().filter(|(i, _)| joined[*i].is_none()) {
                if let Some(key) = key(form, field) {
                    by_key.entry(key).and_modify(|found| *found = None).or_insert(Some(i));
                }
            }
            by_key
        };
        let theirs = alone(new, &self.to_old);
        for (key, place) in alone(old, &self.to_new) {
            if let (Some(i), Some(Some(k))) = (place, theirs.get(&key)) {
                (self.to_new[i], self.to_old[*k]) = (Some(*k), Some(i));
            }
        }
    }
}

/// The path below the root.
pub(super) fn path<'f>(form: &Form, field: &'f Field) -> &'f str {
    field.path.strip_prefix(form.fields[0].path.as_str()).unwrap_or(&field.path)
}

/// A type without its list.
fn bare(kind: &FieldType) -> FieldType {
    let none = Box::new(crate::form::Choices::list(""));
    match kind {
        FieldType::SelectOne(_) => FieldType::SelectOne(none),
        FieldType::SelectMultiple(_) => FieldType::SelectMultiple(none),
        FieldType::Rank(_) => FieldType::Rank(none),
        other => other.clone(),
    }
}
