//! Evaluation: operators and the frame that paths and functions see.

use std::borrow::Cow;
use std::cell::Cell;

use super::Scope;
use super::ast::{Ast, Op};
use super::functions::call;
use super::value::{Atom, Kind, Node, Value, typed};
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

impl<'s, 'a> Frame<'s, 'a> {
    /// The frame of an expression as a whole, at a node of the answers or of a table.
    pub fn new(scope: &'s Scope<'a>, here: Option<Node<'a>>, drawn: &'s Cell<u64>) -> Self {
        let context = Node::Answer(scope.tree, scope.context);
        let current = scope.current.map_or(context, |n| Node::Answer(scope.tree, n));
        Frame { scope, here: here.unwrap_or(context), current, position: None, drawn }
    }
}

pub(super) fn evaluate<'a>(ast: &'a Ast, frame: &Frame<'_, 'a>) -> Value<'a> {
    match ast {
        Ast::Number(n) => Value::Number(*n),
        Ast::Text(t) => Value::Text(Cow::Borrowed(t)),
        Ast::Pattern(p) => Value::Text(Cow::Borrowed(p.source())),
        Ast::Path(path) => Value::Nodes(walk(path, frame)),
        Ast::Call(function, args) => call(*function, args, frame),
        Ast::Binary(op, _) if op.compares() => Value::Bool(truth(ast, frame)),
        Ast::Binary(..) | Ast::Negate(_) => Value::Number(number(ast, frame)),
    }
}

/// What an expression is as truth; most rules are nothing but comparisons, and need no values
/// between.
pub(super) fn truth<'a>(ast: &'a Ast, frame: &Frame<'_, 'a>) -> bool {
    let Ast::Binary(op, pair) = ast else { return with_atom(ast, frame, |atom| atom.truth()) };
    let (a, b) = (&pair.0, &pair.1);
    match op {
        Op::Or => truth(a, frame) || truth(b, frame),
        Op::And => truth(a, frame) && truth(b, frame),
        Op::Equal => same(a, b, frame),
        Op::NotEqual => !same(a, b, frame),
        Op::Less => number(a, frame) < number(b, frame),
        Op::LessEqual => number(a, frame) <= number(b, frame),
        Op::Greater => number(a, frame) > number(b, frame),
        Op::GreaterEqual => number(a, frame) >= number(b, frame),
        _ => Atom::Number(number(ast, frame)).truth(),
    }
}

/// What an expression is as a number.
pub(super) fn number<'a>(ast: &'a Ast, frame: &Frame<'_, 'a>) -> f64 {
    let (op, pair) = match ast {
        Ast::Negate(inner) => return -number(inner, frame),
        Ast::Binary(op, pair) if !op.compares() => (op, pair),
        _ => return with_atom(ast, frame, |atom| atom.number()),
    };
    let (x, y) = (number(&pair.0, frame), number(&pair.1, frame));
    match op {
        Op::Add => x + y,
        Op::Subtract => x - y,
        Op::Multiply => x * y,
        Op::Divide => x / y,
        Op::Modulo => x % y,
        _ => f64::NAN,
    }
}

/// Calls `see` with what a part of an expression is. A field, a number, a text — what stands in
/// an expression most of the time — goes without the steps between.
fn with_atom<'a, T>(ast: &'a Ast, frame: &Frame<'_, 'a>, see: impl FnOnce(&Atom<'_>) -> T) -> T {
    match ast {
        Ast::Number(n) => return see(&Atom::Number(*n)),
        Ast::Text(t) => return see(&Atom::Text(t)),
        Ast::Path(path) => {
            if let Some(text) = field_text(path, frame) {
                return see(&typed(text, path.kind));
            }
        }
        _ => {}
    }
    see(&evaluate(ast, frame).atom())
}

fn same<'a>(a: &'a Ast, b: &'a Ast, frame: &Frame<'_, 'a>) -> bool {
    // An answer is equal to '' when it is blank, and only then; but a stored false is, too.
    if let (Ast::Path(path), Ast::Text(blank)) = (a, b)
        && blank.is_empty()
        && path.kind != Kind::Boolean
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
