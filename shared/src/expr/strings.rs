//! The functions that work on text alone.

use super::ast::{Ast, Func};
use super::eval::{Frame, evaluate};
use super::functions::text;
use super::value::Value;

pub(super) fn call<'a>(function: Func, args: &'a [Ast], frame: &Frame<'_, 'a>) -> Value<'a> {
    let string = |i: usize| match args.get(i) {
        Some(arg) => evaluate(arg, frame).text(),
        None => frame.here.text().to_owned(),
    };
    match function {
        Func::StringLength => Value::Number(string(0).encode_utf16().count() as f64),
        Func::NormalizeSpace => text(string(0).split_whitespace().collect::<Vec<_>>().join(" ")),
        Func::Contains => Value::Bool(string(0).contains(&string(1))),
        Func::StartsWith => Value::Bool(string(0).starts_with(&string(1))),
        Func::EndsWith => Value::Bool(string(0).ends_with(&string(1))),
        Func::Translate => text(translate(&string(0), &string(1), &string(2))),
        Func::SubstringBefore => {
            text(string(0).split_once(&string(1)).map_or("", |(before, _)| before))
        }
        Func::SubstringAfter => {
            text(string(0).split_once(&string(1)).map_or("", |(_, after)| after))
        }
        Func::Substr => {
            let number = |i: usize| args.get(i).map(|a| evaluate(a, frame).number() as i64);
            text(substr(&string(0), number(1).unwrap_or(0), number(2)))
        }
        _ => text(""),
    }
}

/// From `start` to before `end`, counted from 0; negative counts from the end.
fn substr(source: &str, start: i64, end: Option<i64>) -> String {
    let length = source.chars().count() as i64;
    let place = |n: i64| (if n < 0 { length + n } else { n }).clamp(0, length) as usize;
    let (start, end) = (place(start), place(end.unwrap_or(length)));
    source.chars().take(end).skip(start).collect()
}

fn translate(source: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    source
        .chars()
        .filter_map(|c| match from.chars().position(|f| f == c) {
            None => Some(c),
            Some(i) => to.get(i).copied(),
        })
        .collect()
}
