//! What a source says about a form, before its expressions are compiled: the seam between reading
//! (an XLSForm, an XForm) and compiling.

use std::collections::BTreeMap;

use super::choices::List;
use super::fault::FormFault;
use super::field::{DataType, Field, FieldType};
use super::settings::{External, Settings};
use super::words::Languages;
use crate::expr::Kind;

/// The expressions of one field as written, by column: `relevant`, `constraint`, `required`,
/// `read_only`, `calculation`, `choice_filter` (of a repeat the
/// whole node-set), `repeat_count`, `seed`, `default` (a dynamic one),
/// `trigger`; at the field `meta/entity`: `label`, `entity_id`, `create_if`, `update_if`.
///
/// Most fields have one or two, in the order of their columns' names.
#[derive(Default)]
pub(super) struct Written(Vec<(&'static str, String)>);

impl Written {
    fn place(&self, column: &str) -> Result<usize, usize> {
        self.0.binary_search_by_key(&column, |(c, _)| c)
    }

    pub fn has(&self, column: &str) -> bool {
        self.place(column).is_ok()
    }

    /// Says what a column says, whatever it said before.
    pub fn insert(&mut self, column: &'static str, text: String) {
        match self.place(column) {
            Ok(i) => self.0[i].1 = text,
            Err(i) => self.0.insert(i, (column, text)),
        }
    }

    /// Says what a column says unless it says something.
    pub fn insert_if_blank(&mut self, column: &'static str, text: &str) {
        if let Err(i) = self.place(column) {
            self.0.insert(i, (column, text.to_owned()));
        }
    }

    pub fn remove(&mut self, column: &str) -> Option<String> {
        Some(self.0.remove(self.place(column).ok()?).1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(column, text)| (*column, text.as_str()))
    }
}

impl Extend<(&'static str, String)> for Written {
    fn extend<T: IntoIterator<Item = (&'static str, String)>>(&mut self, said: T) {
        said.into_iter().for_each(|(column, text)| self.insert(column, text));
    }
}

impl IntoIterator for Written {
    type Item = (&'static str, String);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// What a source says, before expressions are compiled.
#[derive(Default)]
pub(super) struct Draft {
    /// What faults of fields call their sheet; `survey` when blank.
    pub sheet: &'static str,
    pub id: String,
    pub version: String,
    pub title: String,
    pub languages: Languages,
    pub settings: Settings,
    pub lists: Vec<List>,
    /// Files that expressions read beside those that questions choose from.
    pub externals: Vec<External>,
    /// The list of the entity that submissions make; its expressions stand at the field `entity`.
    pub entity: Option<String>,
    pub fields: Vec<Field>,
    /// By field: its expressions.
    pub written: Vec<Written>,
    pub faults: Vec<FormFault>,
    /// What a phone would stumble over.
    pub warnings: Vec<FormFault>,
}

impl Draft {
    /// Notes a fault at sheet, row and column.
    pub fn fault(&mut self, at: (&str, usize, &str), vi: impl Into<String>, en: impl Into<String>) {
        self.faults.push(FormFault::new(at.0, at.1, at.2, vi, en));
    }

    /// Notes what works, but not as its author may think.
    pub fn warn(&mut self, at: (&str, usize, &str), vi: impl Into<String>, en: impl Into<String>) {
        self.warnings.push(FormFault::new(at.0, at.1, at.2, vi, en));
    }

    /// Adds an empty field at the end of `parent`; gives its number.
    pub fn push(
        &mut self,
        name: &str,
        kind: FieldType,
        parent: Option<usize>,
        row: usize,
    ) -> usize {
        let i = self.fields.len();
        let path = match parent {
            Some(p) => format!("{}/{name}", self.fields[p].path),
            None => format!("/{name}"),
        };
        if let Some(p) = parent {
            self.fields[p].children.push(i);
        }
        self.fields.push(Field::new(name, path, kind, parent, row));
        self.written.push(Written::default());
        i
    }

    /// Says how a field's answers are stored, whatever its kind says.
    pub fn store_as(&mut self, field: usize, data: DataType) {
        let field = &mut self.fields[field];
        field.data = data;
        field.value_kind = value_kind(&field.kind, data);
    }
}

/// How expressions see a field's value; what a calculation without a type gives is found later.
fn value_kind(kind: &FieldType, data: DataType) -> Kind {
    match (kind, data) {
        (FieldType::Calculate, DataType::String) => Kind::Unknown,
        _ => data.kind(),
    }
}

/// Truth as authors write it where an expression is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truth(pub bool);

impl Truth {
    /// `yes`, `No`, `TRUE`, …; none for anything else.
    pub fn read(text: &str) -> Option<Truth> {
        match text {
            "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => Some(Truth(true)),
            "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => Some(Truth(false)),
            _ => None,
        }
    }

    /// The same as an expression.
    pub fn expression(self) -> &'static str {
        if self.0 { "true()" } else { "false()" }
    }
}

impl DataType {
    /// The type that a binding names, whatever its prefix.
    pub(super) fn by_name(name: &str) -> Option<DataType> {
        Some(match name.rsplit(':').next().unwrap_or_default() {
            "string" | "text" | "select1" | "select" | "rank" => DataType::String,
            "int" | "integer" => DataType::Int,
            // More than 32 bits: numbers all the same.
            "long" | "decimal" | "double" | "float" => DataType::Decimal,
            "boolean" => DataType::Boolean,
            "date" => DataType::Date,
            "time" => DataType::Time,
            "dateTime" => DataType::DateTime,
            "geopoint" => DataType::Geopoint,
            "geotrace" => DataType::Geotrace,
            "geoshape" => DataType::Geoshape,
            "binary" | "base64Binary" => DataType::Binary,
            "barcode" => DataType::Barcode,
            _ => return None,
        })
    }
}

impl Field {
    fn new(name: &str, path: String, kind: FieldType, parent: Option<usize>, row: usize) -> Field {
        let data = kind.data();
        let value_kind = value_kind(&kind, data);
        Field {
            name: name.to_owned(),
            path,
            kind,
            data,
            parent,
            children: Vec::new(),
            row,
            label: Default::default(),
            hint: Default::default(),
            guidance: Default::default(),
            media: Default::default(),
            constraint_message: Default::default(),
            required_message: Default::default(),
            relevant: None,
            constraint: None,
            required: None,
            read_only: None,
            calculation: None,
            choice_rows: None,
            repeat_count: None,
            seed: None,
            default: String::new(),
            dynamic_default: None,
            triggers: Vec::new(),
            save_to: None,
            appearance: String::new(),
            parameters: BTreeMap::new(),
            attributes: Default::default(),
            value_kind,
        }
    }
}
