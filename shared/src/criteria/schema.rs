//! The shape of a criteria file, key by key: what is unknown, missing or of another type is told with
//! its line, everything at once, and the rest is read on with stand-ins, so that faults of meaning are
//! told in the same go.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{DataFault, line_at};
use crate::spelling::nearest;
use crate::text::Text;

/// What stands in for a text that is missing or no text; nothing is said about it again.
pub(super) const GAP: &str = "?";

/// What a key may hold.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    Flag,
    /// A whole number from 0.
    Whole,
    Number,
    Day,
    /// A number or yes.
    Demand,
    Texts,
    /// Texts by any name.
    Pieces,
    Table(&'static [Key]),
    Tables(&'static [Key]),
}

/// A key, what it holds, and whether it has to be there.
type Key = (&'static str, Shape, bool);

const WORDS: &[Key] = &[("vi", Shape::Text, true), ("en", Shape::Text, true)];
const NAME: Key = ("name", Shape::Table(WORDS), true);
const NOTE: Key = ("note", Shape::Table(WORDS), false);
const ID: Key = ("id", Shape::Text, true);
const KNOWN: Key = ("confidence", Shape::Word(&["F", "R", "U"]), true);

const SET: &[Key] = &[
    ID,
    NAME,
    ("level", Shape::Text, true),
    ("region", Shape::Text, true),
    ("from", Shape::Day, true),
    ("to", Shape::Day, true),
    ("forms", Shape::Table(FORMS), true),
    ("document", Shape::Tables(DOCUMENT), true),
    ("coverage", Shape::Table(COVERAGE), true),
    ("verdict", Shape::Table(VERDICT), true),
    ("planning", Shape::Table(PLANNING), true),
    ("recognition", Shape::Table(RECOGNITION), true),
    ("criterion", Shape::Tables(CRITERION), true),
];
const FORMS: &[Key] = &[("household", Shape::Text, true), ("report", Shape::Text, true)];
const DOCUMENT: &[Key] = &[
    ID,
    ("number", Shape::Text, true),
    ("date", Shape::Day, false),
    ("title", Shape::Table(WORDS), true),
];
const COVERAGE: &[Key] = &[("minimum", Shape::Number, true), ("proposal", Shape::Flag, true), NOTE];
const VERDICT: &[Key] = &[("confidence", Shape::Number, true), NOTE];
const PLANNING: &[Key] = &[
    ("households_per_day", Shape::Whole, true),
    ("census_from", Shape::Number, true),
    ("within_reach", Shape::Whole, true),
    ("proposal", Shape::Flag, true),
    NOTE,
];
const RECOGNITION: &[Key] = &[
    ("document", Shape::Text, true),
    ("critical", Shape::Texts, true),
    ("rule", Shape::Tables(LOSS), true),
    NOTE,
];
const LOSS: &[Key] = &[
    ID,
    ("unmet_from", Shape::Number, true),
    ("unmet_below", Shape::Number, false),
    ("critical", Shape::Flag, false),
    NAME,
];
const CRITERION: &[Key] = &[ID, NAME, ("indicator", Shape::Tables(INDICATOR), false)];
const INDICATOR: &[Key] = &[
    ID,
    NAME,
    ("kind", Shape::Word(&["percent", "boolean", "count", "money_million", "number"]), true),
    ("direction", Shape::Word(&["ge", "le", "eq"]), true),
    KNOWN,
    NOTE,
    ("threshold", Shape::Tables(THRESHOLD), false),
    ("household", Shape::Table(RULE), false),
    ("report", Shape::Table(REPORT), false),
];
const THRESHOLD: &[Key] = &[
    ("value", Shape::Demand, false),
    ("region", Shape::Text, true),
    ("from", Shape::Day, true),
    ("to", Shape::Day, true),
    ("document", Shape::Text, true),
    ("verified", Shape::Flag, true),
    KNOWN,
    NOTE,
];
const REPORT: &[Key] = &[
    ("form", Shape::Text, true),
    ("field", Shape::Text, false),
    ("part", Shape::Tables(REPORT_PART), false),
];
const REPORT_PART: &[Key] = &[ID, NAME, ("field", Shape::Text, true)];
const RULE: &[Key] = &[
    ("module", Shape::Text, true),
    ("unit", Shape::Word(&["household", "person"]), false),
    ("decimals", Shape::Whole, false),
    ("define", Shape::Pieces, false),
    ("each", Shape::Text, false),
    ("when", Shape::Text, false),
    ("within", Shape::Text, false),
    ("unknown", Shape::Text, false),
    ("numerator", Shape::Text, true),
    ("denominator", Shape::Text, false),
    ("by", Shape::Table(BY), false),
    ("part", Shape::Tables(PART), false),
    NOTE,
];
const BY: &[Key] = &[("field", Shape::Text, true), ("value", Shape::Tables(BY_VALUE), true)];
const BY_VALUE: &[Key] = &[ID, NAME];
const PART: &[Key] = &[
    ID,
    NAME,
    ("within", Shape::Text, false),
    ("unknown", Shape::Text, false),
    ("numerator", Shape::Text, true),
    ("denominator", Shape::Text, false),
    ("threshold", Shape::Tables(THRESHOLD), false),
];

/// A file's tables with stand-ins where something did not fit, and what did not.
pub(super) struct Shaped<'s> {
    pub root: Spanned<DeTable<'s>>,
    pub faults: Vec<DataFault>,
    /// Where the tables begin that have stand-ins: what is worked out from them is not told.
    pub patched: BTreeSet<usize>,
}

/// Reads TOML and holds it against the schema.
///
/// # Errors
/// Every fault of the TOML itself, in line order; its meaning is not looked at then.
pub(super) fn shape(source: &str) -> Result<Shaped<'_>, Vec<DataFault>> {
    let (mut root, broken) = DeTable::parse_recoverable(source);
    if !broken.is_empty() {
        let faults = broken.iter().map(|e| {
            let line = line_at(source, e.span().map_or(0, |s| s.start));
            let message = Text::new(
                format!("sai cú pháp TOML: {}", e.message()),
                format!("broken TOML: {}", e.message()),
            );
            DataFault { line, message }
        });
        let mut faults: Vec<DataFault> = faults.collect();
        faults.sort_by_key(|fault| fault.line);
        return Err(faults);
    }
    let mut walk = Walk { source, faults: Vec::new(), patched: BTreeSet::new() };
    walk.table(root.get_mut(), 0, SET);
    Ok(Shaped { root, faults: walk.faults, patched: walk.patched })
}

