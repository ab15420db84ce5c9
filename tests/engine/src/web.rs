//! The phone's engine (`server/web/engine`) in a node of its own, driven by `tests/web/engine/*.js`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use ntm_shared::expr::{Instances, Table};
use ntm_shared::form::Form;
use serde_json::{Map, Value, json};

use crate::walks::{self, Walk};
use crate::{root, run};

/// Runs a script of `tests/web`; what it prints.
#[track_caller]
pub fn node(script: &str, arguments: &[&Path]) -> String {
    let mut node = Command::new("node");
    let out = run(node.arg(root().join("tests/web").join(script)).args(arguments));
    let words = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{script}: {words}{}", String::from_utf8_lossy(&out.stdout));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Writes a compiled form and the tables it reads where the phone's engine looks for them.
pub fn lay_out(form: &Form, media: &Instances, folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join("form.json"), form.to_json()).expect("a file");
    let asked = form.fields.iter().filter_map(|f| f.kind.choices()).map(|c| &c.table);
    let ids = asked.chain(form.externals.iter().map(|e| &e.id));
    let known = ids.filter_map(|id| Some((id.clone(), rows(media.get(id)?))));
    let tables: Map<String, Value> = known.collect();
    std::fs::write(folder.join("tables.json"), Value::Object(tables).to_string()).expect("a file");
}

fn rows(table: &Table) -> Value {
    let row = |row: usize| (0..table.columns().len()).map(|c| table.cell(row, c)).collect();
    let cells: Vec<Vec<&str>> = (0..table.len()).map(row).collect();
    let head = std::iter::once(json!(table.columns()));
    head.chain(cells.into_iter().map(|row| json!(row))).collect()
}

/// Walks through the forms of a folder: each folder in it holds what [`lay_out`] writes and one
/// `.answers` file a case. By folder, then by case.
#[track_caller]
pub fn web_fill_all(folder: &Path) -> BTreeMap<String, BTreeMap<String, Walk>> {
    node("engine/walks.js", &[folder]);
    walks::read(folder)
}

/// Packs forms, with the texts of all languages and in one; says which of them the phone's engine did not make
/// the same compiled form of.
#[track_caller]
pub fn packed(forms: &[(String, Form)], language: &str, folder: &Path) -> Vec<String> {
    for (name, form) in forms {
        for (kind, language) in [("all", None), ("one", Some(language))] {
            let compiled = language.map_or_else(|| form.to_json(), |one| form.to_json_in(one));
            let at = folder.join(format!("{name}.{kind}"));
            std::fs::write(at.with_extension(format!("{kind}.json")), compiled).expect("a file");
            std::fs::write(at.with_extension(format!("{kind}.packed")), form.to_packed(language))
                .expect("a file");
        }
    }
    let said = node("engine/unpack.js", &[folder]);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["forms"], forms.len() * 2);
    let wrong = said["wrong"].as_array().into_iter().flatten();
    wrong.map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
}
