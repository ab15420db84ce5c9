//! Functions of dates and times.

use jiff::civil::DateTime;

use super::{Args, blank, text};
use crate::expr::ast::Func;
use crate::expr::dates;
use crate::expr::value::{Atom, Value};

pub(super) fn call<'a>(function: Func, a: Args<'_, 'a>) -> Value<'a> {
    let now = a.frame.scope.now;
    match function {
        Func::Today => Value::Date(now.date().at(0, 0, 0, 0)),
        Func::Now => Value::Date(now),
        Func::Date => read(&a.value(0), false, now),
        Func::DateTime => read(&a.value(0), true, now),
        Func::DecimalDateTime => decimal(&a.value(0), now, |d| d, dates::decimal_days),
        Func::DecimalTime => decimal(&a.value(0), now, |d| d - d.floor(), dates::decimal_time),
        Func::FormatDate | Func::FormatDateTime => match read(&a.value(0), true, now) {
            Value::Date(moment) => text(dates::format(moment, &a.text(1)).unwrap_or_default()),
            _ => blank(),
        },
        _ => blank(),
    }
}

/// A moment: numbers are days since 1970 (with `fine`, of UTC and with a fraction), a text is read
/// with its time. Blank stays blank; what is no date is blank too.
fn read<'a>(value: &Value<'a>, fine: bool, now: DateTime) -> Value<'a> {
    let moment = match value.atom() {
        Atom::Date(moment) if fine => Some(moment),
        Atom::Date(moment) => Some(moment.date().at(0, 0, 0, 0)),
        Atom::Text(t) | Atom::Loose(t) => {
            dates::parse_moment(t).or_else(|| dates::parse_time(t, now))
        }
        Atom::Number(n) if fine => dates::from_decimal_days(n),
        Atom::Number(n) => dates::from_days(n),
        Atom::Bool(_) => None,
    };
    moment.map_or(blank(), Value::Date)
}

fn decimal<'a>(
    value: &Value<'a>,
    now: DateTime,
    of_days: fn(f64) -> f64,
    of_moment: fn(DateTime) -> f64,
) -> Value<'a> {
    match value.atom() {
        Atom::Number(n) if n.abs() <= f64::from(i32::MAX) => Value::Number(of_days(n)),
        _ => match read(value, true, now) {
            Value::Date(moment) => Value::Number(of_moment(moment)),
            _ => blank(),
        },
    }
}
