//! Evaluation: operators and the frame that paths and functions see.

use std::borrow::Cow;
use std::cell::Cell;

use super::Scope;
use super::ast::{Ast, Op};
use super::functions::call;
use super::value::{Atom, Node, Value, typed};
use super::walk::{field_text, walk};

/// Where evaluation stands: inside a predicate, `here` is the candidate and `current` stays.
#[derive(Clone, Copy)]
pub(super) struct Frame<'s, 'a> {
    pub scope: &'s Scope<'a>,
    pub here: Node<'a>,
    pub current: Node<'a>,
    pub position: Option<usize>,
    /// How many random values have been drawn: each draw is another one.
    pub drawn: &'s Cell<u64>,
}

pub(super) fn eval<'a>(ast: &'a Ast, scope: &Scope<'a>) -> Value<'a> {
    let here = Node::Answer(scope.tree, scope.context);
    let current = Node::Answer(scope.tree, scope.current.unwrap_or(scope.context));
    let drawn = Cell::new(0);
    evaluate(ast, &Frame { scope, here, current, position: None, drawn: &drawn })
}

pub(super) fn evaluate<'a>(ast: &'a Ast, frame: &Frame<'_, 'a>) -> Value<'a> {
    match ast {
        Ast::Number(n) => Value::Number(*n),
        Ast::Text(t) => Value::Text(Cow::Borrowed(t)),
        Ast::Pattern(p) => Value::Text(Cow::Borrowed(p.source())),
        Ast::Path(path) => Value::Nodes(walk(path, frame)),
        Ast::Negate(inner) => Value::Number(-evaluate(inner, frame).number()),
        Ast::Call(function, args) => call(*function, args, frame),
        Ast::Binary(op, pair) => binary(*op, &pair.0, &pair.1, frame),
    }
}

/// What stands in an expression most of the time — a field, a number, a text — without the steps
/// between.
fn quick<'a>(ast: &'a Ast, frame: &Frame<'_, 'a>) -> Option<Atom<'a>> {
    match ast {
        Ast::Path(path) => Some(typed(field_text(path, frame)?, path.kind)),
        Ast::Number(n) => Some(Atom::Number(*n)),
        Ast::Text(t) => Some(Atom::Text(t)),
        _ => None,
    }
}

/// Calls `see` with what a part of an expression is.
fn with_atom<'a, T>(ast: &'a Ast, frame: &Frame<'_, 'a>, see: impl FnOnce(&Atom<'_>) -> T) -> T {
    match quick(ast, frame) {
        Some(atom) => see(&atom),
        None => see(&evaluate(ast, frame).atom()),
    }
}

fn binary<'a>(op: Op, a: &'a Ast, b: &'a Ast, frame: &Frame<'_, 'a>) -> Value<'a> {
    let truth = |e| with_atom(e, frame, |atom| atom.truth());
    let number = |e| with_atom(e, frame, |atom| atom.number());
    let (x, y) = match op {
        Op::Or => return Value::Bool(truth(a) || truth(b)),
        Op::And => return Value::Bool(truth(a) && truth(b)),
        Op::Equal => return Value::Bool(same(a, b, frame)),
        Op::NotEqual => return Value::Bool(!same(a, b, frame)),
        _ => (number(a), number(b)),
    };
    match op {
        Op::Less => Value::Bool(x < y),
        Op::LessEqual => Value::Bool(x <= y),
        Op::Greater => Value::Bool(x > y),
        Op::GreaterEqual => Value::Bool(x >= y),
        Op::Add => Value::Number(x + y),
        Op::Subtract => Value::Number(x - y),
        Op::Multiply => Value::Number(x * y),
        Op::Divide => Value::Number(x / y),
        Op::Modulo => Value::Number(x % y),
        Op::Or | Op::And | Op::Equal | Op::NotEqual => Value::Bool(false),
    }
}

fn same<'a>(a: &'a Ast, b: &'a Ast, frame: &Frame<'_, 'a>) -> bool {
    // Whatever its type, an answer is equal to '' when it is blank, and only then.
    if let (Ast::Path(path), Ast::Text(blank)) = (a, b)
        && blank.is_empty()
        && let Some(text) = field_text(path, frame)
    {
        return text.is_empty();
    }
    with_atom(a, frame, |a| with_atom(b, frame, |b| equal(a, b)))
}

/// JavaRosa's equality: as truth if either is one, as numbers if either is one, else as texts.
fn equal(a: &Atom<'_>, b: &Atom<'_>) -> bool {
    match (a, b) {
        (Atom::Bool(_), _) | (_, Atom::Bool(_)) => a.truth() == b.truth(),
        (Atom::Number(_), _) | (_, Atom::Number(_)) => (a.number() - b.number()).abs() < 1e-12,
        (Atom::Text(a) | Atom::Loose(a), Atom::Text(b) | Atom::Loose(b)) => a == b,
        _ => a.text() == b.text(),
    }
}