struct Walk<'s> {
    source: &'s str,
    faults: Vec<DataFault>,
    patched: BTreeSet<usize>,
}

impl<'s> Walk<'s> {
    fn fault(&mut self, offset: usize, message: Text) {
        self.faults.push(DataFault { line: line_at(self.source, offset), message });
    }

    fn table(&mut self, table: &mut DeTable<'s>, at: usize, keys: &'static [Key]) {
        let known = |name: &str| keys.iter().find(|(key, ..)| *key == name);
        let strangers: Vec<(String, usize)> = table
            .iter()
            .filter(|(key, _)| known(key.get_ref()).is_none())
            .map(|(key, _)| (key.get_ref().to_string(), key.span().start))
            .collect();
        for (name, place) in strangers {
            table.remove(name.as_str());
            self.patched.insert(at);
            let meant = nearest(&name, keys.iter().map(|(key, ..)| *key));
            let (vi, en) = match meant {
                Some(key) => (format!("; có phải “{key}”?"), format!("; is \"{key}\" meant?")),
                None => (String::new(), String::new()),
            };
            self.fault(
                place,
                Text::new(
                    format!("không có khóa “{name}” ở đây{vi}"),
                    format!("there is no key \"{name}\" here{en}"),
                ),
            );
        }
        for (name, shape, needed) in keys {
            let fits = match table.get_mut(*name) {
                Some(value) => self.value(value, name, *shape),
                None if *needed => {
                    self.missing(name, keys, at);
                    let key = Spanned::new(at..at, (*name).into());
                    table.insert(key, Spanned::new(at..at, stand_in(*shape)));
                    false
                }
                None => true,
            };
            if !fits {
                self.patched.insert(at);
            }
        }
    }

    fn missing(&mut self, name: &str, keys: &[Key], at: usize) {
        let (vi, en) = match name {
            "document" if keys.len() == THRESHOLD.len() => {
                (": mức nào cũng phải có nguồn", ": every threshold needs its source")
            }
            _ => ("", ""),
        };
        let vi = format!("thiếu khóa “{name}”{vi}");
        self.fault(at, Text::new(vi, format!("key \"{name}\" is missing{en}")));
    }

