//! A compiled form as compact JSON, for evaluators that read no spreadsheet, no XML and no XPath.
//! docs/ENGINE.md describes it. The same form gives the same bytes.

#[cfg(test)]
mod tests;
mod words;

use serde_json::{Map, Value, json};

use super::field::{Field, FieldType, Rule};
use super::plan::Step;
use super::settings::Entity;
use super::{Form, List, Media};
use words::Texts;

impl Form {
    /// The compiled form as compact JSON: fields, texts by language, rules as expression trees,
    /// the order of work, lists, files. Keys are sorted, what is empty is left out.
    pub fn to_json(&self) -> String {
        Value::Object(self.compiled(None)).to_string()
    }

    /// The same with its texts in one language alone, by its code (`vi`); what is not translated is in
    /// the first language that has it. A third lighter with two languages. With all of them where the
    /// form does not have that one.
    pub fn to_json_in(&self, language: &str) -> String {
        Value::Object(self.compiled(Some(language))).to_string()
    }

    /// The same as a value.
    pub(super) fn compiled(&self, language: Option<&str>) -> Map<String, Value> {
        let place = language.and_then(|language| self.languages.place(language));
        let texts = Texts::in_language(self, place);
        let mut out = Map::new();
        let mut put = |key: &str, value: Value| put(&mut out, key, value);
        put("id", json!(self.id));
        put("version", json!(self.version));
        put("title", json!(self.title));
        put("languages", texts.languages());
        put("settings", settings(self));
        put("fields", (0..self.fields.len()).map(|i| field(self, i, &texts)).collect());
        put("lists", self.lists.iter().map(|l| list(l, &texts)).collect());
        let externals = self.externals.iter().map(|e| json!({"id": e.id, "file": e.file}));
        put("externals", externals.collect());
        put("media", json!(self.media()));
        put("entity", self.entity.as_ref().map_or(Value::Null, entity));
        put("work", work(self));
        out
    }
}

/// Leaves out what says nothing.
fn put(out: &mut Map<String, Value>, key: &str, value: Value) {
    let empty = match &value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        Value::Bool(truth) => !truth,
        Value::Number(_) => false,
    };
    if !empty {
        out.insert(key.to_owned(), value);
    }
}

fn settings(form: &Form) -> Value {
    let s = &form.settings;
    let mut out = Map::new();
    for (key, value) in [
        ("submission_url", &s.submission_url),
        ("public_key", &s.public_key),
        ("auto_send", &s.auto_send),
        ("auto_delete", &s.auto_delete),
        ("style", &s.style),
    ] {
        put(&mut out, key, json!(value));
    }
    put(&mut out, "namespaces", json!(s.namespaces));
    put(&mut out, "attributes", json!(s.attributes));
    Value::Object(out)
}

fn field(form: &Form, i: usize, texts: &Texts<'_>) -> Value {
    let field = &form.fields[i];
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| put(&mut out, key, value);
    put("name", json!(field.name));
    put("type", json!(type_name(&field.kind)));
    put("data", json!(field.data.name()));
    put("parent", json!(field.parent));
    if let Some(choices) = field.kind.choices() {
        put(
            "choices",
            json!({"table": choices.table, "value": choices.value, "label": choices.label}),
        );
        put("randomize", json!(choices.randomize));
    }
    for (key, words) in [
        ("label", &field.label),
        ("hint", &field.hint),
        ("guidance", &field.guidance),
        ("constraint_message", &field.constraint_message),
        ("required_message", &field.required_message),
    ] {
        put(key, texts.of(words, i));
    }
    put("media", media(&field.media, texts));
    for (key, rule) in rules(field) {
        put(key, rule.as_ref().map_or(Value::Null, |r| r.expr.to_json()));
    }
    put("default", json!(field.default));
    put("triggers", json!(field.triggers));
    put("save_to", json!(field.save_to));
    put("appearance", json!(field.appearance));
    put("parameters", json!(field.parameters));
    put("attributes", json!(field.attributes.instance));
    Value::Object(out)
}

