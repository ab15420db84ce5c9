//! The text a calculated value is stored as, by the type of the field it goes to.

use jiff::civil::DateTime;

use super::dates::{date_text, moment_text, time_text};
use super::geo::{point_text, points_text};
use super::number::stored_number;
use super::value::{Atom, Value};

/// What type of answer a calculated value is stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// As it is: texts, decimals, choices.
    Plain,
    /// As a whole number.
    Whole,
    /// As truth: `1` or `0`.
    Truth,
    /// As a date without time.
    Date,
    /// As a date with its time.
    Moment,
    /// As a time of day.
    Time,
    /// As a point: latitude, longitude, altitude, accuracy.
    Point,
    /// As a trace or a shape: points parted by semicolons.
    Points,
}

impl Value<'_> {
    /// The text JavaRosa stores for a calculated value; empty for blank and NaN. A text stays as it
    /// is, also in a field for dates; one that is no point too, where JavaRosa would stop.
    pub fn stored(&self, store: Store) -> String {
        let atom = self.atom();
        match atom {
            Atom::Loose("") | Atom::Text("") => String::new(),
            Atom::Number(n) if n.is_nan() => String::new(),
            Atom::Bool(_) => u8::from(atom.truth()).to_string(),
            _ if store == Store::Truth => u8::from(atom.truth()).to_string(),
            Atom::Number(n) => stored_number(n, store == Store::Whole).unwrap_or_default(),
            Atom::Date(moment) => of_moment(moment, store),
            Atom::Loose(t) | Atom::Text(t) => of_text(t, store).unwrap_or_else(|| t.to_owned()),
        }
    }
}

fn of_moment(moment: DateTime, store: Store) -> String {
    match store {
        Store::Date => date_text(moment.date()),
        Store::Time => time_text(moment),
        _ => moment_text(moment),
    }
}

fn of_text(t: &str, store: Store) -> Option<String> {
    match store {
        Store::Point => point_text(t),
        Store::Points => points_text(t),
        _ => None,
    }
}
