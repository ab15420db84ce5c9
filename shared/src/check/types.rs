//! Whether a stored text is of its field's type: tolerant in how it is written (`5` for a decimal,
//! a date without leading zeros), not in what it means.

use crate::expr::{parse_date, parse_moment};
use crate::form::{DataType, Field, FieldType};

/// True if a stored text that is not blank is of the field's type. Whether a choice is offered is
/// another question.
pub(super) fn is_of_type(field: &Field, stored: &str) -> bool {
    match &field.kind {
        FieldType::Acknowledge => stored == "OK",
        FieldType::Range => is_of_data(field.data, stored) && in_range(field, stored),
        FieldType::SelectOne(_) => is_word(stored),
        FieldType::Rank(_) => is_set(stored),
        FieldType::SelectMultiple(_) => true,
        _ => is_of_data(field.data, stored),
    }
}

fn is_of_data(data: DataType, stored: &str) -> bool {
    match data {
        DataType::String | DataType::Binary | DataType::Barcode => true,
        DataType::Int => stored.parse::<i32>().is_ok(),
        DataType::Decimal => number(stored).is_some(),
        DataType::Boolean => matches!(stored, "true" | "false" | "1" | "0"),
        DataType::Date => parse_date(stored).is_some_and(|d| d.year() >= 0),
        DataType::Time => parse_moment(&format!("1970-01-02T{stored}")).is_some(),
        DataType::DateTime => parse_moment(stored).is_some(),
        DataType::Geopoint => is_point(stored),
        DataType::Geotrace | DataType::Geoshape => are_points(stored),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|n| n.is_finite())
}

/// Latitude, longitude and, when known, altitude and accuracy.
fn is_point(text: &str) -> bool {
    let mut count = 0;
    let fits = text.split_whitespace().all(|part| {
        count += 1;
        let most = [90.0, 180.0].get(count - 1).copied().unwrap_or(f64::INFINITY);
        number(part).is_some_and(|n| n.abs() <= most)
    });
    fits && (2..=4).contains(&count)
}

/// Points separated by semicolons; one may stand at the end.
fn are_points(text: &str) -> bool {
    let text = text.trim_end().strip_suffix(';').unwrap_or(text);
    text.split(';').all(is_point)
}

/// From `start` to `end`, whichever is greater, in whole steps; as pyxform, from 1 to 10 by 1
/// where the form does not say.
fn in_range(field: &Field, stored: &str) -> bool {
    let get = |name: &str, otherwise: f64| {
        field.parameters.get(name).map_or(Some(otherwise), |text| number(text))
    };
    let bounds = (get("start", 1.0), get("end", 10.0), get("step", 1.0));
    let (Some(n), (Some(start), Some(end), Some(step))) = (number(stored), bounds) else {
        return true;
    };
    let slack = 1e-9 * start.abs().max(end.abs()).max(1.0);
    let steps = (n - start) / step;
    n >= start.min(end) - slack
        && n <= start.max(end) + slack
        && (step == 0.0 || (steps - steps.round()).abs() < 1e-6)
}

/// True if there are no blanks in it.
fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic()) || !text.contains(char::is_whitespace)
}

/// True if no word stands in it twice.
fn is_set(text: &str) -> bool {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    words.len() == count
}
