//! Expressions of rules: the pieces they are put together from, and whether the forms have what they
//! name. A fault is told at the line where the word stands, in the expression or in a piece.

use std::collections::BTreeMap;

use toml::Spanned;

use super::super::raw::RawByValue;
use super::super::schema::GAP;
use super::Reader;
use crate::expr::{Ast, Expr, Func, Op, Path, Start, Test};
use crate::form::{Field, Form};
use crate::spelling::nearest;

/// Letters of an expression after its pieces were put in; more is no expression people can judge.
const LONGEST: usize = 100_000;

/// The pieces of a rule, the form it speaks of, and where in it relative paths start.
pub(super) struct Pieces<'r, 's> {
    define: &'r BTreeMap<String, Spanned<String>>,
    form: Option<&'s Form>,
    here: Option<usize>,
}

impl<'r, 's> Pieces<'r, 's> {
    pub(super) fn new(
        define: &'r BTreeMap<String, Spanned<String>>,
        form: Option<&'s Form>,
    ) -> Pieces<'r, 's> {
        Pieces { define, form, here: form.map(|_| 0) }
    }

    /// From here on paths start at the units that `each` names.
    pub(super) fn enter(&mut self, each: Option<&Expr>) {
        let (Some(form), Some(each)) = (self.form, each) else { return };
        self.here = match each.ast() {
            Ast::Path(path) => {
                Resolver { form, strangers: Vec::new() }.path(path, self.here, self.here)
            }
            _ => None,
        };
    }

    /// The expression with every `{piece}` replaced by the piece in brackets, or the name of a piece
    /// that does not exist or goes round in a circle.
    fn whole(&self, text: &str, within: &mut Vec<&'r str>) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            let name = after.split('}').next().unwrap_or_default();
            let is_name = name.len() < after.len()
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            out.push_str(&rest[..open]);
            if !is_name {
                out.push('{');
                rest = after;
                continue;
            }
            let known =
                self.define.get_key_value(name).filter(|(k, _)| !within.contains(&k.as_str()));
            let Some((key, piece)) = known else { return Err(name.to_owned()) };
            within.push(key);
            out.extend(["(", &self.whole(piece.get_ref(), within)?, ")"]);
            within.pop();
            if out.len() > LONGEST {
                return Err(name.to_owned());
            }
            rest = &after[name.len() + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// True if the text uses a piece that is not an expression; that was told at the piece.
    fn uses_broken(&self, text: &str) -> bool {
        self.define.iter().any(|(name, piece)| {
            text.contains(&format!("{{{name}}}"))
                && self
                    .whole(piece.get_ref(), &mut vec![name])
                    .map_or(true, |t| Expr::parse(&t).is_err())
        })
    }
}

impl<'s> Reader<'s> {
    /// The form of this id; a fault when there are forms and none is it.
    pub(super) fn form_named(&mut self, id: &Spanned<String>) -> Option<&'s Form> {
        let name = id.get_ref();
        let found = self.forms.iter().find(|f| f.id == *name).copied();
        if found.is_none() && !self.forms.is_empty() && name != GAP {
            self.fault(
                id.span().start,
                format!("không có biểu mẫu “{name}” để đối chiếu; thêm --form TỆP"),
                format!("there is no form \"{name}\" to compare with; add --form FILE"),
            );
        }
        found
    }

    /// Faults of the pieces themselves.
    pub(super) fn pieces(&mut self, pieces: &Pieces<'_, 's>) {
        for (name, piece) in pieces.define {
            self.parsed(piece, pieces, &mut vec![name]);
        }
    }

