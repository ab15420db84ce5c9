//! Texts as pieces: plain text, and expressions whose value is shown within it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::typing::Typing;
use super::super::{Form, Words};
use crate::expr::Expr;

pub(super) struct Texts<'f> {
    form: &'f Form,
    tables: BTreeSet<String>,
    only: Option<usize>,
}

impl<'f> Texts<'f> {
    pub fn in_language(form: &'f Form, only: Option<usize>) -> Texts<'f> {
        Texts { form, tables: form.table_ids(), only }
    }

    /// The names of the languages that texts are given in.
    pub fn languages(&self) -> Value {
        let names = &self.form.languages.names;
        self.only.map_or_else(|| json!(names), |only| json!([names[only]]))
    }

    /// A text in each language, in the order of the form's languages: a string, or an array of
    /// strings and expressions, each in an array of its own; null where it is not translated.
    pub fn of(&self, words: &Words, origin: usize) -> Value {
        if words.is_empty() {
            return Value::Null;
        }
        if let Some(only) = self.only {
            return Value::Array(vec![self.pieces(words.get(only), origin)]);
        }
        let languages = 0..self.form.languages.names.len().max(1);
        languages
            .map(|language| match words.exact(language) {
                "" => Value::Null,
                text => self.pieces(text, origin),
            })
            .collect()
    }

    fn pieces(&self, text: &str, origin: usize) -> Value {
        if !text.contains("${") && !text.contains("<output") {
            return json!(text);
        }
        let mut out = Vec::new();
        // Names were checked when the form was compiled.
        let named = self.form.names.outputs(text, origin, &self.form.fields);
        for (plain, path) in named.unwrap_or_default() {
            let mut rest = plain.as_str();
            while let Some((before, source, after)) = output(rest) {
                push(&mut out, before);
                out.push(self.expression(&source, origin));
                rest = after;
            }
            push(&mut out, rest);
            out.extend(path.map(|path| self.expression(&path, origin)));
        }
        Value::Array(out)
    }

    /// An expression in an array of its own; the source as text where it is none.
    fn expression(&self, source: &str, origin: usize) -> Value {
        let Ok(mut expr) = Expr::parse(source) else { return json!(source) };
        let (fields, index) = (&self.form.fields, &self.form.index);
        Typing { fields, index, tables: &self.tables, origin }.run(expr.ast_mut());
        json!([expr.to_json()])
    }
}

fn push(out: &mut Vec<Value>, text: &str) {
    if !text.is_empty() {
        out.push(json!(text));
    }
}

/// The first `<output value="…"/>`: what stands before it, its expression, what stands after it.
fn output(text: &str) -> Option<(&str, String, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("<output")?;
        let tag = &text[at + "<output".len()..];
        if let Some((value, after)) = value(tag) {
            return Some((&text[..at], value, after));
        }
        from = at + 1;
    }
}

fn value(tag: &str) -> Option<(String, &str)> {
    let rest = tag.strip_prefix(char::is_whitespace)?.trim_start().strip_prefix("value")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    let rest = rest.trim_start();
    let closed = || rest.strip_prefix('>')?.trim_start().strip_prefix("</output>");
    let after = rest.strip_prefix("/>").or_else(closed)?;
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    let value = plain.iter().fold(value.to_owned(), |value, (from, to)| value.replace(from, to));
    Some((value, after))
}
