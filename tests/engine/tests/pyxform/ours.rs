//! The same answers in our own engine.

use ntm_engine_tests::{Walk, media};
use ntm_shared::expr::{Instances, Table};
use ntm_shared::form::Form;
use ntm_shared::form::fill::{FillFault, Filling, Meta};

/// Fills a form step by step, as JavaRosa's walk does.
pub fn fill(form: &Form, script: &str) -> Walk {
    let mut meta = Meta {
        device_id: "collect:JAVAROSA00000001".to_owned(),
        instance_id: "uuid:00000000-0000-4000-8000-000000000000".to_owned(),
        ..Meta::default()
    };
    let mut steps = Vec::new();
    for line in script.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match line.split_once('=') {
            Some(("@now", now)) => meta.now = now[..23].parse().unwrap(),
            Some(("@deviceid", v)) => meta.device_id = v.to_owned(),
            Some(("@username", v)) => meta.username = v.to_owned(),
            Some(("@phonenumber", v)) => meta.phone_number = v.to_owned(),
            Some(("@email", v)) => meta.email = v.to_owned(),
            _ => steps.push(line),
        }
    }
    let mut filling = Filling::start(form, &tables(), meta);
    let mut walk = Walk::default();
    for line in steps {
        let result = match (line.strip_prefix("@add "), line.strip_prefix("@delete ")) {
            (Some(path), _) => filling.add(path),
            (_, Some(path)) => filling.delete(path),
            _ if line.starts_with('@') => Ok(()),
            _ => {
                let (path, value) = line.split_once('=').expect("path=value");
                filling.set(path, &value.replace("\\n", "\n"))
            }
        };
        walk.steps.push(verdict(result).to_owned());
    }
    walk.xml = filling.draft();
    match filling.finish() {
        Ok(xml) => (walk.end, walk.xml) = ("ok".to_owned(), xml),
        Err(findings) => {
            let first = &findings[0];
            walk.end = format!("{} {}", first.code, first.field.as_deref().unwrap_or_default());
        }
    }
    walk
}

fn verdict(result: Result<(), FillFault>) -> &'static str {
    match result {
        Ok(()) => "ok",
        Err(FillFault::Constraint { .. }) => "constraint",
        Err(FillFault::Required { .. }) => "required",
        Err(FillFault::ReadOnly(_)) => "readonly",
        Err(FillFault::Type(_)) => "type",
        Err(FillFault::Choice(_)) => "choice",
        Err(FillFault::Irrelevant(_) | FillFault::Place(_) | FillFault::Unknown(_)) => "unasked",
    }
}

/// The files that come with the forms.
fn tables() -> Instances {
    let mut tables = Instances::new();
    for file in media() {
        let source = std::fs::read_to_string(&file).unwrap();
        let table = match file.extension().and_then(|e| e.to_str()) {
            Some("csv") => Table::from_csv(&source).unwrap(),
            Some("xml") => xml(&source),
            _ => geojson(&source),
        };
        tables.insert(&file.file_stem().unwrap().to_string_lossy(), table);
    }
    tables
}

fn xml(source: &str) -> Table {
    let root = super::Element::read(source);
    let mut columns: Vec<String> = Vec::new();
    for cell in root.children.iter().flat_map(|item| &item.children) {
        if !columns.contains(&cell.name) {
            columns.push(cell.name.clone());
        }
    }
    let mut table = Table::new(columns.clone());
    for item in &root.children {
        let cell = |c: &String| item.children.iter().find(|e| e.name == *c);
        table.push(columns.iter().map(|c| cell(c).map_or("", |e| e.text.as_str())));
    }
    table
}

fn geojson(source: &str) -> Table {
    let document: serde_json::Value = serde_json::from_str(source).unwrap();
    let mut table = Table::new(["geometry", "id", "title", "tons"]);
    for feature in document["features"].as_array().unwrap() {
        let at = &feature["geometry"]["coordinates"];
        let geometry = format!("{} {} 0 0", at[1], at[0]);
        let text = |key: &str| feature["properties"][key].as_str().unwrap().to_owned();
        table.push([geometry, text("id"), text("title"), text("tons")]);
    }
    table
}
