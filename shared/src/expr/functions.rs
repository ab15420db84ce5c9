//! The functions, as JavaRosa defines them.

use std::borrow::Cow;

use super::ast::{Ast, Func, Path, Start, Step};
use super::dates;
use super::eval::{Frame, evaluate};
use super::number::round;
use super::value::{Atom, Node, Nodes, Value};
use super::walk::along;

pub(super) fn call<'a>(function: Func, args: &'a [Ast], frame: &Frame<'_, 'a>) -> Value<'a> {
    let value = |i: usize| args.get(i).map_or(text(""), |a| evaluate(a, frame));
    let number = |i: usize| value(i).number();
    let string = |i: usize| value(i).text();
    match function {
        Func::True => Value::Bool(true),
        Func::False => Value::Bool(false),
        Func::Not => Value::Bool(!value(0).truth()),
        Func::Boolean => Value::Bool(value(0).truth()),
        Func::BooleanFromString => {
            let t = string(0);
            Value::Bool(t == "1" || t.eq_ignore_ascii_case("true"))
        }
        Func::If => value(if value(0).truth() { 1 } else { 2 }),
        Func::Coalesce => {
            let first = value(0);
            if first.is_blank() { value(1) } else { first }
        }
        Func::Once => {
            let stored = frame.current.text();
            if stored.is_empty() { value(0) } else { text(stored) }
        }
        Func::Selected => {
            let wanted = string(1);
            let wanted = wanted.trim();
            let chosen = string(0);
            Value::Bool(format!(" {chosen} ").contains(&format!(" {wanted} ")))
        }
        Func::CountSelected => Value::Number(string(0).split_whitespace().count() as f64),
        Func::SelectedAt => {
            let (chosen, n) = (string(0), number(1));
            // A place that is no number counts as the first.
            let nth = if n <= -1.0 { None } else { chosen.split_whitespace().nth(n as usize) };
            text(nth.unwrap_or_default())
        }
        Func::Count => Value::Number(value(0).nodes().len() as f64),
        Func::CountNonEmpty => {
            Value::Number(value(0).nodes().iter().filter(|n| is_filled(**n)).count() as f64)
        }
        Func::Sum => {
            let sum = each_number(&[value(0)]).into_iter().filter(|n| !n.is_nan()).sum();
            Value::Number(sum)
        }
        Func::Min | Func::Max => {
            let values: Vec<Value<'a>> = args.iter().map(|a| evaluate(a, frame)).collect();
            extreme(function, &values)
        }
        Func::Concat => text(texts(args, frame).concat()),
        Func::Join => text(texts(&args[1..], frame).join(&string(0))),
        Func::Number => Value::Number(number(0)),
        Func::Int => Value::Number(number(0).trunc()),
        Func::Floor => Value::Number(number(0).floor()),
        Func::Ceiling => Value::Number(number(0).ceil()),
        Func::Abs => Value::Number(number(0).abs()),
        Func::Pow => Value::Number(power(number(0), number(1))),
        Func::Round => {
            let places = if args.len() > 1 { number(1) as i32 } else { 0 };
            Value::Number(round(number(0), places))
        }
        Func::String => text(string(0)),
        Func::Position => position(args, frame),
        Func::Today => Value::Date(frame.scope.now.date().at(0, 0, 0, 0)),
        Func::Now => Value::Date(frame.scope.now),
        Func::Date => as_date(&value(0), false),
        Func::DateTime => as_date(&value(0), true),
        Func::DecimalDateTime => match as_date(&value(0), true) {
            Value::Date(moment) => Value::Number(dates::decimal_days(moment)),
            other => Value::Number(other.number()),
        },
        Func::FormatDate | Func::FormatDateTime => match as_date(&value(0), true) {
            Value::Date(moment) => text(dates::format(moment, &string(1))),
            _ => text(""),
        },
        Func::IndexedRepeat => indexed_repeat(args, frame),
        Func::Uuid => {
            // The scope carries no randomness: the submission's own id is the only fresh one.
            let id = frame.scope.tree.instance_id().unwrap_or_default();
            text(id.trim_start_matches("uuid:"))
        }
        Func::ChoiceName => {
            // A form has put the list's id where the author named the question.
            let table = frame.scope.instances.get(&string(1));
            let label = table.and_then(|t| t.lookup(&string(0), "label"));
            text(label.unwrap_or_default())
        }
        _ => super::strings::call(function, args, frame),
    }
}

