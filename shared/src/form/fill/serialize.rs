//! The submission's XML as JavaRosa writes it: irrelevant nodes left out, blank ones kept empty.

use super::super::field::FieldType;
use super::super::xform::escape;
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
        let meta = field.row == 0 && (field.name == "meta" || field.kind == FieldType::InstanceId);
        let prefix = if meta { "orx:" } else { "" };
        out.push('<');
        out.push_str(prefix);
        out.push_str(&field.name);
        if node == self.tree.root() {
            let (id, version) = (escape(&self.form.id), escape(&self.form.version));
            out.push_str(&format!(
                " id=\"{id}\" version=\"{version}\" xmlns:orx=\"http://openrosa.org/xforms\""
            ));
        }
        let inner = out.len() + 1;
        out.push('>');
        out.push_str(&escape(self.tree.text(node)).replace("&quot;", "\""));
        for child in self.tree.children(node) {
            self.node(*child, out);
        }
        if out.len() == inner {
            out.pop();
            out.push_str(" />");
        } else {
            out.push_str(&format!("</{prefix}{}>", field.name));
        }
    }
}
