//! XML to the small tree. Bounded in every direction; nothing here recurses.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::fault::FormFault;
use super::SHEET;
use super::xml::{Content, Node, Xml, prefix};
use crate::answers::{character, forbidden};
use crate::text::nfc;

/// Largest XForm, in bytes.
const MAX_BYTES: usize = 64 << 20;
/// Deepest nesting of elements.
const MAX_DEPTH: usize = 100;
/// Most elements.
const MAX_ELEMENTS: usize = 4_000_000;
/// Most attributes of one element.
const MAX_ATTRIBUTES: usize = 200;
/// Longest name of an element or attribute, in bytes.
const MAX_NAME: usize = 200;

impl Xml {
    /// Reads a document.
    pub fn parse(source: &str) -> Result<Xml, FormFault> {
        if source.len() > MAX_BYTES {
            let mib = MAX_BYTES >> 20;
            return Err(fault(
                1,
                format!("XForm lớn hơn {mib} MiB; đưa các danh sách dài ra tệp CSV"),
                format!("the XForm is larger than {mib} MiB; move long lists to CSV files"),
            ));
        }
        let source = source.strip_prefix('\u{feff}').unwrap_or(source).trim_start();
        let mut reader = Reader::from_str(source);
        reader.config_mut().trim_markup_names_in_closing_tags = true;
        let mut building = Building::new(source);
        loop {
            building.advance(reader.buffer_position() as usize);
            let event = reader.read_event().map_err(|e| building.malformed(&e.to_string()))?;
            match event {
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => {
                    return Err(building.fault(
                        "XForm không được có DOCTYPE; xóa dòng đó",
                        "a DOCTYPE is not accepted; remove it",
                    ));
                }
                Event::Start(start) => building.open(&start)?,
                Event::Empty(start) => {
                    building.open(&start)?;
                    building.close();
                }
                Event::End(_) => building.close(),
                Event::Text(text) => building.text(&text.xml10_content())?,
                Event::CData(text) => building.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => building.reference(&reference)?,
                Event::Eof => return building.finish(),
            }
        }
    }
}

fn fault(line: usize, vi: impl Into<String>, en: impl Into<String>) -> FormFault {
    FormFault::new(SHEET, line, "", vi, en)
}

struct Building<'s> {
    source: &'s str,
    at: usize,
    line: usize,
    nodes: Vec<Node>,
    open: Vec<usize>,
    /// By prefix: the addresses it stands for, innermost last.
    scopes: BTreeMap<String, Vec<String>>,
}

impl<'s> Building<'s> {
    fn new(source: &'s str) -> Self {
        let scopes = BTreeMap::new();
        Building { source, at: 0, line: 1, nodes: Vec::new(), open: Vec::new(), scopes }
    }

    fn advance(&mut self, to: usize) {
        let seen = self.source.as_bytes().get(self.at..to).unwrap_or_default();
        self.line += seen.iter().filter(|b| **b == b'\n').count();
        self.at = to;
    }

    fn fault(&self, vi: impl Into<String>, en: impl Into<String>) -> FormFault {
        fault(self.line, vi, en)
    }

