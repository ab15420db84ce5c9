//! Expression trees as words with a blank between them, each operator before what it is applied to.
//!
//! | Word | Tree |
//! | --- | --- |
//! | `12`, `-0.5` | a number |
//! | `'yes`, `"two words"` | a text: in quotes as JSON where it has blanks or quotes |
//! | `@17` | the path to field 17, written as `${name}` in an XLSForm becomes it; `@` the field itself |
//! | `= a b`, `neg a` | an operator and what it is applied to |
//! | `name( a b )` | a call |
//! | `[ a b ]` | anything else: an array |

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::expr::Kind;
use crate::form::{FieldType, Form};

/// Operators with two operands.
const BINARY: [&str; 13] =
    ["or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"];

/// Writes the expressions of a form, and remembers which fields they name.
pub(super) struct Writer<'f> {
    pub form: &'f Form,
    /// By field and rule: the fields named by number.
    reads: BTreeMap<(usize, String), BTreeSet<usize>>,
    named: BTreeSet<usize>,
}

impl<'f> Writer<'f> {
    pub fn new(form: &'f Form) -> Writer<'f> {
        Writer { form, reads: BTreeMap::new(), named: BTreeSet::new() }
    }

    /// A rule of a field as words; as it is where that cannot be.
    pub fn rule(&mut self, field: usize, rule: &str, tree: &Value) -> Value {
        let (words, reads) = self.words(field, tree);
        self.reads.insert((field, rule.to_owned()), reads);
        words
    }

    /// A piece of a text: an expression is in an array of its own.
    pub fn piece(&mut self, field: usize, piece: &Value) -> Value {
        match piece {
            Value::Array(tree) if tree.len() == 1 => json!([self.words(field, &tree[0]).0]),
            piece => piece.clone(),
        }
    }

    /// The fields that a rule names by number.
    pub fn reads(&self, field: usize, rule: &str) -> Option<&BTreeSet<usize>> {
        self.reads.get(&(field, rule.to_owned()))
    }

    /// How expressions see a field's value, where they name it and its type does not say it.
    pub fn kind(&self, field: usize) -> Option<&'static str> {
        let of = &self.form.fields[field];
        let usual = match of.data.name() {
            "int" | "decimal" => "number",
            "date" => "date",
            _ => "text",
        };
        let kind = kind(of.value_kind);
        (self.named.contains(&field) && kind != usual).then_some(kind)
    }

    fn words(&mut self, field: usize, tree: &Value) -> (Value, BTreeSet<usize>) {
        let (mut out, mut reads) = (String::new(), BTreeSet::new());
        match self.add(field, tree, &mut out, &mut reads) {
            Some(()) => {
                self.named.extend(&reads);
                (out.trim_start().into(), reads)
            }
            None => (tree.clone(), BTreeSet::new()),
        }
    }

    /// None for what is in no expression.
    fn add(
        &self,
        field: usize,
        tree: &Value,
        out: &mut String,
        reads: &mut BTreeSet<usize>,
    ) -> Option<()> {
        let mut put = |word: &str| {
            out.push(' ');
            out.push_str(word);
        };
        let items = match tree {
            Value::Number(number) => {
                put(&number.to_string());
                return Some(());
            }
            Value::String(text) => {
                let odd = |c: char| c.is_whitespace() || matches!(c, '"' | '\u{feff}');
                let quoted = text.chars().any(odd);
                put(&if quoted { tree.to_string() } else { format!("'{text}") });
                return Some(());
            }
            Value::Array(items) => items,
            _ => return None,
        };
        if let Some(to) = self.target(field, tree) {
            put(&if to == field { "@".to_owned() } else { format!("@{to}") });
            reads.insert(to);
            return Some(());
        }
        let head = items.first().and_then(Value::as_str).unwrap_or_default();
        let (rest, end) = match (head, items.len()) {
            (head, 3) if BINARY.contains(&head) => (&items[1..], ""),
            ("neg", 2) => (&items[1..], ""),
            ("call", 2..) if items[1].as_str().is_some_and(is_name) => (&items[2..], ")"),
            _ => (&items[..], "]"),
        };
        match end {
            ")" => put(&format!("{}(", items[1].as_str()?)),
            "]" => put("["),
            _ => put(head),
        }
        for item in rest {
            self.add(field, item, out, reads)?;
        }
        if !end.is_empty() {
            out.push(' ');
            out.push_str(end);
        }
        Some(())
    }

    /// The field whose number says the same as a path.
    fn target(&self, from: usize, path: &Value) -> Option<usize> {
        let (head, start, steps) = (path.get(0)?, path.get(1)?, path.get(2)?.as_array()?);
        if head != "path" {
            return None;
        }
        let mut steps = steps.iter();
        let mut at = match start.as_str()? {
            "." => from,
            "/" => steps.next().map(|_| 0)?,
            _ => return None,
        };
        for step in steps {
            at = match step.as_str()? {
                "." => at,
                ".." => self.form.fields[at].parent?,
                name => self.form.child(at, name)?,
            };
        }
        (self.path(from, at) == *path).then_some(at)
    }

    /// What `@` with the number of a field means: as `form::names` writes a path.
    fn path(&self, from: usize, to: usize) -> Value {
        let fields = &self.form.fields;
        let around = |i: usize| {
            let up = std::iter::successors(fields[i].parent, |up| fields[*up].parent);
            let mut up: Vec<usize> = up.collect();
            up.reverse();
            up
        };
        let (a, b) = (around(from), around(to));
        let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        let in_repeat = a[..shared].iter().any(|i| fields[*i].kind == FieldType::Repeat);
        let names = |from: &[usize]| {
            let all = from.iter().chain(std::iter::once(&to));
            all.map(|i| fields[*i].name.clone()).collect::<Vec<String>>()
        };
        let (start, steps) = match (from == to, in_repeat) {
            (true, _) => (".", vec![".".to_owned()]),
            (_, true) => {
                let ups = vec!["..".to_owned(); a.len() - shared + 1];
                (".", ups.into_iter().chain(names(&b[shared..])).collect())
            }
            _ => ("/", names(&b)),
        };
        match kind(fields[to].value_kind) {
            "" => json!(["path", start, steps]),
            kind => json!(["path", start, steps, kind]),
        }
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Unknown => "",
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
    }
}

/// Whether a function's name cannot be taken for another word.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.' | '_'))
}