pub(super) fn text<'a>(t: impl Into<String>) -> Value<'a> {
    Value::Text(Cow::Owned(t.into()))
}

/// Whole powers by multiplication, which is exact where the result is.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent.fract() == 0.0 && exponent.abs() <= 64.0 {
        base.powi(exponent as i32)
    } else {
        base.powf(exponent)
    }
}

fn is_filled(node: Node<'_>) -> bool {
    match node {
        Node::Answer(tree, n) => !tree.text(n).is_empty() || !tree.children(n).is_empty(),
        other => !other.text().is_empty(),
    }
}

/// The numbers of an argument list, where one path stands for all its nodes.
fn each_number(values: &[Value<'_>]) -> Vec<f64> {
    match values {
        [Value::Nodes(nodes)] => nodes.numbers().collect(),
        _ => values.iter().map(Value::number).collect(),
    }
}

fn extreme<'a>(function: Func, values: &[Value<'a>]) -> Value<'a> {
    let numbers = each_number(values).into_iter().filter(|n| !n.is_nan());
    Value::Number(match function {
        // JavaRosa starts from the smallest positive number, so that a maximum is never negative.
        Func::Max => numbers.fold(f64::NAN, |m, n| m.max(n).max(f64::from_bits(1))),
        _ => numbers.fold(f64::NAN, f64::min),
    })
}

/// The texts of an argument list, where one path stands for all its nodes.
fn texts<'a>(args: &'a [Ast], frame: &Frame<'_, 'a>) -> Vec<String> {
    let values: Vec<Value<'_>> = args.iter().map(|a| evaluate(a, frame)).collect();
    match values.as_slice() {
        [Value::Nodes(nodes)] => nodes.texts().map(Cow::into_owned).collect(),
        _ => values.iter().map(Value::text).collect(),
    }
}

fn position<'a>(args: &'a [Ast], frame: &Frame<'_, 'a>) -> Value<'a> {
    let node = match args.first() {
        None => match frame.position {
            Some(n) => return Value::Number(n as f64),
            None => Some(frame.here),
        },
        Some(arg) => evaluate(arg, frame).nodes().first().copied(),
    };
    Value::Number(match node {
        Some(Node::Answer(_, n)) => frame.scope.position(n) as f64,
        Some(Node::Row(_, row)) => (row + 1) as f64,
        Some(_) => 1.0,
        None => 0.0,
    })
}

/// Numbers are days since 1970; blank stays blank; what is no date is blank too.
fn as_date<'a>(value: &Value<'a>, keep_time: bool) -> Value<'a> {
    let moment = match value.atom() {
        Atom::Date(moment) => Some(moment),
        Atom::Text(t) | Atom::Loose(t) => dates::parse_moment(t),
        Atom::Number(n) if keep_time => dates::from_decimal_days(n),
        Atom::Number(n) => dates::from_days(n),
        Atom::Bool(_) => None,
    };
    match moment {
        Some(moment) if keep_time => Value::Date(moment),
        Some(moment) => Value::Date(moment.date().at(0, 0, 0, 0)),
        None => text(""),
    }
}

/// `indexed-repeat(field, repeat, n, …)`: the field within the nth instance of each named repeat.
fn indexed_repeat<'a>(args: &'a [Ast], frame: &Frame<'_, 'a>) -> Value<'a> {
    let Some(Ast::Path(field)) = args.first() else { return text("") };
    let tree = frame.scope.tree;
    let mut here = Node::Answer(tree, tree.root());
    let mut used = 1;
    for pair in args[1..].chunks_exact(2) {
        let Ast::Path(repeat) = &pair[0] else { return text("") };
        if repeat.start != Start::Root || repeat.steps.len() <= used {
            return text("");
        }
        let n = evaluate(&pair[1], frame).number();
        let n = if n >= 1.0 { n as usize } else { 1 };
        let found = from_node(here, &repeat.steps[used..], repeat, frame);
        match found.items.get(n - 1) {
            Some(node) => here = *node,
            None => return text(""),
        }
        used = repeat.steps.len();
    }
    if field.steps.len() < used {
        return text("");
    }
    Value::Nodes(from_node(here, &field.steps[used..], field, frame))
}

fn from_node<'a>(
    here: Node<'a>,
    steps: &'a [Step],
    path: &Path,
    frame: &Frame<'_, 'a>,
) -> Nodes<'a> {
    Nodes { items: along(vec![here], steps, frame), kind: path.kind }
}
