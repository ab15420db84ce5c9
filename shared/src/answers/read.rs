//! The strict reader: XML events to a [`Tree`].

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{
    Attribute, MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, NodeId, Span, Tree, XmlFault,
};

/// Reads a document. Every loop is over the input once; recursion is not used.
pub(super) fn read(xml: &[u8]) -> Result<Tree, XmlFault> {
    if xml.len() > MAX_BYTES {
        return Err(XmlFault::TooLarge);
    }
    let source = std::str::from_utf8(xml)
        .map_err(|e| XmlFault::Encoding { line: line_at(xml, e.valid_up_to()) })?;
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if let Some(at) = first_forbidden(source.as_bytes()) {
        return Err(XmlFault::ControlCharacter { line: line_at(source.as_bytes(), at) });
    }
    let mut reader = Reader::from_str(source);
    let config = reader.config_mut();
    config.check_comments = true;
    config.trim_markup_names_in_closing_tags = true;
    let mut building = Building::new(source);
    // Without a carriage return there are no line ends to make equal.
    let plain = !any(source.as_bytes(), |b| b == b'\r');
    let mut first = true;
    loop {
        building.at = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(start)) => building.open(&start)?,
            Ok(Event::Text(text)) if plain => building.text(text.into_inner())?,
            Ok(Event::Text(text)) => building.text(text.xml10_content())?,
            Ok(Event::End(_)) => building.close(),
            Ok(Event::Empty(start)) => {
                building.open(&start)?;
                building.close();
            }
            Ok(Event::CData(text)) => building.text(text.xml10_content())?,
            Ok(Event::GeneralRef(reference)) => building.reference(&reference)?,
            Ok(Event::Comment(_) | Event::PI(_)) => {}
            Ok(Event::Decl(decl)) if first => building.declaration(&decl)?,
            Ok(Event::Decl(_)) => return Err(building.malformed("a misplaced XML declaration")),
            Ok(Event::DocType(_)) => return Err(XmlFault::Doctype { line: building.line() }),
            Ok(Event::Eof) => return building.finish(),
            Err(error) => return Err(building.grammar(&error)),
        }
        first = false;
    }
}

/// An element whose end tag has not been seen, with the text collected so far.
struct Open<'s> {
    node: NodeId,
    /// How many closed elements waited for their parent when this one began.
    closed: usize,
    text: Cow<'s, str>,
}

struct Building<'s> {
    source: &'s str,
    at: usize,
    tree: Tree,
    open: Vec<Open<'s>>,
    /// Closed elements whose parent is still open.
    closed: Vec<NodeId>,
}

impl<'s> Building<'s> {
    fn new(source: &'s str) -> Self {
        let tree = Tree::of_document(source);
        Building { source, at: 0, tree, open: Vec::new(), closed: Vec::new() }
    }

    fn line(&self) -> usize {
        line_at(self.source.as_bytes(), self.at)
    }

    fn malformed(&self, what: &str) -> XmlFault {
        XmlFault::Malformed { line: self.line(), what: what.to_owned() }
    }

    fn grammar(&self, error: &quick_xml::Error) -> XmlFault {
        use quick_xml::errors::{Error, SyntaxError};
        match error {
            // quick-xml reports an unclosed construct when the input ends inside it.
            Error::Syntax(syntax) if *syntax != SyntaxError::InvalidBangMarkup => {
                XmlFault::Truncated { line: line_at(self.source.as_bytes(), self.source.len()) }
            }
            Error::Encoding(_) => XmlFault::Encoding { line: self.line() },
            Error::Syntax(_) if self.source[self.at..].trim_start().starts_with("<!DOCTYPE") => {
                XmlFault::Doctype { line: self.line() }
            }
            other => self.malformed(&other.to_string()),
        }
    }

