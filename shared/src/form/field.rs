//! The parts of a compiled form.

use std::collections::BTreeMap;

use crate::expr::{Expr, Kind};
use crate::text::Text;

/// A text in the form's languages, in their order; a missing translation is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub(super) Vec<String>);

impl Words {
    /// True when no language has it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    /// The text in the form's nth language; the first one that has it when that one has not.
    pub fn get(&self, language: usize) -> &str {
        match self.0.get(language) {
            Some(text) if !text.is_empty() => text,
            _ => self.0.iter().find(|t| !t.is_empty()).map_or("", String::as_str),
        }
    }
}

/// Where the choices of a question come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Id of the list, or of the file without its extension: the instance's id.
    pub table: String,
    /// The file's name (`households.csv`) when they are not in the form.
    pub file: Option<String>,
}

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Fields kept together; also the root.
    Group,
    /// A group that occurs any number of times.
    Repeat,
    /// Free text.
    Text,
    /// A whole number (32 bits).
    Integer,
    /// A decimal number.
    Decimal,
    /// A day.
    Date,
    /// One of a list.
    SelectOne(Choices),
    /// Any of a list, separated by blanks.
    SelectMultiple(Choices),
    /// Something to read; has no answer.
    Note,
    /// A photo: the answer is a file's name.
    Image,
    /// Latitude, longitude, altitude and accuracy.
    Geopoint,
    /// Something to confirm: `OK` or blank.
    Acknowledge,
    /// Computed, never shown.
    Calculate,
    /// Never shown.
    Hidden,
    /// When filling started.
    Start,
    /// When filling ended.
    End,
    /// The day filling started.
    Today,
    /// The phone's id.
    DeviceId,
    /// The collector's name as the phone knows it.
    Username,
    /// `meta/instanceID`.
    InstanceId,
}

impl FieldType {
    /// True for what a person answers.
    pub fn is_question(&self) -> bool {
        use FieldType::*;
        matches!(
            self,
            Text | Integer
                | Decimal
                | Date
                | SelectOne(_)
                | SelectMultiple(_)
                | Image
                | Geopoint
                | Acknowledge
        )
    }

    /// True for groups and repeats.
    pub fn has_children(&self) -> bool {
        matches!(self, FieldType::Group | FieldType::Repeat)
    }

    /// The choices of a question that has some.
    pub fn choices(&self) -> Option<&Choices> {
        match self {
            FieldType::SelectOne(choices) | FieldType::SelectMultiple(choices) => Some(choices),
            _ => None,
        }
    }

    /// How expressions see its value; a calculation's depends on its expression.
    pub(super) fn kind(&self) -> Kind {
        match self {
            FieldType::Integer | FieldType::Decimal => Kind::Number,
            FieldType::Date | FieldType::Today | FieldType::Start | FieldType::End => Kind::Date,
            _ => Kind::Text,
        }
    }
}

/// An expression with the XPath it was parsed from.
#[derive(Clone, Debug)]
pub struct Rule {
    /// XPath, `${name}` resolved.
    pub source: String,
    /// The same, parsed and typed.
    pub expr: Expr,
}

/// One field of a form. Fields are numbered in document order, the root is 0.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its path without places: `/household/members/member/sex`.
    pub path: String,
    /// What it is.
    pub kind: FieldType,
    /// The group or repeat it is in; none for the root.
    pub parent: Option<usize>,
    /// What is in it, in order.
    pub children: Vec<usize>,
    /// Row of the source, for messages about the form.
    pub row: usize,
    /// The question.
    pub label: Words,
    /// Help below the question.
    pub hint: Words,
    /// What to say when the constraint is violated.
    pub constraint_message: Words,
    /// What to say when a required answer is missing.
    pub required_message: Words,
    /// Asked only when true.
    pub relevant: Option<Rule>,
    /// The answer is accepted only when true.
    pub constraint: Option<Rule>,
    /// An answer is needed when true.
    pub required: Option<Rule>,
    /// Not to be answered by hand when true.
    pub read_only: Option<Rule>,
    /// How its value is computed.
    pub calculation: Option<Rule>,
    /// The rows of its choices' table that are offered.
    pub choice_rows: Option<Rule>,
    /// How many times a repeat occurs.
    pub repeat_count: Option<Rule>,
    /// Value at the start.
    pub default: String,
    /// How a phone shows it.
    pub appearance: String,
    /// Further settings, e.g. `max-pixels`.
    pub parameters: BTreeMap<String, String>,
    pub(super) value_kind: Kind,
}

/// One choice of a list.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The stored value.
    pub name: String,
    /// What people see.
    pub label: Words,
    /// Columns that choice filters use.
    pub others: BTreeMap<String, String>,
}

/// A list of choices.
#[derive(Clone, Debug)]
pub struct List {
    /// Its id.
    pub name: String,
    /// Its choices in order.
    pub choices: Vec<Choice>,
}

/// Which languages a form is written in.
#[derive(Clone, Debug, Default)]
pub struct Languages {
    /// Their names as authors write them: `Tiếng Việt (vi)`; the default first.
    pub names: Vec<String>,
}

impl Languages {
    /// The place of a language by its code (`vi`).
    pub fn place(&self, code: &str) -> Option<usize> {
        self.names.iter().position(|n| n.ends_with(&format!("({code})")))
    }

    /// A text of the form for messages in both languages.
    pub fn text(&self, words: &Words) -> Text {
        let get = |code| words.get(self.place(code).unwrap_or(0)).to_owned();
        Text::new(get("vi"), get("en"))
    }
}
