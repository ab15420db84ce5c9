//! The body: the questions in the order they are asked.

use super::{Form, Tag, Writer, actions, is_meta, texts};
use crate::form::{Choices, Field, FieldType};

/// Parameters that stand on the control, by the attribute they become.
const PARAMETERS: [(&str, &str); 5] = [
    ("rows", "rows"),
    ("app", "intent"),
    ("capture-accuracy", "accuracyThreshold"),
    ("warning-accuracy", "unacceptableAccuracyThreshold"),
    ("incremental", "incremental"),
];

/// The scale of a range: parameter, attribute, and what it is unless the form says otherwise.
const SCALE: [(&str, &str, &str); 5] = [
    ("start", "start", "1"),
    ("end", "end", "10"),
    ("step", "step", "1"),
    ("tick_interval", "odk:tick-interval", ""),
    ("placeholder", "odk:placeholder", ""),
];

pub(super) fn write(form: &Form, out: &mut Writer) {
    let body = Body { form, triggered: actions::triggered(form) };
    out.open(Tag::new("h:body").filled("class", &form.settings.style));
    for child in &form.fields[0].children {
        body.control(*child, out);
    }
    out.close("h:body");
}

struct Body<'f> {
    form: &'f Form,
    /// By field: those that are worked out anew when it changes.
    triggered: Vec<Vec<usize>>,
}

impl Body<'_> {
    fn control(&self, i: usize, out: &mut Writer) {
        let field = &self.form.fields[i];
        match field.kind {
            FieldType::Group if is_meta(field) => return,
            FieldType::Group => return self.group(i, out),
            FieldType::Repeat => return self.repeat(i, out),
            _ => {}
        }
        let Some((name, media)) = element(&field.kind).filter(|_| is_shown(field)) else { return };
        let mut tag = Tag::new(name)
            .with("ref", field.path.as_str())
            .maybe("mediatype", media)
            .filled("appearance", &field.appearance);
        for (parameter, attribute) in PARAMETERS {
            tag = tag.maybe(attribute, field.parameters.get(parameter));
        }
        if field.kind == FieldType::Range {
            for (parameter, attribute, usual) in SCALE {
                let value = field.parameters.get(parameter).map_or(usual, String::as_str);
                tag = tag.filled(attribute, value);
            }
        }
        out.open(out.own(tag, &field.attributes.body));
        captions(field, out);
        if let Some(choices) = field.kind.choices() {
            self.itemset(field, choices, out);
        }
        if let (FieldType::Range, Some(ticks)) =
            (&field.kind, field.parameters.get("tick_labelset"))
        {
            self.itemset(field, &Choices::list(ticks), out);
        }
        actions::in_control(self.form, &self.triggered[i], out);
        out.close(name);
    }

    fn itemset(&self, field: &Field, choices: &Choices, out: &mut Writer) {
        let nodeset = match &field.choice_rows {
            Some(rule) => rule.source.clone(),
            None => format!("instance('{}')/root/item", choices.table),
        };
        let seed = field.seed.as_ref().map_or(String::new(), |s| format!(", {}", s.source.trim()));
        let nodeset = match choices.randomize {
            true => format!("randomize({nodeset}{seed})"),
            false => nodeset,
        };
        out.open(Tag::new("itemset").with("nodeset", nodeset));
        out.empty(Tag::new("value").with("ref", choices.value.as_str()));
        let list = self.form.list(&choices.table).filter(|_| choices.file.is_none());
        let texts = list.is_some_and(|list| super::instances::needs_texts(self.form, list));
        let label = if texts { "jr:itext(itextId)" } else { choices.label.as_str() };
        out.empty(Tag::new("label").with("ref", label));
        out.close("itemset");
    }

    fn group(&self, i: usize, out: &mut Writer) {
        let field = &self.form.fields[i];
        let tag = Tag::new("group").with("ref", field.path.as_str());
        let tag = tag.filled("appearance", &field.appearance);
        out.open(out.own(tag, &field.attributes.body));
        captions(field, out);
        for child in &field.children {
            self.control(*child, out);
        }
        out.close("group");
    }

    fn repeat(&self, i: usize, out: &mut Writer) {
        let field = &self.form.fields[i];
        out.open(Tag::new("group").with("ref", field.path.as_str()));
        captions(field, out);
        let tag = Tag::new("repeat")
            .with("nodeset", field.path.as_str())
            .filled("appearance", &field.appearance)
            .maybe("jr:count", field.repeat_count.as_ref().map(|r| r.source.trim()));
        out.open(out.own(tag, &field.attributes.body));
        for child in &field.children {
            self.control(*child, out);
        }
        actions::in_repeat(self.form, i, out);
        out.close("repeat");
        out.close("group");
    }
}

/// False for a question that is worked out and has nothing to show.
fn is_shown(field: &Field) -> bool {
    let worked_out = field.calculation.is_some() || !field.triggers.is_empty();
    !worked_out || !field.label.is_empty() || !field.hint.is_empty() || !field.media.is_empty()
}

/// The control of a question, and what kind of file it takes.
fn element(kind: &FieldType) -> Option<(&'static str, Option<&'static str>)> {
    use FieldType::*;
    Some(match kind {
        SelectOne(_) => ("select1", None),
        SelectMultiple(_) => ("select", None),
        Rank(_) => ("odk:rank", None),
        Range => ("range", None),
        Image => ("upload", Some("image/*")),
        Audio => ("upload", Some("audio/*")),
        Video => ("upload", Some("video/*")),
        File => ("upload", Some("application/*")),
        Acknowledge => ("trigger", None),
        Text | Integer | Decimal | Date | Time | DateTime | Note | Barcode => ("input", None),
        Geopoint | Geotrace | Geoshape => ("input", None),
        _ => return None,
    })
}

fn captions(field: &Field, out: &mut Writer) {
    for name in ["label", "hint"] {
        if let Some(reference) = texts::reference(field, name) {
            out.empty(Tag::new(name).with("ref", reference));
        }
    }
}
