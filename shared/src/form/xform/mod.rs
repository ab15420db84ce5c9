//! A form as the XForm that ODK Collect takes. Written by hand, line by line, so that the same
//! form gives the same bytes for ever: phones compare the file's hash.

mod actions;
mod bind;
mod body;
mod entity;
mod instances;
mod model;
#[cfg(test)]
mod tests;
mod texts;
mod writer;

use super::{Field, FieldType, Form};
use writer::{Tag, Writer};

pub(in crate::form) use writer::escape;

/// The namespaces every form declares.
const NAMESPACES: [(&str, &str); 6] = [
    ("", "http://www.w3.org/2002/xforms"),
    ("h", "http://www.w3.org/1999/xhtml"),
    ("jr", "http://openrosa.org/javarosa"),
    ("orx", "http://openrosa.org/xforms"),
    ("odk", "http://www.opendatakit.org/xforms"),
    ("xsd", "http://www.w3.org/2001/XMLSchema"),
];

/// That of a form whose submissions make an entity.
const ENTITIES: (&str, &str) = ("entities", "http://www.opendatakit.org/xforms/entities");

/// The whole document.
pub(super) fn write(form: &Form) -> String {
    let mut out = Writer::default();
    out.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let html = namespaces(form, &mut out);
    out.open(html);
    out.open(Tag::new("h:head"));
    out.text(Tag::new("h:title"), &form.title);
    model::write(form, &mut out);
    out.close("h:head");
    body::write(form, &mut out);
    out.close("h:html");
    out.finish()
}

/// The root with the namespaces; the writer then knows which prefixes an attribute may have.
fn namespaces(form: &Form, out: &mut Writer) -> Tag {
    let mut html = Tag::new("h:html");
    for (prefix, address) in declared(form, out) {
        let colon = if prefix.is_empty() { "" } else { ":" };
        html = html.with(format!("xmlns{colon}{prefix}"), address);
    }
    html
}

/// The namespaces a form declares: prefix and address, in order.
fn declared<'f>(form: &'f Form, out: &mut Writer) -> Vec<(&'f str, &'f str)> {
    let saves = form.entity.is_some() || form.fields.iter().any(|f| f.save_to.is_some());
    let fixed = NAMESPACES.iter().chain(saves.then_some(&ENTITIES)).copied();
    let own = form.settings.namespaces.iter().map(|(p, address)| (p.as_str(), address.as_str()));
    fixed.chain(own).filter(|(prefix, _)| out.declare(prefix)).collect()
}

/// What a submission's elements have in common with the form's: the namespaces, the element's name
/// by field, its attributes by field.
pub(in crate::form) struct Elements<'f> {
    pub namespaces: Vec<(&'f str, &'f str)>,
    form: &'f Form,
    writer: Writer,
}

impl<'f> Elements<'f> {
    pub fn new(form: &'f Form) -> Elements<'f> {
        let mut writer = Writer::default();
        let namespaces = declared(form, &mut writer);
        Elements { namespaces, form, writer }
    }

    pub fn name(&self, i: usize) -> String {
        element(&self.form.fields[i])
    }

    pub fn attributes(&self, i: usize) -> Vec<(String, String)> {
        model::tag(self.form, i, &self.writer).into_attributes()
    }
}

/// True for the group `meta` beside the questions.
fn is_meta(field: &Field) -> bool {
    field.parent == Some(0) && field.name == "meta" && field.kind == FieldType::Group
}

/// The element's name: `meta` and what is in it belong to OpenRosa's namespace, but for entities.
pub(in crate::form) fn element(field: &Field) -> String {
    use FieldType::{Audit, InstanceId, InstanceName};
    let meta = is_meta(field) || matches!(field.kind, InstanceId | InstanceName | Audit);
    if meta { format!("orx:{}", field.name) } else { field.name.clone() }
}

/// The path of a field's node, with the prefix that `meta` has.
fn path(form: &Form, i: usize) -> String {
    let up = std::iter::successors(Some(i), |i| form.fields[*i].parent);
    let below_meta = up.skip(1).any(|i| is_meta(&form.fields[i]));
    let field = &form.fields[i];
    match field.parent {
        Some(parent) if below_meta || is_meta(field) => {
            format!("{}/{}", path(form, parent), element(field))
        }
        _ => field.path.clone(),
    }
}