    /// Parses an expression after putting the pieces in, and holds it against the form.
    pub(super) fn expr(
        &mut self,
        source: Option<&Spanned<String>>,
        pieces: &Pieces<'_, 's>,
    ) -> Option<Expr> {
        let source = source.filter(|s| s.get_ref() != GAP)?;
        let expr = self.parsed(source, pieces, &mut Vec::new())?;
        let Some(form) = pieces.form else { return Some(expr) };
        let mut resolver = Resolver { form, strangers: Vec::new() };
        resolver.ast(expr.ast(), pieces.here, pieces.here);
        for (word, vi, en) in resolver.strangers {
            let texts = std::iter::once(source).chain(pieces.define.values());
            let places: Vec<usize> = texts.filter_map(|t| self.word_in(t, &word)).collect();
            match places.as_slice() {
                [] => self.fault(source.span().start, vi, en),
                _ => places.into_iter().for_each(|at| self.fault(at, vi.clone(), en.clone())),
            }
        }
        Some(expr)
    }

    fn parsed<'r>(
        &mut self,
        source: &Spanned<String>,
        pieces: &Pieces<'r, 's>,
        within: &mut Vec<&'r str>,
    ) -> Option<Expr> {
        let start = source.span().start;
        let written = source.get_ref();
        let text = match pieces.whole(written, within) {
            Ok(text) => text,
            Err(name) => {
                // A piece within a piece is told where it is written.
                if let Some(at) = self.word_in(source, &name) {
                    let (vi, en) = match pieces.define.contains_key(&name) {
                        true => ("chứa chính nó, hoặc quá dài", "is made of itself, or too long"),
                        false => ("không có trong define", "is not under define"),
                    };
                    self.fault(at, format!("{{{name}}} {vi}"), format!("{{{name}}} {en}"));
                }
                return None;
            }
        };
        match Expr::parse(&text) {
            Ok(expr) => Some(expr),
            Err(_) if pieces.uses_broken(written) => None,
            Err(e) => {
                // A place in the text is one in the file where nothing was put in or escaped.
                let raw = &self.source[source.span()];
                let column = e.at().filter(|_| text == *written);
                let inside = column.and_then(|at| {
                    let byte =
                        written.char_indices().nth(at.saturating_sub(1)).map_or(0, |(b, _)| b);
                    Some(raw.find(written.as_str())? + byte)
                });
                let why = e.text();
                self.fault(
                    start + inside.unwrap_or(0),
                    format!("biểu thức sai: {}", why.vi),
                    format!("the expression is wrong: {}", why.en),
                );
                None
            }
        }
    }

    /// Where a word first stands in a text of the file.
    fn word_in(&self, text: &Spanned<String>, word: &str) -> Option<usize> {
        let span = text.span();
        let raw = &self.source[span.clone()];
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let whole = raw.match_indices(word).find(|(at, _)| {
            !raw[..*at].ends_with(part) && !raw[at + word.len()..].starts_with(part)
        });
        whole.map(|(at, _)| span.start + at)
    }

    /// The answers a rule splits by are choices of the field it splits by.
    pub(super) fn splits(&mut self, field: &Expr, values: &[RawByValue], pieces: &Pieces<'_, 's>) {
        let Some(form) = pieces.form else { return };
        let mut resolver = Resolver { form, strangers: Vec::new() };
        let Ast::Path(path) = field.ast() else { return };
        let Some(field) = resolver.path(path, pieces.here, pieces.here) else { return };
        for value in values.iter().filter(|v| v.id.get_ref() != GAP) {
            resolver.strangers.clear();
            resolver.choice(field, value.id.get_ref());
            if let Some((_, vi, en)) = resolver.strangers.pop() {
                self.fault(value.id.span().start, vi, en);
            }
        }
    }

    /// The commune's report has a field of this name.
    pub(super) fn reported(&mut self, form: Option<&Form>, name: &Spanned<String>) {
        let Some(form) = form.filter(|_| name.get_ref() != GAP) else { return };
        if !form.fields.iter().any(|f| f.name == *name.get_ref()) {
            let (vi, en) = no_field(form, name.get_ref(), form.fields.iter());
            self.fault(name.span().start, vi, en);
        }
    }
}

/// The words for a field that is not there, and the one that may be meant.
fn no_field<'f>(
    form: &Form,
    name: &str,
    known: impl Iterator<Item = &'f Field>,
) -> (String, String) {
    let (vi, en) = meant(nearest(name, known.map(|f| f.name.as_str())));
    let id = &form.id;
    (
        format!("biểu mẫu “{id}” không có trường “{name}” ở chỗ này{vi}"),
        format!("form \"{id}\" has no field \"{name}\" in this place{en}"),
    )
}

