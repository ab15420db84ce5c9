//! The submission's XML as JavaRosa writes it: irrelevant nodes left out, blank ones kept empty.

use super::super::xform::Elements;
use super::Filling;
use crate::answers::NodeId;

impl Filling<'_> {
    pub(super) fn serialize(&self) -> String {
        let mut out = String::from("<?xml version='1.0' encoding='UTF-8' ?>");
        self.node(self.tree.root(), &Elements::new(self.form), &mut out);
        out
    }

    fn node(&self, node: NodeId, elements: &Elements<'_>, out: &mut String) {
        if !self.tree.is_relevant(node) {
            return;
        }
        let field = self.field_of[node.index()];
        let name = elements.name(field);
        out.push_str(&format!("<{name}"));
        for (key, value) in self.attributes(node, elements) {
            attribute(&key, &value, out);
        }
        if node == self.tree.root() {
            for (prefix, address) in in_javas_order(&elements.namespaces) {
                attribute(&format!("xmlns:{prefix}"), address, out);
            }
        }
        let inner = out.len() + 1;
        out.push('>');
        escape(&self.content(node), None, out);
        for child in self.tree.children(node) {
            self.node(*child, elements, out);
        }
        if out.len() == inner && !self.emptied.contains(&node) {
            out.pop();
            out.push_str(" />");
        } else {
            out.push_str(&format!("</{name}>"));
        }
    }
}

fn attribute(key: &str, value: &str, out: &mut String) {
    let quote = if value.contains('"') { '\'' } else { '"' };
    out.push_str(&format!(" {key}={quote}"));
    escape(value, Some(quote), out);
    out.push(quote);
}

/// As the serialiser does that JavaRosa uses (kXML): it takes `@` for a control character.
fn escape(text: &str, quote: Option<char>, out: &mut String) {
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' if quote.is_none() => out.push(c),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if quote == Some(c) => out.push_str("&quot;"),
            '\'' if quote == Some(c) => out.push_str("&apos;"),
            c if c < ' ' || c == '@' => out.push_str(&format!("&#{};", c as u32)),
            c => out.push(c),
        }
    }
}

/// Namespaces with a prefix in the order in which JavaRosa goes through its table of them: by the
/// hash of the prefix in a table that doubles when it is three quarters full.
fn in_javas_order<'n>(declared: &[(&'n str, &'n str)]) -> Vec<(&'n str, &'n str)> {
    let mut named: Vec<_> = declared.iter().copied().filter(|(p, _)| !p.is_empty()).collect();
    let mut places = 16;
    while named.len() * 4 > places * 3 {
        places *= 2;
    }
    named.sort_by_key(|(prefix, _)| place(prefix, places));
    named
}

fn place(key: &str, places: usize) -> usize {
    let hash = key.encode_utf16().fold(0_u32, |h, c| h.wrapping_mul(31).wrapping_add(c.into()));
    (hash ^ (hash >> 16)) as usize & (places - 1)
}

#[cfg(test)]
mod tests {
    use super::in_javas_order;

    #[test]
    fn namespaces_stand_as_javarosa_writes_them() {
        let declared = ["", "h", "jr", "orx", "odk", "xsd"].map(|p| (p, "x"));
        let order: Vec<&str> = in_javas_order(&declared).iter().map(|n| n.0).collect();
        assert_eq!(order, ["orx", "odk", "h", "jr", "xsd"]);
    }
}
