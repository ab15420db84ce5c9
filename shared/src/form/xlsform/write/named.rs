//! Paths back to `${name}`, where that means the same path.

use std::collections::BTreeMap;

use crate::form::names::Scan;
use crate::form::{Field, Form};

/// The instance of the last saved submission, and how its fields are named.
const LAST_SAVED: &str = "instance('__last-saved')";
const LAST_SAVED_MARK: &str = "last-saved#";

/// The fields of a form by path and by name.
pub(super) struct Named<'f> {
    fields: &'f [Field],
    by_path: BTreeMap<&'f str, usize>,
    /// None for a name that several fields have.
    by_name: BTreeMap<&'f str, Option<usize>>,
}

impl<'f> Named<'f> {
    pub fn new(form: &'f Form) -> Named<'f> {
        let mut by_name: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (i, field) in form.fields.iter().enumerate() {
            by_name.entry(&field.name).and_modify(|place| *place = None).or_insert(Some(i));
        }
        let paths = form.fields.iter().enumerate().map(|(i, f)| (f.path.as_str(), i));
        Named { fields: &form.fields, by_path: paths.collect(), by_name }
    }

    /// `${name}` of a field; its path where several have the name.
    pub fn reference(&self, field: usize) -> String {
        let name = self.fields[field].name.as_str();
        match self.by_name.get(name) {
            Some(Some(_)) => format!("${{{name}}}"),
            _ => self.fields[field].path.clone(),
        }
    }

    /// The field at a path from here.
    pub fn target(&self, path: &str, from: usize) -> Option<usize> {
        match path.strip_prefix("current()/").unwrap_or(path) {
            path if path.starts_with('/') => self.by_path.get(path).copied(),
            path if path.starts_with("..") => self.walk(path, from),
            _ => None,
        }
    }

    /// An expression of field `from`.
    pub fn expression(&self, source: &str, from: usize) -> String {
        let source = source.trim();
        let mut out = String::with_capacity(source.len());
        let mut scan = Scan::default();
        let mut at = 0;
        while let Some(c) = source[at..].chars().next() {
            let token = match scan.is_quoted() || !begins(&source[..at], c) {
                true => "",
                false => token(&source[at..]),
            };
            match self.short(token, from, &scan) {
                Some(name) => {
                    // A name is read as its path between blanks.
                    let word = |c: char| c.is_alphanumeric();
                    if out.ends_with(' ') && !out[..out.len() - 1].ends_with(word) {
                        out.pop();
                    }
                    out.push_str(&format!("${{{name}}}"));
                    at += token.len();
                    let rest = source[at..].strip_prefix(' ');
                    at += usize::from(rest.is_some_and(|r| !r.starts_with(word)));
                }
                None => {
                    scan.see(c, &source[..at]);
                    out.push(c);
                    at += c.len_utf8();
                }
            }
        }
        out
    }

    /// A text that field `from` shows.
    pub fn text(&self, text: &str, from: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once("<output value=\"") {
            out.push_str(before);
            let output = tail.split_once("\"/>").and_then(|(value, after)| {
                Some((self.short(value, from, &Scan::default())?, after))
            });
            match output {
                Some((name, after)) => {
                    out.push_str(&format!("${{{name}}}"));
                    rest = after;
                }
                None => {
                    out.push_str("<output value=\"");
                    rest = tail;
                }
            }
        }
        out + rest
    }

    /// The name that means this path from here.
    fn short(&self, token: &str, from: usize, scan: &Scan) -> Option<String> {
        if let Some(path) = token.strip_prefix(LAST_SAVED) {
            let target = *self.by_path.get(path)?;
            let name = self.unique(target)?;
            return Some(format!("{LAST_SAVED_MARK}{name}"));
        }
        let target = self.target(token, from)?;
        let name = self.unique(target)?;
        (scan.path(from, target, self.fields) == token).then(|| name.to_owned())
    }

    fn unique(&self, field: usize) -> Option<&'f str> {
        let name = self.fields[field].name.as_str();
        self.by_name.get(name)?.map(|_| name)
    }

    fn walk(&self, path: &str, from: usize) -> Option<usize> {
        let mut at = from;
        let mut rest = path;
        while let Some(tail) = rest.strip_prefix("..") {
            at = self.fields[at].parent?;
            rest = match tail.strip_prefix('/') {
                Some(rest) => rest,
                None => return tail.is_empty().then_some(at),
            };
        }
        let path = format!("{}/{rest}", self.fields[at].path);
        self.by_path.get(path.as_str()).copied()
    }
}

/// True where a path may begin: not in the middle of a name, nor after a step.
fn begins(before: &str, c: char) -> bool {
    let within = |c: char| is_step(c) || matches!(c, ')' | ']' | '$' | '{' | '*');
    let last = before.chars().next_back();
    // A path, or `current()` and `instance('__last-saved')` before one.
    matches!(c, '/' | '.' | 'c' | 'i') && !last.is_some_and(within)
}

fn is_step(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':')
}

/// The path that a text begins with.
fn token(text: &str) -> &str {
    let head =
        ["current()", LAST_SAVED].into_iter().find(|h| text.starts_with(h)).map_or(0, str::len);
    let end = text[head..].find(|c| !is_step(c)).map_or(text.len(), |n| head + n);
    &text[..end]
}
