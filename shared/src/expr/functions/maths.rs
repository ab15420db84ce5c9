//! Functions of numbers.

use super::Args;
use crate::expr::ast::Func;
use crate::expr::dates;
use crate::expr::number::round;
use crate::expr::value::Value;

pub(super) fn call<'a>(function: Func, a: Args<'_, 'a>) -> Value<'a> {
    let x = |i: usize| fine(&a.value(i));
    Value::Number(match function {
        Func::Number => a.number(0),
        Func::Int => a.number(0).trunc(),
        Func::Round => round(a.number(0), if a.len() > 1 { a.whole(1) } else { 0 }),
        Func::Floor => a.number(0).floor(),
        Func::Ceiling => a.number(0).ceil(),
        Func::Abs => x(0).abs(),
        Func::Pow => power(x(0), x(1)),
        Func::Sqrt => x(0).sqrt(),
        Func::Exp => x(0).exp(),
        Func::Exp10 => power(10.0, x(0)),
        Func::Log => x(0).ln(),
        Func::Log10 => x(0).log10(),
        Func::Sin => x(0).sin(),
        Func::Cos => x(0).cos(),
        Func::Tan => x(0).tan(),
        Func::Asin => x(0).asin(),
        Func::Acos => x(0).acos(),
        Func::Atan => x(0).atan(),
        Func::Atan2 => x(0).atan2(x(1)),
        Func::Pi => std::f64::consts::PI,
        _ => f64::NAN,
    })
}

/// These functions see the time of day in a moment that comes straight from another function;
/// everywhere else a moment counts as its day.
fn fine(value: &Value<'_>) -> f64 {
    match value {
        Value::Date(moment) => dates::local_days(*moment),
        other => other.number(),
    }
}

/// Java's power: 1 to an exponent that is no number is no number.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) {
        return f64::NAN;
    }
    base.powf(exponent)
}
