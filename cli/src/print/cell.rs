//! Cells and columns: what a value is, so that each format can write it its own way.

use std::borrow::Cow;

use ntm_shared::text::Lang;

/// One value of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// Text as it is.
    Text(String),
    /// An id that people copy into the next command: never broken into lines.
    Id(String),
    /// A whole number.
    Count(u64),
    /// A number and how many decimals people see; CSV gets it with a point and as many decimals.
    Decimal(f64, usize),
    /// The same, but CSV gets every digit.
    Exact(f64, usize),
    /// An ISO date or instant; people see 31/12/2024 (and the time in UTC).
    When(String),
    /// One of a few states: the stable key for programs, a word for people.
    Word(&'static str, [&'static str; 2], Tone),
}

/// What a word means, so that colour can help it. Colour never stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Plain,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Not known yet.
    Open,
}

impl Cell {
    /// Text, or nothing when it is absent.
    pub fn maybe(text: &Option<String>) -> Cell {
        text.clone().map_or(Cell::Empty, Cell::Text)
    }

    /// A moment, or nothing when it is absent.
    pub fn maybe_when(text: &Option<String>) -> Cell {
        text.clone().map_or(Cell::Empty, Cell::When)
    }

    /// Yes or no.
    pub fn yes_no(yes: bool) -> Cell {
        match yes {
            true => Cell::Word("yes", ["có", "yes"], Tone::Plain),
            false => Cell::Word("no", ["không", "no"], Tone::Plain),
        }
    }

    /// As people read it.
    pub fn shown(&self, lang: Lang) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Id(text) => text.clone(),
            Cell::Count(n) => count(*n, lang),
            Cell::Decimal(value, places) | Cell::Exact(value, places) => {
                decimal(*value, *places, lang)
            }
            Cell::When(iso) => moment(iso, lang),
            Cell::Word(_, words, _) => words[lang as usize].to_owned(),
        }
    }

    /// As programs read it.
    pub fn plain(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Id(text) | Cell::When(text) => text.clone(),
            Cell::Count(n) => n.to_string(),
            Cell::Decimal(value, places) => format!("{value:.places$}"),
            Cell::Exact(value, _) => value.to_string(),
            Cell::Word(key, ..) => (*key).to_owned(),
        }
    }

    /// True for numbers, which are right-aligned and may start with a minus sign.
    pub fn is_number(&self) -> bool {
        matches!(self, Cell::Count(_) | Cell::Decimal(..) | Cell::Exact(..))
    }
}

/// A column of a list of `T`.
pub struct Column<T> {
    /// Stable name for CSV.
    pub key: Cow<'static, str>,
    /// Header for people, Vietnamese and English.
    pub title: [&'static str; 2],
    /// True for columns that only CSV shows.
    pub csv_only: bool,
    /// The value of a row.
    pub cell: Box<dyn Fn(&T) -> Cell>,
}

impl<T> Column<T> {
    /// A column that every format shows.
    pub fn new(
        key: &'static str,
        vi: &'static str,
        en: &'static str,
        cell: impl Fn(&T) -> Cell + 'static,
    ) -> Column<T> {
        Column { key: key.into(), title: [vi, en], csv_only: false, cell: Box::new(cell) }
    }

    /// A column there is no room for in a table.
    pub fn csv(
        key: impl Into<Cow<'static, str>>,
        cell: impl Fn(&T) -> Cell + 'static,
    ) -> Column<T> {
        Column { key: key.into(), title: ["", ""], csv_only: true, cell: Box::new(cell) }
    }
}

/// A whole number as people write it: 1.234 or 1,234.
pub fn count(n: u64, lang: Lang) -> String {
    group(&n.to_string(), lang)
}

/// A number with `places` decimals as people write it: 1.234,5 or 1,234.5.
pub fn decimal(value: f64, places: usize, lang: Lang) -> String {
    let text = format!("{:.places$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let sign = if value < 0.0 && !zero { "-" } else { "" };
    let point = match lang {
        Lang::Vi => ",",
        Lang::En => ".",
    };
    let tail = if fraction.is_empty() { String::new() } else { format!("{point}{fraction}") };
    format!("{sign}{}{tail}", group(whole, lang))
}

fn group(digits: &str, lang: Lang) -> String {
    let separator = match lang {
        Lang::Vi => '.',
        Lang::En => ',',
    };
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

fn moment(iso: &str, lang: Lang) -> String {
    let (date, time) = iso.split_once('T').unwrap_or((iso, ""));
    let Ok(day) = date.parse::<jiff::civil::Date>() else { return iso.to_owned() };
    let shown = match lang {
        Lang::Vi => format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()),
        Lang::En => date.to_owned(),
    };
    match time.get(..5) {
        Some(minutes) => format!("{shown} {minutes}Z"),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        assert_eq!(count(1_234_567, Lang::Vi), "1.234.567");
        assert_eq!(count(999, Lang::En), "999");
        assert_eq!(decimal(1234.56, 1, Lang::Vi), "1.234,6");
        assert_eq!(decimal(-1234.5, 1, Lang::En), "-1,234.5");
        assert_eq!(decimal(-0.04, 1, Lang::Vi), "0,0");
        assert_eq!(decimal(88.0, 0, Lang::Vi), "88");
    }

    #[test]
    fn dates_are_written_as_each_language_writes_them() {
        assert_eq!(Cell::When("2024-12-31".into()).shown(Lang::Vi), "31/12/2024");
        let instant = Cell::When("2024-12-31T07:05:09Z".into());
        assert_eq!(instant.shown(Lang::Vi), "31/12/2024 07:05Z");
        assert_eq!(instant.plain(), "2024-12-31T07:05:09Z");
    }
}
