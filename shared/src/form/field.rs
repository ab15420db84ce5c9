//! The parts of a compiled form.

use std::collections::BTreeMap;

use super::choices::Choices;
use super::words::{Media, Words};
use crate::expr::{Expr, Kind};

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
    /// A number picked from a scale; whole or decimal by its [`Field::data`].
    Range,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time of day.
    DateTime,
    /// One of a list.
    SelectOne(Box<Choices>),
    /// Any of a list, separated by blanks.
    SelectMultiple(Box<Choices>),
    /// All of a list, in an order.
    Rank(Box<Choices>),
    /// Something to read; has no answer.
    Note,
    /// A photo: the answer is a file's name.
    Image,
    /// A recording of sound: a file's name.
    Audio,
    /// A recording of pictures and sound: a file's name.
    Video,
    /// Any file: its name.
    File,
    /// What a barcode says.
    Barcode,
    /// Latitude, longitude, altitude and accuracy.
    Geopoint,
    /// A line of points, separated by semicolons.
    Geotrace,
    /// A closed line of points.
    Geoshape,
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
    /// The phone's number.
    PhoneNumber,
    /// The collector's address as the phone knows it.
    Email,
    /// Where the phone was when filling started.
    StartGeopoint,
    /// A recording made while the form is filled: a file's name.
    BackgroundAudio,
    /// `meta/audit`: the log of filling, a file's name.
    Audit,
    /// `meta/instanceID`.
    InstanceId,
    /// `meta/instanceName`.
    InstanceName,
    /// `meta/entity`: what the submission does to an entity ([`super::Form::entity`]).
    Entity,
}

/// How an answer is stored and compared: the type of its binding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataType {
    /// Text.
    #[default]
    String,
    /// Whole number, 32 bits.
    Int,
    /// Decimal number.
    Decimal,
    /// Truth.
    Boolean,
    /// Day.
    Date,
    /// Time of day.
    Time,
    /// Day and time of day.
    DateTime,
    /// Point.
    Geopoint,
    /// Line of points.
    Geotrace,
    /// Closed line of points.
    Geoshape,
    /// A file's name.
    Binary,
    /// What a barcode says.
    Barcode,
}

impl FieldType {
    /// True for what a person answers.
    pub fn is_question(&self) -> bool {
        use FieldType::*;
        match self {
            Text | Integer | Decimal | Range | Date | Time | DateTime => true,
            SelectOne(_) | SelectMultiple(_) | Rank(_) | Acknowledge => true,
            Barcode | Geopoint | Geotrace | Geoshape => true,
            Image | Audio | Video | File => true,
            Group | Repeat | Note | Calculate | Hidden => false,
            Start | End | Today | DeviceId | Username | PhoneNumber | Email => false,
            StartGeopoint | BackgroundAudio | Audit => false,
            InstanceId | InstanceName | Entity => false,
        }
    }

    /// True for what a phone puts in by itself, without an expression.
    pub fn is_preloaded(&self) -> bool {
        use FieldType::*;
        matches!(self, Start | End | Today | DeviceId | Username | PhoneNumber | Email | InstanceId)
    }

    /// True for groups and repeats.
    pub fn has_children(&self) -> bool {
        matches!(self, FieldType::Group | FieldType::Repeat | FieldType::Entity)
    }

    /// The choices of a question that has some.
    pub fn choices(&self) -> Option<&Choices> {
        match self {
            FieldType::SelectOne(choices)
            | FieldType::SelectMultiple(choices)
            | FieldType::Rank(choices) => Some(choices),
            _ => None,
        }
    }

    /// True when the answer names a file that comes with the submission.
    pub fn names_file(&self) -> bool {
        use FieldType::*;
        matches!(self, Image | Audio | Video | File | BackgroundAudio | Audit)
    }

    /// How answers are stored unless the form says otherwise.
    pub fn data(&self) -> DataType {
        match self {
            FieldType::Integer | FieldType::Range => DataType::Int,
            FieldType::Decimal => DataType::Decimal,
            FieldType::Date | FieldType::Today => DataType::Date,
            FieldType::Time => DataType::Time,
            FieldType::DateTime | FieldType::Start | FieldType::End => DataType::DateTime,
            FieldType::Geopoint | FieldType::StartGeopoint => DataType::Geopoint,
            FieldType::Geotrace => DataType::Geotrace,
            FieldType::Geoshape => DataType::Geoshape,
            FieldType::Barcode => DataType::Barcode,
            kind if kind.names_file() => DataType::Binary,
            _ => DataType::String,
        }
    }
}

impl DataType {
    /// What a binding calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            DataType::String => "string",
            DataType::Int => "int",
            DataType::Decimal => "decimal",
            DataType::Boolean => "boolean",
            DataType::Date => "date",
            DataType::Time => "time",
            DataType::DateTime => "dateTime",
            DataType::Geopoint => "geopoint",
            DataType::Geotrace => "geotrace",
            DataType::Geoshape => "geoshape",
            DataType::Binary => "binary",
            DataType::Barcode => "barcode",
        }
    }

    /// How expressions see a value of this type.
    pub(crate) fn kind(self) -> Kind {
        match self {
            DataType::Int | DataType::Decimal => Kind::Number,
            DataType::Date | DataType::DateTime => Kind::Date,
            DataType::Boolean => Kind::Boolean,
            _ => Kind::Text,
        }
    }
}

/// An expression with the XPath it was parsed from.
#[derive(Clone, Debug, PartialEq)]
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
    /// How its answers are stored.
    pub data: DataType,
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
    /// Help that is shown only when asked for.
    pub guidance: Words,
    /// Files shown or played with the question.
    pub media: Media,
    /// What to say when the constraint is violated.
    pub constraint_message: Words,
    /// What to say when a required answer is missing.
    pub required_message: Words,
    /// Asked only when true.
    pub relevant: Option<Box<Rule>>,
    /// The answer is accepted only when true.
    pub constraint: Option<Box<Rule>>,
    /// An answer is needed when true.
    pub required: Option<Box<Rule>>,
    /// Not to be answered by hand when true.
    pub read_only: Option<Box<Rule>>,
    /// How its value is computed.
    pub calculation: Option<Box<Rule>>,
    /// The rows of its choices' table that are offered.
    pub choice_rows: Option<Box<Rule>>,
    /// How many times a repeat occurs.
    pub repeat_count: Option<Box<Rule>>,
    /// The seed of a random order of choices.
    pub seed: Option<Box<Rule>>,
    /// Value at the start.
    pub default: String,
    /// Value worked out once, when the field comes into being.
    pub dynamic_default: Option<Box<Rule>>,
    /// The fields whose change works the calculation out; when there are some, nothing else does.
    pub triggers: Vec<usize>,
    /// The property of the entity that the answer is saved to.
    pub save_to: Option<String>,
    /// How a phone shows it.
    pub appearance: String,
    /// Further settings, e.g. `max-pixels`.
    pub parameters: BTreeMap<String, String>,
    /// Attributes that pass to the XForm as they are.
    pub attributes: Attributes,
    pub(crate) value_kind: Kind,
}

/// Attributes of a field that pass to the XForm as they are, by the element they stand on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// On the node of the primary instance.
    pub instance: Vec<(String, String)>,
    /// On the binding.
    pub bind: Vec<(String, String)>,
    /// On the control.
    pub body: Vec<(String, String)>,
}
