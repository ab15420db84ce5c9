//! The model: texts in all languages, the empty instance, the choices, the bindings.

use super::super::names::outputs;
use super::{Form, Writer, escape};
use crate::form::{Field, FieldType, Rule, Words};

pub(super) fn write(form: &Form, out: &mut Writer) {
    out.open("model", &[("odk:xforms-version", "1.0.0")]);
    texts(form, out);
    out.open("instance", &[]);
    node(form, 0, false, out);
    out.close("instance");
    secondary(form, out);
    for i in 1..form.fields.len() {
        binding(form, i, out);
    }
    out.close("model");
}

/// The texts of a field with the suffix of their id.
fn field_texts(field: &Field) -> [(&'static str, &Words); 4] {
    [
        ("label", &field.label),
        ("hint", &field.hint),
        ("jr:constraintMsg", &field.constraint_message),
        ("jr:requiredMsg", &field.required_message),
    ]
}

fn texts(form: &Form, out: &mut Writer) {
    out.open("itext", &[]);
    for (language, name) in form.languages.names.iter().enumerate() {
        let lang = ("lang", name.as_str());
        match language {
            0 => out.open("translation", &[lang, ("default", "true()")]),
            _ => out.open("translation", &[lang]),
        }
        for (i, field) in form.fields.iter().enumerate() {
            for (suffix, words) in field_texts(field) {
                if !words.is_empty() {
                    let id = format!("{}:{suffix}", field.path);
                    text(&id, &with_outputs(form, i, words.get(language)), out);
                }
            }
        }
        for list in &form.lists {
            for (n, choice) in list.choices.iter().enumerate() {
                let label =
                    if choice.label.is_empty() { &choice.name } else { choice.label.get(language) };
                text(&format!("{}-{n}", list.name), &escape(label), out);
            }
        }
        out.close("translation");
    }
    out.close("itext");
}

fn text(id: &str, value: &str, out: &mut Writer) {
    out.line(&format!("<text id=\"{}\"><value>{value}</value></text>", escape(id)));
}

/// A label with `${name}` shown as that field's value.
fn with_outputs(form: &Form, from: usize, text: &str) -> String {
    // Names were checked when the form was compiled.
    let pieces = outputs(text, from, &form.fields).unwrap_or_default();
    let piece = |(text, path): (String, Option<String>)| {
        let output = path.map_or(String::new(), |p| format!("<output value=\"{p}\"/>"));
        escape(&text) + &output
    };
    pieces.into_iter().map(piece).collect()
}

fn node(form: &Form, i: usize, template: bool, out: &mut Writer) {
    let field = &form.fields[i];
    let name = element(field);
    if !field.kind.has_children() {
        out.text(&name, &field.default);
        return;
    }
    if field.kind == FieldType::Repeat && !template {
        node(form, i, true, out);
    }
    match i {
        0 => out.open(&name, &[("id", &form.id), ("version", &form.version)]),
        _ if template && field.kind == FieldType::Repeat => out.open(&name, &[("jr:template", "")]),
        _ => out.open(&name, &[]),
    }
    for child in &field.children {
        // Within a template a nested repeat is a template too, and has no instance beside it.
        node(form, *child, template, out);
    }
    out.close(&name);
}

/// The element's name: `meta` belongs to OpenRosa's namespace.
fn element(field: &Field) -> String {
    let meta = field.row == 0 && (field.name == "meta" || field.kind == FieldType::InstanceId);
    if meta { format!("orx:{}", field.name) } else { field.name.clone() }
}

fn secondary(form: &Form, out: &mut Writer) {
    for file in form.media() {
        let source = format!("jr://file-csv/{file}");
        out.empty("instance", &[("id", file.trim_end_matches(".csv")), ("src", &source)]);
    }
    for list in &form.lists {
        out.open("instance", &[("id", &list.name)]);
        out.open("root", &[]);
        for (n, choice) in list.choices.iter().enumerate() {
            out.open("item", &[]);
            out.text("itextId", &format!("{}-{n}", list.name));
            out.text("name", &choice.name);
            for (column, value) in &choice.others {
                out.text(column, value);
            }
            out.close("item");
        }
        out.close("root");
        out.close("instance");
    }
}

fn binding(form: &Form, i: usize, out: &mut Writer) {
    let field = &form.fields[i];
    let nodeset = match field.kind {
        FieldType::InstanceId => format!("/{}/orx:meta/orx:instanceID", form.fields[0].name),
        _ => field.path.clone(),
    };
    let kind = match field.kind {
        FieldType::Group | FieldType::Repeat => None,
        FieldType::Integer => Some("int"),
        FieldType::Decimal => Some("decimal"),
        FieldType::Date | FieldType::Today => Some("date"),
        FieldType::Start | FieldType::End => Some("dateTime"),
        FieldType::Image => Some("binary"),
        FieldType::Geopoint => Some("geopoint"),
        _ => Some("string"),
    };
    let mut attributes: Vec<(&str, &str)> = vec![("nodeset", &nodeset)];
    attributes.extend(kind.map(|k| ("type", k)));
    let rule = |r: &'_ Option<Rule>| r.as_ref().map(|r| r.source.trim().to_owned());
    let rules = [
        ("required", rule(&field.required)),
        ("relevant", rule(&field.relevant)),
        ("constraint", rule(&field.constraint)),
        ("readonly", rule(&field.read_only)),
        ("calculate", rule(&field.calculation)),
    ];
    let messages = field_texts(field).map(|(suffix, words)| {
        let message = suffix.starts_with("jr:") && !words.is_empty();
        (suffix, message.then(|| format!("jr:itext('{}:{suffix}')", field.path)))
    });
    for (key, value) in rules.iter().chain(&messages) {
        attributes.extend(value.as_deref().map(|v| (*key, v)));
    }
    match field.kind {
        FieldType::Note if field.read_only.is_none() => attributes.push(("readonly", "true()")),
        FieldType::Start => preload(&mut attributes, "timestamp", "start"),
        FieldType::End => preload(&mut attributes, "timestamp", "end"),
        FieldType::Today => preload(&mut attributes, "date", "today"),
        FieldType::DeviceId => preload(&mut attributes, "property", "deviceid"),
        FieldType::Username => preload(&mut attributes, "property", "username"),
        FieldType::InstanceId => {
            attributes.extend([("readonly", "true()"), ("jr:preload", "uid")]);
        }
        _ => {}
    }
    let pixels = field.parameters.get("max-pixels");
    attributes.extend(pixels.map(|p| ("orx:max-pixels", p.as_str())));
    if attributes.len() > 1 {
        out.empty("bind", &attributes);
    }
}

fn preload<'a>(attributes: &mut Vec<(&'a str, &'a str)>, kind: &'a str, what: &'a str) {
    attributes.extend([("jr:preload", kind), ("jr:preloadParams", what)]);
}
