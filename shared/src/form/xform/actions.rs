//! What happens at an event: values set when a form or an instance of a repeat comes into being,
//! or when another answer changes; places taken and sound recorded.

use super::{Form, Tag, Writer};
use crate::form::FieldType;

/// Events a value is set at.
const FIRST_LOAD: &str = "odk-instance-first-load";
const LOAD: &str = "odk-instance-load";
const NEW_REPEAT: &str = "odk-new-repeat";
const CHANGED: &str = "xforms-value-changed";

fn action(name: &'static str, form: &Form, i: usize, event: &str) -> Tag {
    Tag::new(name).with("ref", form.fields[i].path.as_str()).with("event", event)
}

fn default(form: &Form, i: usize, event: &str, out: &mut Writer) {
    if let Some(rule) = &form.fields[i].dynamic_default {
        out.empty(action("setvalue", form, i, event).with("value", rule.source.trim()));
    }
}

/// What a field does when a form is opened.
pub(super) fn in_model(form: &Form, i: usize, out: &mut Writer) {
    let field = &form.fields[i];
    default(form, i, FIRST_LOAD, out);
    match field.kind {
        FieldType::StartGeopoint if field.triggers.is_empty() => {
            out.empty(action("odk:setgeopoint", form, i, FIRST_LOAD));
        }
        FieldType::BackgroundAudio => {
            let tag = action("odk:recordaudio", form, i, LOAD);
            out.empty(tag.maybe("odk:quality", field.parameters.get("quality")));
        }
        _ => {}
    }
}

/// What the fields of a repeat do in a new instance of it; a repeat within has its own.
pub(super) fn in_repeat(form: &Form, repeat: usize, out: &mut Writer) {
    let mut waiting: Vec<usize> = form.fields[repeat].children.iter().rev().copied().collect();
    while let Some(i) = waiting.pop() {
        default(form, i, NEW_REPEAT, out);
        if form.fields[i].kind != FieldType::Repeat {
            waiting.extend(form.fields[i].children.iter().rev());
        }
    }
}

/// By field: those that are worked out anew when it changes.
pub(super) fn triggered(form: &Form) -> Vec<Vec<usize>> {
    let mut triggered = vec![Vec::new(); form.fields.len()];
    for (i, field) in form.fields.iter().enumerate() {
        for trigger in &field.triggers {
            triggered[*trigger].push(i);
        }
    }
    triggered
}

/// What a change of an answer does to others.
pub(super) fn in_control(form: &Form, others: &[usize], out: &mut Writer) {
    for i in others {
        let field = &form.fields[*i];
        let name = match field.kind {
            FieldType::StartGeopoint => "odk:setgeopoint",
            _ => "setvalue",
        };
        let value = field.calculation.as_ref().map(|r| r.source.trim());
        out.empty(action(name, form, *i, CHANGED).maybe("value", value));
    }
}
