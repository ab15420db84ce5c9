//! The functions, as JavaRosa defines them; [`super::func`] lists them.
//!
//! Where JavaRosa would stop the form with an error (a text that is no date, an unknown algorithm)
//! the result is blank, NaN or false, and the rest of the form goes on.

mod choices;
mod digest;
mod maths;
mod moments;
mod nodes;
mod text;

use std::borrow::Cow;

pub(super) use digest::{is_algorithm, is_encoding};

use super::ast::{Ast, Func};
use super::eval::{self, Frame, evaluate};
use super::geo;
use super::value::{Nodes, Value};

/// The arguments of a call, evaluated when asked for.
#[derive(Clone, Copy)]
struct Args<'s, 'a> {
    args: &'a [Ast],
    frame: &'s Frame<'s, 'a>,
}

impl<'s, 'a> Args<'s, 'a> {
    fn len(self) -> usize {
        self.args.len()
    }

    fn value(self, i: usize) -> Value<'a> {
        self.args.get(i).map_or(blank(), |a| evaluate(a, self.frame))
    }

    /// The values from an argument on.
    fn values(self, from: usize) -> impl Iterator<Item = Value<'a>> + use<'s, 'a> {
        self.args.iter().skip(from).map(move |a| evaluate(a, self.frame))
    }

    fn text(self, i: usize) -> Cow<'a, str> {
        self.value(i).into_text()
    }

    fn number(self, i: usize) -> f64 {
        self.args.get(i).map_or(f64::NAN, |a| eval::number(a, self.frame))
    }

    /// As a whole number, as Java narrows one: NaN is 0, too large is the largest.
    fn whole(self, i: usize) -> i32 {
        self.number(i) as i32
    }

    fn truth(self, i: usize) -> bool {
        self.args.get(i).is_some_and(|a| eval::truth(a, self.frame))
    }
}

pub(super) fn call<'a>(function: Func, args: &'a [Ast], frame: &Frame<'_, 'a>) -> Value<'a> {
    let a = Args { args, frame };
    match function {
        Func::True => Value::Bool(true),
        Func::False => Value::Bool(false),
        Func::Not => Value::Bool(!a.truth(0)),
        Func::Boolean => Value::Bool(a.truth(0)),
        Func::BooleanFromString => {
            let t = a.text(0);
            Value::Bool(t == "1" || t.eq_ignore_ascii_case("true"))
        }
        Func::If => a.value(if a.truth(0) { 1 } else { 2 }),
        Func::Coalesce => {
            let first = a.value(0);
            if first.is_blank() { a.value(1) } else { first }
        }
        Func::Depend => a.value(0),
        Func::Once if frame.here.text().is_empty() => a.value(0),
        Func::Once => Value::Nodes(Nodes {
            items: std::iter::once(frame.here).collect(),
            kind: args[0].kind(),
        }),
        Func::Checklist
        | Func::WeightedChecklist
        | Func::Selected
        | Func::IsSelected
        | Func::CountSelected
        | Func::SelectedAt
        | Func::ChoiceName
        | Func::Itext
        | Func::PullData => choices::call(function, a),
        Func::Count
        | Func::CountNonEmpty
        | Func::Sum
        | Func::Min
        | Func::Max
        | Func::Position
        | Func::IndexedRepeat
        | Func::Randomize => nodes::call(function, a),
        Func::String
        | Func::Concat
        | Func::Join
        | Func::StringLength
        | Func::Substr
        | Func::SubstringBefore
        | Func::SubstringAfter
        | Func::Contains
        | Func::StartsWith
        | Func::EndsWith
        | Func::NormalizeSpace
        | Func::Translate
        | Func::Regex
        | Func::Version
        | Func::Property => text::call(function, a),
        Func::Digest => digest::digest(&a.text(0), &a.text(1), args.get(2).map(|_| a.text(2))),
        Func::Base64Decode => digest::base64_decode(&a.text(0)),
        Func::Uuid if args.is_empty() => text(frame.random().uuid()),
        Func::Uuid => text(frame.random().letters(a.whole(0))),
        Func::Random => Value::Number(frame.random().fraction()),
        Func::Today
        | Func::Now
        | Func::Date
        | Func::DateTime
        | Func::DecimalDateTime
        | Func::DecimalTime
        | Func::FormatDate
        | Func::FormatDateTime => moments::call(function, a),
        Func::Area | Func::EnclosedArea => {
            Value::Number(geo::points_of(&a.value(0)).map_or(f64::NAN, |p| geo::area(&p)))
        }
        Func::Distance => Value::Number(distance(a)),
        Func::Geofence => Value::Bool(
            geo::point(&a.text(0))
                .zip(geo::points_of(&a.value(1)))
                .is_some_and(|(point, shape)| geo::is_inside(point, &shape)),
        ),
        _ => maths::call(function, a),
    }
}

fn distance(a: Args<'_, '_>) -> f64 {
    let points = match a.value(0) {
        nodes @ Value::Nodes(_) if a.len() == 1 => geo::points_of(&nodes),
        text if a.len() == 1 => geo::points(&text.into_text()),
        _ => a.values(0).map(|v| geo::point(&v.into_text())).collect(),
    };
    points.map_or(f64::NAN, |p| geo::distance(&p))
}

fn blank<'a>() -> Value<'a> {
    Value::Text(Cow::Borrowed(""))
}

fn text<'a>(t: impl Into<Cow<'a, str>>) -> Value<'a> {
    Value::Text(t.into())
}

/// The texts of arguments, where one path alone stands for all its nodes.
fn texts<'a>(a: Args<'_, 'a>, from: usize) -> Vec<Cow<'a, str>> {
    if a.len() == from + 1 {
        return match a.value(from) {
            Value::Nodes(nodes) => nodes.texts().collect(),
            one => vec![one.into_text()],
        };
    }
    a.values(from).map(Value::into_text).collect()
}
