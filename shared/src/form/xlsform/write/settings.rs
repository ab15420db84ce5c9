//! The sheets `settings` and `entities`.

use super::super::sheet::Sheet;
use super::{Cells, Grid, Named};
use crate::form::{FieldType, Form};

pub(super) fn write(form: &Form, named: &Named<'_>) -> Option<Sheet> {
    let mut cells = Cells::default();
    cells.put("form_title", form.title.as_str());
    cells.put("form_id", form.id.as_str());
    cells.put("version", form.version.as_str());
    let root = form.fields[0].name.as_str();
    cells.put("name", if root == "data" { "" } else { root });
    if form.languages.names != ["default"] {
        cells.put("default_language", form.languages.names[0].as_str());
    }
    let name = form.fields.iter().enumerate().find(|f| f.1.kind == FieldType::InstanceName);
    if let Some((i, rule)) = name.and_then(|(i, f)| Some((i, f.calculation.as_ref()?))) {
        cells.put("instance_name", named.expression(&rule.source, i));
    }
    let settings = &form.settings;
    for (column, value) in [
        ("style", &settings.style),
        ("submission_url", &settings.submission_url),
        ("public_key", &settings.public_key),
        ("auto_send", &settings.auto_send),
        ("auto_delete", &settings.auto_delete),
    ] {
        cells.put(column, value.as_str());
    }
    let namespace = |(prefix, address): &(String, String)| format!("{prefix}=\"{address}\"");
    let namespaces: Vec<String> = settings.namespaces.iter().map(namespace).collect();
    cells.put("namespaces", namespaces.join(" "));
    for (name, value) in &settings.attributes {
        match name.as_str() {
            "xmlns" => cells.put("instance_xmlns", value.as_str()),
            name => cells.put(&format!("attribute::{name}"), value.as_str()),
        }
    }
    let twice = |list: &crate::form::List| {
        let mut seen = std::collections::BTreeSet::new();
        !list.choices.iter().all(|c| seen.insert(&c.name))
    };
    if form.lists.iter().any(twice) {
        cells.put("allow_choice_duplicates", "yes");
    }
    let mut grid = Grid::default();
    grid.push(cells);
    grid.sheet("settings")
}

pub(super) fn entities(form: &Form, named: &Named<'_>) -> Option<Sheet> {
    let entity = form.entity.as_ref()?;
    let at = form.fields.iter().position(|f| f.kind == FieldType::Entity)?;
    let mut cells = Cells::default();
    cells.put("list_name", entity.list.as_str());
    for (column, rule) in [
        ("label", &entity.label),
        ("entity_id", &entity.id),
        ("create_if", &entity.create_if),
        ("update_if", &entity.update_if),
    ] {
        if let Some(rule) = rule {
            cells.put(column, named.expression(&rule.source, at));
        }
    }
    let mut grid = Grid::default();
    grid.push(cells);
    grid.sheet("entities")
}