fn meant(word: Option<&str>) -> (String, String) {
    word.map_or_else(Default::default, |w| {
        (format!("; có phải “{w}”?"), format!("; is \"{w}\" meant?"))
    })
}

/// Finds what paths name, and collects what the form does not have: the word, and what to say.
struct Resolver<'f> {
    form: &'f Form,
    strangers: Vec<(String, String, String)>,
}

impl Resolver<'_> {
    /// `here` is the field relative paths start from, `unit` the one `current()` means; none where
    /// that is not known.
    fn ast(&mut self, ast: &Ast, here: Option<usize>, unit: Option<usize>) {
        match ast {
            Ast::Number(_) | Ast::Text(_) | Ast::Pattern(_) => {}
            Ast::Negate(inner) => self.ast(inner, here, unit),
            Ast::Path(path) => drop(self.path(path, here, unit)),
            Ast::Call(Func::Selected | Func::IsSelected, args) => match args.as_slice() {
                [Ast::Path(path), Ast::Text(word)] => self.compared(path, word, here, unit),
                _ => args.iter().for_each(|a| self.ast(a, here, unit)),
            },
            Ast::Call(_, args) => args.iter().for_each(|a| self.ast(a, here, unit)),
            Ast::Binary(op, pair) => match (&pair.0, &pair.1) {
                (Ast::Path(path), Ast::Text(word)) | (Ast::Text(word), Ast::Path(path))
                    if matches!(op, Op::Equal | Op::NotEqual) =>
                {
                    self.compared(path, word, here, unit);
                }
                (left, right) => {
                    self.ast(left, here, unit);
                    self.ast(right, here, unit);
                }
            },
        }
    }

    fn compared(&mut self, path: &Path, word: &str, here: Option<usize>, unit: Option<usize>) {
        if let (Some(field), false) = (self.path(path, here, unit), word.is_empty()) {
            self.choice(field, word);
        }
    }

    /// The field a path ends at, where the form says so.
    fn path(&mut self, path: &Path, here: Option<usize>, unit: Option<usize>) -> Option<usize> {
        let mut steps = path.steps.iter();
        let mut at = match path.start {
            Start::Context => here,
            Start::Current => unit,
            Start::Instance(_) => None,
            Start::Root => {
                let first = steps.next();
                let named = first.is_some_and(
                    |s| matches!(&s.test, Test::Name(name) if *name == self.form.fields[0].name),
                );
                named.then_some(0)
            }
        };
        for step in steps {
            at = match (&step.test, at) {
                (Test::Name(name), Some(field)) => {
                    let child = self.form.child(field, name);
                    if child.is_none() {
                        let near = self.form.fields.iter().filter(|f| f.parent == Some(field));
                        let (vi, en) = no_field(self.form, name, near);
                        self.strangers.push((name.clone(), vi, en));
                    }
                    child
                }
                (Test::Parent, Some(field)) => self.form.fields[field].parent,
                (Test::Itself, at) => at,
                _ => None,
            };
            for predicate in &step.predicates {
                self.ast(predicate, at, unit);
            }
        }
        at
    }

    /// A word that a field with choices is compared with.
    fn choice(&mut self, field: usize, word: &str) {
        let form = self.form;
        let field = &form.fields[field];
        let list = field.kind.choices().filter(|c| c.file.is_none());
        let Some(list) = list.and_then(|c| form.list(&c.table)) else { return };
        if list.choices.iter().all(|c| c.name != word) {
            let (vi, en) = meant(nearest(word, list.choices.iter().map(|c| c.name.as_str())));
            let name = &field.name;
            self.strangers.push((
                word.to_owned(),
                format!("trường “{name}” không có lựa chọn “{word}”{vi}"),
                format!("field \"{name}\" has no choice \"{word}\"{en}"),
            ));
        }
    }
}
