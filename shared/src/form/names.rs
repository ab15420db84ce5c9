//! `${name}` to a path, the way pyxform does: absolute, or relative when the field and whoever
//! refers to it stand in the same repeat.

use super::field::{Field, FieldType};

/// Why a text's `${…}` cannot be resolved.
pub(super) enum NameFault {
    /// No field of this name.
    Unknown(String),
    /// More than one field of this name.
    Ambiguous(String),
    /// `${` without `}`.
    Open,
}

/// Replaces every `${name}` in an expression of field `from` by a path between blanks.
pub(super) fn resolve(text: &str, from: usize, fields: &[Field]) -> Result<String, NameFault> {
    let mut out = String::with_capacity(text.len());
    let mut scan = Scan::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match rest.strip_prefix("${") {
            Some(tail) => {
                let (name, after) = tail.split_once('}').ok_or(NameFault::Open)?;
                let target = by_name(name.trim(), fields)?;
                out.push(' ');
                out.push_str(&scan.path(from, target, fields));
                out.push(' ');
                rest = after;
            }
            None => {
                scan.see(c, &out);
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    Ok(out)
}

/// The pieces of a label: plain text, and paths of the values to show within it.
pub(super) fn outputs(
    text: &str,
    from: usize,
    fields: &[Field],
) -> Result<Vec<(String, Option<String>)>, NameFault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("${") {
        let (name, after) = tail.split_once('}').ok_or(NameFault::Open)?;
        let path = path(from, by_name(name.trim(), fields)?, fields);
        pieces.push((before.to_owned(), Some(path)));
        rest = after;
    }
    pieces.push((rest.to_owned(), None));
    Ok(pieces)
}

fn by_name(name: &str, fields: &[Field]) -> Result<usize, NameFault> {
    let mut found = fields.iter().enumerate().filter(|(_, f)| f.name == name);
    match (found.next(), found.next()) {
        (Some((i, _)), None) => Ok(i),
        (Some(_), Some(_)) => Err(NameFault::Ambiguous(name.to_owned())),
        (None, _) => Err(NameFault::Unknown(name.to_owned())),
    }
}

/// What stands around the place reached: quotes, predicates, calls of `indexed-repeat`.
#[derive(Default)]
pub(super) struct Scan {
    quote: Option<char>,
    predicates: usize,
    calls: Vec<(bool, usize)>,
}

impl Scan {
    /// True within quotes.
    pub fn is_quoted(&self) -> bool {
        self.quote.is_some()
    }

    pub fn see(&mut self, c: char, before: &str) {
        match (self.quote, c) {
            (Some(q), c) if q == c => self.quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => self.quote = Some(c),
            (None, '[') => self.predicates += 1,
            (None, ']') => self.predicates = self.predicates.saturating_sub(1),
            (None, '(') => {
                let indexed = before.trim_end().ends_with("indexed-repeat");
                self.calls.push((indexed, 0));
            }
            (None, ')') => {
                self.calls.pop();
            }
            (None, ',') => {
                if let Some(call) = self.calls.last_mut() {
                    call.1 += 1;
                }
            }
            _ => {}
        }
    }

    pub fn path(&self, from: usize, target: usize, fields: &[Field]) -> String {
        // indexed-repeat takes its field and its repeats as absolute paths.
        if let Some((true, argument)) = self.calls.last()
            && (*argument == 0 || argument % 2 == 1)
        {
            return fields[target].path.clone();
        }
        let path = path(from, target, fields);
        if self.predicates > 0 && !path.starts_with('/') {
            return format!("current()/{path}");
        }
        path
    }
}

/// The path from one field to another.
pub(super) fn path(from: usize, target: usize, fields: &[Field]) -> String {
    let above = |i: usize| std::iter::successors(fields[i].parent, |p| fields[*p].parent);
    let shared = above(from).find(|a| above(target).any(|b| b == *a));
    let Some(shared) = shared else { return fields[target].path.clone() };
    let in_repeat =
        std::iter::once(shared).chain(above(shared)).any(|i| fields[i].kind == FieldType::Repeat);
    if !in_repeat {
        return fields[target].path.clone();
    }
    let ups = 1 + above(from).take_while(|a| *a != shared).count();
    let down = &fields[target].path[fields[shared].path.len() + 1..];
    format!("{}{down}", "../".repeat(ups))
}
