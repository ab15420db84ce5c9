//! Submissions compared as trees: prefixes, the order within `meta` and the random ids of new
//! entities apart.

use crate::xml::Element;

/// A submission as lines, one an element, that are equal when the submissions are.
#[must_use]
#[track_caller]
pub fn instance(xml: &str) -> Vec<String> {
    let mut out = Vec::new();
    write(&Element::read(xml.as_bytes()), "", &mut out);
    out
}

fn write(element: &Element, above: &str, out: &mut Vec<String>) {
    let path = format!("{above}/{}", element.name);
    let mut attributes: Vec<String> = Vec::new();
    for (key, value) in &element.attributes {
        if key == "xmlns" || key.starts_with("xmlns:") {
            continue;
        }
        let key = key.rsplit(':').next().unwrap_or_default();
        let random = value.len() == 36 && value.matches('-').count() == 4;
        let value = if element.name == "entity" && key == "id" && random {
            "a new id"
        } else {
            value.as_str()
        };
        attributes.push(format!(" {key}={value:?}"));
    }
    attributes.sort();
    out.push(format!("{path}{} = {:?}", attributes.concat(), element.text));
    let mut children: Vec<&Element> = element.children.iter().collect();
    if element.name == "meta" {
        children.sort_by(|a, b| a.name.cmp(&b.name));
    }
    children.into_iter().for_each(|child| write(child, &path, out));
}