/// The rules of a field by the name they have in JSON.
fn rules(field: &Field) -> [(&'static str, &Option<Box<Rule>>); 9] {
    [
        ("relevant", &field.relevant),
        ("constraint", &field.constraint),
        ("required", &field.required),
        ("read_only", &field.read_only),
        ("calculation", &field.calculation),
        ("choice_rows", &field.choice_rows),
        ("repeat_count", &field.repeat_count),
        ("seed", &field.seed),
        ("dynamic_default", &field.dynamic_default),
    ]
}

fn list(list: &List, texts: &Texts<'_>) -> Value {
    let choices = list.choices.iter().map(|choice| {
        let mut out = Map::new();
        put(&mut out, "name", json!(choice.name));
        put(&mut out, "label", texts.of(&choice.label, 0));
        put(&mut out, "media", media(&choice.media, texts));
        put(&mut out, "others", json!(choice.others));
        Value::Object(out)
    });
    json!({"name": list.name, "choices": choices.collect::<Vec<Value>>()})
}

fn media(media: &Media, texts: &Texts<'_>) -> Value {
    media.iter().map(|(kind, files)| (kind.clone(), texts.of(files, 0))).collect()
}

fn entity(entity: &Entity) -> Value {
    let mut out = Map::new();
    put(&mut out, "list", json!(entity.list));
    for (key, rule) in [
        ("label", &entity.label),
        ("id", &entity.id),
        ("create_if", &entity.create_if),
        ("update_if", &entity.update_if),
    ] {
        put(&mut out, key, rule.as_ref().map_or(Value::Null, |r| r.expr.to_json()));
    }
    Value::Object(out)
}

/// The order of work; which steps read a field; which steps follow from a step.
fn work(form: &Form) -> Value {
    let step = |step: &Step| match step {
        Step::Relevance(f) => json!(["relevant", f]),
        Step::Required(f) => json!(["required", f]),
        Step::ReadOnly(f) => json!(["read_only", f]),
        Step::Calculation(f) => json!(["calculation", f]),
    };
    json!({
        "steps": form.plan.steps.iter().map(step).collect::<Vec<Value>>(),
        "readers": form.plan.readers,
        "next": form.plan.next,
    })
}

fn type_name(kind: &FieldType) -> &'static str {
    match kind {
        FieldType::Group => "group",
        FieldType::Repeat => "repeat",
        FieldType::Text => "text",
        FieldType::Integer => "integer",
        FieldType::Decimal => "decimal",
        FieldType::Range => "range",
        FieldType::Date => "date",
        FieldType::Time => "time",
        FieldType::DateTime => "datetime",
        FieldType::SelectOne(_) => "select_one",
        FieldType::SelectMultiple(_) => "select_multiple",
        FieldType::Rank(_) => "rank",
        FieldType::Note => "note",
        FieldType::Image => "image",
        FieldType::Audio => "audio",
        FieldType::Video => "video",
        FieldType::File => "file",
        FieldType::Barcode => "barcode",
        FieldType::Geopoint => "geopoint",
        FieldType::Geotrace => "geotrace",
        FieldType::Geoshape => "geoshape",
        FieldType::Acknowledge => "acknowledge",
        FieldType::Calculate => "calculate",
        FieldType::Hidden => "hidden",
        FieldType::Start => "start",
        FieldType::End => "end",
        FieldType::Today => "today",
        FieldType::DeviceId => "deviceid",
        FieldType::Username => "username",
        FieldType::PhoneNumber => "phonenumber",
        FieldType::Email => "email",
        FieldType::StartGeopoint => "start-geopoint",
        FieldType::BackgroundAudio => "background-audio",
        FieldType::Audit => "audit",
        FieldType::InstanceId => "instanceID",
        FieldType::InstanceName => "instanceName",
        FieldType::Entity => "entity",
    }
}
