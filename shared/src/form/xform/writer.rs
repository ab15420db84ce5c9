//! XML with one element a line, indented by two.

use std::borrow::Cow;

/// The document so far.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
    prefixes: Vec<String>,
}

/// A start tag: the name and its attributes in order.
pub(super) struct Tag {
    name: Cow<'static, str>,
    attributes: Vec<(Cow<'static, str>, String)>,
}

impl Tag {
    pub fn new(name: impl Into<Cow<'static, str>>) -> Tag {
        Tag { name: name.into(), attributes: Vec::new() }
    }

    /// With an attribute; one that is there already takes the new value.
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Tag {
        let (key, value) = (key.into(), value.into());
        match self.attributes.iter_mut().find(|(k, _)| *k == key) {
            Some(attribute) => attribute.1 = value,
            None => self.attributes.push((key, value)),
        }
        self
    }

    /// With an attribute if there is a value for it.
    pub fn maybe(self, key: &'static str, value: Option<impl Into<String>>) -> Tag {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// With an attribute unless its value is blank.
    pub fn filled(self, key: &'static str, value: &str) -> Tag {
        self.maybe(key, (!value.is_empty()).then_some(value))
    }

    pub fn into_attributes(self) -> Vec<(String, String)> {
        self.attributes.into_iter().map(|(key, value)| (key.into_owned(), value)).collect()
    }

    /// How many attributes it has.
    pub fn len(&self) -> usize {
        self.attributes.len()
    }

    fn render(&self, end: &str) -> String {
        let mut out = format!("<{}", self.name);
        for (key, value) in &self.attributes {
            // A parser turns line breaks in attributes into blanks unless they are references.
            let value = escape(value).replace('\n', "&#10;").replace('\t', "&#9;");
            out.push_str(&format!(" {key}=\"{value}\""));
        }
        out.push_str(end);
        out
    }
}

impl Writer {
    pub fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub fn open(&mut self, tag: Tag) {
        self.line(&tag.render(">"));
        self.depth += 1;
    }

    pub fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(&format!("</{name}>"));
    }

    pub fn empty(&mut self, tag: Tag) {
        self.line(&tag.render("/>"));
    }

    pub fn text(&mut self, tag: Tag, text: &str) {
        if text.is_empty() {
            self.empty(tag);
        } else {
            let line = format!("{}{}</{}>", tag.render(">"), escape(text), tag.name);
            self.line(&line);
        }
    }

    pub fn finish(self) -> String {
        self.text
    }

    /// Notes a namespace's prefix; false when it is known already or cannot be one.
    pub fn declare(&mut self, prefix: &str) -> bool {
        let legal = prefix.is_empty() || (is_name(prefix) && !prefix.starts_with("xml"));
        let new = legal && !self.prefixes.iter().any(|p| p == prefix);
        if new {
            self.prefixes.push(prefix.to_owned());
        }
        new
    }

    /// The tag with an author's own attributes, without those that would break the document.
    pub fn own(&self, tag: Tag, attributes: &[(String, String)]) -> Tag {
        let legal = |key: &str| match key.split_once(':') {
            Some((prefix, name)) => self.prefixes.iter().any(|p| p == prefix) && is_name(name),
            None => is_name(key) && key != "xmlns",
        };
        attributes
            .iter()
            .filter(|(key, _)| legal(key))
            .fold(tag, |tag, (key, value)| tag.with(key.clone(), value.as_str()))
    }
}

/// True for what an element may be called (a prefix apart).
pub(super) fn is_name(name: &str) -> bool {
    let start = |c: char| {
        matches!(c, '_' | 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
            | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
            | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
            | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
            | '\u{10000}'..='\u{EFFFF}')
    };
    let more = |c: char| {
        matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}'
            | '\u{203F}'..='\u{2040}')
    };
    name.starts_with(start) && name.chars().all(|c| start(c) || more(c))
}

/// Text or attribute value with XML's special characters written as references; characters that
/// XML has no way to write are left out.
pub(in crate::form) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => out.push(c),
        }
    }
    out
}
