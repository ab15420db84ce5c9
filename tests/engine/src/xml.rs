//! A plain tree of XML, read with quick-xml alone: what the tests compute from it owes nothing to
//! our own reader.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Local name.
    pub name: String,
    /// Attributes as written.
    pub attributes: Vec<(String, String)>,
    /// Text directly inside.
    pub text: String,
    /// Elements inside.
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a document.
    #[track_caller]
    pub fn read(xml: &[u8]) -> Element {
        let xml = std::str::from_utf8(xml).expect("UTF-8");
        let mut reader = Reader::from_str(xml);
        let mut open: Vec<Element> = vec![Element::default()];
        loop {
            match reader.read_event().unwrap_or_else(|e| panic!("{e}: {xml}")) {
                Event::Start(tag) => open.push(element(&tag)),
                Event::Empty(tag) => {
                    let element = element(&tag);
                    open.last_mut().expect("a parent").children.push(element);
                }
                Event::End(_) => {
                    let done = open.pop().expect("an open element");
                    open.last_mut().expect("a parent").children.push(done);
                }
                Event::Text(text) => {
                    open.last_mut().expect("a parent").text += &text.xml10_content();
                }
                Event::CData(text) => {
                    open.last_mut().expect("a parent").text += &text.xml10_content();
                }
                Event::GeneralRef(name) => {
                    let name: &str = &name;
                    let text = quick_xml::escape::unescape(&format!("&{name};"))
                        .expect("a known entity")
                        .into_owned();
                    open.last_mut().expect("a parent").text += &text;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open.len(), 1, "unclosed elements");
        let mut document = open.remove(0);
        assert_eq!(document.children.len(), 1, "one root");
        document.children.remove(0)
    }

    /// Children of this name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element at a path of names; absent when not there.
    pub fn find(&self, path: &str) -> Option<&Element> {
        path.split('/')
            .try_fold(self, |at, name| at.children.iter().find(|child| child.name == name))
    }

    /// The text at a path; blank when there is none.
    pub fn at(&self, path: &str) -> &str {
        self.find(path).map_or("", |element| element.text.as_str())
    }

    /// An attribute by its full name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every element below, in document order.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Element)) {
        visit(self);
        self.children.iter().for_each(|child| child.walk(visit));
    }
}

fn element(tag: &BytesStart<'_>) -> Element {
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.expect("an attribute");
        let value =
            quick_xml::escape::unescape(&attribute.value).expect("a known entity").into_owned();
        (attribute.key.as_ref().to_owned(), value)
    });
    let attributes = attributes.collect();
    Element { name: tag.local_name().as_ref().to_owned(), attributes, ..Element::default() }
}
