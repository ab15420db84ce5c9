//! An XForm's XML as a small tree: elements with their attributes, mixed content and lines.

/// Namespaces and the prefix they go by here, whatever a document calls them.
const PREFIXES: [(&str, &str); 8] = [
    ("http://www.w3.org/2002/xforms", ""),
    ("http://www.w3.org/1999/xhtml", "h"),
    ("http://openrosa.org/javarosa", "jr"),
    ("http://openrosa.org/xforms", "orx"),
    ("http://www.opendatakit.org/xforms", "odk"),
    ("http://www.opendatakit.org/xforms/entities", "entities"),
    ("http://www.w3.org/2001/XMLSchema", "xsd"),
    ("http://www.w3.org/2001/xml-events", "ev"),
];

/// The prefix that a namespace goes by here; blank for that of XForms.
pub(super) fn prefix(address: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|p| p.0 == address).map(|p| p.1)
}

/// True for a namespace that is known here.
pub(super) fn is_usual(address: &str) -> bool {
    prefix(address).is_some()
}

/// The document.
pub(super) struct Xml {
    pub nodes: Vec<Node>,
}

/// An element as it is kept.
pub(super) struct Node {
    /// Name without its prefix.
    pub name: String,
    /// Names with the usual prefixes, and values.
    pub attributes: Vec<(String, String)>,
    /// Namespaces declared here: prefix and address.
    pub namespaces: Vec<(String, String)>,
    pub content: Vec<Content>,
    pub line: usize,
}

/// A piece of content.
pub(super) enum Content {
    Text(String),
    Element(usize),
}

/// A piece of an element's content.
pub(super) enum Piece<'x> {
    Text(&'x str),
    Element(Element<'x>),
}

/// One element.
#[derive(Clone, Copy)]
pub(super) struct Element<'x> {
    xml: &'x Xml,
    id: usize,
}

impl<'x> Element<'x> {
    fn node(self) -> &'x Node {
        &self.xml.nodes[self.id]
    }

    /// Its name without prefix.
    pub fn name(self) -> &'x str {
        &self.node().name
    }

    pub fn line(self) -> usize {
        self.node().line
    }

    /// An attribute by its name with the usual prefix (`jr:preload`).
    pub fn get(self, name: &str) -> Option<&'x str> {
        self.node().attributes.iter().find(|a| a.0 == name).map(|a| a.1.as_str())
    }

    pub fn attributes(self) -> &'x [(String, String)] {
        &self.node().attributes
    }

    /// Namespaces declared on it.
    pub fn namespaces(self) -> &'x [(String, String)] {
        &self.node().namespaces
    }

    pub fn content(self) -> impl DoubleEndedIterator<Item = Piece<'x>> {
        let xml = self.xml;
        self.node().content.iter().map(move |c| match c {
            Content::Text(text) => Piece::Text(text),
            Content::Element(id) => Piece::Element(Element { xml, id: *id }),
        })
    }

    /// The elements in it.
    pub fn children(self) -> impl DoubleEndedIterator<Item = Element<'x>> {
        self.content().filter_map(|c| match c {
            Piece::Element(element) => Some(element),
            Piece::Text(_) => None,
        })
    }

    /// The first element of this name in it.
    pub fn child(self, name: &str) -> Option<Element<'x>> {
        self.children().find(|c| c.name() == name)
    }

    /// Its own text, trimmed.
    pub fn text(self) -> String {
        let text = |c| match c {
            Piece::Text(text) => Some(text),
            Piece::Element(_) => None,
        };
        self.content().filter_map(text).collect::<String>().trim().to_owned()
    }
}

impl Xml {
    /// The outermost element.
    pub fn root(&self) -> Element<'_> {
        Element { xml: self, id: 0 }
    }
}
