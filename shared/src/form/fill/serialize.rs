//! The submission's XML as JavaRosa writes it: irrelevant nodes left out, blank ones kept empty.

use super::super::xform::{Elements, escape};
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
            let value = escape(&value).replace('\n', "&#10;");
            out.push_str(&format!(" {key}=\"{value}\""));
        }
        if node == self.tree.root() {
            for (prefix, address) in in_javas_order(&elements.namespaces) {
                out.push_str(&format!(" xmlns:{prefix}=\"{}\"", escape(address)));
            }
        }
        let inner = out.len() + 1;
        out.push('>');
        out.push_str(&escape(&self.content(node)).replace("&quot;", "\""));
        for child in self.tree.children(node) {
            self.node(*child, elements, out);
        }
        if out.len() == inner {
            out.pop();
            out.push_str(" />");
        } else {
            out.push_str(&format!("</{name}>"));
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