    /// False if a stand-in had to be put in the value's place.
    fn value(&mut self, value: &mut Spanned<DeValue<'s>>, name: &str, shape: Shape) -> bool {
        let span = value.span();
        let fits = match (shape, value.get_mut()) {
            (Shape::Text, DeValue::String(_))
            | (Shape::Flag | Shape::Demand, DeValue::Boolean(_))
            | (Shape::Number | Shape::Demand, DeValue::Integer(_) | DeValue::Float(_))
            | (Shape::Day, DeValue::Datetime(_)) => true,
            (Shape::Word(words), DeValue::String(word)) => words.contains(&word.as_ref()),
            (Shape::Whole, DeValue::Integer(i)) => {
                u32::from_str_radix(i.as_str(), i.radix()).is_ok()
            }
            (Shape::Texts, DeValue::Array(list)) => list.iter().all(|v| v.get_ref().is_str()),
            (Shape::Pieces, DeValue::Table(pieces)) => {
                pieces.iter().all(|(_, v)| v.get_ref().is_str())
            }
            (Shape::Table(keys), DeValue::Table(table)) => {
                self.table(table, span.start, keys);
                true
            }
            (Shape::Tables(keys), DeValue::Array(list)) => {
                for entry in list.iter_mut() {
                    let at = entry.span().start;
                    if let DeValue::Table(table) = entry.get_mut() {
                        self.table(table, at, keys);
                    }
                }
                list.iter().all(|v| v.get_ref().is_table())
            }
            _ => false,
        };
        if !fits {
            let (vi, en) = wanted(shape);
            self.fault(
                span.start,
                Text::new(format!("“{name}” phải là {vi}"), format!("\"{name}\" has to be {en}")),
            );
            *value = Spanned::new(span, stand_in(shape));
        }
        fits
    }
}

/// What a key has to be, in words.
fn wanted(shape: Shape) -> (String, String) {
    let (vi, en) = match shape {
        Shape::Text => ("chữ trong ngoặc kép", "text in quotes"),
        Shape::Word(words) => {
            let words = words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", ");
            return (format!("một trong: {words}"), format!("one of: {words}"));
        }
        Shape::Flag => ("true hoặc false", "true or false"),
        Shape::Whole => ("số nguyên từ 0", "a whole number from 0"),
        Shape::Number => ("một số", "a number"),
        Shape::Day => (
            "ngày, viết như 2024-10-01 không có ngoặc kép",
            "a date, written as 2024-10-01 without quotes",
        ),
        Shape::Demand => ("một số, hoặc true", "a number, or true"),
        Shape::Texts => {
            ("danh sách chữ, như [\"10\", \"17\"]", "a list of texts, as [\"10\", \"17\"]")
        }
        Shape::Pieces => ("bảng gồm tên = \"biểu thức\"", "a table of name = \"expression\""),
        Shape::Table(_) => ("một bảng", "a table"),
        Shape::Tables(_) => ("danh sách các bảng", "a list of tables"),
    };
    (vi.to_owned(), en.to_owned())
}

/// A value that fits, so that the rest can be read.
fn stand_in<'s>(shape: Shape) -> DeValue<'s> {
    let text = |word: &'static str| DeValue::String(word.into());
    match shape {
        Shape::Text => text(GAP),
        Shape::Word(words) => text(words[0]),
        Shape::Flag => DeValue::Boolean(false),
        Shape::Demand => DeValue::Boolean(true),
        Shape::Whole | Shape::Number => number(),
        Shape::Day => parsed("2000-01-01"),
        Shape::Texts | Shape::Tables(_) => parsed("[]"),
        Shape::Pieces => DeValue::Table(DeTable::new()),
        Shape::Table(keys) => {
            let nowhere: Range<usize> = 0..0;
            let mut table = DeTable::new();
            for (name, shape, _) in keys.iter().filter(|(.., needed)| *needed) {
                table.insert(
                    Spanned::new(nowhere.clone(), (*name).into()),
                    Spanned::new(nowhere.clone(), stand_in(*shape)),
                );
            }
            DeValue::Table(table)
        }
    }
}

/// One, which fits every range a number has to lie in.
fn number<'s>() -> DeValue<'s> {
    parsed("1")
}

/// A literal of this file; it cannot fail to parse.
fn parsed<'s>(literal: &'static str) -> DeValue<'s> {
    DeValue::parse(literal).map_or(DeValue::Boolean(false), Spanned::into_inner)
}
