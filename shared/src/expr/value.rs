//! What expressions give, and JavaRosa's conversions between text, numbers, dates and truth.

use std::borrow::Cow;

use jiff::civil::DateTime;

use super::dates::{date_text, days, parse_date, parse_moment};
use super::number::{read_number, xpath_number};
use super::table::Table;
use crate::answers::{NodeId, Tree};

/// The type of a field or expression, as far as it matters for conversions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Not known: a text that is read as a number or a date where one is asked for.
    #[default]
    Unknown,
    /// Text; a date written as text is not a number.
    Text,
    /// A number: `0` is not true, `5.0` equals `5`.
    Number,
    /// Truth, stored as `1` or `0`.
    Boolean,
    /// A date, or a date and time; as a number, days since 1 January 1970.
    Date,
}

/// One node an expression found: in the answers or in a secondary instance.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// An element of the answers, or of an XML document.
    Answer(&'a Tree, NodeId),
    /// An attribute's value.
    Attribute(&'a str),
    /// The document of a secondary instance in XML; its elements are like those of the answers.
    Xml(&'a Tree),
    /// The document of a secondary instance that is a table.
    Document(&'a Table),
    /// Its `root` element.
    Root(&'a Table),
    /// One `item`, by row.
    Row(&'a Table, usize),
    /// One column of a row.
    Cell(&'a Table, usize, usize),
}

impl<'a> Node<'a> {
    /// The node's own text.
    pub fn text(self) -> &'a str {
        match self {
            Node::Answer(tree, n) => tree.text(n),
            Node::Attribute(text) => text,
            Node::Cell(table, row, column) => table.cell(row, column),
            Node::Xml(_) | Node::Document(_) | Node::Root(_) | Node::Row(..) => "",
        }
    }

    /// The row of a secondary instance, when it is one.
    pub(crate) fn row(self) -> Option<usize> {
        match self {
            Node::Row(_, row) => Some(row),
            _ => None,
        }
    }

    /// The answer tree's node, when it is one.
    pub fn id(self) -> Option<NodeId> {
        match self {
            Node::Answer(_, id) => Some(id),
            _ => None,
        }
    }
}

/// The nodes a path found, in document order.
#[derive(Clone, Debug)]
pub struct Nodes<'a> {
    /// The nodes.
    pub items: Items<'a>,
    /// The type of the field they belong to.
    pub kind: Kind,
}

/// No node, one (nearly always), or several.
#[derive(Clone, Debug)]
pub enum Items<'a> {
    /// At most one.
    Few(Option<Node<'a>>),
    /// Any number.
    Many(Vec<Node<'a>>),
}

impl<'a> std::ops::Deref for Items<'a> {
    type Target = [Node<'a>];

    fn deref(&self) -> &[Node<'a>] {
        match self {
            Items::Few(node) => node.as_slice(),
            Items::Many(nodes) => nodes,
        }
    }
}

impl<'a> FromIterator<Node<'a>> for Items<'a> {
    fn from_iter<I: IntoIterator<Item = Node<'a>>>(nodes: I) -> Items<'a> {
        let mut nodes = nodes.into_iter();
        let first = nodes.next();
        match (first, nodes.next()) {
            (Some(first), Some(second)) => {
                Items::Many([first, second].into_iter().chain(nodes).collect())
            }
            (first, _) => Items::Few(first),
        }
    }
}

/// The value of an expression.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// What a path found; its first node counts where one value is meant.
    Nodes(Nodes<'a>),
    /// Text.
    Text(Cow<'a, str>),
    /// A number; NaN where there is none.
    Number(f64),
    /// Truth.
    Bool(bool),
    /// A date or moment, in the survey's local time.
    Date(DateTime),
}

/// A value with nodes reduced to what the first one holds.
#[derive(Clone, Debug)]
pub(super) enum Atom<'v> {
    /// Text whose type is not known.
    Loose(&'v str),
    Text(&'v str),
    Number(f64),
    Bool(bool),
    Date(DateTime),
}

impl<'a> Nodes<'a> {
    fn atom(&self) -> Atom<'a> {
        self.items.first().map_or(Atom::Text(""), |n| typed(n.text(), self.kind))
    }

    /// Each node's value as a number, NaN for those without one.
    pub fn numbers(&self) -> impl Iterator<Item = f64> {
        self.items.iter().map(|n| typed(n.text(), self.kind).number())
    }

    /// Each node's value as truth.
    pub(super) fn truths(&self) -> impl Iterator<Item = bool> {
        self.items.iter().map(|n| typed(n.text(), self.kind).truth())
    }

    /// Each node's value as text.
    pub fn texts(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.items.iter().map(|n| typed(n.text(), self.kind).text())
    }
}

/// A stored text as a value of its field's type; text when it is not of that type.
pub(super) fn typed(text: &str, kind: Kind) -> Atom<'_> {
    let atom = match kind {
        Kind::Unknown => return Atom::Loose(text),
        Kind::Text => None,
        Kind::Number => read_number(text).map(Atom::Number),
        Kind::Boolean => match text {
            "1" | "true" => Some(Atom::Bool(true)),
            "0" | "false" => Some(Atom::Bool(false)),
            _ => None,
        },
        Kind::Date => parse_moment(text).map(Atom::Date),
    };
    atom.unwrap_or(Atom::Text(text))
}

impl<'v> Atom<'v> {
    pub(super) fn number(&self) -> f64 {
        match self {
            Atom::Loose(t) => read_number(t)
                .or_else(|| parse_date(t).map(|d| f64::from(days(d))))
                .unwrap_or(f64::NAN),
            Atom::Text(t) => xpath_number(t),
            Atom::Number(n) => *n,
            Atom::Bool(b) => f64::from(u8::from(*b)),
            Atom::Date(d) => f64::from(days(d.date())),
        }
    }

    pub(super) fn text(&self) -> Cow<'v, str> {
        match self {
            Atom::Loose(t) | Atom::Text(t) => Cow::Borrowed(t),
            Atom::Number(n) => Cow::Owned(super::number::xpath_text(*n)),
            Atom::Bool(b) => Cow::Borrowed(if *b { "true" } else { "false" }),
            Atom::Date(d) => Cow::Owned(date_text(d.date())),
        }
    }

    pub(super) fn truth(&self) -> bool {
        match self {
            Atom::Loose(t) | Atom::Text(t) => !t.is_empty(),
            Atom::Number(n) => !n.is_nan() && n.abs() > 1e-12,
            Atom::Bool(b) => *b,
            Atom::Date(_) => true,
        }
    }
}

impl<'a> Value<'a> {
    pub(super) fn atom(&self) -> Atom<'_> {
        match self {
            Value::Nodes(nodes) => nodes.atom(),
            Value::Text(t) => Atom::Text(t),
            Value::Number(n) => Atom::Number(*n),
            Value::Bool(b) => Atom::Bool(*b),
            Value::Date(d) => Atom::Date(*d),
        }
    }

    /// As a number: blank and anything else that is no number is NaN, truth is 1 or 0, a date is
    /// days since 1 January 1970.
    pub fn number(&self) -> f64 {
        self.atom().number()
    }

    /// As text, without a copy where it is stored as one.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Value::Text(text) => text,
            Value::Nodes(nodes) => nodes.atom().text(),
            other => Cow::Owned(other.atom().text().into_owned()),
        }
    }

    /// As text: whole numbers without a point, dates as `2024-10-05`, truth as `true`/`false`.
    pub fn text(&self) -> String {
        self.atom().text().into_owned()
    }

    /// As truth: a text that is not empty, a number that is neither 0 nor NaN.
    pub fn truth(&self) -> bool {
        self.atom().truth()
    }

    /// True for no nodes, an empty text and NaN.
    pub fn is_blank(&self) -> bool {
        match self.atom() {
            Atom::Loose(t) | Atom::Text(t) => t.is_empty(),
            Atom::Number(n) => n.is_nan(),
            Atom::Bool(_) | Atom::Date(_) => false,
        }
    }

    /// The nodes, when the expression is a path.
    pub fn nodes(&self) -> &[Node<'a>] {
        match self {
            Value::Nodes(nodes) => &nodes.items,
            _ => &[],
        }
    }
}
