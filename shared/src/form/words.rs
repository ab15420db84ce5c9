//! Texts and media in the languages of a form.

use std::collections::BTreeMap;

use crate::text::Text;

/// A text in the form's languages, in their order; a missing translation is empty.
///
/// `${name}` shows a field's value, `<output value="…"/>` that of an expression.
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

    /// The text in the form's nth language; empty when it is not translated.
    pub fn exact(&self, language: usize) -> &str {
        self.0.get(language).map_or("", String::as_str)
    }
}

/// Files shown or played with a label, by kind (`image`, `big-image`, `audio`, `video`): file names
/// in the form's languages.
pub type Media = BTreeMap<String, Words>;

/// Which languages a form is written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
