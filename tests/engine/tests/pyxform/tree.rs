//! Submissions compared as trees: prefixes, the order within `meta` and the random ids of new
//! entities apart.

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

/// An element by its local name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn read(xml: &str) -> Element {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Element::default()];
        loop {
            let at = open.last_mut().expect("the document");
            match reader.read_event().unwrap_or_else(|e| panic!("{e} in {xml}")) {
                Event::Start(start) => open.push(element(&start)),
                Event::Empty(start) => at.children.push(element(&start)),
                Event::End(_) => {
                    let mut done = open.pop().expect("an open element");
                    if done.name == "meta" {
                        done.children.sort_by(|a, b| a.name.cmp(&b.name));
                    }
                    open.last_mut().expect("what it is in").children.push(done);
                }
                Event::Text(text) => at.text.push_str(&text.xml10_content()),
                Event::GeneralRef(name) => at.text.push_str(&match name.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    _ => named(name.as_ref()).to_owned(),
                }),
                Event::Eof => break,
                _ => {}
            }
        }
        open[0].children.pop().unwrap_or_default()
    }

    /// One line a leaf, for reports.
    pub fn lines(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.write("", &mut out);
        out
    }

    fn write(&self, above: &str, out: &mut Vec<String>) {
        let path = format!("{above}/{}", self.name);
        let attributes: Vec<String> =
            self.attributes.iter().map(|(k, v)| format!(" {k}={v:?}")).collect();
        out.push(format!("{path}{} = {:?}", attributes.concat(), self.text));
        for child in &self.children {
            child.write(&path, out);
        }
    }
}

fn named(reference: &str) -> &'static str {
    match reference {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        other => panic!("&{other};"),
    }
}

fn element(start: &quick_xml::events::BytesStart<'_>) -> Element {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.expect("an attribute");
        let key = attribute.key;
        if key.as_namespace_binding().is_some() {
            continue;
        }
        let mut value =
            attribute.normalized_value(XmlVersion::Implicit1_0).expect("a value").into_owned();
        let (key, new) = (key.local_name().as_ref().to_owned(), name == "entity");
        if new && key == "id" && value.len() == 36 && value.matches('-').count() == 4 {
            value = "a new id".to_owned();
        }
        attributes.push((key, value));
    }
    attributes.sort();
    Element { name, attributes, ..Element::default() }
}
