//! Functions of texts. Places are counted in UTF-16 units, as Java and JavaScript count them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Args, blank, text, texts};
use crate::expr::ast::{Ast, Func};
use crate::expr::pattern::Pattern;
use crate::expr::value::Value;

/// The reserved table of the phone's properties (`deviceid`, `username`, …): `name`, `label`.
const PROPERTIES: &str = "jr:property";

pub(super) fn call<'a>(function: Func, a: Args<'_, 'a>) -> Value<'a> {
    let here = || if a.len() == 0 { Cow::Borrowed(a.frame.here.text()) } else { a.text(0) };
    match function {
        Func::String => text(a.text(0)),
        Func::Concat => joined(texts(a, 0), ""),
        Func::Join => joined(texts(a, 1), &a.text(0)),
        Func::StringLength => Value::Number(units(&here()) as f64),
        Func::NormalizeSpace => text(normalized(here())),
        Func::Contains => Value::Bool(a.text(0).contains(&*a.text(1))),
        Func::StartsWith => Value::Bool(a.text(0).starts_with(&*a.text(1))),
        Func::EndsWith => Value::Bool(a.text(0).ends_with(&*a.text(1))),
        Func::Translate => text(translate(&a.text(0), &a.text(1), &a.text(2))),
        Func::SubstringBefore => {
            let whole = a.text(0);
            match whole.find(&*a.text(1)) {
                Some(at) => text(cut(whole, 0, at)),
                None => blank(),
            }
        }
        Func::SubstringAfter => {
            let (whole, part) = (a.text(0), a.text(1));
            match whole.find(&*part) {
                Some(at) => {
                    let end = whole.len();
                    text(cut(whole, at + part.len(), end))
                }
                None => blank(),
            }
        }
        Func::Substr => {
            let end = if a.len() > 2 { Some(a.whole(2)) } else { None };
            text(substr(a.text(0), a.whole(1), end))
        }
        Func::Regex => Value::Bool(match &a.args[1] {
            Ast::Pattern(pattern) => pattern.matches(&a.text(0)),
            _ => Pattern::new(&a.text(1)).is_ok_and(|p| p.matches(&a.text(0))),
        }),
        Func::Version => text(a.frame.scope.tree.version().unwrap_or_default()),
        Func::Property => {
            let name = a.text(0).to_lowercase();
            let table = a.frame.scope.instances.get(PROPERTIES);
            text(table.and_then(|t| t.lookup(&name, "label")).unwrap_or_default())
        }
        _ => blank(),
    }
}

fn joined<'a>(mut texts: Vec<Cow<'a, str>>, separator: &str) -> Value<'a> {
    match texts.len() {
        0 => blank(),
        1 => text(texts.remove(0)),
        _ => text(texts.join(separator)),
    }
}

/// How many UTF-16 units a text has.
fn units(t: &str) -> usize {
    if t.is_ascii() { t.len() } else { t.encode_utf16().count() }
}

/// A part of a text by bytes, without a copy of a text that is borrowed.
fn cut(whole: Cow<'_, str>, from: usize, to: usize) -> Cow<'_, str> {
    match whole {
        Cow::Borrowed(t) => Cow::Borrowed(&t[from..to]),
        Cow::Owned(t) => Cow::Owned(t[from..to].to_owned()),
    }
}

/// From `start` to before `end`, counted from 0; negative counts from the end. A character outside
/// the basic plane counts as two and is left out when only one of them is meant.
fn substr(source: Cow<'_, str>, start: i32, end: Option<i32>) -> Cow<'_, str> {
    let length = units(&source) as i64;
    let place = |n: i64| (if n < 0 { length + n } else { n }).clamp(0, length) as usize;
    let start = place(i64::from(start));
    let end = place(end.map_or(length, i64::from));
    if start >= end {
        return Cow::Borrowed("");
    }
    if source.is_ascii() {
        return cut(source, start, end);
    }
    let mut at = 0;
    let kept = source.chars().filter(|c| {
        let from = at;
        at += c.len_utf16();
        from >= start && at <= end
    });
    Cow::Owned(kept.collect())
}

/// What Java's `trim` takes off both ends, and every run of ASCII space made one.
fn normalized(source: Cow<'_, str>) -> Cow<'_, str> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r');
    let trimmed = source.trim_matches(|c: char| c <= ' ');
    let mut before = ' ';
    let mut in_order = trimmed.len() == source.len();
    for c in trimmed.chars() {
        in_order &= !is_space(c) || (c == ' ' && before != ' ');
        before = c;
    }
    if in_order {
        return source;
    }
    let words = trimmed.split(is_space).filter(|w| !w.is_empty());
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

/// Each character of `from` becomes the one at its place in `to`, or goes.
fn translate(source: &str, from: &str, to: &str) -> String {
    let mut becomes: BTreeMap<char, Option<char>> = BTreeMap::new();
    let mut to = to.chars();
    for c in from.chars() {
        let other = to.next();
        becomes.entry(c).or_insert(other);
    }
    source.chars().filter_map(|c| becomes.get(&c).copied().unwrap_or(Some(c))).collect()
}
