//! The submission's XML as JavaRosa writes it: irrelevant nodes left out, blank ones kept empty.

use super::super::xform::{element, escape};
use super::Filling;
use crate::answers::NodeId;

impl Filling<'_> {
    pub(super) fn serialize(&self) -> String {
        let mut out = String::from("<?xml version='1.0' encoding='UTF-8' ?>");
        self.node(self.tree.root(), &mut out);
        out
    }

    fn node(&self, node: NodeId, out: &mut String) {
        if !self.tree.is_relevant(node) {
            return;
        }
        let field = &self.form.fields[self.field_of[node.index()]];
        let name = element(field);
        out.push('<');
        out.push_str(&name);
        if node == self.tree.root() {
            let (id, version) = (escape(&self.form.id), escape(&self.form.version));
            out.push_str(&format!(
                " id=\"{id}\" version=\"{version}\" xmlns:orx=\"http://openrosa.org/xforms\""
            ));
        }
        for (key, value) in self.attributes(node) {
            let value = escape(&value).replace('\n', "&#10;");
            out.push_str(&format!(" {key}=\"{value}\""));
        }
        let inner = out.len() + 1;
        out.push('>');
        out.push_str(&escape(&self.content(node)).replace("&quot;", "\""));
        for child in self.tree.children(node) {
            self.node(*child, out);
        }
        if out.len() == inner {
            out.pop();
            out.push_str(" />");
        } else {
            out.push_str(&format!("</{name}>"));
        }
    }
}
