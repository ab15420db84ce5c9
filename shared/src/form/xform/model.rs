//! The model: where it is sent, texts, the empty instance, the choices, the bindings.

use super::{Form, Tag, Writer, element};
use super::{actions, bind, entity, instances, texts};
use crate::form::FieldType;

pub(super) fn write(form: &Form, out: &mut Writer) {
    let model = Tag::new("model").with("odk:xforms-version", "1.0.0");
    let version = form.entity.as_ref().map(|_| entity::VERSION);
    out.open(model.maybe("entities:entities-version", version));
    submission(form, out);
    texts::write(form, out);
    out.open(Tag::new("instance"));
    node(form, 0, Within::Nothing, out);
    out.close("instance");
    instances::write(form, out);
    for i in 1..form.fields.len() {
        bind::write(form, i, out);
        actions::in_model(form, i, out);
    }
    out.close("model");
}

/// Where and how a phone sends what was filled, when the form says so.
fn submission(form: &Form, out: &mut Writer) {
    let settings = &form.settings;
    let method = if settings.submission_url.is_empty() { "" } else { "post" };
    let tag = Tag::new("submission")
        .filled("action", &settings.submission_url)
        .filled("method", method)
        .filled("base64RsaPublicKey", &settings.public_key)
        .filled("orx:auto-send", &settings.auto_send)
        .filled("orx:auto-delete", &settings.auto_delete);
    if tag.len() > 0 {
        out.empty(tag);
    }
}

/// What stands around a node, which decides what a repeat in it is made of.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    /// Nothing that repeats: the template, and a first instance.
    Nothing,
    /// A template, directly: a template too, so that a new instance begins without any of it.
    Template,
    /// An instance: another one, as its template stands within the template.
    Instance,
}

fn node(form: &Form, i: usize, within: Within, out: &mut Writer) {
    let field = &form.fields[i];
    let repeat = field.kind == FieldType::Repeat;
    if repeat && within != Within::Instance {
        template(form, i, out);
    }
    if repeat && within == Within::Template {
        return;
    }
    let tag = tag(form, i, out);
    if !field.kind.has_children() {
        out.text(tag, &field.default);
        return;
    }
    let within = match within {
        _ if repeat => Within::Instance,
        // As pyxform has it: behind a group, a repeat in a template begins with an instance.
        Within::Template => Within::Nothing,
        within => within,
    };
    children(form, i, tag, within, out);
}

/// A node's element with its attributes.
pub(super) fn tag(form: &Form, i: usize, out: &Writer) -> Tag {
    let field = &form.fields[i];
    let mut tag = Tag::new(element(field));
    if i == 0 {
        // The form's own attributes cannot change what it is called.
        tag = out.own(tag, &form.settings.attributes);
        tag = tag.with("id", form.id.as_str()).with("version", form.version.as_str());
    }
    tag = out.own(tag, &field.attributes.instance);
    match field.kind {
        FieldType::Entity => entity::attributes(form, tag),
        _ => tag,
    }
}

fn template(form: &Form, i: usize, out: &mut Writer) {
    let tag = Tag::new(element(&form.fields[i])).with("jr:template", "");
    children(form, i, tag, Within::Template, out);
}

fn children(form: &Form, i: usize, tag: Tag, within: Within, out: &mut Writer) {
    let field = &form.fields[i];
    out.open(tag);
    for child in &field.children {
        node(form, *child, within, out);
    }
    out.close(&element(field));
}
