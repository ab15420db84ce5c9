//! The text a calculated value is stored as, by the type of the field it goes to.

use jiff::civil::DateTime;

use super::dates::{moment_text, parse_date, parse_moment, parse_time, time_text};
use super::geo::point_text;
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
}

impl Value<'_> {
    /// The text JavaRosa stores for a calculated value; empty for blank and NaN. A text that is no
    /// date, time or point stays as it is, where JavaRosa would stop.
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
        Store::Date => moment.date().to_string(),
        Store::Time => time_text(moment),
        _ => moment_text(moment),
    }
}

fn of_text(t: &str, store: Store) -> Option<String> {
    match store {
        Store::Date => parse_date(t).map(|d| d.to_string()),
        Store::Moment => parse_moment(t).map(moment_text),
        // Any day of today's offset does.
        Store::Time => parse_time(t, jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0)).map(time_text),
        Store::Point => point_text(t),
        Store::Plain | Store::Whole | Store::Truth => None,
    }
}
