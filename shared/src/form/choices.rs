//! Where a question's choices come from.

use std::collections::BTreeMap;

use super::words::{Media, Words};

/// Where the choices of a question come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Id of the list, or of the file without its extension: the instance's id. Empty when the
    /// choices are the instances of a repeat, which [`super::Field::choice_rows`] then names.
    pub table: String,
    /// The file's name (`households.csv`) when they are not in the form.
    pub file: Option<String>,
    /// The column that is stored; `name` unless the form says otherwise.
    pub value: String,
    /// The column that people see; `label` unless the form says otherwise.
    pub label: String,
    /// True when they are shown in random order.
    pub randomize: bool,
}

impl Choices {
    /// Those of a list in the form.
    pub fn list(name: &str) -> Choices {
        Choices {
            table: name.to_owned(),
            file: None,
            value: "name".to_owned(),
            label: "label".to_owned(),
            randomize: false,
        }
    }

    /// Those of a file that comes with the form.
    pub fn file(name: &str) -> Choices {
        let table = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Choices { file: Some(name.to_owned()), ..Choices::list(table) }
    }
}

/// One choice of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The stored value.
    pub name: String,
    /// What people see.
    pub label: Words,
    /// Files shown or played with the label.
    pub media: Media,
    /// Columns that choice filters use.
    pub others: BTreeMap<String, String>,
    /// Row of the source, for messages about the form.
    pub row: usize,
}

/// A list of choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Its id.
    pub name: String,
    /// Its choices in order.
    pub choices: Vec<Choice>,
}
