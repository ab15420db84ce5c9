//! Texts: the dictionary of translations, and labels that stand where they are shown.

use std::collections::BTreeMap;

use super::super::words::{Media, Words};
use super::super::xform::escape;
use super::xml::{Element, Piece};

/// The form of a text that is read, not shown or played.
const PLAIN: &str = "";

/// The dictionary (`itext`).
#[derive(Default)]
pub(super) struct Texts<'x> {
    /// The default first.
    pub languages: Vec<String>,
    /// By id and form: the texts in the languages' order.
    entries: BTreeMap<&'x str, BTreeMap<&'x str, Vec<String>>>,
    /// Ids of translations that are asked for but not there.
    pub missing: Vec<(usize, String)>,
}

/// What a label or hint says in all its forms.
#[derive(Default)]
pub(super) struct Said {
    pub words: Words,
    pub guidance: Words,
    pub media: Media,
}

impl<'x> Texts<'x> {
    /// Reads the dictionary of a model.
    pub fn read(&mut self, model: Element<'x>) {
        let found = model.child("itext").into_iter().flat_map(|i| i.children());
        let mut translations: Vec<_> = found.filter(|t| t.name() == "translation").collect();
        let default = |t: &Element<'_>| t.get("default").is_some_and(|d| d != "false()");
        translations.sort_by_key(|t| !default(t));
        let name = |t: &Element<'_>| t.get("lang").unwrap_or("default").trim().to_owned();
        for translation in &translations {
            let name = name(translation);
            if !self.languages.contains(&name) {
                self.languages.push(name);
            }
        }
        if self.languages.is_empty() {
            self.languages.push("default".to_owned());
        }
        for translation in translations {
            let name = name(&translation);
            let language = self.languages.iter().position(|l| *l == name).unwrap_or(0);
            for text in translation.children().filter(|t| t.name() == "text") {
                let Some(id) = text.get("id") else { continue };
                for value in text.children().filter(|v| v.name() == "value") {
                    let form = match value.get("form").map(str::trim) {
                        None | Some("long") => PLAIN,
                        Some(form) => form,
                    };
                    let count = self.languages.len();
                    let forms = self.entries.entry(id).or_default();
                    let words = forms.entry(form).or_insert_with(|| vec![String::new(); count]);
                    if words[language].is_empty() {
                        words[language] = written(value);
                    }
                }
            }
        }
    }

    /// What a `label` or `hint` says: of the dictionary, or as it stands there.
    pub fn said(&mut self, element: Element<'x>) -> Said {
        match element.get("ref").and_then(id_of) {
            Some(id) => self.by_id(id, element.line()),
            None => Said { words: self.inline(written(element)), ..Said::default() },
        }
    }

    /// What a message says: an id of the dictionary or the text itself.
    pub fn message(&mut self, text: &str, line: usize) -> Words {
        match id_of(text) {
            Some(id) => self.by_id(id, line).words,
            None => self.inline(literal(text.trim())),
        }
    }

    /// A text that is the same in all languages.
    pub fn inline(&self, text: String) -> Words {
        if text.is_empty() {
            return Words::default();
        }
        let mut words = vec![String::new(); self.languages.len()];
        if let Some(first) = words.first_mut() {
            *first = text;
        }
        Words(words)
    }

    /// The text of this id in all its forms.
    pub fn by_id(&mut self, id: &str, line: usize) -> Said {
        let Some(forms) = self.entries.get(id) else {
            self.missing.push((line, id.to_owned()));
            return Said::default();
        };
        let mut said = Said::default();
        for (form, texts) in forms {
            let words = Words(texts.clone());
            if words.is_empty() {
                continue;
            }
            match *form {
                PLAIN => said.words = words,
                "guidance" => said.guidance = words,
                "image" | "big-image" | "audio" | "video" => {
                    let file = |t: &String| t.rsplit('/').next().unwrap_or_default().to_owned();
                    said.media.insert((*form).to_owned(), Words(texts.iter().map(file).collect()));
                }
                "short" if !forms.contains_key(PLAIN) => said.words = words,
                _ => {}
            }
        }
        said
    }
}

/// `jr:itext('id')` to `id`.
pub(super) fn id_of(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("jr:itext(")?.strip_suffix(')')?.trim();
    let quoted = |q: char| inner.strip_prefix(q)?.strip_suffix(q);
    quoted('\'').or_else(|| quoted('"'))
}

/// An element's text with `<output value="…"/>` for the values it shows.
fn written(element: Element<'_>) -> String {
    let mut out = String::new();
    let mut waiting: Vec<Piece<'_>> = element.content().rev().collect();
    while let Some(piece) = waiting.pop() {
        match piece {
            Piece::Text(text) => out.push_str(&literal(text)),
            Piece::Element(e) if e.name() == "output" => {
                if let Some(value) = e.get("value").or_else(|| e.get("ref")) {
                    out.push_str(&format!("<output value=\"{}\"/>", escape(value.trim())));
                }
            }
            Piece::Element(e) => waiting.extend(e.content().rev()),
        }
    }
    out.trim().to_owned()
}

/// A text in which `${` is no reference.
fn literal(text: &str) -> String {
    text.replace("${", "<output value=\"concat('$', '{')\"/>")
}
