//! The bindings: what type a field has and which expressions rule it.

use super::{Form, Tag, Writer, entity, path, texts};
use crate::form::{Field, FieldType, Rule};

/// Parameters that stand on the binding, by the attribute they become.
const PARAMETERS: [(&str, &str); 9] = [
    ("max-pixels", "orx:max-pixels"),
    ("quality", "odk:quality"),
    ("allow-mock-accuracy", "odk:allow-mock-accuracy"),
    ("track-changes", "odk:track-changes"),
    ("track-changes-reasons", "odk:track-changes-reasons"),
    ("identify-user", "odk:identify-user"),
    ("location-max-age", "odk:location-max-age"),
    ("location-min-interval", "odk:location-min-interval"),
    ("location-priority", "odk:location-priority"),
];

pub(super) fn write(form: &Form, i: usize, out: &mut Writer) {
    let field = &form.fields[i];
    if field.kind == FieldType::Entity {
        entity::bindings(form, &path(form, i), out);
        return;
    }
    let rule = |r: &Option<Box<Rule>>| r.as_ref().map(|r| r.source.trim().to_owned());
    // With triggers, the value is set by what the triggers do.
    let calculation = rule(&field.calculation).filter(|_| field.triggers.is_empty());
    let calculation = entity::label(form, i).or(calculation);
    let mut tag = Tag::new("bind")
        .with("nodeset", path(form, i))
        .maybe("type", kind(field))
        .maybe("required", rule(&field.required))
        .maybe("relevant", rule(&field.relevant))
        .maybe("constraint", rule(&field.constraint))
        .maybe("readonly", rule(&field.read_only))
        .maybe("calculate", calculation)
        .maybe("jr:constraintMsg", texts::reference(field, "jr:constraintMsg"))
        .maybe("jr:requiredMsg", texts::reference(field, "jr:requiredMsg"));
    tag = match field.kind {
        FieldType::Note if field.read_only.is_none() => tag.with("readonly", "true()"),
        FieldType::InstanceId => tag.with("readonly", "true()").with("jr:preload", "uid"),
        _ => match preload(&field.kind) {
            Some((kind, what)) => tag.with("jr:preload", kind).with("jr:preloadParams", what),
            None => tag,
        },
    };
    for (parameter, attribute) in PARAMETERS {
        // The quality of a recording made in the background stands on what starts it.
        let elsewhere = field.kind == FieldType::BackgroundAudio && parameter == "quality";
        let value = field.parameters.get(parameter).filter(|_| !elsewhere);
        tag = tag.maybe(attribute, value);
    }
    tag = tag.maybe("entities:saveto", field.save_to.as_deref());
    tag = out.own(tag, &field.attributes.bind);
    if tag.len() > 1 {
        out.empty(tag);
    }
}

fn kind(field: &Field) -> Option<&'static str> {
    match field.kind {
        FieldType::Group | FieldType::Repeat => None,
        FieldType::Rank(_) => Some("odk:rank"),
        _ => Some(field.data.name()),
    }
}

/// What a phone puts in by itself.
fn preload(kind: &FieldType) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        FieldType::Start => ("timestamp", "start"),
        FieldType::End => ("timestamp", "end"),
        FieldType::Today => ("date", "today"),
        FieldType::DeviceId => ("property", "deviceid"),
        FieldType::Username => ("property", "username"),
        FieldType::PhoneNumber => ("property", "phonenumber"),
        FieldType::Email => ("property", "email"),
        _ => return None,
    })
}
