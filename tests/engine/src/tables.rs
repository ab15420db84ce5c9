//! The files that come with the forms of `tests/forms`, as our engine takes them.

use ntm_shared::expr::{Instances, Table};

use crate::media;
use crate::xml::Element;

/// The files that come with the forms.
pub fn tables() -> Instances {
    let mut tables = Instances::new();
    for file in media() {
        let source = std::fs::read_to_string(&file).expect("a table");
        let table = match file.extension().and_then(|e| e.to_str()) {
            Some("csv") => Table::from_csv(&source).expect("a table"),
            Some("xml") => xml(&source),
            _ => geojson(&source),
        };
        tables.insert(&file.file_stem().expect("a table").to_string_lossy(), table);
    }
    tables
}

fn xml(source: &str) -> Table {
    let root = Element::read(source.as_bytes());
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
    let document: serde_json::Value = serde_json::from_str(source).expect("a table");
    let mut table = Table::new(["geometry", "id", "title", "tons"]);
    for feature in document["features"].as_array().expect("a table") {
        let at = &feature["geometry"]["coordinates"];
        let geometry = format!("{} {} 0 0", at[1], at[0]);
        let text = |key: &str| feature["properties"][key].as_str().expect("a table").to_owned();
        table.push([geometry, text("id"), text("title"), text("tons")]);
    }
    table
}
