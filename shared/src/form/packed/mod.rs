//! The compiled form as a phone downloads it: the same as [`Form::to_json_in`] says, in about two
//! thirds of the bytes once it is compressed. What a phone can work out is left out (nesting, paths,
//! types, the order of work), fields of the same shape share it, texts stand beside texts.
//! `server/web/engine/packed.js` makes the compiled form of it again; docs/ENGINE.md describes both.

mod charset;
mod expression;
mod reads;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::Form;
use expression::Writer;

/// Rules: expression trees of a field.
const RULES: [&str; 9] = [
    "relevant",
    "constraint",
    "required",
    "read_only",
    "calculation",
    "choice_rows",
    "repeat_count",
    "seed",
    "dynamic_default",
];
/// Texts of a field.
const TEXTS: [&str; 5] = ["label", "hint", "guidance", "constraint_message", "required_message"];
/// What fields of one shape have in common; everything else is a column.
const SHARED: [&str; 9] = [
    "type",
    "data",
    "kind",
    "required",
    "required_message",
    "read_only",
    "appearance",
    "parameters",
    "randomize",
];
/// The shape numbered 0 is this character, the next the one after it; groups end with the one before.
const FIRST: u32 = '*' as u32;
const END: char = ')';

impl Form {
    /// The compiled form packed, in one language as [`Form::to_json_in`] or in all of them: JSON in
    /// windows-1258, where a Vietnamese letter is one byte or two and not two or three, with an escape for
    /// what that does not have.
    pub fn to_packed(&self, language: Option<&str>) -> Vec<u8> {
        let form = self.compiled(language);
        let packed = pack(self, &form).unwrap_or(form);
        charset::encode(&Value::Object(packed).to_string())
    }
}

/// None when there are more shapes than characters.
fn pack(form: &Form, compiled: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut out = compiled.clone();
    let languages = compiled.get("languages").and_then(Value::as_array);
    let many = languages.is_some_and(|languages| languages.len() > 1);
    let mut writer = Writer::new(form);
    let mut rows = Vec::new();
    if let Some(Value::Array(fields)) = out.remove("fields") {
        for (i, field) in fields.into_iter().enumerate() {
            rows.push(row(&mut writer, many, i, field));
        }
    }
    if let Some(Value::Array(lists)) = out.remove("lists") {
        let (lists, labels) = of_lists(&mut writer, many, lists);
        out.insert("lists".into(), lists.into());
        out.insert("list_labels".into(), labels.into());
    }
    for (i, row) in rows.iter_mut().enumerate() {
        row.extend(writer.kind(i).map(|kind| ("kind".to_owned(), kind.into())));
    }
    let (mut shapes, mut columns) = (Vec::<Map<String, Value>>::new(), Map::new());
    let (mut order, mut open) = (String::new(), Vec::new());
    for (i, row) in rows.into_iter().enumerate() {
        while open.last().is_some_and(|last| Some(*last) != form.fields[i].parent) {
            open.pop();
            order.push(END);
        }
        if form.fields[i].kind.has_children() {
            open.push(i);
        }
        let mut shape = Map::new();
        for (key, value) in row {
            if SHARED.contains(&key.as_str()) {
                shape.insert(key, value);
            } else {
                shape.insert(key.clone(), json!(0));
                let column = columns.entry(key).or_insert_with(|| json!([]));
                column.as_array_mut()?.push(value);
            }
        }
        let known = shapes.iter().position(|other| *other == shape);
        let number = known.unwrap_or(shapes.len());
        if known.is_none() {
            shapes.push(shape);
        }
        order.push(
            char::from_u32(FIRST + u32::try_from(number).ok()?).filter(|c| c.len_utf16() == 1)?,
        );
    }
    out.insert("order".into(), order.into());
    out.insert("shapes".into(), json!(shapes));
    let names: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
    out.insert("names".into(), names.join(" ").into());
    out.insert("columns".into(), columns.into());
    match reads::beside(form, compiled, &writer) {
        Some(reads) if reads.is_empty() => out.remove("work"),
        Some(reads) => out.insert("work".into(), reads.into()),
        // As it is.
        None => None,
    };
    Some(out)
}

/// A field without what follows from its place and its type.
fn row(writer: &mut Writer<'_>, many: bool, i: usize, field: Value) -> Map<String, Value> {
    let Value::Object(mut row) = field else { return Map::new() };
    row.remove("name");
    row.remove("parent");
    for key in RULES {
        if let Some(tree) = row.get_mut(key) {
            *tree = writer.rule(i, key, tree);
        }
    }
    for key in TEXTS {
        if let Some(text) = row.get_mut(key) {
            *text = words(writer, many, i, text);
        }
    }
    if row.get("data").and_then(Value::as_str) == row.get("type").and_then(Value::as_str).map(data)
    {
        row.remove("data");
    }
    if let Some(choices) = row.get_mut("choices") {
        let table = choices["table"].as_str().unwrap_or_default().to_owned();
        if *choices == json!({"table": table, "value": "name", "label": "label"}) {
            let own = table == writer.form.fields[i].name;
            *choices = if own { 0.into() } else { table.into() };
        }
    }
    row
}

/// The type that most bindings of a type of question have.
fn data(kind: &str) -> &str {
    match kind {
        "integer" => "int",
        "image" => "binary",
        "decimal" | "date" => kind,
        _ => "string",
    }
}

/// A text, without the array around it where there is one language.
fn words(writer: &mut Writer<'_>, many: bool, i: usize, text: &Value) -> Value {
    let mut of = |text: &Value| match text {
        Value::Array(pieces) => pieces.iter().map(|piece| writer.piece(i, piece)).collect(),
        text => text.clone(),
    };
    match text {
        Value::Array(texts) if many || texts.len() != 1 => texts.iter().map(&mut of).collect(),
        Value::Array(texts) => of(&texts[0]),
        text => text.clone(),
    }
}

/// Lists as their name and their choices' names, and all labels; as it is a list that has more, or
/// names with blanks.
fn of_lists(writer: &mut Writer<'_>, many: bool, lists: Vec<Value>) -> (Vec<Value>, Vec<Value>) {
    let mut labels = Vec::new();
    let lists = lists.into_iter().map(|list| match plain(&list) {
        Some(names) => {
            let choices = list["choices"].as_array().into_iter().flatten();
            labels.extend(choices.map(|choice| words(writer, many, 0, &choice["label"])));
            names.join(" ").into()
        }
        None => list,
    });
    (lists.collect(), labels)
}

/// The name of a list and those of its choices.
fn plain(list: &Value) -> Option<Vec<&str>> {
    let mut names = vec![list["name"].as_str()?];
    for choice in list["choices"].as_array()? {
        let choice = choice.as_object()?;
        if choice.len() != 2 || !choice.contains_key("label") {
            return None;
        }
        names.push(choice.get("name")?.as_str()?);
    }
    let odd = |name: &&str| name.is_empty() || name.chars().any(char::is_whitespace);
    (!names.iter().any(odd)).then_some(names)
}
