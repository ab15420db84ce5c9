//! Evaluation: operators and the frame that paths and functions see.

use std::borrow::Cow;
use std::cell::Cell;

use super::Scope;
use super::ast::{Ast, Func, Op};
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
    let (op, pair) = match ast {
        Ast::Binary(op, pair) => (op, pair),
        Ast::Call(Func::Not, args) => return !truth(&args[0], frame),
        Ast::Call(Func::If, args) => return truth(branch(args, frame), frame),
        _ => return with_atom(ast, frame, |atom| atom.truth()),
    };
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
        Ast::Call(Func::If, args) => return number(branch(args, frame), frame),
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

/// The part of an `if()` that counts.
fn branch<'a>(args: &'a [Ast], frame: &Frame<'_, 'a>) -> &'a Ast {
    if truth(&args[0], frame) { &args[1] } else { &args[2] }
}

/// Calls `see` with what a part of an expression is.
fn with_atom<'a, T>(ast: &'a Ast, frame: &Frame<'_, 'a>, see: impl FnOnce(&Atom<'_>) -> T) -> T {
    match plain(ast, frame) {
        Some(atom) => see(&atom),
        None => see(&evaluate(ast, frame).atom()),
    }
}

/// What a field, a number, a text, a comparison is: what stands in an expression most of the time
/// goes without the steps between.
fn plain<'a>(ast: &'a Ast, frame: &Frame<'_, 'a>) -> Option<Atom<'a>> {
    Some(match ast {
        Ast::Number(n) => Atom::Number(*n),
        Ast::Text(t) => Atom::Text(t),
        Ast::Path(path) => typed(field_text(path, frame)?, path.kind),
        Ast::Binary(op, _) if op.compares() => Atom::Bool(truth(ast, frame)),
        Ast::Binary(..) | Ast::Negate(_) => Atom::Number(number(ast, frame)),
        Ast::Pattern(_) | Ast::Call(..) => return None,
    })
}

fn same<'a>(a: &'a Ast, b: &'a Ast, frame: &Frame<'_, 'a>) -> bool {
    // An answer and a text, as in most rules.
    if let (Ast::Path(path), Ast::Text(text)) = (a, b)
        && let Some(answer) = field_text(path, frame)
    {
        return match path.kind {
            Kind::Text | Kind::Unknown => answer == text,
            // What is blank is no number and no date.
            Kind::Number | Kind::Date if text.is_empty() => answer.is_empty(),
            kind => equal(&typed(answer, kind), &Atom::Text(text)),
        };
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