    fn declaration(&self, decl: &BytesDecl<'_>) -> Result<(), XmlFault> {
        match decl.encoding() {
            None => Ok(()),
            Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
            Some(_) => Err(XmlFault::Encoding { line: self.line() }),
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), XmlFault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlFault::TooDeep { line: self.line() });
        }
        if self.tree.nodes.len() >= MAX_NODES {
            return Err(XmlFault::TooManyNodes { line: self.line() });
        }
        let parent = self.open.last().map(|o| o.node);
        if parent.is_none() && !self.tree.nodes.is_empty() {
            return Err(self.malformed("a second root element"));
        }
        let name = start.name();
        let prefix = prefix_of(name.as_ref()).ok_or_else(|| self.malformed("not a name"))?;
        let span = self.span_of(name.as_ref());
        let node = NodeId(self.tree.nodes.len() as u32);
        self.tree.nodes.push(Node { prefix, ..Node::new(span, parent) });
        if !start.attributes_raw().is_empty() {
            self.attributes(node, start)?;
        }
        self.open.push(Open { node, closed: self.closed.len(), text: Cow::Borrowed("") });
        Ok(())
    }

    fn attributes(&mut self, node: NodeId, start: &BytesStart<'_>) -> Result<(), XmlFault> {
        for (count, attribute) in start.attributes().enumerate() {
            if count >= MAX_ATTRIBUTES {
                return Err(XmlFault::TooManyAttributes { line: self.line() });
            }
            let attribute = attribute.map_err(|e| self.malformed(&e.to_string()))?;
            let key = attribute.key.as_ref();
            if prefix_of(key).is_none() {
                return Err(self.malformed("not an attribute name"));
            }
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|_| XmlFault::Entity { line: self.line() })?;
            if value.contains(forbidden) {
                return Err(XmlFault::ControlCharacter { line: self.line() });
            }
            let name = self.span_of(key);
            let value = self.span_of_nfc(&value);
            self.tree.attributes.push(Attribute { node, name, value });
        }
        Ok(())
    }

    #[inline]
    fn text(&mut self, text: Cow<'s, str>) -> Result<(), XmlFault> {
        match self.open.last_mut() {
            // Nearly always there is one piece of text, and it is not copied.
            Some(open) if open.text.is_empty() => open.text = text,
            Some(open) => open.text.to_mut().push_str(&text),
            None if text.trim().is_empty() => {}
            None => return Err(self.malformed("text outside the root element")),
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), XmlFault> {
        match character(reference) {
            Some(c) if forbidden(c) => Err(XmlFault::ControlCharacter { line: self.line() }),
            Some(c) => self.text(Cow::Owned(c.to_string())),
            None => Err(XmlFault::Entity { line: self.line() }),
        }
    }

    fn close(&mut self) {
        let Some(Open { node, closed, text }) = self.open.pop() else { return };
        let parent = self.closed.len() > closed;
        if parent {
            self.tree.set_children(node, &self.closed[closed..]);
            self.closed.truncate(closed);
        }
        self.closed.push(node);
        if !(text.is_empty() || parent && text.trim().is_empty()) {
            let span = self.span_of_nfc(&text);
            self.tree.nodes[node.index()].text = span;
        }
    }

    /// Where a text stands in the tree's buffer, which begins as the whole document: what was not
    /// altered on the way is there already.
    fn span_of(&mut self, text: &str) -> Span {
        let from = (text.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        match self.source.len().checked_sub(text.len()) {
            Some(last) if from <= last => {
                Span { from: from as u32, to: (from + text.len()) as u32 }
            }
            _ => self.tree.store(text),
        }
    }

    fn span_of_nfc(&mut self, text: &str) -> Span {
        if is_plain(text) || is_nfc(text) {
            return self.span_of(text);
        }
        let from = self.tree.buffer.len() as u32;
        self.tree.buffer.extend(text.nfc());
        Span { from, to: self.tree.buffer.len() as u32 }
    }

    fn finish(self) -> Result<Tree, XmlFault> {
        if !self.open.is_empty() || self.tree.nodes.is_empty() {
            return Err(XmlFault::Truncated { line: self.line() });
        }
        Ok(self.tree)
    }
}

/// True for texts of characters that are composed already and compose with nothing: everything
/// before the combining marks (U+0300), Vietnamese letters with two marks, common punctuation.
fn is_plain(text: &str) -> bool {
    text.is_ascii()
        || text.chars().all(|c| matches!(c, '\0'..'\u{300}' | 'Ạ'..='ỹ' | '\u{2010}'..='\u{2027}'))
}

/// The character a reference stands for: by number, or one of the five names of XML.
pub(crate) fn character(reference: &BytesRef<'_>) -> Option<char> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Some(c),
        Ok(None) => match &**reference {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        },
        Err(_) => None,
    }
}

/// What XML 1.0 (section 2.2) does not count as a character.
pub(crate) fn forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// True if one of the bytes is of a kind.
fn any(bytes: &[u8], kind: impl Fn(u8) -> bool) -> bool {
    // Without an early way out, so that many bytes are looked at in one step.
    bytes.chunks(1024).any(|part| part.iter().fold(false, |found, b| found | kind(*b)))
}

/// Where the first forbidden character stands; the text is valid UTF-8.
fn first_forbidden(bytes: &[u8]) -> Option<usize> {
    if !any(bytes, |b| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0xef) {
        return None;
    }
    let control = |b: &u8| *b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r');
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
    let last = |at: usize| bytes[at] == 0xef && bytes[at + 1] == 0xbf && bytes[at + 2] >= 0xbe;
    let lead = |b: &u8| control(b) || *b == 0xef;
    let mut from = 0;
    while let Some(found) = bytes[from..].iter().position(lead) {
        let at = from + found;
        if bytes[at] < 0x20 || last(at) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// The ASCII characters of names without prefix.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut b = 0;
    while b < 128 {
        plain[b] = (b as u8).is_ascii_alphanumeric() || matches!(b as u8, b'_' | b'-' | b'.');
        b += 1;
    }
    plain
};

/// How much of a name is its prefix, the colon included; none for what is not, loosely, an XML
/// name: enough to keep paths and messages unambiguous.
#[inline]
fn prefix_of(name: &str) -> Option<u16> {
    let bytes = name.as_bytes();
    let first = *bytes.first()?;
    let plain = bytes.iter().fold(true, |plain, b| plain & PLAIN[usize::from(*b)]);
    if plain && !first.is_ascii_digit() && !matches!(first, b'-' | b'.') {
        return Some(0);
    }
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let goes_on =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':') || !c.is_ascii();
    let prefix = name.find(':').map_or(0, |at| at + 1);
    (starts && chars.all(goes_on)).then_some(prefix)?.try_into().ok()
}

fn line_at(bytes: &[u8], at: usize) -> usize {
    1 + bytes[..at.min(bytes.len())].iter().filter(|b| **b == b'\n').count()
}