    fn malformed(&self, what: &str) -> FormFault {
        self.fault(
            format!("XML sai cú pháp: {what}; xuất lại XForm từ công cụ đã tạo ra nó"),
            format!("malformed XML: {what}; export the XForm again from the tool that made it"),
        )
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), FormFault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.fault(
                format!("phần tử lồng sâu quá {MAX_DEPTH} tầng; bớt nhóm lồng nhau"),
                format!("elements nest deeper than {MAX_DEPTH}; use fewer nested groups"),
            ));
        }
        if self.nodes.len() >= MAX_ELEMENTS {
            return Err(self.fault(
                format!("hơn {MAX_ELEMENTS} phần tử; đưa các danh sách dài ra tệp CSV"),
                format!("more than {MAX_ELEMENTS} elements; move long lists to CSV files"),
            ));
        }
        if self.open.is_empty() && !self.nodes.is_empty() {
            return Err(self.malformed("a second root element"));
        }
        let id = self.nodes.len();
        let local = start.local_name();
        self.check_name(start.name().as_ref())?;
        let mut node = Node {
            name: nfc(local.as_ref()),
            attributes: Vec::new(),
            namespaces: Vec::new(),
            content: Vec::new(),
            line: self.line,
        };
        for (count, attribute) in start.attributes().enumerate() {
            if count >= MAX_ATTRIBUTES {
                return Err(self.fault(
                    format!("một phần tử có hơn {MAX_ATTRIBUTES} thuộc tính"),
                    format!("an element has more than {MAX_ATTRIBUTES} attributes"),
                ));
            }
            let attribute = attribute.map_err(|e| self.malformed(&e.to_string()))?;
            let key = attribute.key.as_ref();
            self.check_name(key)?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|_| self.entity())?;
            self.check_text(&value)?;
            match key.strip_prefix("xmlns:").or((key == "xmlns").then_some("")) {
                Some(prefix) => node.namespaces.push((prefix.to_owned(), value.into_owned())),
                None => node.attributes.push((key.to_owned(), nfc(&value))),
            }
        }
        for (prefix, address) in &node.namespaces {
            self.scopes.entry(prefix.clone()).or_default().push(address.clone());
        }
        for (name, _) in &mut node.attributes {
            if let Some((written, local)) = name.split_once(':')
                && let Some(address) = self.scopes.get(written).and_then(|a| a.last())
                && let Some(usual) = prefix(address)
                && !usual.is_empty()
            {
                *name = format!("{usual}:{local}");
            }
        }
        if let Some(parent) = self.open.last() {
            self.nodes[*parent].content.push(Content::Element(id));
        }
        self.nodes.push(node);
        self.open.push(id);
        Ok(())
    }

    fn close(&mut self) {
        let Some(id) = self.open.pop() else { return };
        for (prefix, _) in &self.nodes[id].namespaces {
            if let Some(addresses) = self.scopes.get_mut(prefix) {
                addresses.pop();
            }
        }
    }

    fn check_name(&self, name: &str) -> Result<(), FormFault> {
        let mut chars = name.chars();
        let legal = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
        match legal && name.len() <= MAX_NAME {
            true => Ok(()),
            false => Err(self.malformed("not a name, or a very long one")),
        }
    }

    /// Characters that XML 1.0 forbids.
    fn check_text(&self, text: &str) -> Result<(), FormFault> {
        if text.contains(forbidden) {
            return Err(self.malformed("a control character"));
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), FormFault> {
        self.check_text(text)?;
        let Some(open) = self.open.last() else {
            let blank = text.trim().is_empty();
            return if blank { Ok(()) } else { Err(self.malformed("text outside the root")) };
        };
        let content = &mut self.nodes[*open].content;
        match content.last_mut() {
            Some(Content::Text(before)) => before.push_str(text),
            // Blank text matters only beside other content; it is kept there.
            _ => content.push(Content::Text(text.to_owned())),
        }
        Ok(())
    }

    fn entity(&self) -> FormFault {
        self.fault(
            "thực thể XML lạ; chỉ dùng được &amp; &lt; &gt; &quot; &apos; và &#số;",
            "unknown XML entity; only &amp; &lt; &gt; &quot; &apos; and &#number; can be used",
        )
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), FormFault> {
        let character = character(reference).ok_or_else(|| self.entity())?;
        self.text(character.encode_utf8(&mut [0; 4]))
    }

    fn finish(mut self) -> Result<Xml, FormFault> {
        if !self.open.is_empty() || self.nodes.is_empty() {
            return Err(self.fault(
                "XML bị cắt giữa chừng; lấy lại tệp đầy đủ",
                "the XML is cut off; get the whole file again",
            ));
        }
        for node in &mut self.nodes {
            for content in &mut node.content {
                if let Content::Text(text) = content
                    && !text.is_ascii()
                {
                    *text = nfc(text);
                }
            }
        }
        Ok(Xml { nodes: self.nodes })
    }
}
