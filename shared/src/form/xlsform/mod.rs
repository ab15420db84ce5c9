//! Sheets to a draft of the form: the settings, the languages, the lists of choices.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::{Choice, FormFault, Languages, List, Words};
use sheet::{Row, Sheet};
use table::Table;

pub mod sheet;
mod survey;
mod table;
mod write;

pub(super) use write::write;

pub(super) fn read(sheets: &[Sheet]) -> Draft {
    let mut draft = Draft::default();
    let find = |name: &str| sheets.iter().find(|s| s.name == name).map(Table::read);
    let Some(survey) = find("survey") else {
        draft.faults.push(FormFault::new(
            "survey",
            0,
            "",
            "không có bảng survey; thêm bảng bắt đầu bằng dòng | survey |",
            "there is no survey sheet; add a table that starts with the line | survey |",
        ));
        return draft;
    };
    let choices = find("choices").unwrap_or_default();
    let settings = find("settings").unwrap_or_default();
    let root = draft.settings(&settings, &[&survey, &choices]);
    draft.choices(&choices);
    draft.survey(&survey, &root);
    draft
}

impl Draft {
    /// Reads the settings and collects the languages; gives the root's name.
    fn settings(&mut self, sheet: &Table, others: &[&Table]) -> String {
        let empty = Row { number: 0, cells: Vec::new() };
        let row = sheet.rows.first().unwrap_or(&empty);
        let get = |name: &str| sheet.cell(row, name).unwrap_or_default().to_owned();
        self.id = get("form_id");
        self.version = get("version");
        self.title = get("form_title");
        for (column, value) in [("form_id", &self.id), ("version", &self.version)] {
            if value.is_empty() || value.contains(char::is_whitespace) {
                self.faults.push(FormFault::new(
                    "settings",
                    row.number,
                    column,
                    format!("{column} phải có và không chứa dấu cách"),
                    format!("{column} is needed, without blanks"),
                ));
            }
        }
        let default = get("default_language");
        let mut names: Vec<String> = Vec::new();
        names.extend((!default.is_empty()).then_some(default));
        for column in others.iter().flat_map(|s| &s.columns) {
            if let Some(language) = &column.language
                && !names.contains(language)
            {
                names.push(language.clone());
            }
        }
        if names.is_empty() {
            names.push("default".to_owned());
        }
        self.languages = Languages { names };
        if self.title.is_empty() {
            self.title.clone_from(&self.id);
        }
        let name = get("name");
        if name.is_empty() { "data".to_owned() } else { name }
    }

    fn words(&self, sheet: &Table, row: &Row, name: &str) -> Words {
        let mut words = vec![String::new(); self.languages.names.len()];
        for (column, cell) in sheet.columns.iter().zip(&row.cells) {
            if column.name == name {
                let place = match &column.language {
                    Some(language) => self.languages.names.iter().position(|n| n == language),
                    None => Some(0),
                };
                if let Some(word) = place.and_then(|p| words.get_mut(p)) {
                    word.clone_from(cell);
                }
            }
        }
        if words.iter().all(String::is_empty) { Words::default() } else { Words(words) }
    }

    fn choices(&mut self, sheet: &Table) {
        let mut seen = BTreeSet::new();
        for row in &sheet.rows {
            let (list, name) = (sheet.cell(row, "list_name"), sheet.cell(row, "name"));
            let (Some(list), Some(name)) = (list, name) else {
                self.fault(
                    ("choices", row.number, ""),
                    "mỗi lựa chọn cần list_name và name",
                    "a choice needs list_name and name",
                );
                continue;
            };
            if name.contains(char::is_whitespace) || !seen.insert((list, name)) {
                self.fault(
                    ("choices", row.number, "name"),
                    format!("giá trị \"{name}\" trùng hoặc có dấu cách trong danh sách {list}"),
                    format!("value \"{name}\" occurs twice or has blanks in list {list}"),
                );
            }
            let label = self.words(sheet, row, "label");
            let mut others = BTreeMap::new();
            for (column, cell) in sheet.columns.iter().zip(&row.cells) {
                let known = matches!(column.name.as_str(), "list_name" | "name" | "label" | "");
                if !known && !cell.is_empty() {
                    others.insert(column.name.clone(), cell.clone());
                }
            }
            let choice = Choice {
                name: name.to_owned(),
                label,
                media: Default::default(),
                others,
                row: row.number,
            };
            match self.lists.iter_mut().find(|l| l.name == list) {
                Some(list) => list.choices.push(choice),
                None => self.lists.push(List { name: list.to_owned(), choices: vec![choice] }),
            }
        }
    }
}
