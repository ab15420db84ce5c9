//! The texts in all languages, with what is shown or played beside them.

use super::instances::needs_texts;
use super::{Form, Tag, Writer, escape};
use crate::form::{Field, Media, Words};

pub(super) fn write(form: &Form, out: &mut Writer) {
    out.open(Tag::new("itext"));
    for (language, name) in form.languages.names.iter().enumerate() {
        let tag = Tag::new("translation").with("lang", name.as_str());
        out.open(tag.maybe("default", (language == 0).then_some("true()")));
        for i in 0..form.fields.len() {
            of_field(form, i, language, out);
        }
        for list in form.lists.iter().filter(|l| needs_texts(form, l)) {
            for (n, choice) in list.choices.iter().enumerate() {
                let label =
                    if choice.label.is_empty() { &choice.name } else { choice.label.get(language) };
                let values = value("", &with_outputs(form, 0, label));
                let values = values + &media(&choice.media, language);
                text(&format!("{}-{n}", list.name), &values, out);
            }
        }
        out.close("translation");
    }
    out.close("itext");
}

fn of_field(form: &Form, i: usize, language: usize, out: &mut Writer) {
    let field = &form.fields[i];
    let words = |form_of: &str, words: &Words| {
        if words.is_empty() {
            return String::new();
        }
        value(form_of, &with_outputs(form, i, words.get(language)))
    };
    for (suffix, values) in [
        ("label", words("", &field.label) + &media(&field.media, language)),
        ("hint", words("", &field.hint) + &words("guidance", &field.guidance)),
        ("jr:constraintMsg", words("", &field.constraint_message)),
        ("jr:requiredMsg", words("", &field.required_message)),
    ] {
        if !values.is_empty() {
            text(&format!("{}:{suffix}", field.path), &values, out);
        }
    }
}

/// Where a control or a binding finds a text of its field; none where there is none.
pub(super) fn reference(field: &Field, suffix: &str) -> Option<String> {
    let there = match suffix {
        "label" => !field.label.is_empty() || field.media.values().any(|w| !w.is_empty()),
        "hint" => !field.hint.is_empty() || !field.guidance.is_empty(),
        "jr:constraintMsg" => !field.constraint_message.is_empty(),
        _ => !field.required_message.is_empty(),
    };
    there.then(|| format!("jr:itext('{}:{suffix}')", field.path))
}

fn text(id: &str, values: &str, out: &mut Writer) {
    out.line(&format!("<text id=\"{}\">{values}</text>", escape(id)));
}

fn value(form_of: &str, xml: &str) -> String {
    let form_of = if form_of.is_empty() { String::new() } else { format!(" form=\"{form_of}\"") };
    format!("<value{form_of}>{xml}</value>")
}

fn media(media: &Media, language: usize) -> String {
    let one = |(kind, words): (&String, &Words)| {
        let folder = if kind.ends_with("image") { "images" } else { kind };
        let file = words.get(language);
        let known = matches!(kind.as_str(), "image" | "big-image" | "audio" | "video");
        if !known || file.is_empty() {
            return String::new();
        }
        value(kind, &escape(&format!("jr://{folder}/{file}")))
    };
    media.iter().map(one).collect()
}

/// A label with `${name}` shown as that field's value, `<output value="…"/>` as an expression's.
fn with_outputs(form: &Form, from: usize, text: &str) -> String {
    // Names were checked when the form was compiled.
    let pieces = form.names.outputs(text, from, &form.fields).unwrap_or_default();
    let piece = |(text, path): (String, Option<String>)| {
        let output = path.map_or(String::new(), |p| format!("<output value=\"{p}\"/>"));
        elements(&text) + &output
    };
    pieces.into_iter().map(piece).collect()
}

/// Text escaped, but for whole `<output value="…"/>` elements in it.
fn elements(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<output") {
        let (before, tag) = rest.split_at(at);
        out.push_str(&escape(before));
        match output(tag) {
            Some((xml, after)) => {
                out.push_str(&xml);
                rest = after;
            }
            None => {
                out.push_str("&lt;output");
                rest = &tag["<output".len()..];
            }
        }
    }
    out + &escape(rest)
}

/// The output element a text begins with, and what follows it.
fn output(tag: &str) -> Option<(String, &str)> {
    let rest = tag.strip_prefix("<output")?.trim_start();
    let rest = rest.strip_prefix("value")?.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    let rest = rest.trim_start();
    let after = rest.strip_prefix("/>").or_else(|| {
        rest.strip_prefix('>').and_then(|r| r.trim_start().strip_prefix("</output>"))
    })?;
    if value.contains('<') {
        return None;
    }
    // What is written as a reference already stays one.
    let value = ["&lt;", "&gt;", "&quot;", "&apos;", "&amp;"]
        .into_iter()
        .zip(["<", ">", "\"", "'", "&"])
        .fold(value.to_owned(), |value, (reference, c)| value.replace(reference, c));
    Some((format!("<output value=\"{}\"/>", escape(&value)), after))
}
