//! The body: the questions in the order they are asked.

use super::{Form, Writer};
use crate::form::{Choices, Field, FieldType};

pub(super) fn write(form: &Form, out: &mut Writer) {
    out.open("h:body", &[]);
    for child in &form.fields[0].children {
        control(form, *child, out);
    }
    out.close("h:body");
}

fn control(form: &Form, i: usize, out: &mut Writer) {
    let field = &form.fields[i];
    let (name, more): (&str, &[(&str, &str)]) = match &field.kind {
        FieldType::Group if field.row == 0 => return,
        FieldType::Group => return group(form, field, out),
        FieldType::Repeat => return repeat(form, field, out),
        FieldType::SelectOne(_) => ("select1", &[]),
        FieldType::SelectMultiple(_) => ("select", &[]),
        FieldType::Image => ("upload", &[("mediatype", "image/*")]),
        FieldType::Acknowledge => ("trigger", &[]),
        FieldType::Text
        | FieldType::Integer
        | FieldType::Decimal
        | FieldType::Date
        | FieldType::Note
        | FieldType::Geopoint => ("input", &[]),
        _ => return,
    };
    let mut attributes = vec![("ref", field.path.as_str())];
    attributes.extend(more);
    attributes.extend(appearance(field));
    out.open(name, &attributes);
    captions(field, out);
    if let Some(choices) = field.kind.choices() {
        itemset(field, choices, out);
    }
    out.close(name);
}

fn appearance(field: &Field) -> Option<(&str, &str)> {
    (!field.appearance.is_empty()).then_some(("appearance", field.appearance.as_str()))
}

fn captions(field: &Field, out: &mut Writer) {
    for (name, words) in [("label", &field.label), ("hint", &field.hint)] {
        if !words.is_empty() {
            out.empty(name, &[("ref", &format!("jr:itext('{}:{name}')", field.path))]);
        }
    }
}

fn itemset(field: &Field, choices: &Choices, out: &mut Writer) {
    let nodeset = match &field.choice_rows {
        Some(rule) => rule.source.clone(),
        None => format!("instance('{}')/root/item", choices.table),
    };
    out.open("itemset", &[("nodeset", &nodeset)]);
    out.empty("value", &[("ref", "name")]);
    let label = if choices.file.is_some() { "label" } else { "jr:itext(itextId)" };
    out.empty("label", &[("ref", label)]);
    out.close("itemset");
}

fn group(form: &Form, field: &Field, out: &mut Writer) {
    let mut attributes = vec![("ref", field.path.as_str())];
    attributes.extend(appearance(field));
    out.open("group", &attributes);
    captions(field, out);
    for child in &field.children {
        control(form, *child, out);
    }
    out.close("group");
}

fn repeat(form: &Form, field: &Field, out: &mut Writer) {
    out.open("group", &[("ref", &field.path)]);
    captions(field, out);
    let mut attributes = vec![("nodeset", field.path.as_str())];
    attributes.extend(appearance(field));
    attributes.extend(field.repeat_count.as_ref().map(|r| ("jr:count", r.source.trim())));
    out.open("repeat", &attributes);
    for child in &field.children {
        control(form, *child, out);
    }
    out.close("repeat");
    out.close("group");
}
